"""Working days of a country's calendar, numbered so that a difference counts those between."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crm_audit.engine.session import Session
from crm_audit.errors import UsageError
from crm_audit.wording import Wording

_FURTHEST = date(1980, 1, 1)
_AHEAD = timedelta(days=366)


def check_calendar(code: str, say: Wording) -> None:
    """Refuse a code that no calendar has: a country (RU) or a part of one (DE-BY)."""
    _holidays(code, range(2026, 2027), say)


def number_workdays(session: Session, code: str | None, as_of: date | None, say: Wording) -> float:
    """Fill `calendar` with every day since the first event and the working days up to its end.

    Transferred days off and working Saturdays count where the calendar has them. Without a code
    the table stays empty and SQL falls back to calendar days. Returns working days per calendar
    day over the last 365 days: 1 without a code. Source: the `holidays` library.
    """
    session.con.execute("CREATE TABLE calendar (day DATE, number INTEGER)")
    session.con.execute(
        "CREATE VIEW workday_firsts AS SELECT number, min(day) AS day FROM calendar GROUP BY number"
    )
    if code is None or as_of is None:
        return 1.0
    first = max(session.value("SELECT min(day) FROM happened") or as_of, _FURTHEST)
    first = min(first, as_of) - _AHEAD
    last = as_of + _AHEAD
    calendar = _holidays(code, range(first.year, last.year + 1), say)
    days: list[date] = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    numbers: list[int] = []
    so_far = 0
    for day in days:
        so_far += calendar.is_working_day(day)
        numbers.append(so_far)
    session.fill("calendar", {"day": days, "number": numbers})
    at = (as_of - first).days
    return (numbers[at] - numbers[at - 365]) / 365


def _holidays(code: str, years: range, say: Wording) -> Any:
    import holidays

    country, _, part = code.strip().upper().partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError:
        raise UsageError(say("calendar_unknown", value=code)) from None
