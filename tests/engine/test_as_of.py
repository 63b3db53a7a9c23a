"""The date of the audit: the newest of what happened, never of what is planned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import EARLY, OFFER, SPEC, audit, check, deal, deals, event, found_by, task, way
from crm_audit.engine.derive import newest_day

OLD = "2026-01-10"


class TestNewest:
    @pytest.mark.parametrize(
        "field", ["created_at", "updated_at", "last_activity_at", "stage_entered_at"]
    )
    def test_of_the_deals(self, field: str) -> None:
        report = audit([deal("1", **{"created_at": OLD, field: "2026-02-03"})], as_of=None)
        assert (str(report.as_of), report.as_of_basis) == ("2026-02-03", "latest_event")

    def test_planned_dates_never_count(self) -> None:
        ahead = "2026-02-20"
        row = deal("1", created_at=OLD, expected_close=ahead, next_step="x", next_step_date=ahead,
                   next_decision="y", next_decision_at=ahead)  # fmt: skip
        events = [event("1", EARLY, "2026-01-20 10:11", left_at=f"{ahead} 10:11")]
        report = audit(
            [row], events, [task("1", created_at="2026-01-21", due_at=ahead)], as_of=None
        )
        assert str(report.as_of) == "2026-01-21"

    def test_of_history_and_activities(self) -> None:
        row = deal("1", created_at=OLD)
        assert (
            str(audit([row], [event("1", EARLY, "2026-01-20 10:11")], as_of=None).as_of)
            == "2026-01-20"
        )
        done = task("1", created_at=OLD, done_at="2026-01-25", is_done="yes")
        assert str(audit([row], tasks=[done], as_of=None).as_of) == "2026-01-25"

    def test_the_closing_date_of_closed_deals_only(self) -> None:
        rows = [deal("1", created_at=OLD, closed_at="2026-02-05", stage="Won")]
        rows += [deal("2", created_at=OLD, closed_at="2026-03-01")]
        assert str(audit(rows, as_of=None).as_of) == "2026-02-05"

    def test_events_of_strangers_do_not_count(self) -> None:
        rows = [deal(str(i), created_at=OLD) for i in range(4)]
        events = [event(str(i), EARLY, "2026-01-20 10:11") for i in range(4)]
        assert (
            str(audit(rows, [*events, event("X", EARLY, "2026-01-30 10:11")], as_of=None).as_of)
            == "2026-01-20"
        )

    def test_no_date_at_all_is_null_and_what_needs_it_unknown(self) -> None:
        row = {
            "deal_id": "1",
            "deal_name": "a",
            "stage": EARLY,
            "amount": "5",
            "next_step": "Send it",
        }
        report = audit([row], as_of=None)
        assert (report.as_of, report.as_of_basis) == (None, "none")
        assert report.as_of_note
        assert check(report, "stalled").answer == "unknown"


class TestOutliers:
    """More than 30 days after the 99.9th percentile of all moments, or after 2100."""

    DAY = date(2026, 3, 1)

    @pytest.mark.parametrize(("later", "counts"), [(30, True), (31, False)])
    def test_thirty_days_after_the_percentile(self, later: int, counts: bool) -> None:
        outlier = self.DAY + timedelta(days=later)
        assert newest_day([(self.DAY, 2000), (outlier, 1)]) == (outlier if counts else self.DAY)

    def test_in_a_small_export_every_day_is_within_the_percentile(self) -> None:
        late = date(2027, 3, 1)
        assert newest_day([(self.DAY, 20), (late, 1)]) == late

    def test_the_next_century_never_counts(self) -> None:
        assert newest_day([(self.DAY, 1), (date(2206, 3, 1), 5)]) == self.DAY
        assert newest_day([(date(2206, 3, 1), 5)]) is None
        assert newest_day([]) is None


class TestOption:
    def rewound(self) -> Any:
        rows = [
            deal("1", stage=OFFER, created_at="2026-01-01"),
            deal("2", stage="Won", created_at="2026-01-02", closed_at="2026-08-01"),
            deal("3", stage=EARLY, created_at="2026-07-01"),
        ]
        events = way(
            "1",
            ("2026-01-01 10:11", EARLY),
            ("2026-02-01 10:12", SPEC),
            ("2026-07-05 10:13", OFFER),
        )
        events += way("2", ("2026-01-02 10:14", EARLY), ("2026-08-01 10:15", "Won"))
        talks = [
            task(
                "1",
                kind="call",
                created_at="2026-07-02",
                done_at="2026-07-02",
                is_done="yes",
                direction="inbound",
            )
        ]
        return audit(rows, events, talks, as_of="2026-06-30")

    def test_an_earlier_day_drops_later_deals_and_rebuilds_stages(self) -> None:
        report = self.rewound()
        assert (str(report.as_of), report.as_of_basis) == ("2026-06-30", "option")
        assert (report.portfolio.deals, report.portfolio.open, report.portfolio.won) == (2, 2, 0)
        assert {s.stage: s.deals.open for s in report.stages if s.deals.open} == {EARLY: 1, SPEC: 1}
        assert report.as_of_note

    def test_a_task_of_a_later_day_is_no_step_yet(self) -> None:
        rows = deals(2, created_at=OLD)
        tasks = [
            task("1", created_at="2026-02-10", due_at="2026-07-20"),
            task("2", created_at="2026-07-02", due_at="2026-07-20"),
        ]
        assert found_by(audit(rows, tasks=tasks, as_of="2026-06-30"), "next-step-missing") == ["2"]

    def test_later_moves_and_activities_are_forgotten(self) -> None:
        report = self.rewound()
        assert report.gates.moves.total == 1
        assert {d.deal_id: d.days for d in report.stalls.deals} == {"1": 149, "2": 179}

    def test_without_history_current_values_are_used_and_that_is_said(self) -> None:
        rows = [deal("1", created_at=OLD), deal("2", created_at="2026-03-01")]
        report = audit(rows, as_of="2026-02-01")
        assert report.portfolio.deals == 1
        assert "current values" in report.as_of_note

    def test_a_later_day_changes_nothing_but_the_date(self) -> None:
        report = audit(deals(2, created_at=OLD), as_of="2026-05-01")
        assert (report.portfolio.deals, report.as_of_note) == (2, "")
        assert report.stalls.deals[0].days == 111
