"""Cuts a sheet into the tables that stand in it, under one another and side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm_audit.readers.beside import bands
from crm_audit.readers.stacks import names, stacked

Row = Sequence[str]
_DEPTH = 4
# More tables than this in one sheet are the groups or the pages of one report.
_MOST = 30


@dataclass(frozen=True)
class Region:
    """Rows `top` to `bottom` and columns `left` to `right` of a sheet, counted from 0."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The cells that stand in it; `rows` themselves where it is all of them."""
        if (
            not (self.top or self.left)
            and self.bottom == len(rows)
            and self.right >= max(map(len, rows), default=0)
        ):
            return rows
        return [list(row[self.left : self.right]) for row in rows[self.top : self.bottom]]

    def place(self, lead: int = 0) -> str:
        """As a spreadsheet writes it, `A1:F20`; `lead` columns stand before those counted."""
        first, last = _letters(self.left + lead), _letters(self.right - 1 + lead)
        return f"{first}{self.top + 1}:{last}{self.bottom}"


def regions(rows: Sequence[Row]) -> list[Region]:
    """The tables of a sheet; the sheet as a whole where it holds one."""
    whole = Region(0, len(rows), 0, max((len(row) for row in rows), default=0))
    found = _cut(rows, whole, _DEPTH)
    if not 1 < len(found) <= _MOST:
        return [whole]
    return [replace(r, left=b.left, right=b.right) for r in found for b in [_box(rows, r)]]


def titles(rows: Sequence[Row], found: Sequence[Region], lead: int = 0) -> list[str]:
    """What each table is called: by the cell over its header, else by its place.

    The last may reach below the `rows` that are known.
    """
    given = [_title(region.of(rows)) for region in found]
    times = Counter(given)
    result = []
    for region, title in zip(found, given, strict=True):
        box = _box(rows, region)
        reach = region.bottom if region.bottom > len(rows) else box.bottom
        place = replace(box, bottom=reach).place(lead)
        result.append(place if title is None else title if times[title] == 1
                      else f"{title} ({place})")  # fmt: skip
    return result


def _cut(rows: Sequence[Row], at: Region, depth: int) -> list[Region]:
    cells = at.of(rows)
    parts = [
        Region(at.top + start, at.top + stop, at.left, at.right) for start, stop in stacked(cells)
    ]
    if len(parts) == 1:
        parts = [
            _box(rows, Region(at.top, at.bottom, at.left + start, at.left + stop))
            for start, stop in bands(cells)
        ]
    if len(parts) == 1 or not depth:
        return [at]
    return [region for part in parts for region in _cut(rows, part, depth - 1)]


def _box(rows: Sequence[Row], at: Region) -> Region:
    """The part of a region that its filled cells span."""
    filled = [names(row).keys() for row in at.of(rows)]
    high = [i for i, places in enumerate(filled) if places]
    wide = set().union(*filled)
    return Region(
        at.top + high[0], at.top + high[-1] + 1, at.left + min(wide), at.left + max(wide) + 1
    )


def _title(cells: Sequence[Row]) -> str | None:
    """The cell over the header: of several, the first below the last blank row among them."""
    title: str | None = None
    apart = True
    for row in map(names, cells):
        if len(row) > 1:
            break
        if row and apart:
            title = next(iter(row.values()))
        apart = not row
    return title


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
