"""What a file is, told from its bytes; the extension only confirms or is said to be wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

Content = Literal[
    "text", "html", "xml", "jsonl", "zip", "ole2", "gzip", "parquet", "pdf", "image", "rtf",
    "archive", "database", "binary", "empty",
]  # fmt: skip

HEAD = 1 << 16
_MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"BZh", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"SQLite format 3", "database"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.I)
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


def content(head: bytes) -> Content:
    """The kind of content that begins with `head` (64 KiB are plenty)."""
    if not head:
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    # A stray line break before the signature is damage that readers of zip get over.
    if b"PK\x03\x04" in head[:64] or head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head[:2] in _BIFF and b"\x00" in head[:8]:
        return "ole2"
    return _text(head)


def _text(head: bytes) -> Content:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(head):
        start = head.replace(b"\x00", b"")[:4096].lstrip(b"\xff\xfe \r\n\t")
    if not start:
        return "empty"
    if start.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
            return "xml"
        if _HTML.search(start[:4096]):
            return "html"
        if start.startswith(b"<?xml"):
            return "xml"
    if start[:1] in (b"{", b"[") and re.match(rb"[\[{]\s*[\[{\"\]}]", start):
        return "jsonl"
    return "binary" if _is_binary(head) else "text"


def utf16_without_mark(head: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` for UTF-16 without a byte order mark, told by where NULs stand.

    Cyrillic UTF-16 has few NULs, but then every second byte is 0x04 or 0x00.
    """
    part = head[: len(head) // 2 * 2][:4096]
    if len(part) < 4:
        return None
    high = {"utf-16-le": part[1::2], "utf-16-be": part[0::2]}
    low = {"utf-16-le": part[0::2], "utf-16-be": part[1::2]}
    for name in ("utf-16-le", "utf-16-be"):
        tops = sum(high[name].count(b) for b in (0x00, 0x04, 0x20, 0x21))
        if high[name].count(0) and tops >= 0.95 * len(high[name]) and low[name].count(0) == 0:
            return name
    return None


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(head):
        return False
    controls = sum(head.count(b) for b in range(32) if b not in (0, 9, 10, 11, 12, 13, 26, 27))
    return controls > 0.01 * len(head) + 1 or head.count(0) > 0.05 * len(head) + 1


_EXTENSIONS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt", ".tsv", ".tab", ".dat", ".prn"),
    "tsv": (".csv", ".txt", ".tsv", ".tab", ".dat"),
    "html": (".html", ".htm", ".xhtml"),
    "xml": (".xml",),
    "jsonl": (".jsonl", ".json", ".ndjson"),
    "parquet": (".parquet", ".pq"),
    "xlsx": (".xlsx", ".xltx"),
    "xlsm": (".xlsm", ".xltm"),
    "xlsb": (".xlsb",),
    "xls": (".xls", ".xlt"),
    "ods": (".ods", ".ots", ".fods"),
}


def extension_lies(name: str, found: str) -> bool:
    """Whether the file's name promises another format than `found`; no extension promises none."""
    suffix = Path(name).suffix.lower()
    known = {e for group in _EXTENSIONS.values() for e in group} | {".zip", ".gz"}
    return suffix in known and suffix not in _EXTENSIONS.get(found, ())
