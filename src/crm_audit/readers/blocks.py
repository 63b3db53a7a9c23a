"""Finds the tables that stand below one another in a sheet or a file of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_audit.readers import layout as layouts
from crm_audit.readers.layout import LOOKED_AT, Layout

Row = Sequence[str]


@dataclass(frozen=True)
class Found:
    """The rows `start` to `stop` that hold the table, and the layout within them.

    `skipped` counts what stands around the data: rows before are a preamble, rows after a footer.
    `whole` says that nothing was cut off at the end.
    """

    start: int
    stop: int
    layout: Layout
    skipped: dict[str, int]
    whole: bool
    others: int


def best(rows: Sequence[Row], least_width: int = 1) -> Found:
    """The table of `rows`; where blank rows part several with headers of their own, the largest.

    It has `least_width` columns or more: rows that were not looked at may be wider.
    """
    starts = [0, *_new_tables(rows)]
    ends = [*starts[1:], len(rows)]
    sizes = [
        sum(1 for row in rows[a:b] for cell in row if cell.strip())
        for a, b in zip(starts, ends, strict=True)
    ]
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
        others=len(starts) - 1,
    )


def stacked(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Where each of the tables begins and ends that a file of text holds one under another.

    Blank rows part them. A table begins at its header, or at the title over it (a row of one
    cell). Unlike in a sheet it may have as many columns as the one above, if it names others.
    """
    starts = [0]
    names: set[str] = set()
    for i, row in enumerate(rows):
        here = _places(row)
        begin = _begins(rows, i) if names else 0
        if len(here) < 2 or begin is None:
            continue
        filled = {row[k].strip() for k in here}
        if filled <= names or not _heads(rows, i, here, alone=not names):
            continue
        if names:
            starts.append(begin)
        names = filled
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def _places(row: Row) -> set[int]:
    return {k for k, cell in enumerate(row) if cell.strip()}


def _begins(rows: Sequence[Row], header: int) -> int | None:
    """Where a table with this header would begin; None where no blank row parts it."""
    over = [len(_places(rows[header - n])) if header >= n else 0 for n in (1, 2)]
    if over[0] == 0:
        return header
    return header - 1 if over == [1, 0] else None


def _heads(rows: Sequence[Row], at: int, here: set[int], *, alone: bool) -> bool:
    """Whether the row names the columns of the rows below it, up to the next blank one.

    A column of values under a name tells it; where all is text, rows of another shape than the
    table above do, and the first table needs no more than names.
    """
    names = [rows[at][k].strip() for k in here]
    if len(set(names)) < len(names) or any(layouts.kind(name) != "text" for name in names):
        return False
    body = []
    for row in rows[at + 1 : at + LOOKED_AT]:
        if not _places(row):
            break
        body.append(row)
    if not body or any(_places(row) - here for row in body):
        return False
    for k in here:
        cells = [row[k] for row in body if k < len(row) and row[k].strip()]
        if cells and all(layouts.kind(cell) != "text" for cell in cells):
            return True
    shape = next((_places(row) for row in reversed(rows[:at]) if len(_places(row)) > 1), set())
    return len(body) > 1 and (alone or here != shape)


def width_of(row: Row) -> int:
    """Number of cells up to the last that is filled."""
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)


def _new_tables(rows: Sequence[Row]) -> list[int]:
    """Rows after a blank one that name columns unlike those above, over values of their own."""
    found = []
    shape: set[int] | None = None
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
