"""Measures how far the cells of a sheet spread, because readers make room for all in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from crm_audit.readers.quick import column_of
from crm_audit.readers.refusal import Refusal

_VALUE = frozenset({"v", "is", "f"})


@dataclass(frozen=True)
class Extent:
    """What the sheets of a book come to: places from A1 on, those that are filled, bytes of text.

    Text is counted once for every cell that repeats it.
    """

    places: int = 0
    filled: int = 0
    text: int = 0

    def __add__(self, other: Extent) -> Extent:
        return Extent(
            self.places + other.places, self.filled + other.filled, self.text + other.text
        )

    def times(self, number: int) -> Extent:
        """The same for `number` sheets that are made of it."""
        return Extent(self.places * number, self.filled * number, self.text * number)


class Box:
    """The places from A1 to the last row and the last column of the cells added to it.

    Readers begin at the first row, some at the first column too.
    """

    def __init__(self) -> None:
        self._rows = self._columns = self.filled = self.text = 0

    def add(self, row: int, column: int) -> None:
        """Take in the cell at `row` and `column`, counted from 0."""
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        self.filled += 1

    @property
    def extent(self) -> Extent:
        """What was added."""
        return Extent(self._rows * self._columns, self.filled, self.text)


def of_xlsx(parts: Iterable[bytes]) -> Extent:
    """The extent of a sheet of XLSX, without the text of shared strings.

    A cell without a reference stands in the row that its row tells, or in that of the cell before.
    """
    box = Box()
    row = told = column = -1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, told, column
        name = tag.rpartition(":")[2]
        if name == "c":
            reference = attributes.get("r", "")
            letters = reference.rstrip("0123456789")
            upper = letters.upper().encode("ascii", "ignore")
            column = column_of(upper) - 1 if letters else column + 1
            digits = reference[len(letters) :]
            told = int(digits) - 1 if digits else max(told, row)
        elif name == "row":
            given = attributes.get("r", "").removeprefix("+")
            row, column = int(given) - 1 if given.isdigit() else row + 1, -1
            told = row
        elif name in _VALUE:
            box.add(max(told, 0), max(column, 0))

    parse(parts, start)
    return box.extent


def of_ods(parts: Iterable[bytes]) -> Extent:
    """The extent of all tables of an ODS: repeats make places and text, but no filled cells."""
    total, box = Extent(), Box()
    row = column = repeated = span = depth = 0
    length: int | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal total, box, row, column, repeated, span, depth, length
        if tag == "table:table":
            depth += 1
            if depth == 1:
                total, box, row, repeated = total + box.extent, Box(), 0, 0
        elif tag == "table:table-row":
            row += repeated
            repeated = _repeats(attributes, "table:number-rows-repeated")
            column = span = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            column += span
            span = _repeats(attributes, "table:number-columns-repeated")
            told = [
                len(value) if not key.endswith("value-type") else 0
                for key, value in attributes.items()
                if key == "table:formula" or key.startswith(("office:", "calcext:"))
            ]
            length = sum(told) if told else None
            if told:
                box.add(row + repeated - 1, column + span - 1)
        elif tag == "text:s" and length is not None:
            spaces = _repeats(attributes, "text:c") - 1
            length, box.text = length + spaces, box.text + spaces

    def end(tag: str) -> None:
        nonlocal depth, length
        if tag == "table:table":
            depth -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            box.text += (length or 0) * (span * repeated - 1)
            length = None

    def text(data: str) -> None:
        nonlocal length
        if length is not None:
            length += len(data)

    parse(parts, start, end, text)
    return total + box.extent


def _repeats(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1").strip().removeprefix("+")
    return max(1, int(value)) if value.isdigit() else 1


def parse(
    parts: Iterable[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Hand the elements of an XML to the handlers; refused if it is none or has a document type."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for part in parts:
            parser.Parse(part, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Refusal("damaged") from error


def _refuse(*_: object) -> None:
    raise Refusal("hostile_doctype")
