"""Inspects a zip-based workbook while inflating it, before any reader that would believe it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_audit.readers import room
from crm_audit.readers.quick import Quick
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.room import Part
from crm_audit.readers.shared import Longest

MAX_ENTRIES = 5_000
MAX_RATIO = 200
FREE_OF_RATIO = 10 << 20
_CHUNK = 1 << 20
_MANIFEST = "META-INF/manifest.xml"
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_SHEET = b"sheetData"
_STRINGS = re.compile(rb"[<:/]sst\b")
_OVERLAP = 16


@dataclass(frozen=True)
class Inside:
    """What a zip holds: names of its entries, in order."""

    names: tuple[str, ...]


def inspect(path: Path, max_inflated: int) -> Inside:
    """Refuse a zip that is a bomb, is encrypted, damaged or carries a document type.

    Streams every entry once, a sheet that is not written plainly twice; sizes that the archive
    declares are not believed, nor names of entries: sheets are known by what they hold.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Refusal("hostile_entries", n=len(entries), limit=MAX_ENTRIES)
            # ODF encrypts each entry by itself, and says so only in its manifest.
            entries.sort(key=lambda entry: entry.filename != _MANIFEST)
            total = 0
            parts = []
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Refusal("encrypted")
                part = _inspect_entry(archive, entry, total, max_inflated)
                total += part.size
                parts.append(part)
            room.check(parts, max_inflated)
            return Inside(tuple(entry.filename for entry in entries))
    except (Refusal, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib, lzma and struct each raise their own
        raise Refusal("damaged") from error


def _inspect_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, before: int, limit: int
) -> Part:
    """Inflate one entry and look at all of it; `before` bytes were inflated already."""
    name = entry.filename.lower().replace("\\", "/").lstrip("/")
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    quick: Quick | None = None
    longest: Longest | None = None
    size, carried = 0, b""
    for chunk in _chunks(archive, entry):
        size += len(chunk)
        if before + size > limit:
            raise Refusal("hostile_size", limit=limit >> 20)
        if size > FREE_OF_RATIO and size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refusal("hostile_ratio", ratio=MAX_RATIO)
        # Whole tags only: what is cut off at the end is looked at with the next chunk.
        text = carried + chunk
        cut = text.rfind(b"<")
        endless = cut <= 0 or len(text) - cut >= _CHUNK
        cut = max(len(text) - _OVERLAP, 1) if endless else cut
        # XML in UTF-16 carries NULs between the letters.
        plain = text if b"\0" not in text else text.replace(b"\0", b"")
        if entry.filename == _MANIFEST and b"encryption-data" in text:
            raise Refusal("encrypted")
        marked = b"!" in plain and b"<!" in plain
        if is_xml and marked and _FORBIDDEN.search(plain):
            raise Refusal("hostile_doctype")
        if quick is None and _SHEET in plain:
            quick = Quick(room.spare_places(limit))
        if quick is None and longest is None and b"sst" in plain and _STRINGS.search(plain):
            longest = Longest(size - len(chunk))
        carried = text[cut:]
        if quick is not None:
            quick.certain &= plain is text and not endless
            # A comment can carry ends of cells that there are not.
            quick.look(text[:cut], count=not marked)
        if longest is not None:
            longest.look(text[:cut])
    if quick is not None:
        quick.look(carried, count=False)
    if longest is not None:
        longest.look(carried)
    return Part(
        name, size, lambda: _chunks(archive, entry), quick, longest.bytes if longest else None
    )


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as file:
        while part := file.read(_CHUNK):
            yield part
