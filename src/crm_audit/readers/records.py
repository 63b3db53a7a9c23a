"""Cuts delimited text into records with their line numbers, and gets over careless quoting."""

from __future__ import annotations

import csv
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm_audit.readers.raw import Dialect

# A quoted cell longer than this many lines is a quote that somebody forgot to close.
_LONGEST_CELL = 2000


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, and the physical line (from 1) on which it begins."""

    line: int
    cells: list[str]
    lines: int = 1

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything but white space."""
        return not any(cell and not cell.isspace() for cell in self.cells)


class _Lines:
    """Physical lines that remember what was taken, so that they can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _LONGEST_CELL:
            raise _TooLong
        line = self._returned.popleft() if self._returned else next(self._source)
        self.taken.append(line)
        self.number += 1
        return line

    def put_back(self, keep: int) -> None:
        """Return all lines of the current record but the first `keep`."""
        back = self.taken[keep:]
        self._returned.extendleft(reversed(back))
        self.number -= len(back)
        self.taken = self.taken[:keep]


class _TooLong(Exception):
    pass


def records(lines: Iterable[str], dialect: Dialect, width: int | None = None) -> Iterator[Record]:
    """Every record of `lines` (which keep their line ends), blank ones included.

    Well-formed text comes out as the csv module reads it. A quote that is never closed, or whose
    closing would swallow lines into a record of another `width`, is taken as a letter.
    """
    csv.field_size_limit(sys.maxsize)
    source = _Lines(lines)
    reader = _reader(source, dialect)
    while True:
        source.taken = []
        first = source.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            if not source.taken:
                return
            cells = None
        except (csv.Error, _TooLong):
            cells = None
        count = len(source.taken)
        wrong = cells is None or (
            width is not None and len(cells) != width and (count > 1 or _odd(source.taken[0]))
        )
        if wrong and source.taken:
            loose = _loose(source.taken[0], dialect)
            if cells is None or len(loose) == width:
                source.put_back(1)
                cells, count = loose, 1
                reader = _reader(source, dialect)
        if cells is None:
            return
        yield Record(first, cells, count)


def _odd(line: str) -> bool:
    return '"' in line


def _reader(source: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        source, delimiter=dialect.delimiter, quotechar=dialect.quote, doublequote=True, strict=True
    )


def _loose(line: str, dialect: Dialect) -> list[str]:
    """One line in which a quote closes a cell only before a delimiter or the end."""
    text = line.rstrip("\r\n")
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    cell = re.compile(rf"{quote}(.*?){quote}(?={delimiter}|$)|([^{delimiter}]*)", re.S)
    cells, at = [], 0
    while True:
        match = cell.match(text, at)
        if match is None:
            break
        inner, bare = match.groups()
        cells.append(bare if inner is None else inner.replace(dialect.quote * 2, dialect.quote))
        at = match.end()
        if at >= len(text):
            break
        at += 1
    return cells
