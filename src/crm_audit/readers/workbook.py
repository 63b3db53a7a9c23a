"""Reads workbooks (XLSX, XLSM, XLSB, XLS, ODS): which sheets hold tables, and where in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crm_audit.readers import blocks, parts, sheets
from crm_audit.readers import layout as layouts
from crm_audit.readers.arrow import Sheet
from crm_audit.readers.delimited import LAYOUT_ROWS, Origin, no_header, sample_of
from crm_audit.readers.numbered import from_rows
from crm_audit.readers.raw import (
    ArrowSource,
    DelimitedSource,
    Format,
    Notice,
    RawTable,
    ReadOptions,
)
from crm_audit.readers.refusal import Refusal, guarded
from crm_audit.readers.sheets import Part
from crm_audit.readers.workspace import Workspace

_TABLE_ROWS = 5


def read_workbook(
    path: Path, origin: Origin, kind: Format, options: ReadOptions, space: Workspace
) -> list[RawTable]:
    """The tables of a workbook: those that stand in its sheets, mostly one in each.

    Hidden sheets are read only if no visible sheet has a table. Beside a table, a sheet that has
    none (a dashboard, notes) is set aside and named in a notice.
    """
    names, loaded, title = _opened(path, kind, options.sheet)
    visible = [s for s in loaded if s.visible]
    wanted = loaded if options.sheet is not None else visible or loaded
    if not wanted:
        return [_nothing(origin, kind)]
    found, labels = [], list(names)
    for sheet in wanted:
        for part in parts.of(sheet):
            labels += [part.label] * (part.title is not None)
            if title in (None, part.title, part.label):
                table, good = _table(part, origin, kind, space)
                found.append((replace(part, head=[], cells=[]), table, good))
    if not found:
        raise Refusal("no_such_sheet", sheet=title, sheets=", ".join(labels))
    tables = [(sheet, table) for sheet, table, good in found if good]
    set_aside: list[Part] = []
    if any(sheet.height > _TABLE_ROWS for sheet, _ in tables):
        set_aside = [sheet for sheet, _, good in found if not good]
    else:
        tables = [(sheet, table) for sheet, table, _ in found]
    result = []
    for number, (sheet, table) in enumerate(tables):
        notices = list(table.warnings)
        if not sheet.visible and options.sheet is None:
            notices.append(Notice("readers_hidden_sheet_read", {"sheet": sheet.name}))
        if number == 0:
            notices += [
                Notice("readers_hidden_sheet_skipped", {"sheet": s.name, "rows": s.height})
                for s in loaded
                if s not in wanted and s.height > 1
            ]
            notices += [
                Notice("readers_sheet_set_aside", {"sheet": s.label, "rows": s.height})
                for s in set_aside
            ]
        named = sheet.label if sheet.title or len(names) > 1 else None
        result.append(replace(table, sheet=named, warnings=tuple(notices)))
    return result


def _opened(
    path: Path, kind: Format, asked: str | None
) -> tuple[list[str], list[Part], str | None]:
    """The names of all sheets, the sheets that were loaded, and the title that a table must have.

    `asked` is the name of a sheet; where there is none of that name, the title of a table.
    """
    names, found = guarded(lambda: sheets.load(path, kind, asked), "damaged")
    if asked is None or asked in names:
        return names, found, None
    return names, guarded(lambda: sheets.load(path, kind, None), "damaged")[1], asked


def _nothing(origin: Origin, kind: Format) -> RawTable:
    """A workbook without a single cell is sound, and holds no table."""
    return RawTable(
        origin.name, origin.digest, kind, (), (), ArrowSource(None), 1,
        header_row=None, warnings=(Notice("readers_no_cells"),),
    )  # fmt: skip


def _table(item: Part, origin: Origin, kind: Format, space: Workspace) -> tuple[RawTable, bool]:
    """The table of a sheet, and whether it looks like one at all."""
    rows, searched, top = item.cells, item.head, item.top
    beyond = item.height - len(searched)
    found = blocks.best(searched, item.width if beyond else 1, beyond)
    stop = item.height if found.whole else found.stop
    layout = found.layout
    width = len(layout.headers)
    first = found.start + layout.header_end
    data = searched[first : found.stop]
    empty = [""] * item.lead
    headers = (*empty, *layout.headers)
    source: ArrowSource | DelimitedSource
    if isinstance(rows, Sheet):
        take = None if found.whole else stop - first
        source = ArrowSource(rows, skip=top + first, take=take, lead=item.lead)
    else:
        source = from_rows(_numbered(rows, first, stop, top), space, width)
    notices = list(no_header(layout))
    if found.others:
        at = {"first": top + found.start + 1, "last": top + stop}
        notices.append(Notice("readers_several_tables", at))
    if item.odd:
        said = {"place": item.odd, "limit": sheets.SEARCHED_ROWS}
        notices.append(Notice("readers_too_high_to_search", said))
    table = RawTable(
        name=origin.name,
        digest=origin.digest,
        format=kind,
        headers=headers,
        sample=sample_of(headers, ([*empty, *row] for row in data), layout.has_header),
        source=source,
        first_line=top + first + 1,
        header_row=top + found.start + layout.header + 1 if layout.has_header else None,
        skipped=found.skipped,
        warnings=tuple(notices),
    )
    return table, bool(item.title) or _is_table(layout, data, width)


def _numbered(
    rows: list[list[str]], first: int, stop: int, top: int
) -> Iterator[tuple[int, list[str]]]:
    for i in range(first, stop):
        yield top + i + 1, rows[i]


def _is_table(layout: layouts.Layout, data: Sequence[Sequence[str]], width: int) -> bool:
    """Columns that rows fill by a third, or up to two thirds: less is a dashboard or a note."""
    filled = [sum(1 for c in row if c.strip()) for row in data[:LAYOUT_ROWS]]
    filled = [n for n in filled if n]
    if width < 2 or (not layout.has_header and len(filled) < _TABLE_ROWS):
        return False
    return not filled or sum(filled) >= 0.3 * width * len(filled) or max(filled) >= 0.7 * width
