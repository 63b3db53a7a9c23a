"""Opens one file, tells what it is and calls the reader for it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from crm_audit.readers import sniff
from crm_audit.readers.delimited import Origin, read_text
from crm_audit.readers.digest import digest_of
from crm_audit.readers.raw import Format, Notice, RawTable, ReadOptions
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

_REFUSED = {
    "empty": "empty",
    "pdf": "pdf",
    "image": "image",
    "rtf": "document",
    "archive": "archive",
    "database": "database",
    "binary": "binary",
}
_WITHOUT_SHEETS = ("csv", "tsv", "jsonl", "parquet")


def read_file(
    source: str | Path, name: str, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    """The tables of one file, or of standard input for `-`."""
    path = _from_stdin(space) if str(source) == "-" else Path(source)
    try:
        if path.is_dir():
            raise Refusal("directory")
        if not path.exists():
            raise Refusal("missing")
        origin = Origin(name, digest_of(path, name, wording, space))
        return tables_of(path, origin, options, wording, space)
    except PermissionError as error:
        raise Refusal("permission") from error
    except OSError as error:
        raise Refusal("unreadable", why=error.strerror or "") from error


def _from_stdin(space: Workspace) -> Path:
    target = space.new_file()
    with target.open("wb") as out:
        while part := sys.stdin.buffer.read(1 << 20):
            out.write(part)
    return target


def tables_of(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    """The tables of a file by what its bytes are, with a notice where its name says otherwise."""
    with path.open("rb") as file:
        head = file.read(sniff.HEAD)
    kind = sniff.content(head)
    if kind in _REFUSED:
        raise Refusal(_REFUSED[kind])
    tables: list[RawTable]
    if kind in ("zip", "gzip"):
        from crm_audit.readers import archive

        if kind == "gzip":
            return archive.read_gzip(path, origin, options, wording, space)
        tables = archive.read_zip(path, origin, options, wording, space)
    elif kind == "ole2":
        from crm_audit.readers import room

        room.check_xls(path, options.max_inflated)
        tables = _workbook(path, origin, "xls", options, space)
    elif kind in ("html", "xml"):
        from crm_audit.readers import markup

        tables = markup.read_markup(path, origin, kind, options, space)
    elif kind in ("jsonl", "parquet"):
        from crm_audit.readers import typed

        tables = typed.read_typed(
            path, origin, kind=kind, options=options, wording=wording, space=space
        )
    else:
        tables = read_text(path, origin, options, wording, space)
    tables = _of_sheet(tables, options.sheet)
    return [_checked(table, origin.name) for table in tables]


def _of_sheet(tables: list[RawTable], wanted: str | None) -> list[RawTable]:
    """What `--sheet` leaves of a file without sheets: a stacked table by its title, else all."""
    if wanted is None or not all(table.format in _WITHOUT_SHEETS for table in tables):
        return tables
    named = [table for table in tables if table.sheet == wanted]
    if named or not tables:
        return named
    said = Notice("readers_no_sheets", {"sheet": wanted})
    return [replace(tables[0], warnings=(*tables[0].warnings, said)), *tables[1:]]


def _workbook(
    path: Path, origin: Origin, kind: Format, options: ReadOptions, space: Workspace
) -> list[RawTable]:
    from crm_audit.readers.workbook import read_workbook

    return read_workbook(path, origin, kind, options, space)


def _checked(table: RawTable, name: str) -> RawTable:
    if table.name != name or not sniff.extension_lies(name, table.format):
        return table
    notice = Notice(
        "readers_extension_lies", {"extension": Path(name).suffix, "format": table.format}
    )
    return replace(table, warnings=(*table.warnings, notice))
