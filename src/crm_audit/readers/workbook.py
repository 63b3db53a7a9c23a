"""Reads workbooks (XLSX, XLSM, XLSB, XLS, ODS): which sheets hold tables, and where in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from crm_audit.readers import layout as layouts
from crm_audit.readers.arrow import Sheet
from crm_audit.readers.delimited import LAYOUT_ROWS, Origin, sample_of
from crm_audit.readers.raw import ArrowSource, Format, Notice, RawTable, ReadOptions
from crm_audit.readers.refusal import Refusal, guarded


@dataclass(frozen=True)
class _Found:
    name: str
    visible: bool
    sheet: Sheet


def read_workbook(path: Path, origin: Origin, kind: Format, options: ReadOptions) -> list[RawTable]:
    """The tables of a workbook, one for each sheet that holds one."""
    import fastexcel

    book = guarded(lambda: fastexcel.read_excel(str(path)), "damaged")
    names: list[str] = book.sheet_names
    if options.sheet is not None and options.sheet not in names:
        raise Refusal("no_such_sheet", sheet=options.sheet, sheets=", ".join(names))
    found: list[_Found] = []
    for index, name in enumerate(names):
        if options.sheet is not None and name != options.sheet:
            continue
        loaded = guarded(
            lambda index=index: book.load_sheet(  # type: ignore[misc]
                index, header_row=None, skip_rows=0, dtypes="string"
            ),
            "damaged",
        )
        sheet = guarded(lambda loaded=loaded: Sheet(loaded), "damaged")  # type: ignore[misc]
        found.append(_Found(name, loaded.visible == "visible", sheet))
    several = len(names) > 1
    tables: list[RawTable] = []
    for item in found:
        table = _table(item, origin, kind)
        if table is not None:
            tables.append(table if several else replace(table, sheet=None))
    shown = {item.name for item in found if item.visible}
    visible = [t for t in tables if t.sheet is None or t.sheet in shown]
    if options.sheet is None and visible:
        return visible
    if not tables:
        return [_nothing(origin, kind)]
    if options.sheet is None:
        tables = [_with(t, Notice("hidden_sheet_read", {"sheet": t.sheet})) for t in tables]
    return tables


def _with(table: RawTable, *notices: Notice) -> RawTable:
    return replace(table, warnings=(*table.warnings, *notices))


def _nothing(origin: Origin, kind: Format) -> RawTable:
    """A workbook without a single cell is sound, and holds no table."""
    return RawTable(
        origin.name, origin.sha256, kind, (), (), ArrowSource(None), 1,
        header_row=None, warnings=(Notice("no_cells"),),
    )  # fmt: skip


def _table(item: _Found, origin: Origin, kind: Format) -> RawTable | None:
    sheet = item.sheet
    head = sheet.rows(0, LAYOUT_ROWS)
    start = next((i for i, row in enumerate(head) if any(c.strip() for c in row)), None)
    if start is None:
        return None
    width = max(i + 1 for row in head for i, c in enumerate(row) if c.strip())
    layout = layouts.find([row[:width] for row in head], width)
    data_at = layout.header_end
    before = head[: layout.header]
    blank = sum(not any(c.strip() for c in row) for row in before)
    skipped = {"preamble": len(before) - blank, "blank": blank, "header": data_at - layout.header}
    data = head[data_at:]
    return RawTable(
        name=origin.name,
        sha256=origin.sha256,
        format=kind,
        headers=layout.headers,
        sample=sample_of(layout.headers, data, layout.has_header),
        source=ArrowSource(sheet, skip=data_at),
        first_line=data_at + 1,
        sheet=item.name,
        header_row=layout.header + 1 if layout.has_header else None,
        skipped={reason: n for reason, n in skipped.items() if n},
    )
