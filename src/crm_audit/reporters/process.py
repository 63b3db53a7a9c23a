"""The process arranged for a page: bars of stages, spans of days, the grid from stage to stage."""

from __future__ import annotations

from typing import NamedTuple

from crm_audit.model.process import (
    OwnerTransitions,
    ProcessPipeline,
    ProcessStage,
    Transition,
)
from crm_audit.reporters.view import View

SHOWN_PIPELINES = 6
"""Pipelines that a page shows; data formats have all."""
SHOWN_OWNERS = 12
"""Owners whose own grid a page shows, in alphabetical order."""
Key = int | str


class Piece(NamedTuple):
    """A piece of a bar: what it is, where it begins and how long it is, in per cent."""

    name: str
    start: float
    length: float


class Bar(NamedTuple):
    """A stage in the chart: deals by what became of them, and its days on a common scale."""

    stage: ProcessStage
    pieces: list[Piece]
    median: float | None
    p90: float | None


class Cell(NamedTuple):
    """A number of moves in the grid; `how` is forward, over (a stage), back, won, lost or other."""

    to: str
    moves: int
    how: str


class Line(NamedTuple):
    """The moves out of one stage."""

    name: str
    order: int | None
    cells: list[Cell]


def bars(pipeline: ProcessPipeline) -> list[Bar]:
    """The stages of a pipeline that deals reached, each beside the one that most deals reached."""
    most = max((s.reached or 0 for s in pipeline.stages), default=0)
    longest = max((s.p90_days or 0.0 for s in pipeline.stages), default=0.0)
    found = []
    for stage in pipeline.stages if most else ():
        pieces, start = [], 0.0
        for name in ("went_on", "lost", "open"):
            length = 100 * (getattr(stage, name) or 0) / most
            pieces.append(Piece(name, round(start, 2), round(length, 2)))
            start += length
        span = (stage.median_days, stage.p90_days)
        at = [None if d is None or not longest else round(98 * d / longest, 2) for d in span]
        found.append(Bar(stage, pieces, *at))
    return found


def grid(view: View, pipeline: ProcessPipeline, moves: list[Transition]) -> list[Line]:
    """Moves by the stage they leave, each with a cell for every stage entered.

    Won stages share a column, lost ones another; moves out of closed stages share a line.
    """
    columns: dict[Key, str] = {s.order: s.stage for s in pipeline.stages}
    lines = columns | {"closed": view.t("process_closed")}
    columns |= {end: view.t(f"status_{end}") for end in ("won", "lost")}
    counted: dict[tuple[Key, Key], tuple[int, str]] = {}
    last = len(pipeline.stages) + 1
    for move in moves:
        place = (move.from_order or "closed", move.to_order or move.kind)
        before = counted.get(place, (0, ""))[0]
        counted[place] = (before + move.moves, _how(move, last))
    found = []
    for start, name in lines.items():
        cells = [Cell(to, *counted.get((start, key), (0, "none"))) for key, to in columns.items()]
        if any(cell.moves for cell in cells):
            found.append(Line(name, start if isinstance(start, int) else None, cells))
    return found


def _how(move: Transition, last: int) -> str:
    if move.kind in ("forward", "won") and move.from_order is not None:
        over = (move.to_order or last) - move.from_order > 1
        return "over" if over else move.kind
    return move.kind


def owners(pipeline: ProcessPipeline) -> list[OwnerTransitions]:
    """The owners whose grids a page shows: in alphabetical order, never by a figure."""
    return [o for o in pipeline.by_owner if o.owner is not None][:SHOWN_OWNERS]


def days(view: View, value: float | None) -> str:
    """`15 days`, with a figure after the point below ten; a dash where nothing is known."""
    if value is None:
        return "—"
    digits = 1 if value < 10 and round(value, 1) != round(value) else 0
    return view.t("days", n=view.w.number(value, digits))


def summary(view: View, pipeline: ProcessPipeline) -> str:
    """What the figures of a pipeline stand on, in one sentence."""
    if not pipeline.deals:
        return view.t("process_no_history", n=view.w.count(pipeline.without_history, "noun_deal"))
    said = view.t(
        "process_stands_on",
        n=view.w.count(pipeline.deals, "noun_deal"),
        won=view.w.number(pipeline.won),
        lost=view.w.number(pipeline.lost),
        open=view.w.number(pipeline.open),
        moves=view.w.count(pipeline.moves, "noun_move"),
        back=view.w.number(pipeline.rollbacks),
        over=view.w.number(pipeline.skips),
    )
    if pipeline.without_history:
        n = view.w.count(pipeline.without_history, "noun_deal")
        said += " " + view.t("process_without", n=n)
    return said
