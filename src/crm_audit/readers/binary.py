"""Measures the sheets of the binary workbooks XLSB and XLS, record by record."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from crm_audit.readers.extent import Box, Extent
from crm_audit.readers.refusal import Refusal

# XLSB
_ROW, _FIRST_CELL, _SHARED_CELL, _LAST_CELL = 0, 2, 7, 11
_STRING, _SHEET = 19, 156
_DIMENSION, _SHEET_DATA = 148, 145
_KEPT = 600
# XLS
_END, _CONTINUE, _FILE_PASS, _SST, _BOUND_SHEET = 0x0A, 0x3C, 0x2F, 0xFC, 0x85
_DIMENSIONS = 0x200
_LABEL_SST, _MUL_RK = 0xFD, 0xBD
_CELLS = frozenset({_LABEL_SST, _MUL_RK, 0x06, 0x203, 0x204, 0x205, 0x27E, 0xD6})
"""Formulas, numbers, labels, truth values and errors, small numbers, formatted labels too."""


def of_xlsb(parts: Iterable[bytes], strings: Sequence[int] = ()) -> Extent:
    """The extent of a part of an XLSB: nothing where its records are not those of a sheet."""
    box = Box()
    row, begun = 0, 0
    for kind, _, body in _records(parts):
        if begun < 2:
            begun += kind == (_DIMENSION, _SHEET_DATA)[begun]
        elif kind == _ROW and len(body) >= 4:
            row = int.from_bytes(body[:4], "little")
        elif _FIRST_CELL <= kind <= _LAST_CELL and len(body) >= 4:
            box.add(row, int.from_bytes(body[:4], "little"))
            index = int.from_bytes(body[8:12], "little")
            if kind == _SHARED_CELL and index < len(strings):
                box.text += strings[index]
    return box.extent


def strings_of_xlsb(parts: Iterable[bytes]) -> list[int]:
    """The length in bytes of each shared string of an XLSB."""
    return [length for kind, length, _ in _records(parts) if kind == _STRING]


def sheets_of_xlsb(parts: Iterable[bytes]) -> list[str]:
    """The relation by which each sheet of an XLSB is named, in the order of the book."""
    found = []
    for kind, _, body in _records(parts):
        if kind == _SHEET and len(body) >= 12:
            length = int.from_bytes(body[8:12], "little")
            found.append(body[12 : 12 + 2 * length].decode("utf-16-le", "replace"))
    return found


def _records(parts: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Kind, length and the first bytes of every record; what is left of a long one is passed by."""
    data, passing = b"", 0
    for part in parts:
        if passing >= len(part):
            passing -= len(part)
            continue
        data, passing = data + part[passing:], 0
        at = 0
        while (head := _head(data, at)) is not None:
            kind, length, body = head
            if body + min(length, _KEPT) > len(data):
                break
            yield kind, length, data[body : body + min(length, _KEPT)]
            at = body + length
        passing = max(0, at - len(data))
        data = data[at:]


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind and length of the record at `at`, and where its body begins; None if it is cut off."""
    if at + 1 >= len(data):
        return None
    kind, at = data[at], at + 1
    if kind & 0x80:
        kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            return None
        byte, at = data[at], at + 1
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return kind, length, at


def of_xls(stream: bytes, most: int) -> Extent:
    """The extent of all sheets of the Workbook stream of an XLS.

    Readers make room for what the record of dimensions claims: more than `most` places is refused.
    """
    strings: list[int] = []
    starts: list[int] = []
    for kind, at, length in _biff(stream, 0):
        if kind == _BOUND_SHEET and length >= 4:
            starts.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == _FILE_PASS and stream[at : at + 2] != b"\0\0":
            raise Refusal("encrypted")
        elif kind == _SST:
            strings = _sst(stream, at, length)
    total = Extent()
    walked = 0
    for start in starts:
        box = Box()
        row = column = 0
        for kind, at, length in _biff(stream, start):
            walked += length + 4
            if kind in _CELLS and length >= 4:
                row, column = struct.unpack_from("<HH", stream, at)
                if kind == _MUL_RK:
                    first, column = column, struct.unpack_from("<H", stream, at + length - 2)[0]
                    box.filled += max(0, column - first)
                elif kind == _LABEL_SST and length >= 10:
                    index = struct.unpack_from("<I", stream, at + 6)[0]
                    box.text += strings[index] if index < len(strings) else 0
                box.add(row, column)
            elif kind == _DIMENSIONS and _claimed(stream[at : at + length]) > most:
                raise Refusal("hostile_extent", limit=most // 1_000_000)
        total += box.extent
        # Sheets that share their records are not sound, and take ever longer.
        if walked > 2 * len(stream):
            raise Refusal("damaged")
    return total


def _claimed(body: bytes) -> int:
    if len(body) == 14:
        top, bottom, left, right = struct.unpack_from("<IIHH", body)
    elif len(body) == 10:
        top, bottom, left, right = struct.unpack_from("<HHHH", body)
    else:
        return 0
    rows: int = bottom - top
    columns: int = right - left
    # A last row above the first is taken for a number that is very large; a last column is not.
    claimed = rows * max(columns, 1) if rows >= 0 else 1 << 62
    return claimed if bottom and right else 1


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the body of every record from `at` up to the end of its part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END or at + 4 + length > len(stream):
            return
        yield kind, at + 4, length
        at += 4 + length


def _sst(stream: bytes, at: int, length: int) -> list[int]:
    """The length in bytes of each shared string, UTF-16 counted as such."""
    pieces = [stream[at : at + length]]
    for kind, start, size in _biff(stream, at + length):
        if kind != _CONTINUE:
            break
        pieces.append(stream[start : start + size])
    count = struct.unpack_from("<I", pieces[0], 4)[0] if len(pieces[0]) >= 8 else 0
    if count > sum(map(len, pieces)) // 3:
        raise Refusal("damaged")
    table = _Table(pieces)
    table.skip(8)
    return [table.string() for _ in range(count)]


class _Table:
    """Shared strings in pieces: text that goes on in the next one begins with its width anew."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._number = self._at = 0

    def skip(self, size: int) -> None:
        while size > self._left():
            size -= self._left()
            self._turn()
        self._at += size

    def string(self) -> int:
        if not self._left():
            self._turn()
        count: int
        count, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        size = 0
        wide: int = flags & 1
        while True:
            taken = min(count, self._left() >> wide)
            self._at += taken << wide
            size += taken << wide
            count -= taken
            if not count:
                break
            self._turn()
            wide = self._take(1)[0] & 1
        self.skip(runs * 4 + extra)
        return size

    def _left(self) -> int:
        return len(self._pieces[self._number]) - self._at

    def _turn(self) -> None:
        self._number, self._at = self._number + 1, 0
        if self._number >= len(self._pieces):
            raise Refusal("damaged")

    def _take(self, size: int) -> bytes:
        if size > self._left():
            raise Refusal("damaged")
        self._at += size
        return self._pieces[self._number][self._at - size : self._at]
