"""Writing of tables to CSV and XLSX files whose bytes depend on nothing but their content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

Cell = str | int | float | date | datetime | None
WRITTEN = datetime(2026, 9, 30, 18, 0, 0)


@dataclass(frozen=True)
class Table:
    """A header row and rows of typed cells, in the order they are written."""

    header: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Dialect:
    """How a CRM writes its text files: separators, encoding, dates, amounts, quotes."""

    delimiter: str = ","
    encoding: str = "utf-8"
    day: str = "%Y-%m-%d"
    moment: str = "%Y-%m-%d %H:%M:%S"
    decimal: str = "."
    thousands: str = ""
    quote_all: bool = False
    trailing_delimiter: bool = False
    newline: str = "\r\n"

    def text(self, cell: Cell) -> str:
        """Write one cell."""
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            return cell.strftime(self.moment)
        if isinstance(cell, date):
            return cell.strftime(self.day)
        if isinstance(cell, int):
            return str(cell)
        if isinstance(cell, float):
            whole = f"{cell:,.2f}".replace(",", "\0").replace(".", self.decimal)
            return whole.replace("\0", self.thousands)
        return cell


RU_CSV = Dialect(";", "utf-8-sig", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", ",", " ")
RU_CP1251 = Dialect(";", "cp1251", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", ",", "\u00a0")
EN_CSV = Dialect()


def money(amount: int | None) -> float | None:
    """Mark an amount as money, which is written with its cents."""
    return None if amount is None else float(amount)


def write_csv(path: Path, table: Table, dialect: Dialect) -> None:
    """Write the table as delimited text."""
    end = dialect.delimiter * dialect.trailing_delimiter + dialect.newline
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
        lineterminator=end,
    )
    writer.writerow(table.header)
    writer.writerows([dialect.text(cell) for cell in row] for row in table.rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(dialect.encoding))


def write_workbook(path: Path, sheets: Sequence[tuple[str, Table]]) -> None:
    """Write the tables as sheets of one workbook, with real dates and numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN, "author": "", "title": ""})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        for name, table in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.header, bold)
            for line, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(line, column, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(line, column, cell, day)
                    elif cell is not None:
                        sheet.write(line, column, cell)
