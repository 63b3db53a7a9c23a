"""`crm-audit diagnose` on three exports of one CRM: what people read of it, and what JSON holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_run import DEALS, Cli

CHANGES = (
    "2,Boiler house Nord,Proposal sent,250000,USD,Ann Lee,2026-05-11,2026-08-01,,",
    "2,Boiler house Nord,Proposal sent,250000,USD,Ann Lee,2026-05-11,2027-02-01,,",
    DEALS.splitlines(keepends=True)[3],
)


@pytest.fixture
def weeks(tmp_path: Path) -> list[Path]:
    """Three weekly exports: one date pushed, then one deal gone."""
    second = DEALS.replace(*CHANGES[:2])
    texts = {
        "2026-09-16": DEALS,
        "2026-09-23": second,
        "2026-09-30": second.replace(CHANGES[2], ""),
    }
    paths = [tmp_path / f"crm {day}.csv" for day in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_json_has_every_change_with_both_days_and_lines(cli: Cli, weeks: list[Path]) -> None:
    ran = cli("diagnose", *reversed(weeks), "--format", "json", "--output", "-")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    first, second = document["movement"]["changes"]
    assert [c["kind"] for c in first["changes"]] == ["pushed"]
    (gone,) = second["changes"]
    assert (gone["kind"], gone["deal_id"]) == ("vanished", "3")
    assert (gone["seen_before"], gone["seen_after"]) == ("2026-09-23", "2026-09-30")
    assert document["inputs"][gone["before"]["input"]]["name"] == weeks[1].name
    assert gone["before"]["line"] == 4
    assert document["portfolio"]["deals"] == 4


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_people_read_the_same(cli: Cli, weeks: list[Path], form: str, language: str) -> None:
    ran = cli("diagnose", *weeks, "--format", form, "--output", "-", "--lang", language)
    assert ran.code == 0, ran.err
    text = " ".join(ran.out.decode().split())
    for word in {"en": ("vanished", "planned date pushed"),
                 "ru": ("исчезла", "плановая дата отодвинута")}[language]:  # fmt: skip
        assert word in text
    if form != "terminal":
        assert "Pump station Elva" in text


def test_an_empty_newest_export_is_a_filter_and_no_disaster(cli: Cli, weeks: list[Path]) -> None:
    weeks[2].write_text(DEALS.splitlines()[0] + "\n", encoding="utf-8")
    ran = cli("diagnose", *weeks, "--format", "json", "--output", "-")
    assert ran.code == 0, ran.err
