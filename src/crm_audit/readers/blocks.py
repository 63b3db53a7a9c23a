"""Finds the tables that stand below one another in a sheet or a file of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_audit.readers import layout as layouts
from crm_audit.readers.layout import LOOKED_AT, Layout
from crm_audit.readers.stacks import blocks_of

Row = Sequence[str]
_TITLE_ROWS = 5


@dataclass(frozen=True)
class Found:
    """The rows `start` to `stop` that hold the table, and the layout within them.

    `skipped` counts what stands around the data: rows before are a preamble, rows after a footer.
    `whole` says that nothing was cut off at the end; `others` is the number of tables left out,
    to which a title does not count.
    """

    start: int
    stop: int
    layout: Layout
    skipped: dict[str, int]
    whole: bool
    others: int


def best(rows: Sequence[Row], least_width: int = 1, beyond: int = 0) -> Found:
    """The table of `rows`; where blank rows part several with headers of their own, the largest.

    It has `least_width` columns or more: `beyond` more rows that are not looked at may be wider.
    They belong to the last table, which is the largest then.
    """
    starts = [0, *_new_tables(rows)]
    ends = [*starts[1:], len(rows)]
    chosen = len(starts) - 1
    if chosen and not beyond:
        parts = [rows[a:b] for a, b in zip(starts, ends, strict=True)]
        sizes = [sum(1 for row in part for cell in row if cell.strip()) for part in parts]
        chosen = sizes.index(max(sizes))
    start, stop = starts[chosen], ends[chosen]
    width = max((width_of(row) for row in rows[start:stop]), default=1)
    width = max(width, least_width)
    layout = layouts.find(
        [row[:width] for row in rows[start : min(stop, start + LOOKED_AT)]], width
    )
    before = rows[: start + layout.header]
    after = rows[stop:]
    blank = sum(not any(c.strip() for c in row) for row in (*before, *after))
    skipped = {
        "preamble": sum(any(c.strip() for c in row) for row in before),
        "header": layout.header_end - layout.header,
        "footer": sum(any(c.strip() for c in row) for row in after),
        "blank": blank,
    }
    return Found(
        start,
        stop,
        layout,
        {reason: n for reason, n in skipped.items() if n},
        whole=stop == len(rows),
        others=sum(
            _is_more_than_title(rows[a:b])
            for n, (a, b) in enumerate(zip(starts, ends, strict=True))
            if n != chosen
        ),
    )


def _is_more_than_title(rows: Sequence[Row]) -> bool:
    filled = [n for n in map(len, map(_places, rows)) if n]
    return len(filled) > _TITLE_ROWS or any(n > 1 for n in filled)


def width_of(row: Row) -> int:
    """Number of cells up to the last that is filled."""
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)


def _new_tables(rows: Sequence[Row]) -> list[int]:
    """Rows after a blank one that name columns unlike those above, over values of their own."""
    found: list[int] = []
    shape: set[int] | None = None
    if len(blocks_of(rows)) < 2:
        return found
    for i, row in enumerate(rows):
        here = {k for k, cell in enumerate(row) if cell.strip()}
        if not here:
            continue
        if shape is None or (i and not any(c.strip() for c in rows[i - 1])):
            if shape is not None and _starts_table(rows, i, here, shape):
                found.append(i)
                shape = here
                continue
            shape = here if shape is None or len(here) > len(shape) else shape
        elif len(here) > len(shape):
            shape = here
    return found


def _starts_table(rows: Sequence[Row], at: int, here: set[int], shape: set[int]) -> bool:
    names = [rows[at][k].strip() for k in here]
    if len(here) < 2 or here == shape or len(set(names)) < len(names):
        return False
    if any(layouts.kind(name) != "text" for name in names):
        return False
    if _recurs(rows, at, here):
        return False
    body = []
    for row in rows[at + 1 : at + 40]:
        cells = {k for k, cell in enumerate(row) if cell.strip()}
        if not cells:
            break
        body.append((row, cells))
    if len(body) < 2 or any(cells - here for _, cells in body):
        return False
    typed = sum(
        all(layouts.kind(row[k]) not in ("text",) for row, cells in body if k in cells)
        for k in here
    )
    return typed >= 1


def _recurs(rows: Sequence[Row], at: int, here: set[int]) -> bool:
    """Whether a cell of the row stands in its column above, as values do and names do not."""
    near = range(max(1, at - LOOKED_AT), at)
    data = [rows[i] for i in near if len(_places(rows[i - 1])) > 1]
    return any(k < len(row) and row[k].strip() == rows[at][k].strip() for row in data for k in here)


def _places(row: Row) -> set[int]:
    return {k for k, cell in enumerate(row) if cell.strip()}
