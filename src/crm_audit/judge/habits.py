"""Habits that chance does not explain: edits on one weekday, planned dates on ends of months."""

from __future__ import annotations

from math import exp, lgamma, log

from crm_audit.judge.case import Case
from crm_audit.judge.intervals import wilson
from crm_audit.model.diary import OwnerHabit

ROUND_CHANCE = 36 / 365.25
"""Share of the days of a year that end or begin a month, or are a 15th."""
_WEEKDAYS = 7


def tail(k: int, n: int, p: float) -> float:
    """Probability of k or more of n by chance p each: the upper tail of the binomial, 0 < p < 1."""
    if k <= 0:
        return 1.0
    term = exp(
        lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p)
    )
    total = 0.0
    for i in range(k, n + 1):
        total += term
        if term < total * 1e-16:
            break
        term *= (n - i) / (i + 1) * p / (1 - p)
    return min(1.0, total)


def judge_meeting_days(case: Case) -> tuple[int, int, list[OwnerHabit]]:
    """Users that were tested, their edits, and those who edit on one weekday.

    By chance a weekday has one share of the working days. Each user's busiest date is left out.
    The probability is multiplied by the number of weekdays and users tested (Bonferroni).
    """
    days: dict[str, dict[int, tuple[int, int]]] = {}
    for who, weekday, edits, dates in case.session.rows(
        "SELECT who, weekday, CAST(edits AS BIGINT), days FROM edit_weekdays ORDER BY who, weekday"
    ):
        days.setdefault(who, {})[weekday] = (edits, dates)
    least = case.limit("weekday_edits")
    totals = {who: sum(n for n, _ in found.values()) for who, found in days.items()}
    tested = {who: n for who, n in totals.items() if n >= least}
    chance = 1 / case.limit("working_days")
    habits = []
    for who, total in tested.items():
        weekday, (edits, dates) = max(days[who].items(), key=lambda d: (d[1][0], -d[0]))
        p_value = min(1.0, tail(edits, total, chance) * _WEEKDAYS * len(tested))
        if (
            edits >= case.limit("weekday_share") * total
            and dates >= case.limit("weekday_weeks")
            and p_value < case.limit("chance_level")
        ):
            habits.append(_habit(who, edits, total, chance, weekday=weekday, p_value=p_value))
    return len(tested), sum(tested.values()), habits


def judge_planned_dates(case: Case) -> tuple[int, dict[str, int], list[OwnerHabit]]:
    """Planned dates of open deals: how many, by place in the month, and owners who guess them.

    An owner guesses where his share is above the threshold and chance does not explain it
    (binomial, multiplied by the number of owners tested).
    """
    places: dict[str, int] = {}
    counted: dict[str, list[int]] = {}
    for owner, place, n in case.session.rows(
        "SELECT coalesce(owner, ''), place, count(*) FROM planned_dates GROUP BY ALL ORDER BY ALL"
    ):
        places[place] = places.get(place, 0) + n
        found = counted.setdefault(owner, [0, 0])
        found[0] += n if place != "other" else 0
        found[1] += n
    least = case.limit("round_least")
    tested = {owner: found for owner, found in counted.items() if found[1] >= least}
    habits = []
    for owner, (n, of) in tested.items():
        p_value = min(1.0, tail(n, of, ROUND_CHANCE) * len(tested))
        if n >= case.limit("round_share") * of and p_value < case.limit("chance_level"):
            habits.append(_habit(owner, n, of, ROUND_CHANCE, p_value=p_value))
    return sum(places.values()), places, habits


def _habit(
    owner: str,
    n: int,
    of: int,
    chance: float,
    *,
    weekday: int | None = None,
    p_value: float | None = None,
) -> OwnerHabit:
    low, high = wilson(n, of)
    return OwnerHabit(
        owner=owner,
        weekday=weekday,
        n=n,
        of=of,
        share=round(n / of, 4),
        low=round(low, 4),
        high=round(high, 4),
        chance=round(chance, 4),
        p_value=None if p_value is None else float(f"{p_value:.3g}"),
    )
