"""Whether the room that readers make for the sheets of a book is in proportion to what is in it."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from crm_audit.readers import binary, compound, extent, shared
from crm_audit.readers.extent import Extent
from crm_audit.readers.quick import Quick
from crm_audit.readers.refusal import Refusal

MAX_PLACES = 20_000_000
"""Places of all sheets together, filled ones included."""
_PER_FILLED = 4
"""Places that each filled cell accounts for: real exports have many columns that few rows fill."""
_STREAMS = ("Workbook", "WORKBOOK", "Book", "BOOK")
_BOOK = ("workbook.xml", "workbook.bin", "vbaproject.bin", "[content_types].xml", "content.xml")
_LEAST_CELL = len('<c t="s"><v>0</v></c>')


@dataclass(frozen=True)
class Cost:
    """Bytes at the peak of reading, measured: of an empty place and of a byte of repeated text."""

    place: int
    text: int


XLSX, XLS, ODS = Cost(64, 3), Cost(128, 6), Cost(256, 8)


@dataclass(frozen=True)
class Part:
    """An entry of a zip after the first look: its lower-case name, its bytes, how to read it again.

    `quick` is there if it is a sheet of XLSX, `longest` if it has shared strings.
    """

    name: str
    size: int
    again: Callable[[], Iterable[bytes]]
    quick: Quick | None
    longest: int | None


def spare_places(max_inflated: int) -> int:
    """Empty places that any book of XLSX may have."""
    return 2 * max_inflated // XLSX.place


def check(parts: Sequence[Part], max_inflated: int) -> None:
    """Refuse a book whose sheets would take too much room, as XLSX, XLSB or ODS."""
    if not any(part.name.endswith(_BOOK) for part in parts):
        return
    _check_xlsx(parts, max_inflated)
    for part in parts:
        if part.name == "content.xml":
            _judge(extent.of_ods(part.again()), ODS, max_inflated)
    if any(part.name == "xl/workbook.bin" for part in parts):
        _check_xlsb(parts, max_inflated)


def check_xls(path: Path, max_inflated: int) -> None:
    """Refuse an XLS whose sheets would take too much room, or whose container is damaged."""
    stream = compound.stream(path, _STREAMS, max_inflated)
    if stream is None:
        return
    try:
        found = binary.of_xls(stream, MAX_PLACES)
    except (struct.error, IndexError) as error:
        raise Refusal("damaged") from error
    _judge(found, XLS, max_inflated)


def _check_xlsx(parts: Sequence[Part], max_inflated: int) -> None:
    sheets = [part for part in parts if part.quick is not None]
    if not sheets:
        return
    times = _times(parts, sheets)
    longest = max((part.longest or 0 for part in parts), default=0)
    text = longest * sum(times[s.name] * (s.size // _LEAST_CELL) for s in sheets)
    strings: list[int] = []
    if text * XLSX.text <= max_inflated // 2:
        text = 0  # too little to tell apart
    else:
        tables = [shared.lengths(part.again()) for part in parts if part.longest]
        strings = [max(found) for found in _side_by_side(tables)]
    exact = False
    while True:
        total = Extent()
        for sheet in sheets:
            quick = sheet.quick
            if exact or quick is None or not quick.certain:
                found = extent.of_xlsx(sheet.again())
            else:
                found = Extent(quick.places, quick.filled)
            total += found.times(times[sheet.name])
        if exact or _within(total, XLSX, max_inflated):
            break
        exact = True
    if strings:
        text = sum(times[s.name] * shared.text_of(s.again(), strings) for s in sheets)
    _judge(Extent(total.places, total.filled, text), XLSX, max_inflated)


def _check_xlsb(parts: Sequence[Part], max_inflated: int) -> None:
    tables = [
        binary.strings_of_xlsb(part.again()) for part in parts if "sharedstrings" in part.name
    ]
    strings = [max(found) for found in _side_by_side(tables)]
    measured = {part.name: binary.of_xlsb(part.again(), strings) for part in parts}
    sheets = [part for part in parts if measured[part.name].places]
    times = _times(parts, sheets)
    total = Extent()
    for sheet in sheets:
        total += measured[sheet.name].times(times[sheet.name])
    _judge(total, XLSX, max_inflated)


def _side_by_side(tables: Iterable[Sequence[int]]) -> Iterable[tuple[int, ...]]:
    return zip_longest(*tables, fillvalue=0)


def _times(parts: Sequence[Part], sheets: Sequence[Part]) -> dict[str, int]:
    """How many sheets of the book name each part: a part that is named twice is read twice.

    Parts are known by the last piece of their path; what names no part may name any.
    """
    named: Counter[str] = Counter()
    targets: list[tuple[str, str]] = []
    tables = {"sharedstrings.xml"}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            named.update(v for key, v in attributes.items() if key.rpartition(":")[2] == "id")

    def target(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            path = attributes.get("Target", "").lower().replace("\\", "/")
            targets.append((attributes.get("Id", ""), PurePosixPath(path).name))
            if attributes.get("Type", "").endswith("sharedStrings"):
                tables.add(targets[-1][1])

    for part in parts:
        if "workbook" not in part.name:
            continue
        if part.name.endswith(".rels"):
            extent.parse(part.again(), target)
        elif part.name.endswith("workbook.bin"):
            named.update(binary.sheets_of_xlsb(part.again()))
        elif part.name.endswith(".xml"):
            extent.parse(part.again(), sheet)
    # A sheet that is its own table of strings was not looked at as such.
    if any(part.quick and PurePosixPath(part.name).name in tables for part in sheets):
        raise Refusal("damaged")
    known = {PurePosixPath(part.name).name for part in parts}
    read: Counter[str] = Counter()
    for key, name in targets:
        read[name if name in known else ""] += named[key]
    return {s.name: max(1, read[PurePosixPath(s.name).name] + read[""]) for s in sheets}


def _within(found: Extent, cost: Cost, max_inflated: int) -> bool:
    places, text = _wasted(found, cost)
    return found.places <= MAX_PLACES and places + text <= 2 * max_inflated


def _wasted(found: Extent, cost: Cost) -> tuple[int, int]:
    """Bytes for empty places beyond those that filled ones account for, and for repeated text."""
    empty = max(0, found.places - _PER_FILLED * found.filled)
    return empty * cost.place, found.text * cost.text


def _judge(found: Extent, cost: Cost, max_inflated: int) -> None:
    if _within(found, cost, max_inflated):
        return
    places, text = _wasted(found, cost)
    if found.places > MAX_PLACES:
        raise Refusal("hostile_extent", limit=MAX_PLACES // 1_000_000)
    if places < text:
        raise Refusal("hostile_size", limit=max_inflated >> 20)
    raise Refusal("hostile_extent", limit=max(1, 2 * max_inflated // cost.place // 1_000_000))
