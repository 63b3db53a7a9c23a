"""Question 6, shown only: whether something is done once a limit is crossed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from build import AS_OF, EARLY, SPEC, audit, deal, event, way

DAY = date.fromisoformat(AS_OF)
LIMIT = 21


def ago(days: float) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def waits(*reacted_after: float | None, first: int = 200) -> Any:
    """Deals that came to a stage `first` days ago; each was acted on so many days after that."""
    rows, events = [], []
    for n, days in enumerate(reacted_after):
        rows.append(deal(str(n), stage=EARLY, created_at=ago(first), owner="Ann"))
        events.append(event(str(n), EARLY, f"{ago(first)} 10:{n % 60:02}", owner="Ann"))
        if days is not None:
            at = f"{ago(first - days)} 11:{n % 60:02}"
            events.append(event(str(n), EARLY, at, owner=f"Bob {n}"))
    return audit(rows, events).stalls.reaction


def test_a_jump_after_the_limit_is_a_rule() -> None:
    found = waits(*[LIMIT + 2] * 20, *[None] * 10)
    assert (found.before.reacted, found.after.reacted) == (0, 20)
    assert found.before.weeks == 30 * 2
    assert found.after.weeks == 20 + 10 * 2
    assert found.rule == "yes"
    assert found.rise_low > 0


def test_deals_that_leave_their_stage_in_good_time_hide_no_rule() -> None:
    rows, events = [], []
    for n in range(150):
        name, began = str(n), f"{ago(200)} 10:{n % 60:02}"
        rows.append(deal(name, stage=EARLY, created_at=ago(200), owner="Ann"))
        events.append(event(name, EARLY, began, owner="Ann"))
        if n < 120:
            rows[-1] |= {"stage": "Lost", "closed_at": f"{ago(196)} 12:10"}
            events.append(event(name, "Lost", f"{ago(196)} 12:10", owner="Ann"))
        elif n < 140:
            events.append(event(name, EARLY, f"{ago(200 - LIMIT - 2)} 11:{n % 60}", owner="Bob"))
    found = audit(rows, events).stalls.reaction
    assert (found.before.weeks, found.before.reacted) == (30 * 2, 0)
    assert found.rule == "yes"


def test_the_same_chance_on_both_sides_is_none() -> None:
    found = waits(*[3 + n % 35 for n in range(60)], *[None] * 840)
    assert found.rule == "no"
    assert found.rise_low < 0 < found.rise_high < 0.1


def test_few_deals_cannot_tell() -> None:
    found = waits(LIMIT - 3, LIMIT + 2, None)
    assert found.rule == "unknown"
    assert found.rise_low < 0 < found.rise_high


def test_nobody_ever_near_a_limit_cannot_tell() -> None:
    found = waits(None, first=3)
    assert (found.before.weeks, found.after.weeks, found.rule) == (0, 0, "unknown")
    assert found.before.share is None
    assert "cannot be told" in found.text


def test_without_history_there_is_nothing_to_show() -> None:
    assert audit([deal("1", stage_entered_at=ago(100))]).stalls.reaction is None


def test_a_move_ends_the_wait_and_is_a_reaction() -> None:
    rows = [deal("1", stage=SPEC, created_at=ago(100))]
    events = way("1", (f"{ago(100)} 10:11", EARLY), (f"{ago(70)} 10:12", SPEC))
    found = audit(rows, events).stalls.reaction
    # EARLY: two weeks before its limit, moved in the second week after it; SPEC: two and two.
    assert (found.before.weeks, found.before.reacted) == (2 + 2, 0)
    assert (found.after.weeks, found.after.reacted) == (2 + 2, 1)


def test_a_week_in_which_the_record_breaks_off_tells_nothing() -> None:
    rows = [deal("1", created_at=ago(LIMIT + 3))]
    events = way("1", (f"{ago(LIMIT + 3)} 10:11", EARLY))
    found = audit(rows, events).stalls.reaction
    assert (found.before.weeks, found.after.weeks) == (2, 0)


def test_a_decision_of_the_manager_counts() -> None:
    decided = {"manager_decision": "Escalate", "manager_decision_at": ago(100 - LIMIT - 3)}
    rows = [deal("1", created_at=ago(100), **decided)]
    found = audit(rows, way("1", (f"{ago(100)} 10:11", EARLY))).stalls.reaction
    assert (found.after.weeks, found.after.reacted) == (1, 1)
