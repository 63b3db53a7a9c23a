"""Looks into a sheet's Arrow memory, so that its header can be found without another library."""

from __future__ import annotations

import ctypes
from typing import Any


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Sheet:
    """The cells of one sheet as Arrow text columns: peeked at here, then handed on without a copy.

    `__arrow_c_array__` gives the memory away the first time; afterwards the sheet makes it anew.
    """

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.width: int = sheet.width
        self.height: int = sheet.height
        self._capsules: tuple[Any, Any] | None = sheet.__arrow_c_array__() if sheet.width else None

    def __arrow_c_schema__(self) -> Any:
        return self._sheet.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        capsules, self._capsules = self._capsules, None
        made: tuple[Any, Any] = capsules or self._sheet.__arrow_c_array__()
        return made

    def rows(self, start: int, stop: int) -> list[list[str]]:
        """Rows `start` to `stop` (from 0, as far as there are any) as text, '' for empty cells."""
        if not self.width or start >= self.height:
            return []
        schema, array = self._peeked()
        stop = min(stop, self.height)
        columns = [
            _texts(
                array.children[i].contents,
                schema.children[i].contents.format,
                start + array.offset,
                stop + array.offset,
            )
            for i in range(array.n_children)
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def blank(self) -> list[int]:
        """The rows without a cell, told without looking at any text."""
        schema, array = self._peeked()
        every = (1 << self.height) - 1
        filled = 0
        for i in range(array.n_children):
            if schema.children[i].contents.format != b"n":
                filled |= _valid(array.children[i].contents, array.offset, self.height)
            if filled == every:
                return []
        marks = f"{filled:0{self.height}b}"[::-1]
        return [i for i, mark in enumerate(marks) if mark == "0"]

    def _peeked(self) -> tuple[Any, Any]:
        if self._capsules is None:
            self._capsules = self._sheet.__arrow_c_array__()
        schema = ctypes.cast(
            _pointer(self._capsules[0], b"arrow_schema"), ctypes.POINTER(_Schema)
        ).contents
        array = ctypes.cast(
            _pointer(self._capsules[1], b"arrow_array"), ctypes.POINTER(_Array)
        ).contents
        return schema, array


def _valid(array: Any, start: int, height: int) -> int:
    """The cells of one column that are there, as the bits of a number, the first the lowest."""
    every = (1 << height) - 1
    bits = array.buffers[0]
    if not bits:
        return every
    first: int = start + array.offset
    held: bytes = ctypes.string_at(bits, (first + height + 7) // 8)
    return int.from_bytes(held, "little") >> first & every


def _texts(array: Any, layout: bytes, start: int, stop: int) -> list[str]:
    """Cells of one column; Arrow's `utf8`, `large_utf8` and all-null layouts."""
    if layout == b"n":
        return [""] * (stop - start)
    if layout not in (b"u", b"U"):
        raise TypeError(f"not a text column: {layout!r}")
    size, kind = (4, ctypes.c_int32) if layout == b"u" else (8, ctypes.c_int64)
    first, last = start + array.offset, stop + array.offset
    offsets = (kind * (last - first + 1)).from_address(array.buffers[1] + first * size)
    valid = array.buffers[0]
    bits = (ctypes.c_uint8 * ((last + 7) // 8)).from_address(valid) if valid else None
    cells = []
    for i in range(last - first):
        at = first + i
        if bits is not None and not bits[at >> 3] >> (at & 7) & 1:
            cells.append("")
            continue
        length = offsets[i + 1] - offsets[i]
        text = ctypes.string_at(array.buffers[2] + offsets[i], length) if length else b""
        cells.append(text.decode("utf-8", "replace"))
    return cells
