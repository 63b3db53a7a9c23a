"""The money ledger: what stands at stake x the client's own win rate, and a month more of standing."""  # noqa: E501

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import AS_OF, EARLY, SPEC, audit, deal, way
from crm_audit.judge.intervals import Z80, wilson

DAY = date.fromisoformat(AS_OF)


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def closed(won: int, lost: int, **fields: Any) -> list[Any]:
    return [
        deal(f"c{n}", stage="Won" if n < won else "Lost", closed_at=ago(30 + n), **fields)
        for n in range(won + lost)
    ]


STANDING = deal("1", amount="1000", currency="USD", created_at=ago(200), stage_entered_at=ago(100))


def test_a_leak_costs_its_money_times_the_own_win_rate() -> None:
    book = audit([STANDING, *closed(30, 70, stage_entered_at="")]).ledger
    (row,) = [r for r in book.rows if r.leak == "frozen"]
    low, high = wilson(30, 100, Z80)
    assert (book.rate.true, book.rate.of) == (30, 100)
    assert (row.at_stake, row.expected) == (1000, 300)
    assert (row.low, row.high) == pytest.approx((1000 * low, 1000 * high), abs=0.1)
    assert "30%" in row.formula
    assert "30 won of 100" in row.formula


def test_the_ranges_beside_the_money_are_the_same() -> None:
    report = audit([STANDING, *closed(30, 70, stage_entered_at="")])
    (row,) = [r for r in report.ledger.rows if r.leak == "frozen"]
    assert report.money_range["USD"]["frozen"] == {
        "low": row.low,
        "expected": row.expected,
        "high": row.high,
    }


def test_nothing_closed_is_no_rate_and_no_loss() -> None:
    report = audit([STANDING])
    assert report.ledger.rate is None
    assert report.ledger.rows == []
    assert report.money["USD"].frozen == 1000
    assert report.money_range == {}


def test_money_of_deals_lost_without_a_reason_is_gone_whole() -> None:
    lost = deal("l", stage="Lost", closed_at=ago(30), amount="500", currency="USD", loss_reason="")
    (row,) = [r for r in audit([lost]).ledger.rows if r.leak == "lost_without_reason"]
    assert (row.low, row.expected, row.high) == (500, 500, 500)


def test_currencies_stand_apart_and_no_deal_stands_twice() -> None:
    rows = [STANDING, STANDING | {"deal_id": "2", "currency": "EUR", "amount": "70"}]
    report = audit([*rows, *closed(5, 5, stage_entered_at="")])
    found = {(r.currency, r.leak): r.at_stake for r in report.ledger.rows}
    assert found == {("EUR", "frozen"): 70, ("USD", "frozen"): 1000}


def test_what_is_not_counted_is_said() -> None:
    report = audit([STANDING, deal("2", amount=""), deal("3", amount="")])
    assert report.ledger.without_amount == 2


def stood(n: int, past: int, stage: str, first: str) -> tuple[list[Any], list[Any]]:
    """Deals that moved so many days past the limit of 21 and then closed in `stage`."""
    rows, events = [], []
    moved = 200 - 21 - past
    for i in range(n):
        key = f"{first}{i}"
        rows.append(deal(key, stage=stage, created_at=ago(200), closed_at=ago(moved - 3)))
        events += way(
            key,
            (f"{ago(200)} 10:{i:02}", EARLY),
            (f"{ago(moved)} 10:{i:02}", SPEC),
            (f"{ago(moved - 3)} 10:{i:02}", stage),
        )
    return rows, events


def month(*groups: tuple[int, int, str]) -> Any:
    """The part on one more month, with one deal that stands now; (number, days past, end)."""
    rows = [STANDING | {"deal_id": "open"}]
    events = way("open", (f"{ago(100)} 10:11", EARLY))
    # Limits by default: won deals would set others.
    for place, group in enumerate(groups):
        listed, moved = stood(*group, first="abcdef"[place])
        rows += listed
        events += moved
    thresholds = {"limit_factor": 0.01, "limit_least": 21}
    return audit(rows, events, thresholds=thresholds).ledger.month


def test_a_month_more_costs_what_those_that_stood_on_lost() -> None:
    found = month((15, 5, "Won"), (5, 5, "Lost"), (2, 60, "Won"), (18, 60, "Lost"))
    assert (found.resumed.true, found.resumed.of) == (15, 20)
    assert (found.stood.true, found.stood.of) == (2, 20)
    assert found.drop == pytest.approx(0.5 * (0.75 - 0.1))
    assert found.cost == {"USD": pytest.approx(1000 * found.drop)}
    assert 0 < found.low < found.drop < found.high


def test_no_difference_costs_nothing_that_can_be_said() -> None:
    found = month((6, 5, "Won"), (6, 5, "Lost"), (6, 60, "Won"), (6, 60, "Lost"))
    assert found.low < 0 < found.high
    assert found.cost == {}


def test_few_deals_are_not_shown() -> None:
    assert month((9, 5, "Won"), (20, 60, "Lost")) is None
    assert audit([STANDING]).ledger.month is None
