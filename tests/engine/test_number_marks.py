"""Amounts whose marks the sample did not show: never ten or a thousand times what they are."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import crm_audit
from crm_audit.engine import column, long
from crm_audit.readers import delimited

ROWS = 3_000
LATE = 2_900
"""Row of the cell that is not like the others: behind what any sample holds."""


def _amounts(path: Path, usual: Callable[[int], str], odd: str) -> tuple[list[Decimal], list[str]]:
    lines = ["Deal ID;Deal Name;Stage;Owner;Amount;Created Date"]
    lines += [
        f"D-{n};Line for a dairy {n};Proposal sent;Ada;{odd if n == LATE else usual(n)};2025-01-07"
        for n in range(ROWS)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    deals = crm_audit.diagnose(path, as_of="2026-01-01").deals.set_index("deal_id")
    return list(deals["amount"]), list(deals.index)


@pytest.fixture(params=["careful", "direct"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column, "_SAMPLE", 200)
    monkeypatch.setattr(long, "_SLICE", 1 << 10)
    monkeypatch.setattr(delimited, "SMALL", 1 << 14)
    monkeypatch.setattr(long, "MANY", 1_000 if request.param == "direct" else 1 << 60)


@pytest.mark.parametrize(
    ("usual", "means", "odd", "odd_means"),
    [
        (lambda n: f"{n % 900 + 1},105", lambda n: (n % 900 + 1) * 1000 + 105, "201,5", "201.5"),
        (lambda _: "1.234,50", lambda _: Decimal("1234.5"), "12.5", "12.5"),
        (lambda _: "1,234.50", lambda _: Decimal("1234.5"), "12,5", "12.5"),
        (lambda _: "1 234,50", lambda _: Decimal("1234.5"), "12.5", "12.5"),
        (lambda n: f"{n + 1}", lambda n: n + 1, "1,234", "1234"),
        (lambda n: f"{n},50", lambda n: n + Decimal("0.5"), "1.234,50", "1234.5"),
    ],
)
@pytest.mark.usefixtures("way")
def test_an_odd_number_behind_the_sample(
    usual: Callable[[int], str],
    means: Callable[[int], Decimal],
    odd: str,
    odd_means: str,
    tmp_path: Path,
) -> None:
    amounts, ids = _amounts(tmp_path / "deals.csv", usual, odd)
    found = dict(zip(ids, amounts, strict=True))
    assert found[f"D-{LATE}"] == Decimal(odd_means)
    assert all(found[f"D-{n}"] == means(n) for n in range(ROWS) if n != LATE)


@pytest.mark.usefixtures("way")
def test_a_column_that_is_empty_in_every_sample(tmp_path: Path) -> None:
    amounts, ids = _amounts(tmp_path / "deals.csv", lambda _: "", "1.234,50")
    assert dict(zip(ids, amounts, strict=True))[f"D-{LATE}"] == Decimal("1234.5")


def test_an_amount_too_large_for_its_scale_is_a_cell_that_was_not_read(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID;Deal Name;Stage;Amount, mln\n"
        "D-1;Line;Proposal;1.5\nD-2;Mill;Proposal;999999999999\n",
        encoding="utf-8",
    )
    audited = crm_audit.diagnose(path, as_of="2026-01-01")
    amounts = audited.deals.set_index("deal_id")["amount"]
    assert amounts["D-1"] == 1_500_000
    assert amounts["D-2"] is None
    assert [r.line for r in audited.report.inputs[0].bad_cells] == [3]
