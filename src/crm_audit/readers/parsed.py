"""Makes a raw table of rows that a reader has parsed itself (markup, JSON, frames)."""

from __future__ import annotations

from collections.abc import Sequence

from crm_audit.readers import layout as layouts
from crm_audit.readers.delimited import LAYOUT_ROWS, Origin, no_header, sample_of
from crm_audit.readers.numbered import from_rows
from crm_audit.readers.raw import Format, Notice, RawTable, RowIssue
from crm_audit.readers.workspace import Workspace

Row = tuple[int, Sequence[str]]


def table_of(
    rows: Sequence[Row],
    origin: Origin,
    kind: Format,
    space: Workspace,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    warnings: tuple[Notice, ...] = (),
) -> RawTable:
    """The table among `rows` (line and cells), whose header has to be found first."""
    width = max((_filled_width(cells) for _, cells in rows), default=0)
    head = [[*cells[:width]] for _, cells in rows[:LAYOUT_ROWS]]
    layout = layouts.find(head, width)
    before = head[: layout.header]
    blank = sum(not any(c.strip() for c in row) for row in before)
    skipped = {
        "preamble": len(before) - blank,
        "blank": blank,
        "header": layout.header_end - layout.header,
    }
    data = rows[layout.header_end :]
    table = titled(
        layout.headers, data, origin, kind, space, encoding=encoding, warnings=warnings
    )  # fmt: skip
    last = rows[-1][0] if rows else 0
    return RawTable(
        name=table.name,
        digest=table.digest,
        format=kind,
        headers=layout.headers,
        sample=sample_of(layout.headers, (cells for _, cells in data), layout.has_header),
        source=table.source,
        first_line=data[0][0] if data else last + 1,
        encoding=encoding,
        sheet=sheet,
        header_row=rows[layout.header][0] if layout.has_header else None,
        skipped={reason: n for reason, n in skipped.items() if n},
        warnings=(*warnings, *no_header(layout)),
    )


def titled(
    headers: Sequence[str],
    rows: Sequence[Row],
    origin: Origin,
    kind: Format,
    space: Workspace,
    *,
    encoding: str | None = None,
    rejects: tuple[RowIssue, ...] = (),
    warnings: tuple[Notice, ...] = (),
) -> RawTable:
    """A table whose headers are known, and stand in no row of it."""
    return RawTable(
        name=origin.name,
        digest=origin.digest,
        format=kind,
        headers=tuple(headers),
        sample=sample_of(headers, (cells for _, cells in rows), False),
        source=from_rows(rows, space, len(headers)),
        first_line=rows[0][0] if rows else 1,
        encoding=encoding,
        header_row=None,
        rejects=rejects,
        warnings=warnings,
    )


def _filled_width(cells: Sequence[str]) -> int:
    return max((i + 1 for i, cell in enumerate(cells) if cell.strip()), default=0)
