"""Reads tables in markup: HTML pages that CRMs name .xls, and XML Spreadsheet 2003."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

from crm_audit.readers import encoding as encodings
from crm_audit.readers import xml2003
from crm_audit.readers.delimited import Origin
from crm_audit.readers.parsed import Row, table_of
from crm_audit.readers.raw import Notice, RawTable, ReadOptions
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.regions import regions, titles
from crm_audit.readers.sheets import SEARCHED_ROWS
from crm_audit.readers.workspace import Workspace

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.I)
_MAX_SPAN = 1000
_MAX_CELLS = 20_000_000


def read_markup(
    path: Path,
    origin: Origin,
    kind: Literal["html", "xml"],
    options: ReadOptions,
    space: Workspace,
) -> list[RawTable]:
    """The tables of an HTML page (its largest one) or of an XML workbook."""
    if path.stat().st_size > options.max_inflated:
        raise Refusal("hostile_size", limit=options.max_inflated >> 20)
    data = path.read_bytes()
    if kind == "xml":
        return _sheets(xml2003.parse(data), origin, options, space)
    text, encoding = _decoded(data, options)
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [rows for rows in parser.tables if any(c.strip() for r in rows for c in r)]
    if not tables:
        raise Refusal("no_table")
    best = max(tables, key=lambda rows: sum(1 for cells in rows for cell in cells if cell.strip()))
    warnings: tuple[Notice, ...] = ()
    if len(tables) > 1:
        warnings = (Notice("readers_several_html_tables", {"n": len(tables)}),)
    rows = list(enumerate(best, start=1))
    return [table_of(rows, origin, "html", space, encoding=encoding, warnings=warnings)]


def _decoded(data: bytes, options: ReadOptions) -> tuple[str, str]:
    declared = _CHARSET.search(data[:4096])
    if options.encoding:
        name = encodings.named(options.encoding).name
    elif declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = _known(declared.group(1).decode("ascii"))
    else:
        name = encodings.detect(data, whole=True).name
    try:
        return data.decode(name), name
    except UnicodeDecodeError as error:
        if options.encoding:
            raise Refusal("encoding_wrong", encoding=name) from error
        name = encodings.detect(data, whole=True).name
    try:
        return data.decode(name), name
    except UnicodeDecodeError as error:
        raise Refusal("encoding_unclear") from error


def _known(name: str) -> str:
    try:
        return encodings.named(name).name
    except Refusal:
        return "utf-8"


class _Tables(HTMLParser):
    """Collects the cells of every table; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._spans: list[dict[int, int]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._silent = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            rows: list[list[str]] = []
            self.tables.append(rows)
            self._open.append(rows)
            self._spans.append({})
        elif tag in ("script", "style"):
            self._silent += 1
        elif not self._open:
            return
        elif tag == "tr":
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            values = dict(attrs)
            self._span = (_span(values.get("colspan")), _span(values.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
            self._spans.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            self._cell = None
            return
        row, number = self._open[-1][-1], len(self._open[-1]) - 1
        spans = self._spans[-1]
        while spans.get(len(row), -1) >= number:
            row.append("")
        across, down = self._span
        text = "\n".join(" ".join(part.split(" ")).strip("\t\r\n ") for part in self._lines())
        for i in range(across):
            if down > 1:
                spans[len(row)] = number + down - 1
            row.append(text if i == 0 else "")
        self._cells += across
        if self._cells > _MAX_CELLS:
            raise Refusal("hostile_extent", limit=_MAX_CELLS // 1_000_000)
        self._cell = None

    def _lines(self) -> Iterator[str]:
        assert self._cell is not None
        # A line break in the source of a page is white space; `<br>` is the real one.
        text = "".join("\v" if part == "\n" else part for part in self._cell)
        for part in text.split("\v"):
            yield re.sub(r"\s*[\r\n]\s*", " ", part)


def _span(value: str | None) -> int:
    return min(int(value), _MAX_SPAN) if value and value.isascii() and value.isdigit() else 1


def _sheets(
    sheets: list[xml2003.Sheet], origin: Origin, options: ReadOptions, space: Workspace
) -> list[RawTable]:
    names = [s.name for s in sheets]
    title = None if options.sheet in names else options.sheet
    filled = [s for s in sheets if s.rows and (title or options.sheet in (None, s.name))]
    shown = filled if title else [s for s in filled if not s.hidden] or filled
    if not filled and not title:
        raise Refusal("no_table")
    tables: list[RawTable] = []
    known = list(names)
    for sheet in shown:
        warnings = (
            (Notice("readers_hidden_sheet_read", {"sheet": sheet.name}),) if sheet.hidden else ()
        )
        for part, rows in _parts(sheet):
            label = f"{sheet.name} / {part}"
            known += [label] * bool(part)
            if title and (not part or title not in (part, label)):
                continue
            name = label if part else sheet.name if len(sheets) > 1 else None
            tables.append(table_of(rows, origin, "xml", space, sheet=name, warnings=warnings))
    if not tables:
        raise Refusal("no_such_sheet", sheet=title, sheets=", ".join(known))
    return tables


def _parts(sheet: xml2003.Sheet) -> list[tuple[str | None, list[Row]]]:
    """The tables that stand in a sheet, each with its title; without one where it is alone."""
    at = dict(sheet.rows)
    height = max(at)
    told = len(at) == len(sheet.rows) and min(at) > 0 and height <= SEARCHED_ROWS
    grid = [at.get(line, []) for line in range(1, height + 1)] if told else []
    found = regions(grid)
    if len(found) == 1:
        return [(None, list(sheet.rows))]
    rows: list[list[Row]] = [
        [(region.top + i, row) for i, row in enumerate(region.of(grid), start=1) if any(row)]
        for region in found
    ]
    return list(zip(titles(grid, found), rows, strict=True))
