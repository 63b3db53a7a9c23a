"""Unpacks .zip and .gz, and tells the zip-based workbooks from plain archives."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from crm_audit.readers import files, guard
from crm_audit.readers.delimited import Origin
from crm_audit.readers.raw import Format, RawTable, ReadOptions
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_MAX_MEMBERS = 100


def read_zip(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    """The tables of a zip-based workbook, or of the files in a plain archive (not nested ones)."""
    names = guard.inspect(path, options.max_inflated).names
    kind = _workbook_kind(names)
    if kind is not None:
        from crm_audit.readers.workbook import read_workbook

        return read_workbook(path, origin, kind, options, space)
    members = [n for n in names if not n.endswith("/") and not any(i in n for i in _IGNORED)]
    if not members:
        raise Refusal("empty")
    if len(members) > _MAX_MEMBERS:
        raise Refusal("too_many_members", n=len(members), limit=_MAX_MEMBERS)
    tables: list[RawTable] = []
    with zipfile.ZipFile(path) as archive:
        for member in members:
            name = f"{origin.name}/{PurePosixPath(member).name}"
            target = space.new_file(PurePosixPath(member).suffix[:8])
            with archive.open(member) as file, target.open("wb") as out:
                while part := file.read(1 << 20):
                    out.write(part)
            tables += _member(target, Origin(name, origin.digest), options, wording, space)
    return tables


def _member(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    with path.open("rb") as file:
        head = file.read(4)
    try:
        if head.startswith(b"PK") and _workbook_kind(_names(path)) is None:
            raise Refusal("nested_archive")
        return files.tables_of(path, origin, options, wording, space)
    except Refusal as refusal:
        refusal.values.setdefault("member", origin.name)
        raise


def _names(path: Path) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except zipfile.BadZipFile as error:
        raise Refusal("damaged") from error


def read_gzip(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> list[RawTable]:
    """The tables of a gzip-compressed file, which is unpacked up to the limit of the options."""
    inner = origin.name.removesuffix(".gz")
    target = space.new_file(PurePosixPath(inner).suffix[:8])
    size = 0
    try:
        with gzip.open(path) as file, target.open("wb") as out:
            while part := file.read(1 << 20):
                size += len(part)
                if size > options.max_inflated:
                    raise Refusal("hostile_size", limit=options.max_inflated >> 20)
                out.write(part)
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal("damaged") from error
    with target.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            raise Refusal("nested_archive")
    return files.tables_of(target, Origin(inner, origin.digest), options, wording, space)


def _workbook_kind(names: tuple[str, ...]) -> Format | None:
    inside = {name.lower().replace("\\", "/").lstrip("/") for name in names}
    if "xl/workbook.bin" in inside:
        return "xlsb"
    if "xl/vbaproject.bin" in inside:
        return "xlsm"
    if any(n.endswith("workbook.xml") for n in inside) or "[content_types].xml" in inside:
        if "word/document.xml" in inside or "ppt/presentation.xml" in inside:
            raise Refusal("document")
        return "xlsx"
    if "content.xml" in inside and ("mimetype" in inside or "meta-inf/manifest.xml" in inside):
        return "ods"
    return None
