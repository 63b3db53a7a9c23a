"""Measures how far the cells of a sheet spread, because readers make room for all in between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from crm_audit.readers.refusal import Refusal

# A row without a reference in the usual place comes out empty.
_ROWS = re.compile(rb'<row(?: r="(\d+)"|(?![A-Za-z]))')
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
    """An upper bound for a sheet of XLSX, at the speed of a text search.

    `cells` is None where it cannot tell: a cell without a reference, or written in an unusual way.
    """

    def __init__(self) -> None:
        self._last_column = b"A"
        self._beyond = _beyond(b"A")
        self._last_row = 1
        self._unusual = False

    def look(self, text: bytes) -> None:
        """Take in a part of the sheet that does not end within a tag."""
        if self._unusual:
            return
        at = 0
        while found := self._beyond.search(text, at):
            if found.group(1) is None:
                self._unusual = True
                return
            self._last_column, at = found.group(1), found.end()
            self._beyond = _beyond(self._last_column)
        rows = _ROWS.findall(text)
        if b"" in rows or b":c" in text or b":row" in text:
            self._unusual = True
        elif rows:
            self._last_row = max(self._last_row, *map(int, rows))

    @property
    def cells(self) -> int | None:
        """The bound, or None."""
        return None if self._unusual else self._last_row * _number(self._last_column)


def _beyond(name: bytes) -> re.Pattern[bytes]:
    """A pattern of cells to the right of the column `name`, or without a reference (no group)."""
    further = [b"[A-Z]{%d,}" % (len(name) + 1)]
    for i, letter in enumerate(name):
        if letter < ord("Z"):
            rest = b"[A-Z]{%d}" % (len(name) - i - 1)
            further.append(name[:i] + b"[%c-Z]" % (letter + 1) + rest)
    columns = b"|".join(further)
    return re.compile(b'<c(?: r="(' + columns + b')|(?! r="[A-Z]|[A-Za-z]))')


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
