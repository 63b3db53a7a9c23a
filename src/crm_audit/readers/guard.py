"""Inspects a zip-based workbook while inflating it, before any reader that would believe it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_audit.readers import extent
from crm_audit.readers.refusal import Refusal

MAX_ENTRIES = 5_000
MAX_RATIO = 200
FREE_OF_RATIO = 10 << 20
MAX_CELLS = 20_000_000
_CHUNK = 1 << 20
_MANIFEST = "META-INF/manifest.xml"
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


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
            # ODF encrypts each entry by itself, and says so only in its manifest.
            entries.sort(key=lambda entry: entry.filename != _MANIFEST)
            total = 0
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Refusal("encrypted")
                total = _inspect_entry(archive, entry, total, max_inflated)
            return Inside(tuple(entry.filename for entry in entries))
    except (Refusal, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib, lzma and struct each raise their own
        raise Refusal("damaged") from error


def _inspect_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, total: int, limit: int) -> int:
    """Inflate one entry and look at every part; returns the `total` inflated so far."""
    name = entry.filename.lower().replace("\\", "/")
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    is_sheet = is_xml and "worksheets/" in name
    quick = extent.Quick(MAX_CELLS)
    size, carried = 0, b""
    for part in _parts(archive, entry):
        size += len(part)
        total += len(part)
        if total > limit:
            raise Refusal("hostile_size", limit=limit >> 20)
        if size > FREE_OF_RATIO and size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refusal("hostile_ratio", ratio=MAX_RATIO)
        if is_xml:
            # Whole tags only: what is cut off at the end is looked at with the next part.
            text = carried + part
            cut = text.rfind(b"<")
            cut = cut if cut > 0 and len(text) - cut < _CHUNK else len(text)
            carried = text[cut:]
            if entry.filename == _MANIFEST and b"encryption-data" in text:
                raise Refusal("encrypted")
            _look(text[:cut], quick if is_sheet else None)
    _look(carried, quick if is_sheet else None)
    measure = _measure(name)
    if is_sheet and quick.certain:
        measure = None
    if measure is not None and measure(_parts(archive, entry)) > MAX_CELLS:
        raise Refusal("hostile_extent", limit=MAX_CELLS // 1_000_000)
    return total


def _look(text: bytes, quick: extent.Quick | None) -> None:
    # A document type is looked for as ASCII; XML in UTF-16 carries NULs between the letters.
    plain = text if b"\0" not in text else text.replace(b"\0", b"")
    if b"!" in plain and b"<!" in plain and _FORBIDDEN.search(plain):
        raise Refusal("hostile_doctype")
    if quick is not None:
        quick.look(text)


def _measure(name: str) -> Callable[[Iterable[bytes]], int] | None:
    if "worksheets/" in name and name.endswith(".xml"):
        return extent.of_xlsx
    if "worksheets/" in name and name.endswith(".bin"):
        return extent.of_xlsb
    return extent.of_ods if name == "content.xml" else None


def _parts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as file:
        while part := file.read(_CHUNK):
            yield part
