"""Geometry of the charts: parts of a bar in per cent of its length, drawn by the templates."""

from __future__ import annotations

from typing import NamedTuple

from crm_audit.model.forecast import Backtest, BacktestRow
from crm_audit.model.report import Check, Leaks, Stage
from crm_audit.reporters.view import View


class Piece(NamedTuple):
    """A piece of a bar: what it is, where it begins and how long it is, in per cent."""

    name: str
    start: float
    length: float


class StageBar(NamedTuple):
    """A stage in the funnel chart, with the figures that stand beside its bar."""

    stage: Stage
    pieces: list[Piece]
    open: str
    stalled: str


class PastBar(NamedTuple):
    """A past period in the picture of the backtest: its range, what was expected, what closed."""

    row: BacktestRow
    held: bool
    x: float
    width: float
    centre: float
    top: float
    length: float
    expected: float
    actual: float


class PastChart(NamedTuple):
    """The picture of the backtest, in units of its own."""

    width: int
    height: int
    bars: list[PastBar]


def gauge(check: Check) -> list[Piece]:
    """The known share, the unknown rest of its range, and the threshold."""
    low, high = check.share.low, check.share.high
    if low is None or high is None:
        return []
    return [
        Piece("sure", 0, _pct(low)),
        Piece("open", _pct(low), _pct(high - low)),
        Piece("limit", _pct(check.threshold), 0),
    ]


def leak_bar(view: View, leaks: Leaks) -> list[Piece]:
    """Open money of a currency by where it stands."""
    parts = view.leaks(leaks)
    whole = sum(amount for _, amount in parts)
    pieces, start = [], 0.0
    for name, amount in parts:
        pieces.append(Piece(name, _pct(start / whole), _pct(amount / whole)))
        start += amount
    return pieces


def stage_bars(view: View) -> list[StageBar]:
    """Open stages in order: money in the leading currency, deals where there is no money."""
    stages = [s for s in view.report.stages if s.order is not None and s.deals.open]
    currency = view.main_currency
    sizes = [(s.open_amount.get(currency, 0), s.stalled_amount.get(currency, 0)) for s in stages]
    if not any(size for size, _ in sizes):
        sizes = [(s.deals.open, s.stalled) for s in stages]
        currency = ""
    longest = max((size for size, _ in sizes), default=0) or 1
    bars = []
    for stage, (size, stalled) in zip(stages, sizes, strict=True):
        moving = _pct((size - stalled) / longest)
        pieces = [Piece("moving", 0, moving), Piece("stalled", moving, _pct(stalled / longest))]
        bars.append(StageBar(stage, pieces, *(_size(view, n, currency) for n in (size, stalled))))
    return bars


def backtest(test: Backtest) -> PastChart:
    """Range bars of past periods from left to right, with a dot for what really closed."""
    width, height, edge = 320, 84, 6
    most = max(max(row.high, row.actual) for row in test.rows) or 1
    slot = width / len(test.rows)
    thick = min(slot * 0.55, 22)

    def level(value: float) -> float:
        return round(height - (height - edge) * value / most, 1)

    bars = []
    for place, row in enumerate(test.rows):
        centre = (place + 0.5) * slot
        top = min(level(row.high), height - 1.5)
        bars.append(
            PastBar(
                row=row,
                held=row.held,
                x=round(centre - thick / 2, 1),
                width=round(thick, 1),
                centre=round(centre, 1),
                top=top,
                length=round(max(level(row.low) - top, 1.5), 1),
                expected=round(level(row.expected) - 0.7, 1),
                actual=level(row.actual),
            )
        )
    return PastChart(width, height, bars)


def _size(view: View, size: float, currency: str) -> str:
    return view.w.money(size, currency) if currency else view.w.count(int(size), "noun_deal")


def _pct(share: float) -> float:
    return round(100 * min(max(share, 0), 1), 2)
