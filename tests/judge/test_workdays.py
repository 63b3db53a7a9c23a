"""Stalls in working days of a country's calendar, with transferred days off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from build import CONTRACT, EARLY, OFFER, SPEC, audit, deal, way
from crm_audit.errors import UsageError

YEAR = 365


def days(report: Any) -> dict[str, int]:
    return {d.deal_id: d.days for d in report.stalls.deals}


def standing(since: str, as_of: str, calendar: str | None) -> int:
    """Days that one deal stands, by a threshold that lets nothing be short enough."""
    report = audit(
        [deal("1", stage_entered_at=since, created_at=since)],
        as_of=as_of,
        calendar=calendar,
        thresholds={"limit_early": 0.1, "limit_least": 0.1},
    )
    return days(report)["1"]


@pytest.mark.parametrize(
    ("since", "as_of", "calendar", "expected"),
    [
        ("2026-09-04", "2026-09-07", None, 3),
        ("2026-09-04", "2026-09-07", "RU", 1),  # Friday to Monday
        ("2025-12-30", "2026-01-12", "RU", 1),  # the long holidays, 31 December among them
        ("2025-12-30", "2026-01-12", "DE", 8),  # 1 January alone, and two weekends
        ("2024-04-26", "2024-05-03", "RU", 3),  # a working Saturday, then days off moved to it
        ("2026-01-05", "2026-01-07", "DE-BY", 1),  # Epiphany is kept in Bavaria
        ("2026-01-05", "2026-01-07", "DE-BE", 2),  # and not in Berlin
        ("2026-09-04", "2026-09-07", "ru", 1),
    ],
)
def test_days_between(since: str, as_of: str, calendar: str | None, expected: int) -> None:
    assert standing(since, as_of, calendar) == expected


def limits(report: Any) -> dict[str, float]:
    return {s.stage: s.limit_days for s in report.stages if s.limit_days is not None}


def test_default_limits_are_the_working_days_of_as_many_days() -> None:
    """247 of the 365 days before 1 January 2026 were worked in Russia."""
    rows = [deal(str(i), stage=s) for i, s in enumerate((EARLY, OFFER, CONTRACT))]
    found = limits(audit(rows, as_of="2025-12-31", calendar="RU"))
    assert found == {
        EARLY: round(21 * 247 / YEAR, 1),
        OFFER: round(30 * 247 / YEAR, 1),
        CONTRACT: round(45 * 247 / YEAR, 1),
    }


def test_limits_of_a_configuration_are_taken_as_they_stand() -> None:
    report = audit([deal("1")], calendar="RU", thresholds={"limit_early": 15})
    assert limits(report)[EARLY] == 15


def test_own_limits_count_working_days_of_won_deals() -> None:
    rows, events = [deal("1")], []
    for n in range(10):
        rows.append(deal(f"w{n}", stage="Won", closed_at="2026-03-30", created_at="2026-03-01"))
        events += way(f"w{n}", (f"2026-03-02 10:{n:02}", EARLY), (f"2026-03-30 10:{n:02}", "Won"))
    assert limits(audit(rows, events))[EARLY] == 2 * 28
    assert limits(audit(rows, events, calendar="RU"))[EARLY] == 2 * 19  # 9 March is a day off


def test_the_report_says_whose_days_are_counted() -> None:
    assert audit([deal("1")], calendar="RU").stalls.calendar == "RU"
    assert audit([deal("1")]).stalls.calendar is None


def test_a_decision_is_measured_from_the_working_day_on_which_the_limit_was_crossed() -> None:
    start = date(2026, 6, 1)
    decided = (start + timedelta(days=28)).isoformat()  # 19 working days on, past 21 calendar days
    row = deal(
        "1",
        stage_entered_at=start.isoformat(),
        created_at=start.isoformat(),
        manager_decision="Escalate",
        manager_decision_at=decided,
    )
    rows = [row, deal("2", stage=SPEC, created_at="2026-09-25")]
    strict = {"limit_early": 20}

    def answer(calendar: str | None) -> float | None:
        report = audit(rows, calendar=calendar, thresholds=strict)
        (found,) = [c for q in report.questions for c in q.checks if c.id == "stall-decisions"]
        return found.share.low

    assert answer(None) == 1.0
    assert answer("RU") == 0.0  # 12 June is a day off: the limit fell on 30 June


@pytest.mark.parametrize("code", ["QQ", "DE-QQ", "12", "../RU", "None"])
def test_an_unknown_calendar_is_one_clear_line(code: str) -> None:
    with pytest.raises(UsageError, match="there is no such calendar"):
        audit([deal("1")], calendar=code)
