"""Which findings come first, and which notes stand beside a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from build import audit, check, deal, to_csv
from crm_audit.audit import AuditOptions
from crm_audit.audit import audit as audit_files


@pytest.mark.parametrize("amounts", [False, True])
def test_the_first_ten_do_not_hang_on_how_many_are_listed(tmp_path: Path, amounts: bool) -> None:
    # Half of the deals are without an amount; ties are many.
    rows = [
        deal(str(n), amount=str(1000 * (n % 4)) if amounts and n % 2 else "") for n in range(60)
    ]
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", rows), encoding="utf-8")
    every = audit_files([path], AuditOptions(limit=None))
    few = audit_files([path], AuditOptions(limit=20))
    assert len(every.findings) > len(few.findings)
    assert len(every.worst) == 10
    assert every.worst == few.worst


def test_a_note_on_the_amounts_hides_no_note_on_the_dates() -> None:
    # No amounts, and nothing but the date of creation to tell movement by.
    note = check(audit([deal(str(n)) for n in range(4)]), "stalled").note
    assert "amount" in note
    assert "date of creation" in note


def test_a_fact_is_missing_or_not_shown_but_not_both() -> None:
    # Half of the deals have no step at all; of the steps of the others the day is not exported.
    steps = ["The client sends the drawings", ""]
    rows = [
        deal(str(n), amount="1000", expected_close="2099-01-01", next_step=steps[n % 2])
        for n in range(10)
    ]
    missing, unshown = audit(rows).headlines[0].supports
    assert "a dated next step — 5" in missing
    assert "The export does not show: " in unshown
    assert "a dated next step" not in unshown
