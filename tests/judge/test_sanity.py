"""Checks of the pipeline: cycle by size, coverage, slips, month end, parked dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import crm_audit
from build import AS_OF, audit, deal, to_csv
from crm_audit.audit import AuditOptions

DAY = date.fromisoformat(AS_OF)


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def won(key: str, days: int, amount: int | str = "", end: int = 40) -> Any:
    return deal(
        key,
        stage="Won",
        amount=str(amount),
        currency="USD",
        created_at=ago(end + days),
        closed_at=ago(end),
    )


OPEN = deal("open", amount="900", currency="USD", expected_close="2026-12-01")


def test_cycle_of_all_and_of_thirds_by_amount() -> None:
    rows = [won(f"w{n}", days=10 * n, amount=100 * n) for n in range(1, 16)]
    part = audit([OPEN, *rows]).sanity
    assert [(c.size, c.deals, c.median_days, c.up_to) for c in part.cycle] == [
        ("all", 15, 80, None),
        ("small", 5, 30, 500),
        ("middle", 5, 80, 1000),
        ("large", 5, 130, 1500),
    ]
    assert part.cycle[0].p90_days == 136


def test_thirds_of_few_deals_are_not_shown() -> None:
    rows = [won(f"w{n}", days=10 * n, amount=100 * n) for n in range(1, 15)]
    assert [c.size for c in audit([OPEN, *rows]).sanity.cycle] == ["all"]


def test_without_a_won_deal_there_is_no_cycle() -> None:
    assert audit([OPEN]).sanity.cycle == []


def covered(rows: list[Any], target: float | None, tmp_path: Any) -> Any:
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", rows), encoding="utf-8")
    options = AuditOptions(as_of=DAY, language="en", target=target)
    return crm_audit.diagnose(path, options=options).report.sanity.coverage


def test_coverage_is_open_money_by_the_target_in_its_own_currency(tmp_path: Any) -> None:
    lost = [deal(f"l{n}", stage="Lost", closed_at=ago(50)) for n in range(3)]
    other = deal("eur", amount="70", currency="EUR")
    rows = [OPEN, OPEN | {"deal_id": "2"}, other, won("w", 30), *lost]
    eur, usd = covered(rows, 600, tmp_path)
    assert (usd.currency, usd.open, usd.target, usd.times) == ("USD", 1800, 600, 3.0)
    assert (eur.currency, eur.target, eur.times) == ("EUR", None, None)
    assert usd.needed == 4.0
    assert usd.folklore == 3.0


def test_without_a_target_or_a_rate_there_is_less_to_say(tmp_path: Any) -> None:
    (usd,) = covered([OPEN], None, tmp_path)
    assert (usd.target, usd.times, usd.needed) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({"close_date_moves": "0"}, 0.0, 0.0),
        ({"close_date_moves": "1"}, 1.0, 1.0),
        ({"close_date_moves": "0", "expected_close": ago(3)}, 1.0, 1.0),
        ({}, 0.0, 1.0),  # nobody counts pushes: a date ahead may have been moved
        ({"expected_close": ago(3)}, 1.0, 1.0),
    ],
)
def test_slips(fields: dict[str, str], low: float, high: float) -> None:
    found = audit([OPEN | fields]).sanity.slips
    assert (found.low, found.high, found.of) == (low, high, 1)


def test_no_planned_dates_no_slip_rate() -> None:
    assert audit([deal("1", amount="5")]).sanity.slips is None
    assert audit([deal("1", amount="5", expected_close="")]).sanity.slips is None


def test_month_end_beside_chance() -> None:
    days = ["2026-06-28", "2026-06-29", "2026-07-31", "2026-08-15", "2026-09-10", "2026-02-26"]
    rows = [deal(f"w{n}", stage="Won", closed_at=day) for n, day in enumerate(days)]
    found = audit([OPEN, *[r | {"created_at": "2026-01-01"} for r in rows]]).sanity.month_end
    # The last three days of June begin with the 28th; of July with the 29th; of February the 26th.
    assert (found.closings.true, found.closings.of, found.days) == (4, 6, 3)
    assert found.by_chance == pytest.approx(3 / (365.25 / 12), abs=1e-4)
    assert audit([OPEN, *rows[:4]]).sanity.month_end is None


def test_parked_beyond_the_own_cycle_or_a_year() -> None:
    far = OPEN | {"deal_id": "far", "expected_close": "2027-03-01"}
    found = audit([OPEN, far]).sanity.parked
    assert (found.deals, found.of, found.own_data) == (0, 2, False)
    assert found.after == DAY + timedelta(days=365)
    own = audit([OPEN, far, *[won(f"w{n}", days=100) for n in range(10)]]).sanity.parked
    assert (own.deals, own.own_data, own.after) == (1, True, DAY + timedelta(days=100))
    assert own.amount == {"USD": 900}
