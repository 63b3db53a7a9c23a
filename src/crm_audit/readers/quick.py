"""Measures sheets of XLSX at the speed of a text search, as far as they are written plainly."""

from __future__ import annotations

import re

_REFERENCE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,8})"')
_PREFIXED = re.compile(rb":c[\s>/]")
"""A cell whose tag has a prefix, or a text that looks like it."""
_ROWS = 1_049_999
"""The rows of a sheet, 1,048,576, as a round number."""


class Quick:
    """A box from A1 that no cell of a sheet leaves, a little larger than it need be.

    Every cell must tell its own place, in the usual way: readers go by that, whatever its row says.
    `certain` turns false where a cell does not. Filled cells are counted only past `spare` places.
    """

    def __init__(self, spare: int) -> None:
        self._spare = spare
        self._name = b"A"
        self._rows = 999
        self._beyond = _beyond(self._name, self._rows)
        self.certain = True
        self.filled = 0

    @property
    def places(self) -> int:
        """Places in the box."""
        return column_of(self._name) * self._rows

    def look(self, text: bytes, count: bool = True) -> None:
        """Take in a part of the sheet that does not end within a tag; `count` its filled cells."""
        if not self.certain:
            return
        at = 0
        while found := self._beyond.search(text, at):
            at = found.start()
            cell = _REFERENCE.match(text, at)
            if cell is None or int(cell.group(2)) > _ROWS:
                self.certain = False
                return
            self._name = max(self._name, _widened(cell.group(1)), key=column_of)
            self._rows = max(self._rows, _rounded(int(cell.group(2))))
            self._beyond = _beyond(self._name, self._rows)
        if count and self.places > self._spare:
            self.filled += text.count(b"</v>") + text.count(b"</is>")
        self.certain = _PREFIXED.search(text) is None


def _widened(name: bytes) -> bytes:
    """Wide sheets grow by 26 columns at a time: each step takes a pattern of its own."""
    return name[:-1] + b"Z" if column_of(name) > 52 else name


def _rounded(row: int) -> int:
    """The next number that is nines but for one leading digit, or two in larger ones."""
    if row > 999_999:
        return _ROWS
    step: int = 10 ** max(len(str(row)) - (2 if row > 99_999 else 1), 0)
    return row // step * step + step - 1


def _beyond(name: bytes, rows: int) -> re.Pattern[bytes]:
    """A pattern of cells outside the columns up to `name` and the rows up to `rows`.

    A cell without a plain reference is one of them.
    """
    columns = [b"[A-Z]{1,%d}" % (len(name) - 1)] if len(name) > 1 else []
    for i, letter in enumerate(name):
        if letter > ord("A"):
            rest = b"[A-Z]{%d}" % (len(name) - i - 1)
            columns.append(name[:i] + b"[A-%c]" % (letter - 1) + rest)
    high = str(rows).rstrip("9")
    nines = len(str(rows)) - len(high)
    digits = [rb"\d{1,%d}" % (len(str(rows)) - bool(high))]
    for i, digit in enumerate(high):
        # From the first digit on, lower ones; the last may be reached.
        top = int(digit) if i == len(high) - 1 else int(digit) - 1
        low = 1 if i == 0 else 0
        if top >= low:
            rest = rb"\d{%d}" % (nines + len(high) - 1 - i)
            digits.append(high[:i].encode() + b"[%d-%d]" % (low, top) + rest)
    places = b"(?:%s)(?:%s)" % (b"|".join([*columns, name]), b"|".join(reversed(digits)))
    return re.compile(b'<c(?! r="' + places + b'"|[A-Za-z])')


def column_of(name: bytes) -> int:
    """The number of a column from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in name[:4]:
        number = number * 26 + letter - 64
    return number
