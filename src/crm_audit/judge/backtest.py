"""The forecast on the client's own past: errors beside those of simpler ways, and the range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from crm_audit.judge.case import Case
from crm_audit.judge.intervals import wilson
from crm_audit.model.forecast import (
    Backtest,
    BacktestRow,
    Baseline,
    CalibrationBin,
    Horizon,
    Unsupported,
)

if TYPE_CHECKING:
    from crm_audit.forecast.outlook import Outlook, Period, Sum

EPOCH = date(1970, 1, 1)
BASELINES: tuple[Baseline, ...] = ("crm", "planned", "usual")
FEWEST_SHOWN = 4
"""Quarters of a backtest that is shown before that of the months."""


def judge_backtests(case: Case, found: Outlook, currencies: Sequence[str]) -> list[Backtest]:
    """By horizon, the number of deals and the money of each currency."""
    made = []
    for name, periods in found.past.items():
        horizon: Horizon = "month" if name == "month" else "quarter"
        codes = sorted({s.currency for p in periods for s in p.sums if s.currency is not None})
        for code in (None, *codes):
            rows = [(p, s) for p in periods for s in p.sums if s.currency == code]
            if rows:
                currency = None if code is None else currencies[code]
                made.append(_backtest(case, found, horizon, currency, rows))
    return made


def shown_first(backtests: Iterable[Backtest], currency: str | None) -> Backtest | None:
    """Money of the main currency before the number of deals, enough quarters before months."""
    listed = [
        b
        for b in backtests
        if b.periods >= 2 and b.wape is not None and b.currency in (None, currency)
    ]
    return min(
        listed,
        key=lambda b: (b.unit == "deals", (b.horizon == "quarter") != (b.periods >= FEWEST_SHOWN)),
        default=None,
    )


def _backtest(
    case: Case,
    found: Outlook,
    horizon: Horizon,
    currency: str | None,
    listed: list[tuple[Period, Sum]],
) -> Backtest:
    rows = [_row(period, s) for period, s in listed]
    total = sum(r.actual for r in rows)
    held = sum(r.held for r in rows)
    low, high = (round(end, 4) for end in wilson(held, len(rows)))
    errors = {name: _wape(rows, total, name) for name in BASELINES}
    return Backtest(
        horizon=horizon,
        unit="deals" if currency is None else "amount",
        currency=currency,
        periods=len(rows),
        wape=_wape(rows, total, "expected"),
        wape_crm=errors["crm"],
        wape_planned=errors["planned"],
        wape_usual=errors["usual"],
        held=held,
        coverage=round(held / len(rows), 4),
        coverage_low=low,
        coverage_high=high,
        rows=rows,
        bins=_bins([p for p, _ in listed]) if currency is None else [],
        unsupported=_unsupported(case, found, rows),
    )


def _row(period: Period, s: Sum) -> BacktestRow:
    start = EPOCH + timedelta(days=int(period.day))
    actual = s.actual or 0.0
    return BacktestRow(
        as_of=start,
        until=start + timedelta(days=period.horizon),
        deals=s.deals,
        expected=round(s.expected, 2),
        low=round(s.low, 2),
        high=round(s.high, 2),
        actual=round(actual, 2),
        held=s.low - 0.005 <= actual <= s.high + 0.005,
        crm=None if s.claimed is None else round(s.claimed, 2),
        planned=None if s.planned is None else round(s.planned, 2),
        usual=None if s.usual is None else round(s.usual, 2),
    )


def _wape(rows: list[BacktestRow], total: float, name: str) -> float | None:
    """Weighted absolute percentage error; None if some period cannot tell or nothing closed."""
    said = [getattr(r, name) for r in rows]
    if not total or any(s is None for s in said):
        return None
    error = sum(abs(s - r.actual) for s, r in zip(said, rows, strict=True))
    return round(float(error) / total, 4)


def _bins(periods: list[Period]) -> list[CalibrationBin]:
    """All deals of all past days by their chance: expected and really won."""
    from crm_audit.forecast.outlook import BINS

    edges = (0.0, *BINS, 1.0)
    made = []
    for low, high in pairwise(edges):
        deals, expected, won = 0, 0.0, 0
        for period in periods:
            inside = (period.chance > low) & (period.chance <= high)
            deals += int(inside.sum())
            expected += float(period.chance[inside].sum())
            won += int(period.won[inside].sum()) if period.won is not None else 0
        if deals:
            made.append(
                CalibrationBin(
                    low=low, high=high, deals=deals, expected=round(expected, 1), won=won
                )
            )
    return made


def _unsupported(case: Case, found: Outlook, rows: list[BacktestRow]) -> list[Unsupported]:
    """Which baselines the export cannot support on the past days, and why."""
    shows = found.spells.shows
    made = []
    for name in BASELINES:
        if all(getattr(r, name) is not None for r in rows):
            continue
        lacks = [f for f in ("planned", "probability") if f not in shows]
        if name == "usual":
            reason = "backtest_no_usual"
        elif name == "planned" or lacks == ["planned"]:
            reason = "backtest_no_planned"
        elif lacks == ["probability"]:
            reason = "backtest_no_probability"
        else:
            reason = "backtest_no_claim"
        made.append(Unsupported(baseline=name, text=case.wording(reason)))
    return made
