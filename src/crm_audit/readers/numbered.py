"""Rows written to a clean copy with the line that each has in the file, for the engine to load."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crm_audit.readers import encoding as encodings
from crm_audit.readers.raw import DelimitedSource, Dialect, RawTable, RowIssue
from crm_audit.readers.records import records
from crm_audit.readers.rows import is_footer
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

LONGEST_ROW = 8 << 20
"""Characters of the longest row that is read."""
_SHOWN = 100_000
"""Characters of a rejected row that are kept."""

# Signs that leave a cell empty: as the engine takes them in files that it reads itself.
_BLANK = "\t\n\f\r \xa0\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))


def numbered(
    table: RawTable,
    wording: Wording,
    space: Workspace,
    *,
    until: int | None = None,
    usual: int | None = None,
) -> RawTable:
    """The table with its data rows parsed here and written to a clean copy with line numbers.

    It ends before the line `until`; `usual` is the number of cells of a row of the file where
    that is not the table's own.

    Short rows are padded; a row with more cells than the table has columns is rejected unless the
    surplus is empty, and so is a row that is not in the encoding of the file.
    """
    source = table.source
    assert isinstance(source, DelimitedSource)
    width = len(table.headers)
    rejects = list(table.rejects)
    skipped = dict(table.skipped)
    target = space.new_file(".csv")
    last, cut_off = _ending(source.path)
    with (
        source.path.open(encoding="utf-8-sig", errors="crm_audit_mark", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        blanks = short = longest = 0
        for record in records(text, source.dialect, usual or width):
            if record.line < table.first_line:
                continue
            if until is not None and record.line >= until:
                break
            cells = record.cells
            if record.blank:
                blanks += 1
                continue
            problem = _problem(cells, width)
            if len(cells) < width:
                if cut_off and not short and not is_footer(cells, width) and record.line == last:
                    problem = "reject_cut_off"
                short += 1
            if problem:
                shown = source.dialect.delimiter.join(cells)
                reason = wording(problem, cells=len(cells), columns=width)
                shown = shown[:_SHOWN].replace(encodings.DAMAGE, "")
                rejects.append(RowIssue(record.line, reason, shown))
                continue
            longest = max(longest, sum(map(len, cells)))
            writer.writerow(_numbered_row(record.line, cells, width))
    if blanks:
        skipped["blank"] = skipped.get("blank", 0) + blanks
    return replace(
        table,
        source=_copied(target, width, longest),
        rejects=tuple(rejects),
        skipped=skipped,
    )


def _numbered_row(line: int, cells: Sequence[str], width: int) -> list[str | int]:
    """A row of a numbered copy: as wide as the table, white space alone left out."""
    filled = [cell if cell.strip(_BLANK) else "" for cell in cells[:width]]
    return [line, *filled, *[""] * (width - len(cells))]


def _ending(path: Path) -> tuple[int, bool]:
    """The number of the last line, and whether it ends without a line break.

    Programs end their last line; where it breaks off in a short row, the file was cut.
    """
    lines, _ = count_lines(path)
    with path.open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - 1))
        return lines, file.read(1) not in (b"\n", b"\r")


def _problem(cells: list[str], width: int) -> str | None:
    if sum(map(len, cells)) > LONGEST_ROW:
        return "reject_too_long"
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return "reject_too_many_cells"
    if any(encodings.DAMAGE in cell for cell in cells):
        return "reject_not_in_encoding"
    return None


def from_rows(
    rows: Iterable[tuple[int, Sequence[str]]], space: Workspace, width: int
) -> DelimitedSource:
    """Rows that some other reader parsed, with their line numbers, as a source."""
    target = space.new_file(".csv")
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        writer: Any = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        longest = 0
        for line, cells in rows:
            longest = max(longest, sum(map(len, cells)))
            writer.writerow(_numbered_row(line, cells, width))
    return _copied(target, width, longest)


def _copied(path: Path, width: int, longest: int) -> DelimitedSource:
    """The numbered copy as a source; a character takes four bytes at most, a quote two."""
    size = max(DelimitedSource.size, 4 * longest + (1 << 16))
    return DelimitedSource(path, Dialect(","), 0, width + 1, None, numbered=True, size=size)


def count_lines(path: Path) -> tuple[int, int]:
    """Physical lines (0 where they end in a bare CR), and how many at the end are blank."""
    feeds, last = 0, b""
    with path.open("rb") as file:
        while part := file.read(1 << 22):
            feeds += part.count(b"\n")
            last = (last + part)[-65536:]
    ending = last.replace(b"\r\n", b"\n")
    tail = len(ending) - len(ending.rstrip(b"\n"))
    lines = feeds + (0 if ending.endswith(b"\n") else 1)
    return (lines if feeds else 0), max(tail - 1, 0)
