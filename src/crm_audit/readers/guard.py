"""Inspects a zip-based workbook while inflating it, before any reader that would believe it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_audit.readers.refusal import Refusal

MAX_ENTRIES = 5_000
MAX_RATIO = 200
FREE_OF_RATIO = 10 << 20
MAX_CELLS = 20_000_000
_CHUNK = 1 << 20
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_COLUMNS = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{1,3})')
_ROWS = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d{1,9})"')
_CELL = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{1,3})(\d{1,9})"[^>]*?(?<!/)>\s*(?:<(?:\w+:)?(?:v|is|f)\b)'
)
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="(\d+)"')


@dataclass(frozen=True)
class Inside:
    """What a zip holds: names of its entries, in order."""

    names: tuple[str, ...]


def inspect(path: Path, max_inflated: int) -> Inside:
    """Refuse a zip that is a bomb, is encrypted, damaged or carries a document type.

    Streams every entry once; sizes that the archive declares are not believed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Refusal("hostile_entries", n=len(entries), limit=MAX_ENTRIES)
            total = 0
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Refusal("encrypted")
                total = _inspect_entry(archive, entry, total, max_inflated)
            return Inside(tuple(entry.filename for entry in entries))
    except Refusal:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refusal("damaged") from error
    except Exception as error:  # zlib, lzma and struct errors of a cut or forged stream
        raise Refusal("damaged") from error


def _inspect_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, total: int, limit: int) -> int:
    name = entry.filename.lower()
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    is_sheet = is_xml and "worksheets/" in name
    extent = _Extent()
    size, carried = 0, b""
    for part in _parts(archive, entry):
        size += len(part)
        total += len(part)
        if total > limit:
            raise Refusal("hostile_size", limit=limit >> 20)
        packed = max(entry.compress_size, 1)
        if size > FREE_OF_RATIO and size > MAX_RATIO * packed:
            raise Refusal("hostile_ratio", ratio=MAX_RATIO)
        if not is_xml:
            continue
        text = carried + part
        if _FORBIDDEN.search(text):
            raise Refusal("hostile_doctype")
        if is_sheet:
            extent.look(text)
        elif name == "content.xml":
            extent.look_repeated(text)
        # Whole elements only: what is cut off at the end is looked at with the next part.
        cut = text.rfind(b"<c " if is_sheet else b"<")
        carried = text[cut:] if 0 <= cut and len(text) - cut < _CHUNK else b""
    if is_sheet and extent.cells() > MAX_CELLS:
        exact = _Extent()
        carried = b""
        for part in _parts(archive, entry):
            text = carried + part
            exact.look_exactly(text)
            carried = text[-512:]
        if exact.cells() > MAX_CELLS:
            raise Refusal("hostile_extent", limit=MAX_CELLS // 1_000_000)
    return total


def _parts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as file:
        while part := file.read(_CHUNK):
            yield part


class _Extent:
    """The bounding box of the cells of one sheet."""

    def __init__(self) -> None:
        self._columns: set[bytes] = set()
        self._rows: list[int] = []

    def look(self, text: bytes) -> None:
        self._columns.update(_COLUMNS.findall(text))
        rows = _ROWS.findall(text)
        if rows:
            numbers = [int(row) for row in rows]
            self._rows += [min(numbers), max(numbers)]

    def look_exactly(self, text: bytes) -> None:
        for column, row in _CELL.findall(text):
            self._columns.add(column)
            number = int(row)
            if len(self._rows) < 2:
                self._rows = [number, number]
            self._rows = [min(self._rows[0], number), max(self._rows[1], number)]

    def look_repeated(self, text: bytes) -> None:
        """ODF repeats cells by number: a filled cell repeated far is as good as a bomb."""

    def cells(self) -> int:
        if not self._columns or not self._rows:
            return 0
        widths = [_column(name) for name in self._columns]
        return (max(widths) - min(widths) + 1) * (max(self._rows) - min(self._rows) + 1)


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
