"""Opens workbooks and gives their sheets as text, each with its place in the book."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_audit.readers.arrow import Sheet
from crm_audit.readers.delimited import LAYOUT_ROWS
from crm_audit.readers.raw import Format

# Sheets up to this height are searched for several tables; beyond it only their beginning is.
SEARCHED_ROWS = 20_000


@dataclass(frozen=True)
class Part:
    """One sheet with cells, or a table in it that has a `title` and begins below `top` rows.

    `lead` empty columns are left out. `head` are the rows that are searched for tables: all of
    them, unless it is too high. `cells` hold the sheet from its top where they are Arrow's, else
    the rows of the table. `odd` is where another table may begin that is not parted from it.
    """

    name: str
    visible: bool
    height: int
    lead: int
    head: list[list[str]]
    cells: Sheet | list[list[str]]
    title: str | None = None
    top: int = 0
    odd: str | None = None

    @property
    def label(self) -> str:
        """What it is called where there are several."""
        return f"{self.name} / {self.title}" if self.title else self.name

    @property
    def width(self) -> int:
        """Columns, as far as they are known."""
        return self.cells.width if isinstance(self.cells, Sheet) else max(map(len, self.head))


def load(path: Path, kind: Format, wanted: str | None) -> tuple[list[str], list[Part]]:
    """The names of all sheets, and those with cells; only the one that is `wanted`, if any."""
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
            head = cells.rows(0, SEARCHED_ROWS)
        if any(c.strip() for row in head for c in row):
            lead = loaded.available_columns()[0].absolute_index
            shown = loaded.visible == "visible"
            sheets.append(Part(name, shown, cells.height, lead, head, cells))
    return names, sheets


def _charts(path: Path) -> set[str]:
    """Chart sheets of an XLSB, which fastexcel takes for damaged worksheets."""
    import python_calamine

    work = python_calamine.SheetTypeEnum.WorkSheet
    with python_calamine.load_workbook(str(path)) as book:
        return {sheet.name for sheet in book.sheets_metadata if sheet.typ != work}


def _load_with_calamine(path: Path, wanted: str | None) -> tuple[list[str], list[Part]]:
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
            sheets.append(Part(sheet.name, shown, len(rows), 0, rows[:LAYOUT_ROWS], rows))
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
