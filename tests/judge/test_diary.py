"""Whether the CRM is a diary: each sign found, not found and not to be told; the share of life."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import EARLY, OFFER, SPEC, audit, deal, deals, found_by, task, way
from crm_audit.judge.habits import tail
from crm_audit.model.diary import Diary, Sign

MONDAY = date(2026, 1, 5)


def diary(*tables: list[Any], **options: Any) -> Diary:
    movement = audit(*tables, **options).movement
    assert movement is not None
    assert movement.diary is not None
    return movement.diary


def sign(name: str, *tables: list[Any], **options: Any) -> Sign:
    return next(s for s in diary(*tables, **options).signs if s.id == name)


def closed(deal_id: str, **fields: Any) -> dict[str, Any]:
    return deal(deal_id, stage="Won", created_at="2026-02-02", closed_at="2026-06-10", **fields)


def walk(deal_id: str, *days: str) -> list[Any]:
    stages = [EARLY, SPEC, OFFER, "Won"]
    return way(deal_id, *zip(days, [*stages[: len(days) - 1], "Won"], strict=True))


class TestEmptyExport:
    def test_nothing_seen_is_unknown_and_no_life(self) -> None:
        found = diary([deal("1", created_at=None, amount=5)])
        assert {s.answer for s in found.signs} == {"unknown"}
        assert all(s.why for s in found.signs)
        assert (found.told, found.say_diary, found.life) == (0, 0, None)

    def test_a_list_without_history_has_no_share_of_life(self) -> None:
        rows = [closed(str(i)) for i in range(20)]
        found = diary(rows)
        assert found.life is None
        assert [s.id for s in found.signs if s.answer != "unknown"] == ["created_late"]


class TestClosingDay:
    EARLIER = ("2026-02-02 10:10", "2026-04-01 10:10", "2026-05-05 10:10", "2026-06-10 10:10")
    AT_ONCE = ("2026-02-02 10:10", "2026-06-10 16:05", "2026-06-10 16:07", "2026-06-10 16:09")

    def walked(self, at_once: int, of: int) -> tuple[list[Any], list[Any]]:
        rows = [closed(str(i)) for i in range(of)]
        ways = [self.AT_ONCE if i < at_once else self.EARLIER for i in range(of)]
        return rows, [e for i, days in enumerate(ways) for e in walk(str(i), *days)]

    @pytest.mark.parametrize(("n", "answer"), [(1, "no"), (2, "yes")])
    def test_says_diary_from_a_tenth_of_the_closed_deals(self, n: int, answer: str) -> None:
        found = sign("closing_day_path", *self.walked(n, 20))
        assert (found.answer, found.n, found.of) == (answer, n, 20)
        assert found.rule == "path-walked-on-closing-day"

    def test_too_few_deals_say_nothing(self) -> None:
        assert sign("closing_day_path", *self.walked(9, 9)).answer == "unknown"

    def test_one_move_on_the_closing_day_is_no_path(self) -> None:
        events = walk("1", "2026-02-02 10:10", "2026-06-10 16:05")
        assert found_by(audit([closed("1")], events), "path-walked-on-closing-day") == []

    def test_the_closing_row_of_the_history_is_a_closing_day_too(self) -> None:
        rows = [deal("1", stage="Won", closed_at="2026-06-01")]
        report = audit(rows, walk("1", *self.AT_ONCE))
        assert found_by(report, "path-walked-on-closing-day") == ["1"]


class TestCreatedLate:
    def test_by_closing_contract_and_decision(self) -> None:
        cases = {
            "closed": closed("closed") | {"created_at": "2026-06-11"},
            "same-day": closed("same-day") | {"created_at": "2026-06-10 23:50"},
            "contract": deal(
                "contract", created_at="2026-09-05", **{"Contract Date": "2026-09-01"}
            ),
            "decision": deal("decision", created_at="2026-09-05", last_decision_at="2026-09-01"),
            "in-life": deal("in-life", created_at="2026-09-05", last_decision_at="2026-09-09"),
        }
        report = audit(list(cases.values()))
        assert found_by(report, "created-after-signed") == ["closed", "contract", "decision"]

    def test_an_import_cannot_be_told(self) -> None:
        rows = [closed(str(i)) | {"created_at": f"2026-07-01 10:12:{i:02}"} for i in range(12)]
        found = sign("created_late", rows)
        assert (found.answer, found.n, found.unknown) == ("unknown", 0, 12)


class TestMeetingDay:
    def edits(self, weekday: int, elsewhere: int = 0) -> tuple[list[Any], list[Any]]:
        """Two moves a week for 20 weeks; so many of them on other days."""
        rows, events = [], []
        for week in range(20):
            day = MONDAY + timedelta(weeks=week, days=weekday if week >= elsewhere else week % 5)
            for n in range(2):
                name = f"{week}-{n}"
                rows.append(deal(name, stage=SPEC, created_at="2026-01-01", owner="Ann"))
                start, moved = ("2026-01-02 10:10", EARLY), (f"{day} 1{n}:21", SPEC)
                events += way(name, start, moved)
        return rows, events

    @pytest.mark.parametrize(("elsewhere", "habits"), [(6, 1), (12, 0)])
    def test_most_edits_are_enough_and_half_are_not(self, elsewhere: int, habits: int) -> None:
        found = sign("meeting_day", *self.edits(weekday=4, elsewhere=elsewhere))
        assert len(found.habits) == habits

    def test_a_few_full_days_are_no_meeting(self) -> None:
        rows, events = [], []
        for week in range(4):
            for n in range(9):
                name = f"{week}-{n}"
                day = MONDAY + timedelta(weeks=week)
                rows.append(deal(name, stage=SPEC, created_at="2026-01-01", owner="Ann"))
                start, moved = ("2026-01-02 10:10", EARLY), (f"{day} 1{n}:21", SPEC)
                events += way(name, start, moved)
        # One of the four dates is left out as the busiest: three weeks are not four.
        assert sign("meeting_day", rows, events).habits == []

    def test_edits_on_one_weekday(self) -> None:
        found = sign("meeting_day", *self.edits(weekday=0))
        (habit,) = found.habits
        assert found.answer == "yes"
        # One date of two edits, the busiest, is left out.
        assert (habit.owner, habit.weekday, habit.n, habit.of) == ("Ann", 1, 38, 38)
        assert habit.p_value is not None
        assert habit.p_value < 1e-20

    def test_edits_all_week_and_too_few_edits_are_no_habit(self) -> None:
        found = sign("meeting_day", *self.edits(weekday=0, elsewhere=20))
        assert (found.answer, found.habits) == ("no", [])
        rows, events = self.edits(weekday=0)
        few = {r["deal_id"] for r in rows[:9]}
        few_events = [e for e in events if e["deal_id"] in few]
        assert sign("meeting_day", rows[:9], few_events).answer == "unknown"

    def test_programs_keep_no_diary(self) -> None:
        rows, events = self.edits(weekday=0)
        events = [e | {"changed_by": "robot"} for e in events]
        assert sign("meeting_day", rows, events).answer == "unknown"

    def test_tail_of_the_binomial(self) -> None:
        # R: pbinom(k - 1, n, p, lower.tail = FALSE)
        assert tail(0, 10, 0.2) == 1
        assert tail(5, 10, 0.2) == pytest.approx(0.0327934976)
        assert tail(10, 10, 0.2) == pytest.approx(1.024e-07)
        assert tail(300, 1000, 0.2) == pytest.approx(8.56e-14, rel=0.01)


class TestDates:
    def test_planned_dates_on_ends_of_months_of_an_owner(self) -> None:
        rows = [
            deal(f"a{i}", owner="Ann", expected_close=day)
            for i, day in enumerate(["2026-10-31", "2026-12-31", "2026-11-15", "2026-12-01"] * 3)
        ]
        rows += [
            deal(f"b{i}", owner="Bob", expected_close=f"2026-11-{3 + i:02}") for i in range(12)
        ]
        found = sign("round_dates", rows)
        assert [(h.owner, h.n, h.of) for h in found.habits] == [("Ann", 12, 12)]
        assert found.places["quarter_end"] == found.places["month_end"] == 3
        assert (found.answer, found.n, found.of) == ("yes", 12, 24)

    def test_a_busy_day_among_many_is_no_sign(self) -> None:
        days = ["2026-10-12"] * 6 + [f"2026-10-{13 + i}" for i in range(14)]
        rows = [deal(str(i), owner="Ann", next_step_date=day) for i, day in enumerate(days)]
        assert sign("one_date", rows).n == 0
        assert sign("one_date", rows, thresholds={"one_date_share": 0.1}).n == 6


class TestLateRecords:
    @pytest.mark.parametrize(("days", "late"), [(1, 0), (2, 1)])
    def test_from_two_days_on(self, days: int, late: int) -> None:
        dates = {"created_at": f"2026-06-{10 + days}", "happened_at": "2026-06-10"}
        found = audit([deal("1")], tasks=[task("1", is_done="yes", **dates)])
        assert len(found_by(found, "activity-recorded-late")) == late


class TestBulkEdits:
    AT = "2026-09-29 18:40:0{}"

    def quiet(self) -> list[Any]:
        """Six deals untouched since March, five of them edited within seconds."""
        rows = deals(6, created_at="2026-03-02", owner="Ann")
        for i, row in enumerate(rows):
            row["updated_at"] = self.AT.format(i) if i < 5 else "2026-09-28 12:13:14"
        return rows

    def test_are_no_progress_and_the_next_evidence_tells(self) -> None:
        report = audit(self.quiet())
        assert report.stalls.stalled == 5
        assert {d.progress_basis for d in report.stalls.deals} == {"created"}
        assert report.movement is not None
        assert report.movement.diary is not None
        assert report.movement.diary.not_progress == 5

    def test_four_are_none(self) -> None:
        assert audit(self.quiet()[1:]).stalls.stalled == 0

    @pytest.mark.parametrize(
        ("count", "thresholds", "found"),
        [
            (4, {"bulk_deals": 4}, 4),
            (5, {"bulk_deals": 6}, 0),
            (5, {"bulk_seconds": 2}, 0),
            (5, {"bulk_seconds": 8}, 5),
            (5, {"bulk_seconds": 0}, 0),
        ],
    )
    def test_what_a_crowd_is_can_be_set(
        self, count: int, thresholds: dict[str, float], found: int
    ) -> None:
        report = audit(self.quiet()[5 - count :], thresholds=thresholds)
        assert len(found_by(report, "edited-in-bulk")) == found
        # A crowd that is none is an edit like any other, and progress.
        assert report.stalls.stalled == found

    @pytest.mark.parametrize(("seconds", "found"), [(59, 5), (60, 0)])
    def test_a_change_as_the_card_is_made_is_no_edit(self, seconds: int, found: int) -> None:
        rows = self.quiet()
        for i, row in enumerate(rows[:5]):
            row["created_at"] = f"2026-09-28 11:59:5{i}"
            row["updated_at"] = f"2026-09-28 12:00:5{i}"
        report = audit(rows, thresholds={"creation_seconds": seconds})
        assert len(found_by(report, "edited-in-bulk")) == found

    def test_across_the_turn_of_a_minute(self) -> None:
        rows = self.quiet()
        for row, second in zip(rows, (58, 59, 0, 1, 2), strict=False):
            row["updated_at"] = f"2026-09-29 18:{39 if second > 9 else 40}:{second:02}"
        assert len(found_by(audit(rows), "edited-in-bulk")) == 5

    def test_each_by_a_user_of_his_own_are_none(self) -> None:
        rows = [r | {"Last Modified By": f"User {i}"} for i, r in enumerate(self.quiet())]
        assert found_by(audit(rows), "edited-in-bulk") == []

    def test_of_one_user_over_deals_of_many_owners(self) -> None:
        rows = [
            r | {"owner": f"Owner {i}", "Last Modified By": "Admin"}
            for i, r in enumerate(self.quiet())
        ]
        assert len(found_by(audit(rows), "edited-in-bulk")) == 5

    def test_a_card_never_touched_since_its_creation_was_not_edited(self) -> None:
        rows = self.quiet()
        for row in rows:
            row["created_at"] = row["updated_at"]
        assert found_by(audit(rows), "edited-in-bulk") == []

    def test_of_the_entry_into_the_stage(self) -> None:
        rows = deals(6, created_at="2026-03-02", owner="Ann")
        rows = [r | {"stage_entered_at": self.AT.format(i)} for i, r in enumerate(rows)]
        report = audit(rows)
        assert len(found_by(report, "edited-in-bulk")) == report.stalls.stalled == 6


class TestOtherSigns:
    def test_not_one_move_back_in_a_long_history(self) -> None:
        rows, events = [], []
        for i in range(100):
            rows.append(deal(str(i), stage=OFFER, created_at="2026-01-05"))
            at = MONDAY + timedelta(days=i)
            steps = [(f"{at + timedelta(days=10 * n)} 11:1{n}", s) for n, s in
                     enumerate((EARLY, SPEC, OFFER))]  # fmt: skip
            events += way(str(i), *steps)
        assert sign("never_back", rows, events).answer == "yes"
        events += way("1", ("2026-09-01 10:10", SPEC))
        assert sign("never_back", rows, events).answer == "no"


class TestLife:
    def test_parts_ends_and_deals(self) -> None:
        rows = [
            closed("walked"),
            closed("lived"),
            deal("open", stage=SPEC, created_at="2026-05-01"),
        ]
        events = walk("walked", *TestClosingDay.AT_ONCE) + walk("lived", *TestClosingDay.EARLIER)
        events += way("open", ("2026-05-01 10:10", EARLY), ("2026-06-01 10:10", SPEC))
        tasks = [
            task(
                "open",
                created_at=f"2026-06-{10 + late:02}",
                happened_at="2026-06-10",
                is_done="yes",
            )
            for late in (0, 3)
        ]
        life = diary(rows, events, tasks).life
        assert life is not None
        counted = {p.id: (p.events, p.late, p.unknown) for p in life.parts}
        assert counted == {"activities": (2, 1, 0), "cards": (2, 0, 0), "moves": (7, 3, 0)}
        assert (life.deals, life.events, life.late, life.low) == (3, 11, 4, 0.6364)
        listed = {d.deal_id: (d.late, d.events, d.low) for d in life.listed}
        assert listed == {"walked": (3, 4, 0.25), "open": (1, 3, 0.6667)}
        assert all(d.source.line > 1 for d in life.listed)

    def test_moves_of_unknown_users_in_a_crowd_widen_the_range(self) -> None:
        rows = [deal(str(i), stage=SPEC, created_at="2026-05-01") for i in range(5)]
        events = [
            e | {"changed_by": ""}
            for i in range(5)
            for e in way(str(i), ("2026-05-01 10:10", EARLY), (f"2026-06-01 10:10:0{i}", SPEC))
        ]
        life = diary(rows, events).life
        assert life is not None
        assert (life.low, life.high, life.unknown) == (0.0, 1.0, 5)

    def test_the_six_answers_do_not_hang_on_it(self) -> None:
        rows = [closed(str(i)) for i in range(20)]
        events = [e for i in range(20) for e in walk(str(i), *TestClosingDay.AT_ONCE)]
        say = [q.answer for q in audit(rows, events).questions]
        strict = audit(rows, events, thresholds={"diary_share": 0.99, "path_moves": 9})
        assert [q.answer for q in strict.questions] == say
