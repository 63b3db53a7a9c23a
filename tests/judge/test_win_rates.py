"""Win rates by stage: only closed deals, only what their history shows, unknown without one."""

from __future__ import annotations

from typing import Any

import pytest

from build import audit, deal, event
from crm_audit.model.forecast import StageWinRate, WinRates

STAGES = ("Need confirmed", "Specification agreed", "Contract approved")


def way(number: int, passed: int, end: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A deal that passes so many stages and then ends: in Closed Won, Closed Lost or not yet."""
    key = f"d{number}"
    moves = [event(key, s, f"2026-0{i + 1}-10 10:00") for i, s in enumerate(STAGES[:passed])]
    fields: dict[str, Any] = {"stage": STAGES[passed - 1]}
    if end:
        moves.append(event(key, end, "2026-06-10 10:00"))
        fields = {"stage": end, "closed_at": "2026-06-10"}
    return deal(key, created_at="2026-01-05", **fields), moves


def rates(*ways: tuple[int, str]) -> WinRates | None:
    made = [way(i, passed, end) for i, (passed, end) in enumerate(ways)]
    deals, moves = [d for d, _ in made], [e for _, listed in made for e in listed]
    return audit(deals, history=moves).forecast.win_rates


def by_name(found: WinRates | None) -> dict[str, StageWinRate]:
    assert found is not None
    return {row.stage: row for row in found.stages}


WAYS = [(3, "Closed Won")] * 4 + [(1, "Closed Lost")] * 8 + [(2, "Closed Lost")] * 4


def test_stages_in_order_with_the_deals_that_were_in_them() -> None:
    found = rates(*WAYS, *[(2, "")] * 3)
    assert found is not None
    assert [(r.stage, r.closed, r.won, r.raw) for r in found.stages] == [
        ("Need confirmed", 16, 4, 0.25),
        ("Specification agreed", 8, 4, 0.5),
        ("Contract approved", 4, 4, 1.0),
    ]
    assert (found.closed, found.won, found.pooled, found.weight) == (16, 4, 0.25, 10)


def test_few_deals_are_drawn_to_the_pooled_rate() -> None:
    last = by_name(rates(*WAYS))["Contract approved"]
    pooled = 4.5 / 17
    assert last.rate == pytest.approx((4 + 10 * pooled) / 14, abs=1e-4)
    assert last.low < last.rate < last.high < last.raw


def test_a_stage_that_was_skipped_is_not_counted() -> None:
    deals, moves = way(0, 3, "Closed Won")
    lost, more = way(1, 1, "Closed Lost")
    moves = [m for m in moves if m["to_stage"] != STAGES[1]]
    assert STAGES[1] not in by_name(audit([deals, lost], history=moves + more).forecast.win_rates)


def test_a_stage_that_a_row_only_leaves_was_passed_too() -> None:
    deals, moves = way(0, 3, "Closed Won")
    moves[1]["from_stage"] = STAGES[0]
    found = by_name(audit([deals], history=moves[1:]).forecast.win_rates)
    assert (found[STAGES[0]].closed, found[STAGES[0]].won) == (1, 1)


def test_without_a_history_nothing_is_said() -> None:
    deals = [way(i, *w)[0] for i, w in enumerate(WAYS)]
    assert audit(deals).forecast.win_rates is None


def test_open_deals_alone_say_nothing() -> None:
    assert rates(*[(2, "")] * 5) is None
