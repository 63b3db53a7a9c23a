"""Finds where tables begin that stand one under another, parted by blank rows.

A wrong cut loses a deal to a header, so that a row begins a table only where what it names and
what stands below cannot belong to the table above; in doubt it is one table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from crm_audit.readers import layout as layouts
from crm_audit.readers.layout import LOOKED_AT
from crm_audit.readers.rows import is_note

Row = Sequence[str]
_TITLE_ROWS = 5
_TITLE_GAP = 2
_NEAR = 40
# Rows that may begin a table and do not: beyond this it is a form or a report of many pages.
_TRIED = 200


def stacked(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Where each of the tables begins and ends that stand one under another.

    A table begins at its header, or at the title over it (rows of one cell).
    """
    blocks = blocks_of(rows)
    starts = [0]
    above = _Above(rows, 0)
    tried = 0
    for number, (start, stop) in enumerate(blocks):
        header = header_of(rows, start, stop) if number else None
        if header is None:
            continue
        begin = _begin(rows, blocks, number)
        above.reach(begin)
        if above.repeats(header):
            continue
        tried += 1
        if tried > _TRIED:
            return [(0, len(rows))]
        if above.is_table() and _is_another(rows, header, stop, above):
            starts.append(begin)
            above = _Above(rows, begin)
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def names(row: Row) -> dict[int, str]:
    """The cells of a row that are filled, by their place."""
    return {k: cell.strip() for k, cell in enumerate(row) if cell.strip()}


def names_columns(rows: Sequence[Row], at: int, stop: int) -> bool:
    """Whether a row may name the columns of the rows below it, up to `stop`.

    Its cells are words and differ; none of them is a value below, and nothing stands beside them.
    """
    here = names(rows[at])
    body = [names(row) for row in rows[at + 1 : min(stop, at + LOOKED_AT)]]
    if len(set(here.values())) < len(here) or not any(len(row) > 1 for row in body):
        return False
    if not all(_is_name(name) for name in here.values()):
        return False
    return all(row.keys() <= here.keys() for row in body) and not any(
        here[k] == value for row in body for k, value in row.items()
    )


def header_of(rows: Sequence[Row], start: int, stop: int) -> int | None:
    """The row that names the columns of a block of rows, below no more than a title.

    Titles of groups may stand in a row over it.
    """
    wide = (i for i in range(start, min(stop, start + _TITLE_ROWS + 1)) if len(names(rows[i])) > 1)
    at = next(wide, None)
    if at is None or names_columns(rows, at, stop):
        return at
    grouped = at + 1 < stop and layouts.is_group_row(rows[at], rows[at + 1])
    return at + 1 if grouped and names_columns(rows, at + 1, stop) else None


def typed(body: Iterable[Mapping[int, str]], places: Iterable[int]) -> dict[int, str]:
    """The kind of the columns that hold numbers, dates or truths, but for one value in five."""
    kinds: dict[int, Counter[str]] = {k: Counter() for k in places}
    for row in body:
        for k in kinds.keys() & row.keys():
            kinds[k][layouts.kind(row[k])] += 1
    return {
        k: max((n, kind) for kind, n in seen.items() if kind != "text")[1]
        for k, seen in kinds.items()
        if seen and seen["text"] <= 0.2 * seen.total()
    }


class _Above:
    """The table that stands above: what is known of it up to the row that was reached."""

    def __init__(self, rows: Sequence[Row], start: int) -> None:
        self._rows, self._start, self._end = rows, start, start
        self._layout: layouts.Layout | None = None
        self.used: set[int] = set()
        self.names: dict[int, str] = {}

    def reach(self, end: int) -> None:
        """Take in the rows before `end`."""
        for row in self._rows[self._end : end]:
            self.used |= names(row).keys()
        seen, self._end = self._end, end
        if self._layout is None and seen < self._start + LOOKED_AT:
            head = self._rows[self._start : min(end, self._start + LOOKED_AT)]
            width = max(self.used, default=0) + 1
            layout = layouts.find([row[:width] for row in head], width)
            self.names = names(layout.headers) if layout.has_header else {}
            if self._is_table(layout, head):
                self._layout = layout

    def is_table(self) -> bool:
        """Whether it is a table itself, and not what stands before one."""
        return self._layout is not None

    def repeats(self, header: int) -> bool:
        """Whether a row says again what the columns are called: a page or a group begins."""
        return names(self._rows[header]) == self.names

    def near(self) -> Iterator[dict[int, str]]:
        """The last rows of it, without headers."""
        first = self._start + (self._layout.header_end if self._layout else 0)
        for row in self._rows[max(first, self._end - LOOKED_AT) : self._end]:
            cells = names(row)
            if not any(self.names.get(k) == value for k, value in cells.items()):
                yield cells

    def _is_table(self, layout: layouts.Layout, head: Sequence[Row]) -> bool:
        body = [row for row in map(names, head[layout.header_end :]) if len(row) > 1]
        if not layout.has_header:
            return len(body) >= 5 and max(map(len, body)) >= 3
        if len(self.names) < 2 or not all(_is_name(name) for name in self.names.values()):
            return False
        return bool(body and typed(body, self.names)) or (len(self.names) > 2 and len(body) > 1)


def _is_another(rows: Sequence[Row], header: int, stop: int, above: _Above) -> bool:
    """Whether a header and the rows below it cannot be rows of the table above."""
    here = names(rows[header])
    body = [names(row) for row in rows[header + 1 : min(stop, header + LOOKED_AT)]]
    known = list(above.near())
    if any(row.get(k) == name for row in known for k, name in here.items()):
        return False
    kinds = typed(body, here)
    if here.keys() - above.used:
        return bool(kinds) or len(body) > 1
    shared = [name for name in here.values() if name in above.names.values()]
    first = min(here)
    if len(shared) > 1 or here[first] in shared:
        return bool(kinds) or len(body) > 1
    if first in kinds:
        return True
    before = typed(known[-_NEAR:], here)
    changed = any(before.get(k) != kinds[k] for k in kinds if any(k in row for row in known))
    if kinds:
        return changed or not _goes_on(known, body, here.keys() - kinds.keys())
    return first in before and len(body) > 1


def _goes_on(known: Sequence[dict[int, str]], body: Sequence[dict[int, str]], at: set[int]) -> bool:
    """Whether words of the columns stand in the same columns of the table above."""
    words = {(k, row[k]) for row in known for k in at & row.keys()}
    return any((k, row[k]) in words for row in body for k in at & row.keys())


def blocks_of(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The runs of rows that are not blank."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for i, row in enumerate(rows):
        blank = not any(cell and not cell.isspace() for cell in row)
        if blank and start is not None:
            found.append((start, i))
            start = None
        elif not blank and start is None:
            start = i
    return found if start is None else [*found, (start, len(rows))]


def _begin(rows: Sequence[Row], blocks: Sequence[tuple[int, int]], number: int) -> int:
    """Where a table begins whose header is in a block: its title may be a block of its own."""
    start = blocks[number][0]
    first, last = blocks[number - 1]
    if number < 2 or start - last > _TITLE_GAP or last - first > _TITLE_ROWS:
        return start
    over = [list(names(row).values()) for row in rows[first:last]]
    if all(len(cells) == 1 and not is_note(cells[0]) for cells in over):
        return first
    return start


def _is_name(cell: str) -> bool:
    """Whether a cell may be the name of a column: words, and no label before a value."""
    return layouts.kind(cell) == "text" and len(cell) <= 120 and not cell.endswith(":")
