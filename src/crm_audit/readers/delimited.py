"""Reads delimited text: encoding, dialect, layout; hands the rows on as a file for the engine."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crm_audit.readers import blocks
from crm_audit.readers import dialect as dialects
from crm_audit.readers import encoding as encodings
from crm_audit.readers import layout as layouts
from crm_audit.readers.digest import Digest
from crm_audit.readers.numbered import count_lines, numbered
from crm_audit.readers.raw import (
    DelimitedSource,
    Notice,
    RawTable,
    ReadOptions,
)
from crm_audit.readers.records import Record, records
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.rows import is_footer, is_total
from crm_audit.readers.stacks import stacked
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

# Up to this size a file is parsed here, record by record; beyond it the engine reads it itself.
SMALL = 4 << 20
SAMPLE_ROWS = 200
LAYOUT_ROWS = layouts.LOOKED_AT


@dataclass(frozen=True)
class Origin:
    """The file as the person knows it."""

    name: str
    digest: Digest


def read_text(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    """The tables of one delimited text file: mostly one; several where they are stacked."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(SMALL)
    whole = size <= len(head)
    if options.encoding:
        encoding = encodings.named(options.encoding, head, whole)
    else:
        encoding = encodings.detect(head, whole)
    warnings: list[Notice] = []
    text_path, nuls = _as_utf8(path, head, encoding, space)
    if nuls:
        warnings.append(Notice("readers_nul_removed", {"n": nuls}))
    sample = _beginning(text_path, whole)
    if not sample.strip("\ufeff \t\r\n\0"):
        raise Refusal("empty")
    chosen = dialects.choose(sample, options.delimiter)
    if dialects.looks_double_encoded(sample):
        warnings.append(Notice("readers_double_encoded"))
    table = RawTable(
        name=origin.name,
        digest=origin.digest,
        format="tsv" if chosen.dialect.delimiter == "\t" else "csv",
        headers=(),
        sample=(),
        source=DelimitedSource(text_path, chosen.dialect, 0),
        first_line=1,
        encoding=encoding.name,
        delimiter=chosen.dialect.delimiter,
        warnings=tuple(warnings),
    )
    head_rows = _head(sample, chosen, whole)
    parts = stacked([_cleaned(r) for r in head_rows]) if whole else []
    if len(parts) > 1:
        titles = Counter(_title(next(r for r in head_rows[a:b] if not r.blank)) for a, b in parts)
        return [
            _part(
                table, head_rows, chosen, part, wording=wording, space=space,
                repeated={title for title, n in titles.items() if n > 1},
            )
            for part in parts
        ]  # fmt: skip
    table, columns = _with_layout(table, head_rows, chosen)
    if whole:
        return [numbered(table, wording, space)]
    return [_direct(table, columns, text_path, wording, space)]


def _part(
    table: RawTable,
    head: list[Record],
    chosen: dialects.Choice,
    part: tuple[int, int],
    *,
    repeated: set[str | None],
    wording: Wording,
    space: Workspace,
) -> RawTable:
    """One of the tables that stand under one another, under its title or the lines it is in."""
    start, stop = part
    rows = head[start:stop]
    announced = chosen.sep_line and not start
    filled = [r for r in rows[announced:] if not r.blank]
    first, last = filled[0], filled[-1]
    width = max(blocks.width_of(r.cells) for r in filled)
    found, _ = _with_layout(table, rows, dialects.Choice(chosen.dialect, width, announced))
    lines = f"{first.line}-{last.line + last.lines - 1}"
    title = _title(first)
    named = lines if title is None else f"{title} ({lines})" if title in repeated else title
    return numbered(
        replace(found, sheet=named, warnings=found.warnings[len(table.warnings) if start else 0 :]),
        wording,
        space,
        until=head[stop].line if stop < len(head) else None,
        usual=chosen.width,
    )


def _title(record: Record) -> str | None:
    """The text of a row of one cell."""
    cells = [cell.strip() for cell in record.cells if cell.strip()]
    return cells[0] if len(cells) == 1 else None


def _as_utf8(
    path: Path, head: bytes, encoding: encodings.Encoding, space: Workspace
) -> tuple[Path, int]:
    plain = encoding.name in ("utf-8", "ascii") and not encoding.damaged
    if plain and b"\0" not in head:
        return path, 0
    target = space.new_file(".csv")
    return target, encodings.to_utf8(path, encoding, target)


def _beginning(path: Path, whole: bool) -> str:
    with path.open("rb") as file:
        data = file.read(-1 if whole else SMALL)
    text = data.decode("utf-8", "ignore")
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return text.removeprefix("\ufeff")


def _head(sample: str, chosen: dialects.Choice, whole: bool) -> list[Record]:
    found: list[Record] = []
    for record in records(io.StringIO(sample, newline=""), chosen.dialect, chosen.width):
        found.append(record)
        if len(found) >= LAYOUT_ROWS and not whole:
            break
    return found


def _with_layout(
    table: RawTable, head: list[Record], chosen: dialects.Choice
) -> tuple[RawTable, int]:
    """The table with its headers, first line and sample; and the number of cells of a row."""
    start = 1 if chosen.sep_line else 0
    rows = [_cleaned(record) for record in head[start : start + LAYOUT_ROWS]]
    width = max(chosen.width, 1)
    layout = layouts.find(rows, width)
    first = start + layout.header_end
    first_record = head[first] if first < len(head) else None
    end = head[-1].line + head[-1].lines if head else 1
    before = head[: start + layout.header]
    skipped = {
        "preamble": sum(not record.blank for record in before),
        "blank": sum(record.blank for record in before),
        "header": layout.header_end - layout.header,
    }
    data = [r.cells for r in head[first:] if not r.blank]
    columns = max([width, len(layout.headers)])
    used = _used(layout.headers, data, columns) if layout.has_header else width
    headers = layout.headers[:used]
    table = replace(
        table,
        headers=headers,
        sample=sample_of(headers, data, layout.has_header),
        first_line=first_record.line if first_record else end,
        header_row=head[start + layout.header].line if layout.has_header else None,
        skipped={reason: n for reason, n in skipped.items() if n},
        warnings=(*table.warnings, *no_header(layout)),
    )
    return table, columns


def no_header(layout: layouts.Layout) -> tuple[Notice, ...]:
    """The notice that columns have no names, where they have none."""
    return () if layout.has_header else (Notice("readers_no_header"),)


def _cleaned(record: Record) -> list[str]:
    if record.blank:
        return []
    cells = record.cells
    # vtiger writes `a, "b", "c"`: a space before the quote keeps the quotes in the cell.
    if sum(c.startswith(' "') and c.rstrip().endswith('"') for c in cells) >= max(
        1, len(cells) // 3
    ):
        cells = [c.strip().removeprefix('"').removesuffix('"').strip() for c in cells]
    return cells


def _used(headers: Sequence[str], data: Iterable[Sequence[str]], columns: int) -> int:
    """Number of columns without the trailing ones that have neither a name nor a value."""
    named = max((i + 1 for i, h in enumerate(headers) if h.strip()), default=0)
    if named >= columns:
        return columns
    for row in data:
        for i in range(min(len(row), columns) - 1, named - 1, -1):
            if row[i].strip():
                named = i + 1
                break
    return max(named, 1)


def sample_of(
    headers: Sequence[str], data: Iterable[Sequence[str]], has_header: bool
) -> tuple[tuple[str, ...], ...]:
    """The first rows that are data, as wide as the header."""
    width, found = len(headers), []
    usual = [True] * width
    for row in data:
        cells = (*row[:width], *[""] * (width - len(row)))
        if has_header and [c.strip() for c in cells] == [h.strip() for h in headers]:
            continue
        if is_footer(cells, width) or is_total(cells, usual):
            continue
        found.append(cells)
        if len(found) >= SAMPLE_ROWS:
            break
    return tuple(found)


def _direct(
    table: RawTable, columns: int, path: Path, wording: Wording, space: Workspace
) -> RawTable:
    """The table with the file itself as its source: no row of it is touched by Python."""
    lines, blank_tail = count_lines(path)
    source = table.source
    assert isinstance(source, DelimitedSource)
    if not lines:
        return numbered(table, wording, space)
    skip = table.first_line - 1
    direct = replace(
        source,
        skip=skip,
        columns=columns,
        lines=lines - blank_tail - skip,
        blank_tail=blank_tail,
        space=space,
    )
    return replace(table, source=direct)
