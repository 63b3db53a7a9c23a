"""Takes a sheet apart into the tables that stand in it, and sees what it cannot part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from crm_audit.readers import sheets
from crm_audit.readers.arrow import Sheet
from crm_audit.readers.beside import bands
from crm_audit.readers.regions import Region, regions, titles
from crm_audit.readers.sheets import Part
from crm_audit.readers.stacks import header_of, names, stacked

_TRIED = 200
_NEAR = 40


def of(sheet: Part) -> list[Part]:
    """The tables that stand in a sheet; the sheet itself where it holds one.

    Of a sheet that is too high to be searched, those that its beginning shows: the last of them
    runs on to its end.
    """
    if sheet.height > sheets.SEARCHED_ROWS:
        return _of_beginning(sheet)
    cells = _rows(sheet.cells, 0, sheet.height)
    found = regions(cells)
    if len(found) == 1:
        return [replace(sheet, head=cells)]
    named = titles(cells, found, sheet.lead)
    return [_cut(sheet, cells, *each) for each in zip(found, named, strict=True)]


def _cut(sheet: Part, cells: Sequence[Sequence[str]], region: Region, title: str) -> Part:
    own = [list(row) for row in region.of(cells)]
    return replace(sheet, height=len(own), lead=0, head=own, cells=own, title=title, top=region.top)


def _of_beginning(sheet: Part) -> list[Part]:
    """The tables that the beginning of a high sheet shows under one another."""
    head, wide = sheet.head, sheet.width
    found = [Region(start, stop, 0, wide) for start, stop in stacked(head)]
    last = found[-1].top
    cells = sheet.cells if isinstance(sheet.cells, Sheet) else sheet.cells[last:]
    running = replace(
        sheet, height=sheet.height - last, head=head[last:], cells=cells, top=last,
        odd=_odd(sheet, last),
    )  # fmt: skip
    if len(found) == 1:
        return [running]
    found[-1] = replace(found[-1], bottom=sheet.height)
    *named, title = titles(head, found, sheet.lead)
    before = [_cut(sheet, head, *each) for each in zip(found[:-1], named, strict=True)]
    return [*before, replace(running, title=title)]


def _odd(sheet: Part, top: int) -> str | None:
    """Where something in a high sheet looks like another table than the one below `top`."""
    beside = bands(sheet.head[top:])
    if len(beside) > 1:
        return Region(top, top + 1, beside[1][0], sheet.width).place(sheet.lead).split(":")[0]
    for row in _after_blank(sheet):
        block = _rows(sheet.cells, row, row + _NEAR)
        stop = next((i for i, cells in enumerate(block) if not names(cells)), len(block))
        at = header_of(block, 0, stop)
        if at is not None and not any(names(block[at]) == names(r) for r in sheet.head[top:]):
            left = min(names(block[at]))
            return Region(row + at, row + at + 1, left, left + 1).place(sheet.lead).split(":")[0]
    return None


def _after_blank(sheet: Part) -> Iterator[int]:
    """The first rows that follow a blank one beyond the beginning of a sheet."""
    cells = sheet.cells
    blank = (
        cells.blank()
        if isinstance(cells, Sheet)
        else [i for i, row in enumerate(cells) if not any(cell.strip() for cell in row)]
    )
    after = [a + 1 for a, b in pairwise([*blank, sheet.height]) if b > a + 1]
    yield from [row for row in after if row >= len(sheet.head)][:_TRIED]


def _rows(cells: Sheet | list[list[str]], start: int, stop: int) -> list[list[str]]:
    return cells.rows(start, stop) if isinstance(cells, Sheet) else cells[start:stop]
