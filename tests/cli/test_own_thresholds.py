"""A threshold of the configuration file changes what the command line finds and says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_run import Cli


@pytest.fixture
def crowd(tmp_path: Path) -> list[Path]:
    """Twelve deals that Ann moved on, five seconds apart, in the evening of one day."""
    deals = ["Deal ID,Deal Name,Stage,Amount,Owner,Created Date"]
    events = ["Deal ID,Stage,Changed At,Changed By"]
    for n in range(12):
        deals.append(f"{n},Plant {n},Proposal sent,100000,Ann,2026-02-{n + 10}")
        events.append(f"{n},Qualification,2026-02-{n + 10} 10:{n + 11}:07,Ann")
        events.append(f"{n},Proposal sent,2026-05-06 18:31:{n * 5:02},Ann")
    paths = [tmp_path / "deals.csv", tmp_path / "stage_history.csv"]
    for path, rows in zip(paths, (deals, events), strict=True):
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return paths


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("", (12, "moves: 5 deals or more by one user within 60 s")),
        ("bulk_deals = 13", (0, "moves: 13 deals or more by one user within 60 s")),
        ("bulk_seconds = 15", (0, "moves: 5 deals or more by one user within 15 s")),
        (
            "bulk_deals = 4\nbulk_seconds = 15",
            (12, "moves: 4 deals or more by one user within 15 s"),
        ),
    ],
)
def test_what_a_bulk_move_is(
    cli: Cli, crowd: list[Path], tmp_path: Path, settings: str, told: tuple[int, str]
) -> None:
    (tmp_path / "crm-audit.toml").write_text(f"[thresholds]\n{settings}\n", encoding="utf-8")
    report: dict[str, Any] = json.loads(cli("diagnose", *crowd, "--format", "json").out)
    sign = next(s for s in report["movement"]["diary"]["signs"] if s["id"] == "bulk_moves")
    assert (sign["n"], sign["why"]) == told
    assert sum(f["rule"] == "moved-in-bulk" for f in report["findings"]) == told[0]
    assert report["gates"]["moves"]["bulk"] == told[0]
