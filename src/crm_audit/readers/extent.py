"""Measures how far the cells of a sheet spread, because readers make room for all in between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from crm_audit.readers.refusal import Refusal

_REFERENCE = re.compile(rb'<c r="([A-Z]+)\d')
_PREFIXED = re.compile(rb":c[\s>/]")
"""A cell whose tag has a prefix, or a text that looks like it."""
_VALUE = frozenset({"v", "is", "f"})


class Box:
    """A bounding box that grows with every cell."""

    def __init__(self) -> None:
        self.top = self.left = 1 << 62
        self.bottom = self.right = -1

    def add(self, row: int, column: int) -> None:
        """Take in the cell at `row` and `column`."""
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)

    @property
    def cells(self) -> int:
        """Number of places in the box."""
        if self.bottom < 0:
            return 0
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


class Quick:
    """Whether a sheet of XLSX keeps within a limit of places, at the speed of a text search.

    Every cell must tell its own place, in the usual way: readers go by that, whatever its row says.
    `certain` turns false where a cell does not, or where the sheet may reach beyond the limit.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._columns = 1
        self._beyond = _beyond(b"A", limit)
        self.certain = True

    def look(self, text: bytes) -> None:
        """Take in a part of the sheet that does not end within a tag."""
        if not self.certain:
            return
        at = 0
        while found := self._beyond.search(text, at):
            cell = _REFERENCE.match(text, found.start())
            if cell is None or _number(cell.group(1)) <= self._columns:
                self.certain = False
                return
            self._columns = _number(cell.group(1))
            self._beyond, at = _beyond(cell.group(1), self._limit), found.start()
        self.certain = _PREFIXED.search(text) is None


def _beyond(name: bytes, limit: int) -> re.Pattern[bytes]:
    """A pattern of cells outside the columns up to `name` and the rows that these leave room for.

    A cell without a plain reference is one of them.
    """
    columns = [b"[A-Z]{1,%d}" % (len(name) - 1)] if len(name) > 1 else []
    for i, letter in enumerate(name):
        if letter > ord("A"):
            rest = b"[A-Z]{%d}" % (len(name) - i - 1)
            columns.append(name[:i] + b"[A-%c]" % (letter - 1) + rest)
    # Rows below a round number: 666,666 of them are taken as 599,999.
    height = str(limit // _number(name))
    rows = [rb"\d{1,%d}" % (len(height) - 1)] if len(height) > 1 else []
    if height[0] > "1":
        rows.append(rb"[1-%d]\d{%d}" % (int(height[0]) - 1, len(height) - 1))
    places = b"(?:%s)(?:%s)" % (b"|".join([*columns, name]), b"|".join([*rows, b"0"]))
    return re.compile(b'<c(?! r="' + places + b'"|[A-Za-z])')


def _number(name: bytes) -> int:
    number = 0
    for letter in name[:4]:
        number = number * 26 + letter - 64
    return number


def of_xlsx(parts: Iterable[bytes]) -> int:
    """Places in the box around the cells of a sheet of XLSX that are not empty."""
    box = Box()
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        name = tag.rpartition(":")[2]
        if name == "c":
            reference = attributes.get("r", "")
            letters = reference.rstrip("0123456789")
            column = _number(letters.upper().encode("ascii", "ignore")) if letters else column + 1
            digits = reference[len(letters) :]
            row = int(digits) if digits else row
        elif name == "row":
            given = attributes.get("r", "")
            row, column = int(given) if given.isdigit() else row + 1, 0
        elif name in _VALUE:
            box.add(row, column)

    _parse(parts, start)
    return box.cells


def of_ods(parts: Iterable[bytes]) -> int:
    """Places in the box around the filled cells of the widest table of an ODS, repeats included."""
    largest = 0
    box = Box()
    row = column = repeated = span = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal box, largest, row, column, repeated, span
        if tag == "table:table":
            largest, box, row = max(largest, box.cells), Box(), 0
        elif tag == "table:table-row":
            row += repeated
            repeated = _repeats(attributes, "table:number-rows-repeated")
            column = span = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            column += span
            span = _repeats(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes or "calcext:value-type" in attributes:
                box.add(row, column)
                box.add(row + repeated - 1, column + span - 1)

    _parse(parts, start)
    return max(largest, box.cells)


def _repeats(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return max(1, int(value)) if value.isdigit() else 1


def _parse(parts: Iterable[bytes], start: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start  # type: ignore[assignment]
    try:
        for part in parts:
            parser.Parse(part, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Refusal("damaged") from error


def of_xlsb(parts: Iterable[bytes]) -> int:
    """Places in the box around the filled cells of a sheet of XLSB."""
    box = Box()
    row = 0
    for kind, body in _binary_records(parts):
        if kind == 0 and len(body) >= 4:
            row = int.from_bytes(body[:4], "little")
        elif 2 <= kind <= 11 and len(body) >= 4:
            box.add(row, int.from_bytes(body[:4], "little"))
    return box.cells


def _binary_records(parts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    data = b""
    for part in parts:
        data += part
        at = 0
        while len(data) - at >= 6:
            start = at
            kind, at = data[at], at + 1
            if kind & 0x80:
                kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
            length = 0
            for shift in (0, 7, 14, 21):
                if at >= len(data):
                    break
                byte, at = data[at], at + 1
                length |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
            if at + length > len(data):
                at = start
                break
            yield kind, data[at : at + min(length, 8)]
            at += length
        data = data[at:]
