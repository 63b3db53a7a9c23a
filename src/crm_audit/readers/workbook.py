"""Reads workbooks (XLSX, XLSM, XLSB, XLS, ODS): which sheets hold tables, and where in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crm_audit.readers import blocks
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
from crm_audit.readers.regions import regions, titles
from crm_audit.readers.workspace import Workspace

# Sheets up to this height are searched for several tables; beyond it the first one is meant.
_SEARCHED_ROWS = 20_000
_TABLE_ROWS = 5


@dataclass(frozen=True)
class _Sheet:
    """One sheet with cells, or a table in it that has a `title` and begins below `top` rows.

    Its rows are those from the top of the sheet, `lead` empty columns left out. `head` are those
    that are searched for tables: all of them, unless the sheet is too high.
    """

    name: str
    visible: bool
    height: int
    lead: int
    head: list[list[str]]
    cells: Sheet | list[list[str]]
    title: str | None = None
    top: int = 0

    @property
    def label(self) -> str:
        """What it is called where there are several."""
        return f"{self.name} / {self.title}" if self.title else self.name


def read_workbook(
    path: Path, origin: Origin, kind: Format, options: ReadOptions, space: Workspace
) -> list[RawTable]:
    """The tables of a workbook: those that stand in its sheets, mostly one in each.

    Hidden sheets are read only if no visible sheet has a table. Beside a table, a sheet that has
    none (a dashboard, notes) is set aside and named in a notice.
    """
    names, sheets, wanted = _wanted(path, kind, options.sheet)
    if not wanted:
        return [_nothing(origin, kind)]
    found = [(s, *_table(s, origin, kind, space)) for s in wanted]
    tables = [(sheet, table) for sheet, table, good in found if good]
    set_aside: list[_Sheet] = []
    if any(sheet.height > _TABLE_ROWS for sheet, _ in tables):
        set_aside = [sheet for sheet, _, good in found if not good]
    else:
        tables = [(sheet, table) for sheet, table, _ in found]
    read = {sheet.name for sheet in wanted}
    result = []
    for number, (sheet, table) in enumerate(tables):
        notices = list(table.warnings)
        if not sheet.visible and options.sheet is None:
            notices.append(Notice("readers_hidden_sheet_read", {"sheet": sheet.name}))
        if number == 0:
            notices += [
                Notice("readers_hidden_sheet_skipped", {"sheet": s.name, "rows": s.height})
                for s in sheets
                if s.name not in read and s.height > 1
            ]
            notices += [
                Notice("readers_sheet_set_aside", {"sheet": s.label, "rows": s.height})
                for s in set_aside
            ]
        title = sheet.label if sheet.title or len(names) > 1 else None
        result.append(replace(table, sheet=title, warnings=tuple(notices)))
    return result


def _wanted(
    path: Path, kind: Format, asked: str | None
) -> tuple[list[str], list[_Sheet], list[_Sheet]]:
    """The names of all sheets, the sheets that were loaded, and of these the tables to read.

    `asked` is the name of a sheet; where there is none of that name, the title of a table.
    """
    names, sheets = guarded(lambda: _load(path, kind, asked), "damaged")
    if asked is None:
        shown = [s for s in sheets if s.visible] or sheets
        return names, sheets, [part for sheet in shown for part in _parts(sheet)]
    if asked in names:
        return names, sheets, [part for sheet in sheets for part in _parts(sheet)]
    _, sheets = guarded(lambda: _load(path, kind, None), "damaged")
    parts = [part for sheet in sheets for part in _parts(sheet) if part.title]
    named = [part for part in parts if asked in (part.title, part.label)]
    if not named:
        known = [*names, *(part.label for part in parts)]
        raise Refusal("no_such_sheet", sheet=asked, sheets=", ".join(known))
    return names, sheets, named


def _parts(sheet: _Sheet) -> list[_Sheet]:
    """The tables that stand in a sheet; the sheet itself where it holds one or is too high."""
    if sheet.height > _SEARCHED_ROWS:
        return [sheet]
    rows = sheet.cells
    cells = rows.rows(0, sheet.height) if isinstance(rows, Sheet) else rows
    found = regions(cells)
    if len(found) == 1:
        return [replace(sheet, head=cells)]
    parts = []
    for region, title in zip(found, titles(cells, found, sheet.lead), strict=True):
        own = [list(row) for row in region.of(cells)]
        parts.append(
            replace(
                sheet, height=len(own), lead=0, head=own, cells=own, title=title, top=region.top
            )
        )  # fmt: skip
    return parts


def _load(path: Path, kind: Format, wanted: str | None) -> tuple[list[str], list[_Sheet]]:
    if kind in ("xls", "ods"):
        return _load_with_calamine(path, wanted)
    import fastexcel

    book = fastexcel.read_excel(str(path))
    names: list[str] = book.sheet_names
    charts = _charts(path) if kind == "xlsb" else set()
    sheets = []
    for index, name in enumerate(names):
        if name in charts or wanted not in (None, name):
            continue
        loaded = book.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
        cells = Sheet(loaded)
        head = cells.rows(0, LAYOUT_ROWS)
        if cells.width and not any(c.strip() for row in head for c in row):
            head = cells.rows(0, _SEARCHED_ROWS)
        if any(c.strip() for row in head for c in row):
            lead = loaded.available_columns()[0].absolute_index
            shown = loaded.visible == "visible"
            sheets.append(_Sheet(name, shown, cells.height, lead, head, cells))
    return names, sheets


def _charts(path: Path) -> set[str]:
    """Chart sheets of an XLSB, which fastexcel takes for damaged worksheets."""
    import python_calamine

    work = python_calamine.SheetTypeEnum.WorkSheet
    with python_calamine.load_workbook(str(path)) as book:
        return {sheet.name for sheet in book.sheets_metadata if sheet.typ != work}


def _load_with_calamine(path: Path, wanted: str | None) -> tuple[list[str], list[_Sheet]]:
    """XLS and ODS cell by cell.

    fastexcel takes the cached values of charts in XLS for cells, and drops times of day in ODS; but
    only it keeps the text of error values, so these are taken from it.
    """
    import fastexcel
    import python_calamine

    typ, state = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
    errors = fastexcel.read_excel(str(path))
    names, sheets = [], []
    with python_calamine.load_workbook(str(path)) as book:
        for sheet in book.sheets_metadata:
            names.append(sheet.name)
            if sheet.typ != typ.WorkSheet or wanted not in (None, sheet.name):
                continue
            rows = [
                [_text(cell) for cell in row]
                for row in book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            ]
            if not rows or not any(cell.strip() for row in rows for cell in row):
                continue
            _add_errors(rows, errors.load_sheet(sheet.name, header_row=None, skip_rows=0,
                                                dtypes="string"))  # fmt: skip
            shown = sheet.visible == state.Visible
            sheets.append(_Sheet(sheet.name, shown, len(rows), 0, rows[:LAYOUT_ROWS], rows))
    return names, sheets


def _add_errors(rows: list[list[str]], loaded: Any) -> None:
    seen = Sheet(loaded)
    if not seen.width:
        return
    lead = loaded.available_columns()[0].absolute_index
    for row, other in zip(rows, seen.rows(0, seen.height), strict=False):
        for i, text in enumerate(other, start=lead):
            if text.startswith("#") and i < len(row) and not row[i]:
                row[i] = text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    return str(value)


def _nothing(origin: Origin, kind: Format) -> RawTable:
    """A workbook without a single cell is sound, and holds no table."""
    return RawTable(
        origin.name, origin.sha256, kind, (), (), ArrowSource(None), 1,
        header_row=None, warnings=(Notice("readers_no_cells"),),
    )  # fmt: skip


def _table(item: _Sheet, origin: Origin, kind: Format, space: Workspace) -> tuple[RawTable, bool]:
    """The table of a sheet, and whether it looks like one at all."""
    rows = item.cells
    searched = item.head
    least = rows.width if isinstance(rows, Sheet) and len(searched) < item.height else 1
    found = blocks.best(searched, least)
    stop = item.height if found.whole else found.stop
    layout = found.layout
    width = len(layout.headers)
    first = found.start + layout.header_end
    skipped = found.skipped
    data = searched[first : found.stop]
    empty = [""] * item.lead
    headers = (*empty, *layout.headers)
    source: ArrowSource | DelimitedSource
    if isinstance(rows, Sheet):
        take = None if found.whole else stop - first
        source = ArrowSource(rows, skip=first, take=take, lead=item.lead)
    else:
        source = from_rows(_numbered(rows, first, stop, item.top), space, width)
    notices = no_header(layout)
    if found.others:
        said = Notice(
            "readers_several_tables", {"first": item.top + found.start + 1, "last": item.top + stop}
        )
        notices = (*notices, said)
    table = RawTable(
        name=origin.name,
        sha256=origin.sha256,
        format=kind,
        headers=headers,
        sample=sample_of(headers, ([*empty, *row] for row in data), layout.has_header),
        source=source,
        first_line=item.top + first + 1,
        header_row=item.top + found.start + layout.header + 1 if layout.has_header else None,
        skipped=skipped,
        warnings=notices,
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
