"""Workbooks written byte by byte, hostile ones among them, as small as they can be."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def zipped(entries: Sequence[tuple[str, str | bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def table(strings: Sequence[str]) -> str:
    items = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return f'<sst xmlns="{MAIN}">{items}</sst>'


def xlsx(
    sheets: Sequence[tuple[str, str | bytes]],
    strings: str | None = None,
    one_relation: bool = False,
) -> bytes:
    """An XLSX of sheets given by the name of their part below xl/ and its content."""
    ids = ["r0" if one_relation else f"r{i}" for i in range(len(sheets))]
    listed = "".join(
        f'<sheet name="S{i}" sheetId="{i + 1}" r:id="{k}"/>' for i, k in enumerate(ids)
    )
    pairs = dict(zip(ids, (target for target, _ in sheets), strict=True))
    relations = "".join(
        f'<Relationship Id="{key}" Type="{DOCUMENT}/worksheet" Target="{target}"/>'
        for key, target in pairs.items()
    )
    entries: list[tuple[str, str | bytes]] = [
        (
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="a/xml"/></Types>',
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        ),
    ]
    if strings is not None:
        relations += (
            f'<Relationship Id="s" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>'
        )
        entries.append(("xl/sharedStrings.xml", strings))
    entries.append(
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        )
    )
    return zipped(entries + [(f"xl/{name}", data) for name, data in dict(sheets).items()])


def ods(*tables: str) -> bytes:
    """An ODS of tables given by their rows."""
    body = "".join(
        f'<table:table table:name="S{i}">{t}</table:table>' for i, t in enumerate(tables)
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{OPEN}manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
    )
    content = (
        f'<office:document-content xmlns:office="{OPEN}office:1.0" xmlns:table="{OPEN}table:1.0" '
        f'xmlns:text="{OPEN}text:1.0"><office:body><office:spreadsheet>{body}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        [("mimetype", ODS_TYPE), ("META-INF/manifest.xml", manifest), ("content.xml", content)]
    )


def row(*cells: str, repeated: int = 1) -> str:
    """A row of an ODS."""
    inner = "".join(cells)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'


def cell(told: str = 'office:value-type="string"', text: str = "x", repeated: int = 1) -> str:
    """A cell of an ODS; empty where nothing is told of it."""
    inner = f"<text:p>{text}</text:p>" if told else ""
    attributes = f'table:number-columns-repeated="{repeated}" {told}'
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an XLS."""
    return struct.pack("<HH", kind, len(body)) + body


def number(at_row: int, column: int, value: float = 1.0) -> bytes:
    return record(0x203, struct.pack("<HHHd", at_row, column, 0, value))


def xls(sheets: Sequence[bytes], strings: bytes = b"", same: bool = False) -> bytes:
    """An XLS of sheets given by their records; if they are the `same`, all name the first."""
    start, end = record(0x809, struct.pack("<HHIII", 0x600, 5, 0, 0, 0)), record(0x0A)
    names = [b"S%d" % i for i in range(len(sheets))]
    length = len(start) + len(strings) + len(end) + sum(12 + len(name) for name in names)
    bound, bodies = b"", b""
    for i, name in enumerate(names):
        at = length if same else length + len(bodies)
        bound += record(0x85, struct.pack("<IHBB", at, 0, len(name), 0) + name)
        if not (same and i):
            bodies += start + sheets[i] + end
    return compound(start + bound + strings + end + bodies)


def compound(stream: bytes, loop: bool = False) -> bytes:
    """A compound file with one stream named Workbook, whose last sector may lead to its first."""
    padded = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(padded) // 512
    tables = -(-(sectors + 1) // 127)
    free, last, own = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    first = tables + 1
    chain = [own] * tables + [last]
    chain += [*range(first + 1, first + sectors), first if loop else last]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, tables, 0, 4096, last, 0, last, 0)
    head += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    directory = _entry("Root Entry", 5, last, 0, 1) + _entry("Workbook", 2, first, len(padded))
    return head + fat + directory.ljust(512, b"\0") + padded


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
    return (head + b"\0" * 36 + struct.pack("<III", start, size, 0)).ljust(128, b"\0")
