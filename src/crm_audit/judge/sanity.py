"""Whether the pipeline can give what is asked of it: cycle, coverage, slips, parked dates."""

from __future__ import annotations

from datetime import timedelta

from crm_audit.engine.evaluate import plain
from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.judge.ledger import rate
from crm_audit.judge.money import failing_amounts
from crm_audit.judge.shares import measure
from crm_audit.model.ledger import (
    Coverage,
    CycleBySize,
    MonthEnd,
    Parked,
    Rate,
    Sanity,
    SlipRate,
)
from crm_audit.model.report import Portfolio

_SIZES = ("small", "middle", "large")
_DAYS_OF_MONTH = 365.25 / 12


def judge_sanity(
    case: Case, portfolio: Portfolio, own: Rate | None, target: float | None
) -> Sanity:
    """The checks that the export can support; `target` is money in the list's own currency."""
    currency = case.derived.top_currency
    days = case.session.rows(
        "SELECT count(*), quantile_cont(days, 0.5), quantile_cont(days, 0.9) FROM ("
        " SELECT date_diff('day', created_at, closed_at) AS days FROM judged"
        " WHERE status = 'won' AND created_at <= closed_at)"
    )[0]
    return Sanity(
        currency=currency,
        cycle=_cycle(case, currency, days),
        coverage=_coverage(case, portfolio, own, target),
        slips=_slips(case),
        month_end=_month_end(case),
        parked=_parked(case, days),
    )


def _cycle(
    case: Case, currency: str | None, days: tuple[int, float | None, float | None]
) -> list[CycleBySize]:
    """All won deals, and thirds by amount where each third has enough of them."""
    deals, median, late = days
    if not deals or median is None or late is None:
        return []
    found = [
        CycleBySize(
            size="all", up_to=None, deals=deals, median_days=round(median), p90_days=round(late)
        )
    ]
    thirds = case.session.rows(statements("cycle")[0], {"currency": currency})
    if len(thirds) == len(_SIZES) and min(row[2] for row in thirds) >= case.limit("cycle_deals"):
        found += [
            CycleBySize.model_validate(
                {
                    "size": size,
                    "up_to": plain(up_to),
                    "deals": n,
                    "median_days": round(middle),
                    "p90_days": round(end),
                }
            )
            for size, (_, up_to, n, middle, end) in zip(_SIZES, thirds, strict=True)
        ]
    return found


def _coverage(
    case: Case, portfolio: Portfolio, own: Rate | None, target: float | None
) -> list[Coverage]:
    needed = round(1 / own.share, 1) if own is not None and own.share else None
    return [
        Coverage(
            currency=currency,
            open=amount,
            target=target if currency == case.derived.top_currency else None,
            times=round(amount / target, 2)
            if target and currency == case.derived.top_currency
            else None,
            needed=needed,
            folklore=case.limit("folklore_coverage"),
        )
        for currency, amount in sorted(portfolio.open_amount.items())
    ]


def _slips(case: Case) -> SlipRate | None:
    found = measure(
        case.session,
        "(close_date_past OR close_date_pushes >= 1)",
        "is_open AND close_date_present",
    )
    if not found.count.total:
        return None
    return SlipRate(
        low=round(found.count.low, 4), high=round(found.count.high, 4), of=int(found.count.total)
    )


def _month_end(case: Case) -> MonthEnd | None:
    days = int(case.limit("month_end_days"))
    late, of = case.session.rows(
        f"SELECT count(*) FILTER (WHERE month(closed_at + {days}) <> month(closed_at)), count(*)"
        " FROM judged CROSS JOIN params AS p"
        " WHERE status = 'won' AND closed_at BETWEEN p.window_start AND p.as_of"
    )[0]
    closings = rate(late, of)
    if closings is None or of < case.limit("cycle_deals"):
        return None
    return MonthEnd(closings=closings, days=days, by_chance=round(days / _DAYS_OF_MONTH, 4))


def _parked(case: Case, days: tuple[int, float | None, float | None]) -> Parked | None:
    """Open deals planned later than nine of ten won deals took, or than `parked_days`."""
    if case.derived.as_of is None:
        return None
    own = days[0] >= case.limit("limit_own_deals") and days[2] is not None
    wait = days[2] if own and days[2] is not None else case.limit("parked_days")
    after = case.derived.as_of + timedelta(days=round(wait))
    far = f"is_open AND close_date > DATE '{after.isoformat()}'"
    deals, of = case.session.rows(
        f"SELECT count(*) FILTER (WHERE {far}), count(close_date) FROM judged WHERE is_open"
    )[0]
    if not of:
        return None
    return Parked(deals=deals, of=of, amount=failing_amounts(case, far), after=after, own_data=own)
