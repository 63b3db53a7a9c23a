"""The sheet of the largest deals: how often pushed, and whom to ask the one question."""

from __future__ import annotations

from typing import Any

from build import COMMITMENT, audit, deal, event, person

READY = {
    "amount": "100",
    "expected_close": "2026-12-01",
    "next_step": COMMITMENT,
    "next_step_date": "2026-10-10",
    "last_decision": "Approved the budget",
    "last_decision_at": "2026-09-10",
}


def row(*people: Any, **fields: Any) -> Any:
    (top,) = audit([deal("1", **READY | fields)], contacts=people).forecast.top
    return top


def whom(*people: Any, **fields: Any) -> tuple[str | None, str | None]:
    top = row(*people, **fields)
    return top.ask_role, top.ask_name


CFO = person("1", "Ann Payer", position="CFO")
CEO = person("1", "Bo Chief", position="CEO")
BUYER = person("1", "Cy Buyer", position="Procurement manager")
ENGINEER = person("1", "Di Nobody", position="Florist")


def test_the_one_who_knows_best_is_asked() -> None:
    assert whom(CEO, CFO, BUYER) == ("approver", "Bo Chief")  # complete: what could break it?
    assert whom(CEO, CFO, BUYER, expected_close="") == ("procurer", "Cy Buyer")
    assert whom(CEO, CFO, expected_close="") == ("approver", "Bo Chief")
    assert whom(CFO, BUYER, ENGINEER, expected_close="2027-01-01") == ("contact", "Di Nobody")


def test_the_approver_is_asked_of_anyone_who_is_known() -> None:
    top = row(CFO)
    assert top.facts["approver"] is False
    assert (top.ask_role, top.ask_name) == ("payer", "Ann Payer")


def test_nobody_is_said_and_an_export_without_people_says_nothing() -> None:
    assert whom(contact="") == ("nobody", None)
    assert whom() == (None, None)


def test_pushes_are_counted_from_history_or_column_and_unknown_without_either() -> None:
    assert row().pushes is None
    assert row(close_date_moves="2").pushes == 2
    events = [
        event("1", "Qualification", f"2026-0{month}-01 10:11", expected_close=day)
        for month, day in ((5, "2026-08-01"), (6, "2026-10-01"), (7, "2026-12-01"))
    ]
    (top,) = audit([deal("1", **READY)], events).forecast.top
    assert top.pushes == 2
