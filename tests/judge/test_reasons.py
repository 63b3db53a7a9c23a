"""Question 4: reasons of stalled deals, decisions on stall episodes, reasons of losses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import (
    AS_OF,
    EARLY,
    SPEC,
    USEFUL,
    USELESS,
    audit,
    check,
    counts,
    deal,
    deals,
    event,
    found_by,
    question,
    share,
    task,
)

DAY = date.fromisoformat(AS_OF)
LIMIT = 21
REASON = "The lawyer of the client is on leave"


def ago(days: int, clock: str = "") -> str:
    return (DAY - timedelta(days=days)).isoformat() + clock


class TestStallReasons:
    def test_a_specific_reason_and_not_a_filler(self) -> None:
        cells = {"good": REASON, "filler": "in progress", "ok": "waiting", "junk": "-", "empty": ""}
        rows = [deal(n, risk=cell, created_at=ago(90)) for n, cell in cells.items()]
        report = audit(rows)
        assert found_by(report, "stalled-without-reason") == ["empty", "filler", "junk", "ok"]
        assert share(report, "stall-reasons") == (0.2, 0.2, 5)

    def test_only_stalled_deals_are_asked(self) -> None:
        rows = [
            deal("still", risk=REASON, created_at=ago(90)),
            deal("fresh", risk="", created_at=ago(2)),
        ]
        assert share(audit(rows), "stall-reasons") == (1.0, 1.0, 1)

    @pytest.mark.parametrize(("n", "answer"), [(8, "yes"), (7, "no")])
    def test_eighty_percent(self, n: int, answer: str) -> None:
        rows = deals(n, risk=REASON, created_at=ago(90))
        rows += deals(10 - n, 50, risk="", created_at=ago(90))
        assert check(audit(rows), "stall-reasons").answer == answer

    def test_none_stalled_makes_reasons_and_decisions_true(self) -> None:
        report = audit(deals(3, created_at=ago(2)))
        for name in ("stall-reasons", "stall-decisions"):
            assert (check(report, name).answer, check(report, name).decided_by) == (
                "yes",
                "none_stalled",
            )

    def test_none_stalled_as_far_as_known_is_unknown(self) -> None:
        rows = [*deals(3, created_at=ago(2)), deal("undated", created_at="")]
        assert check(audit(rows), "stall-reasons").answer == "unknown"


class TestEpisodes:
    """An episode begins when a limit is crossed; a decision within 14 days is a reaction."""

    def report(self, *histories: list[Any], **fields: Any) -> Any:
        rows = [deal(str(n), created_at=ago(500), **fields) for n in range(len(histories))]
        events = [e | {"deal_id": str(n)} for n, listed in enumerate(histories) for e in listed]
        return audit([*rows, deal("spec", stage=SPEC, created_at=ago(2))], events)

    def came(self, days: int, **fields: Any) -> Any:
        return event("", EARLY, ago(days, " 10:11"), changed_by="Ann", **fields)

    def episodes(self, report: Any) -> tuple[float | None, int]:
        found = check(report, "stall-decisions").share
        return found.low, found.of

    def test_an_episode_without_a_reaction(self) -> None:
        assert self.episodes(self.report([self.came(100)])) == (0.0, 1)

    @pytest.mark.parametrize(("late", "reacted"), [(0, 1.0), (14, 1.0), (15, 0.0)])
    def test_a_reaction_within_14_days_of_the_limit(self, late: int, reacted: float) -> None:
        moved = event("", SPEC, ago(100 - LIMIT - late, " 12:30"), changed_by="Ann")
        low, of = self.episodes(self.report([self.came(100), moved]))
        # After the move the deal stands in its next stage, which crosses a limit of its own.
        first = low * of
        assert (first, of) == (reacted, 2)

    def test_before_the_limit_there_is_no_episode(self) -> None:
        moved = event("", SPEC, ago(100 - LIMIT + 2, " 12:30"), changed_by="Ann")
        back = event("", SPEC, ago(10, " 12:30"), changed_by="Ann")
        report = self.report([self.came(100), moved], [self.came(20), back])
        assert self.episodes(report)[1] == 1

    def test_a_changed_field_is_a_reaction_and_the_same_value_is_none(self) -> None:
        changes = [
            ({"owner": "Ann"}, {"owner": "Bob"}),
            ({"amount": "100"}, {"amount": "200"}),
            ({"expected_close": "2026-08-01"}, {"expected_close": "2026-12-01"}),
        ]
        late = 100 - LIMIT - 5
        for changed, reacted in ((True, 1.0), (False, 0.0)):
            histories = [
                [self.came(100, **before), self.came(late, **(after if changed else before))]
                for before, after in changes
            ]
            assert self.episodes(self.report(*histories)) == (reacted, 3)

    def test_closing_the_deal_is_a_reaction(self) -> None:
        report = self.report([self.came(100)], stage="Lost", closed_at=ago(100 - LIMIT - 3))
        assert self.episodes(report) == (1.0, 1)

    def test_a_decision_of_the_manager_is_a_reaction(self) -> None:
        decided = {"manager_decision": "Escalate", "manager_decision_at": ago(70)}
        assert self.episodes(self.report([self.came(100)], **decided)) == (1.0, 1)
        early = {"manager_decision": "Escalate", "manager_decision_at": ago(90)}
        assert self.episodes(self.report([self.came(100)], **early)) == (0.0, 1)

    def test_an_open_one_younger_than_14_days_past_its_limit_does_not_count_yet(self) -> None:
        assert self.episodes(self.report([self.came(LIMIT + 13)])) == (None, 0)
        both = self.report([self.came(LIMIT + 13)], [self.came(LIMIT + 14)])
        assert self.episodes(both) == (0.0, 1)

    def test_only_those_that_began_in_the_last_12_months(self) -> None:
        inside, outside = 365 + LIMIT - 1, 365 + LIMIT + 1
        assert self.episodes(self.report([self.came(outside)], [self.came(inside)]))[1] == 1

    def test_an_activity_with_the_client_ends_the_wait(self) -> None:
        rows = [deal("1", created_at=ago(500)), deal("2", stage=SPEC, created_at=ago(2))]
        events = [event("1", EARLY, ago(60, " 10:11"), changed_by="Ann")]
        talks = [
            task("1", kind="call", is_done="yes", done_at=ago(days), direction="joint")
            for days in (45, 30, 15)
        ]
        report = audit(rows, events, talks)
        assert check(report, "stall-decisions").share.of == 0


class TestDecisionColumnsOnly:
    def test_a_decision_dated_after_the_limit(self) -> None:
        rows = [
            deal("after", manager_decision="Escalate", manager_decision_at=ago(60)),
            deal("before", manager_decision="Escalate", manager_decision_at=ago(95)),
            deal("none", manager_decision="", manager_decision_at=""),
            deal("junk", manager_decision="-", manager_decision_at=ago(60)),
        ]
        report = audit([r | {"created_at": ago(100)} for r in rows])
        assert found_by(report, "stalled-without-decision") == ["before", "junk", "none"]
        assert share(report, "stall-decisions") == (0.25, 0.25, 4)

    def test_without_them_unknown(self) -> None:
        assert check(audit(deals(4, created_at=ago(100))), "stall-decisions").answer == "unknown"


class TestLosses:
    def test_deals_lost_in_the_last_12_months(self) -> None:
        lost = {"stage": "Lost", "loss_reason": ""}
        days = {"today": AS_OF, "window": "2025-09-30", "before": "2025-09-29", "undated": ""}
        report = audit([deal(n, closed_at=day, **lost) for n, day in days.items()])
        assert found_by(report, "loss-reason-missing") == ["today", "window"]
        assert share(report, "loss-reasons") == (0.0, 0.0, 2)

    def test_a_useful_reason_names_the_factor(self) -> None:
        lost = {"stage": "Lost", "closed_at": ago(10)}
        cells = {"useful": USEFUL, "useless": USELESS, "other": "Other", "junk": "n/a", "empty": ""}
        report = audit([deal(n, loss_reason=cell, **lost) for n, cell in cells.items()])
        assert found_by(report, "loss-reason-useless") == ["other", "useless"]
        assert found_by(report, "loss-reason-missing") == ["empty", "junk"]
        assert share(report, "loss-reasons") == (0.2, 0.2, 5)

    def test_a_reason_on_an_open_deal_is_none_of_the_question(self) -> None:
        report = audit([deal("1", loss_reason="Other")])
        assert check(report, "loss-reasons").decided_by == "nothing_to_look_at"
        assert counts(report, "loss-reason-useless") == (0, 0, 0)


def test_all_three_are_needed_for_a_yes() -> None:
    fresh = [deal(str(i), created_at=ago(2), loss_reason="") for i in range(3)]
    lost = [deal(f"l{i}", stage="Lost", closed_at=ago(10), loss_reason=USEFUL) for i in range(3)]
    assert question(audit([*fresh, *lost]), "reasons").answer == "yes"
    useless = [r | {"loss_reason": USELESS} for r in lost]
    assert question(audit([*fresh, *useless]), "reasons").answer == "no"
    assert question(audit(fresh), "reasons").answer == "unknown"
