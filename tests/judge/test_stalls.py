"""Question 6 and what others stand on: progress, limits, and which deals stand still."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import (
    AS_OF,
    COMMITMENT,
    CONTRACT,
    EARLY,
    OFFER,
    SELLER,
    SPEC,
    audit,
    counts,
    deal,
    deals,
    event,
    found_by,
    question,
    share,
    task,
    way,
)

DAY = date.fromisoformat(AS_OF)


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


FRESH = [deal(f"fresh {s}", stage=s, stage_entered_at=ago(3)) for s in (SPEC, OFFER)]


def stalled(report: Any) -> list[str]:
    return sorted(d.deal_id for d in report.stalls.deals)


def limits(report: Any) -> dict[str, float]:
    return {s.stage: s.limit_days for s in report.stages if s.limit_days is not None}


class TestLimits:
    def test_defaults_by_the_phase_of_the_stage(self) -> None:
        stages = [EARLY, SPEC, "Budget approval", OFFER, CONTRACT, "Tender", "Contract signing"]
        report = audit([deal(str(i), stage=s) for i, s in enumerate(stages)])
        assert limits(report) == {
            EARLY: 21,
            SPEC: 21,
            "Budget approval": 21,
            OFFER: 30,
            CONTRACT: 45,
            "Tender": 60,
            "Contract signing": 60,
        }

    def test_a_stage_whose_phase_cannot_be_told_goes_by_its_third_of_the_pipeline(self) -> None:
        names = ("Alpha", "Beta", "Gamma")
        events = [
            e
            for i in range(6)
            for e in way(str(i), *((f"2026-09-0{n + 1} 10:1{i}", s) for n, s in enumerate(names)))
        ]
        report = audit([deal(str(i), stage="Gamma") for i in range(6)], events)
        assert [s.stage for s in report.stages] == list(names)
        assert limits(report) == {"Alpha": 21, "Beta": 30, "Gamma": 60}

    def won(self, *days: int, first: int = 0) -> tuple[list[Any], list[Any]]:
        """Won deals that spent so many days each in EARLY."""
        rows, events = [], []
        for n, stay in enumerate(days, first):
            start = date(2026, 1, 10)
            end = start + timedelta(days=stay)
            rows.append(
                deal(f"w{n}", stage="Won", closed_at=end.isoformat(), created_at="2026-01-10")
            )
            events += way(
                f"w{n}", (f"{start} 10:{n % 60:02}", EARLY), (f"{end} 10:{n % 60:02}", "Won")
            )
        return rows, events

    def test_twice_the_median_of_ten_won_deals_is_all_their_own(self) -> None:
        rows, events = self.won(*range(16, 26))
        report = audit([*rows, deal("1")], events)
        assert limits(report)[EARLY] == 2 * 20.5
        assert {s.stage: s.limit_origin for s in report.stages}[EARLY] == "own_data"

    def test_fewer_are_shrunk_towards_the_default(self) -> None:
        rows, events = [], []
        for n in (1, 4, 9):  # a pipeline each
            won, ways = self.won(*[30] * n, first=100 * n)
            rows += [r | {"pipeline": f"{n} won"} for r in [*won, deal(f"open {n}")]]
            events += ways
        found = {s.pipeline: s.limit_days for s in audit(rows, events).stages if s.stage == EARLY}
        weights = {n: n / (n + 10) for n in (1, 4, 9)}
        assert found == {f"{n} won": round(w * 60 + (1 - w) * 21, 1) for n, w in weights.items()}

    def test_never_less_than_fourteen_days(self) -> None:
        rows, events = self.won(*[2] * 12)
        assert limits(audit([*rows, deal("1")], events))[EARLY] == 14

    def test_repeated_stays_are_added_up(self) -> None:
        rows = [deal(f"w{n}", stage="Won", closed_at="2026-03-01") for n in range(10)]
        events = []
        for n in range(10):
            events += way(
                f"w{n}",
                (f"2026-01-01 10:{n + 10}", EARLY),
                (f"2026-01-11 10:{n + 10}", SPEC),  # ten days
                (f"2026-01-21 10:{n + 10}", EARLY),
                (f"2026-02-10 10:{n + 10}", "Won"),  # and twenty more
            )
        assert limits(audit([*rows, deal("1")], events))[EARLY] == 60

    def test_lost_and_open_deals_set_no_limit(self) -> None:
        rows, events = self.won(*[90] * 12)
        rows = [r | {"stage": "Lost"} for r in rows]
        events = [e | {"to_stage": "Lost"} if e["to_stage"] == "Won" else e for e in events]
        assert limits(audit([*rows, deal("1")], events))[EARLY] == 21


class TestPastTheLimit:
    @pytest.mark.parametrize(("days", "found"), [(21, []), (22, ["1"])])
    def test_more_days_than_the_limit(self, days: int, found: list[str]) -> None:
        report = audit([deal("1", stage_entered_at=ago(days), created_at=ago(100))])
        assert stalled(report) == found
        if found:
            (row,) = report.stalls.deals
            assert (row.days, row.limit, row.progress_basis) == (22, 21, "stage_event")

    def test_twice_the_limit_is_another_finding(self) -> None:
        rows = [deal(f"d{n}", created_at=ago(n)) for n in (42, 43)]
        report = audit(rows)
        assert found_by(report, "deal-stalled") == ["d42"]
        assert found_by(report, "deal-stalled-long") == ["d43"]

    def test_a_deal_with_any_date_is_known_and_one_without_is_not(self) -> None:
        report = audit(
            [deal("1"), deal("2", created_at="", updated_at=ago(2)), deal("3", created_at="")]
        )
        assert (report.stalls.stalled, report.stalls.not_stalled, report.stalls.unknown) == (
            1,
            1,
            1,
        )
        assert counts(report, "deal-stalled") == (1, 2, 1)


class TestBasis:
    """The best kind of date that at least half of the open deals have; then per deal downwards."""

    def basis(self, *rows: Any, **tables: Any) -> Any:
        report = audit(list(rows), **tables)
        return report.stalls.basis, {d.deal_id: d.progress_basis for d in report.stalls.deals}

    OLD = {"created_at": ago(200)}  # noqa: RUF012

    def test_each_basis_in_its_order(self) -> None:
        dates = {
            "created_at": ago(90),
            "updated_at": ago(80),
            "last_activity_at": ago(70),
            "stage_entered_at": ago(60),
        }
        named = {
            "created_at": "created",
            "updated_at": "updated",
            "last_activity_at": "last_activity",
            "stage_entered_at": "stage_event",
        }
        for n, (field, name) in enumerate(named.items(), 1):
            row = deal("1", **dict(list(dates.items())[:n]))
            assert self.basis(row) == (name, {"1": name}), field

    def test_half_of_the_open_deals_is_enough_and_less_is_not(self) -> None:
        rows = [
            deal(str(i), created_at=ago(90), updated_at=ago(80), stage_entered_at="")
            for i in range(4)
        ]
        half = [r | {"stage_entered_at": ago(60)} if i < 2 else r for i, r in enumerate(rows)]
        assert self.basis(*half) == (
            "stage_event",
            {"0": "stage_event", "1": "stage_event", "2": "updated", "3": "updated"},
        )
        one = [r | {"stage_entered_at": ago(60)} if i < 1 else r for i, r in enumerate(rows)]
        assert self.basis(*one) == ("updated", dict.fromkeys("0123", "updated"))

    def test_an_update_is_no_progress_where_stages_are_dated(self) -> None:
        row = deal("1", stage_entered_at=ago(60), updated_at=ago(1), **self.OLD)
        assert self.basis(row) == ("stage_event", {"1": "stage_event"})

    def test_a_decision_of_the_client_is_progress_on_every_basis(self) -> None:
        decided = {"last_decision": "Approved the budget", "last_decision_at": ago(30)}
        for field in ("created_at", "updated_at", "last_activity_at", "stage_entered_at"):
            row = deal("1", **self.OLD | {field: ago(90)} | decided)
            if field == "created_at":
                continue
            assert self.basis(row)[1] == {"1": "decision"}, field

    def test_incoming_and_joint_activities_are_progress_and_outgoing_are_not(self) -> None:
        rows = [
            deal(d, stage_entered_at=ago(90), **self.OLD) for d in ("in", "joint", "out", "planned")
        ]
        done = {"is_done": "yes", "kind": "call", "subject": "Talk"}
        tasks = [
            task("in", **done, direction="inbound", done_at=ago(5)),
            task("joint", **done, direction="joint", done_at=ago(5)),
            task("out", **done, direction="outbound", done_at=ago(5)),
            task("planned", kind="call", direction="inbound", due_at="2026-10-05"),
        ]
        assert stalled(audit(rows, tasks=tasks)) == ["out", "planned"]

    def test_dates_after_as_of_are_no_progress(self) -> None:
        row = deal("1", stage_entered_at="2027-01-01", updated_at=ago(50), **self.OLD)
        assert self.basis(row)[1] == {"1": "updated"}


class TestProgressInTheHistory:
    ROWS = [deal(str(i), stage=OFFER, created_at=ago(200)) for i in range(1, 3)]  # noqa: RUF012

    def start(self, deal_id: str) -> list[Any]:
        return way(deal_id, (f"{ago(200)} 10:11", EARLY), (f"{ago(150)} 10:12", SPEC))

    def test_a_forward_move_is_progress(self) -> None:
        events = self.start("1") + way("1", (f"{ago(5)} 10:15", OFFER)) + self.start("2")
        assert stalled(audit(self.ROWS, events)) == ["2"]

    def test_a_backward_move_is_none(self) -> None:
        rows = [deal("1", stage=EARLY, created_at=ago(200)), *FRESH]
        events = self.start("1") + way("1", (f"{ago(5)} 10:15", EARLY))
        (row,) = audit(rows, events).stalls.deals
        assert (row.deal_id, row.days) == ("1", 150)

    def test_what_a_robot_moved_is_none(self) -> None:
        events = (
            self.start("1") + way("1", (f"{ago(5)} 10:15", OFFER), by="Robot") + self.start("2")
        )
        assert stalled(audit(self.ROWS, events)) == ["1", "2"]

    def test_a_bulk_edit_is_none(self) -> None:
        rows = [deal(str(i), stage=OFFER, created_at=ago(200)) for i in range(5)]
        events = []
        for i in range(5):
            events += way(str(i), (f"{ago(200)} 10:1{i}", EARLY), (f"{ago(150)} 11:2{i}", SPEC))
            events += [event(str(i), OFFER, f"{ago(5)} 10:15:0{i}", changed_by="Ann")]
        assert stalled(audit(rows, events)) == ["0", "1", "2", "3", "4"]


class TestWaits:
    """A wait with its own date ahead is not a stall until that date passes."""

    def test_by_definition(self) -> None:
        ahead, past = "2026-10-20", "2026-09-29"
        old = {"stage_entered_at": ago(100), "created_at": ago(200)}
        rows = [
            deal("promise", next_step=COMMITMENT, next_step_date=ahead, **old),
            deal("promise today", next_step=COMMITMENT, next_step_date=AS_OF, **old),
            deal("promise past", next_step=COMMITMENT, next_step_date=past, **old),
            deal("our task", next_step=SELLER, next_step_date=ahead, **old),
            deal(
                "field", next_step=SELLER, next_step_date=ahead, client_commitment="Signs it", **old
            ),
            deal("decision", next_decision="Tender results", next_decision_at=ahead, **old),
            deal("decision past", next_decision="Tender results", next_decision_at=past, **old),
        ]
        report = audit(rows)
        assert stalled(report) == ["decision past", "our task", "promise past"]
        assert report.stalls.unknown == 0


class TestAnswer:
    def test_at_most_15_percent_by_number(self) -> None:
        fresh, old = {"created_at": ago(3)}, {"created_at": ago(100)}
        three = deals(17, **fresh) + deals(3, 50, **old)
        assert question(audit(three), "thresholds").answer == "yes"
        assert share(audit(three), "stalled") == (0.15, 0.15, 20)
        four = deals(16, **fresh) + deals(4, 50, **old)
        assert question(audit(four), "thresholds").answer == "no"

    def test_at_most_20_percent_by_money(self) -> None:
        rows = deals(19, created_at=ago(3), amount="100")
        small, large = (deal("50", created_at=ago(100), amount=a) for a in ("475", "476"))
        assert question(audit([*rows, small]), "thresholds").answer == "yes"
        assert question(audit([*rows, large]), "thresholds").answer == "no"

    def test_without_any_date_nothing_can_be_told(self) -> None:
        report = audit(
            [{"deal_id": str(i), "deal_name": "x", "stage": EARLY, "amount": "5"} for i in range(5)]
        )
        assert question(report, "thresholds").answer == "unknown"
        assert share(report, "stalled") == (0.0, 1.0, 5)
