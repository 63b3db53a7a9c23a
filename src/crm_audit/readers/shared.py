"""Measures the text that shared strings come to when every cell has its own copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crm_audit.readers.extent import parse

_PLAIN = re.compile(rb't="s"[^>]*><(?:\w+:)?v>(\d{1,9})</(?:\w+:)?v></(?:\w+:)?c>')
_END = b"</si>"
_WINDOW = 256


class Longest:
    """A length in bytes that no string of a table of shared strings exceeds, told quickly.

    `before` bytes were passed by, and may be one string.
    """

    def __init__(self, before: int = 0) -> None:
        self.bytes = max(_WINDOW, before)
        self._since = before

    def look(self, text: bytes) -> None:
        """Take in a part of the table that does not end within a tag."""
        at = text.find(_END)
        if at < 0 or b"<!" in text:
            # Without plain ends, or with comments that may hold some, there is no telling.
            self._since += len(text)
            self.bytes = max(self.bytes, self._since)
            return
        self.bytes = max(self.bytes, self._since + at)
        while True:
            within = text.rfind(_END, at + 1, at + self.bytes + len(_END))
            if within < 0:
                within = text.find(_END, at + 1)
                if within < 0:
                    break
                self.bytes = within - at
            at = within
        self._since = len(text) - at
        self.bytes = max(self.bytes, self._since)


def lengths(parts: Iterable[bytes]) -> list[int]:
    """The length of each shared string, in characters, markup left out."""
    found: list[int] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            found.append(0)

    def text(data: str) -> None:
        if found:
            found[-1] += len(data)

    parse(parts, start, text=text)
    return found


def text_of(parts: Iterable[bytes], strings: Sequence[int]) -> int:
    """What the cells of a sheet of XLSX that refer to `strings` come to."""
    longest = max(strings, default=0)
    total, carried = 0, b""
    for part in parts:
        text = carried + part
        # Whole cells only, unless one is longer than any sound one.
        cut = max(text.rfind(b"<c "), 0) if len(text) < 2 * len(part) else len(text)
        carried = text[cut:]
        total += _text(text[:cut], strings, longest)
    return total + _text(carried, strings, longest)


def _text(text: bytes, strings: Sequence[int], longest: int) -> int:
    plain = _PLAIN.findall(text)
    others = text.count(b'"s"') + text.count(b"'s'") - len(plain)
    known = len(strings)
    return others * longest + sum(strings[i] for i in map(int, plain) if i < known)
