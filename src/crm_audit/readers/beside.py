"""Finds tables that stand side by side in a sheet, parted by empty columns.

Merged cells and spacers leave empty columns within one table, so that these alone part nothing:
the shorter side must have a header of its own and rows that are not those of the longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crm_audit.readers import layout as layouts
from crm_audit.readers.layout import LOOKED_AT
from crm_audit.readers.stacks import blocks_of, header_of, names

Row = Sequence[str]
# Columns parted in more places than this are a form, or a page laid out with merged cells.
_GAPS = 8


@dataclass(frozen=True)
class _Side:
    """The columns on one side of a gap: which rows they fill, and the rows that name them."""

    rows: list[list[str]]
    filled: list[int]
    header: int
    header_end: int


def bands(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The columns of each of the tables that stand side by side."""
    width = max((len(row) for row in rows), default=0)
    gaps = _gaps(rows, width)
    if len(gaps) > _GAPS:
        return [(0, width)]
    starts = [0]
    for number, (start, stop) in enumerate(gaps):
        end = gaps[number + 1][0] if number + 1 < len(gaps) else width
        left, right = _side(rows, starts[-1], start), _side(rows, stop, end)
        if left and right and _apart(left, right):
            starts.append(stop)
    return list(zip(starts, [*starts[1:], width], strict=True))


def _gaps(rows: Sequence[Row], width: int) -> list[tuple[int, int]]:
    """The runs of empty columns between filled ones."""
    filled = [
        k for k in range(width) if any(k < len(row) and row[k] and row[k].strip() for row in rows)
    ]
    return [(a + 1, b) for a, b in pairwise(filled) if b - a > 1]


def _side(rows: Sequence[Row], start: int, stop: int) -> _Side | None:
    """The columns of one side, if it is two of them or more and a row names them."""
    cut = [list(row[start:stop]) for row in rows]
    filled = [i for i, row in enumerate(cut) if any(cell.strip() for cell in row)]
    if len(filled) < 2 or max(len(names(row)) for row in cut) < 2:
        return None
    first = filled[0]
    layout = layouts.find(cut[first : first + LOOKED_AT], stop - start)
    if not layout.has_header:
        return None
    return _Side(cut, filled, first + layout.header, first + layout.header_end)


def _apart(left: _Side, right: _Side) -> bool:
    """Whether the rows of the shorter side are not the rows of the longer."""
    small, large = sorted((left, right), key=lambda side: len(side.filled))
    top, first, last = small.header, small.filled[0], small.filled[-1]
    if last < large.header or not _only_tables(small):
        return False
    if any(large.header_end <= i < first for i in large.filled):
        return True  # Below the first deals no column gets its name.
    if last >= large.filled[-1] or 4 * len(small.filled) > 3 * len(large.filled):
        return False
    if not any(large.header <= i < large.header_end for i in (first, top)):
        return True
    shared = set(names(small.rows[top]).values()) & set(names(large.rows[large.header]).values())
    return bool(shared) or _is_legend(small, large)


def _only_tables(side: _Side) -> bool:
    """Whether each run of rows has a header of its own: they hang on no rows beside them."""
    return all(header_of(side.rows, *block) is not None for block in blocks_of(side.rows))


def _is_legend(small: _Side, large: _Side) -> bool:
    """Whether a side is a short list of keys with their values, every cell of it filled."""
    end = next(stop for start, stop in blocks_of(small.rows) if start <= small.header < stop)
    body = [names(row) for row in small.rows[small.header + 1 : end]]
    width = len(names(small.rows[small.header]))
    if any(len(row) < width for row in body) or 2 * len(small.filled) > len(large.filled):
        return False
    keys = [row[min(row)] for row in body]
    return len(set(keys)) == len(keys) and all(layouts.kind(key) == "text" for key in keys)
