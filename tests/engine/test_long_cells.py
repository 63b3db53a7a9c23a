"""A cell of megabytes: read, or rejected with its line where it is longer than any cell can be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import crm_audit
from crm_audit.readers import numbered

HEAD = "Deal ID;Deal Name;Stage;Amount;Created Date;Notes\n"


def _row(n: int, note: str) -> str:
    return f"D-{n};Line {n};Proposal sent;{n + 1};2025-01-02;{note}\n"


@pytest.mark.parametrize("rows", [30, 60_000])
def test_a_cell_of_two_megabytes_is_read(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    long = "x" * 2_200_000
    text = HEAD + "".join(_row(n, long if n == 5 else "ok") for n in range(rows))
    path.write_text(text, encoding="utf-8")
    audited = crm_audit.diagnose(path, as_of="2026-01-01")
    assert audited.report.inputs[0].rows.imported == rows
    assert audited.report.inputs[0].rows.rejected == 0


def test_a_cell_of_two_megabytes_in_records_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deals.jsonl"
    lines = [
        {"id": f"D-{n}", "title": f"Line {n}", "stage": "Proposal", "value": n, "notes": note}
        for n, note in enumerate(["ok", "я" * 1_500_000, "ok"])
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in lines), encoding="utf-8")
    assert crm_audit.diagnose(path, as_of="2026-01-01").report.inputs[0].rows.imported == 3


def test_a_row_that_is_too_long_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbered, "LONGEST_ROW", 1_000)
    path = tmp_path / "deals.csv"
    text = HEAD + "".join(_row(n, "x" * 2_000 if n == 5 else "ok") for n in range(30))
    path.write_text(text, encoding="utf-8")
    (table,) = crm_audit.diagnose(path, as_of="2026-01-01").report.inputs
    assert (table.rows.imported, table.rows.rejected) == (29, 1)
    assert table.rejects[0].line == 7
