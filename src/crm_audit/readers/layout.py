"""Finds the table among the rows: what stands before it, its header, where its data begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Row = Sequence[str]
HEADER_DEPTH = 40
LOOKED_AT = 400

_NUMBER = re.compile(
    r"[-+−(]?[^\w\s]?\s*\d[\d\s.,'\xa0\u202f]*\s*(%|[^\W\d_]{1,4}\.?|[₽$€£₸₴])?\)?"
)
_DATE = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T,].*)?|\d{1,2}\s+[^\W\d_]{3,9}\.?,?\s+\d{4}.*"
    r"|[^\W\d_]{3,9}\.?\s+\d{1,2},\s+\d{4}.*"
)
_TRUTH = frozenset({"true", "false", "да", "нет", "yes", "no", "y", "n"})


@dataclass(frozen=True)
class Layout:
    """Where the table stands: indexes into the rows that were looked at.

    `header` and `header_end` bound the header rows (equal when there is none); data begin at
    `header_end`. `groups` says that the upper of two header rows holds merged group titles.
    """

    header: int
    header_end: int
    headers: tuple[str, ...]

    @property
    def has_header(self) -> bool:
        """Whether the file names its columns."""
        return self.header_end > self.header


def kind(cell: str) -> str:
    """`empty`, `number`, `date`, `truth` or `text`: as much as layout needs to know."""
    text = cell.strip()
    if not text:
        return "empty"
    if _DATE.fullmatch(text):
        return "date"
    if _NUMBER.fullmatch(text):
        return "number"
    if text.lower() in _TRUTH:
        return "truth"
    return "text"


def find(rows: Sequence[Row], width: int) -> Layout:
    """The layout of a table of `width` columns that stands somewhere in `rows`.

    `rows` are the first few hundred, blank ones included (an empty sequence of cells).
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    candidates = [i for i, n in enumerate(filled) if n][:HEADER_DEPTH]
    if not candidates:
        return Layout(0, 0, _numbered(width))
    scores = {i: _header_score(rows, filled, i, width) for i in candidates}
    best = max(scores.values())
    header = (
        next(i for i in candidates if scores[i] >= 0.8 * best and scores[i] > 0)
        if best > 0
        else candidates[0]
    )
    named = [cell.strip() for cell in rows[header]]
    body = [
        row
        for row, n in zip(rows[header + 1 :], filled[header + 1 :], strict=True)
        if n and not (n == filled[header] and [cell.strip() for cell in row] == named)
    ]
    if best < 0.3 or _is_data(rows[header], body):
        start = _first_full(filled, candidates, width)
        return Layout(start, start, _numbered(width))
    if header > 0 and is_group_row(rows[header - 1], rows[header]):
        names = _joined(_spread(rows[header - 1], rows[header], width), rows[header], width)
        return Layout(header - 1, header + 1, names)
    if len(body) >= 3 and header + 1 < len(rows) and _is_second_line(rows[header], body):
        names = _joined(_spread(rows[header], rows[header + 1], width), rows[header + 1], width)
        return Layout(header, header + 2, names)
    return Layout(header, header + 1, tuple(_padded(rows[header], width)))


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {i + 1}" for i in range(width))


def _padded(row: Row, width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _first_full(filled: list[int], candidates: list[int], width: int) -> int:
    most = max(filled[i] for i in candidates)
    return next(i for i in candidates if 2 * filled[i] >= min(most, width))


def _header_score(rows: Sequence[Row], filled: list[int], at: int, width: int) -> float:
    """How well a row names the columns below it: share of them named, by texts, all different."""
    row = rows[at]
    cells = [cell.strip() for cell in row if cell.strip()]
    below = [r for r, n in zip(rows[at + 1 : at + 40], filled[at + 1 : at + 40], strict=True) if n]
    used = {i for r in below[:20] for i, cell in enumerate(r[:width]) if cell.strip()}
    used |= {i for i, cell in enumerate(row[:width]) if cell.strip()}
    named = sum(1 for i in used if i < len(row) and row[i].strip())
    words = sum(1 for c in cells if kind(c) == "text" and len(c) <= 120)
    return (named / len(used)) * (words / len(cells)) * (0.5 + 0.5 * len(set(cells)) / len(cells))


def _is_data(header: Row, body: Sequence[Row]) -> bool:
    """Whether the presumed header is a row like the others: same kinds, same recurring values."""
    votes = 0
    for i, cell in enumerate(header):
        column = [row[i].strip() for row in body if i < len(row) and row[i].strip()]
        if not column or not cell.strip():
            continue
        kinds = Counter(kind(value) for value in column)
        usual, times = kinds.most_common(1)[0]
        if usual != "text" and times >= 0.7 * len(column):
            votes += -1 if kind(cell) == "text" else 1
        elif len(column) >= 4 and column.count(cell.strip()) >= max(2, 0.1 * len(column)):
            votes += 1
    return votes > 0


def is_group_row(upper: Row, lower: Row) -> bool:
    """Whether `upper` holds merged titles over groups of the columns that `lower` names."""
    filled = [i for i, cell in enumerate(upper) if cell.strip()]
    if len(filled) < 2 or any(kind(upper[i]) != "text" for i in filled):
        return False
    if any(i >= len(lower) for i in filled):
        return False
    gaps = sum(1 for a, b in pairwise(filled) if b - a > 1)
    covered = [i for i in range(filled[0], len(lower)) if lower[i].strip()]
    return 2 * gaps >= len(filled) - 1 and filled[0] <= 1 + len(lower) // 2 and len(covered) >= 3


def _is_second_line(header: Row, body: Sequence[Row]) -> bool:
    """Whether the first row of `body` continues the header: all words over columns of values."""
    second, rest = body[0], body[1:]
    cells = [cell for cell in second if cell.strip()]
    if not cells or any(kind(cell) != "text" for cell in cells):
        return False
    valued = 0
    for i, cell in enumerate(second):
        if not cell.strip():
            continue
        column = [row[i] for row in rest if i < len(row) and row[i].strip()]
        if column and sum(kind(value) != "text" for value in column) >= 0.8 * len(column):
            valued += 1
    gaps = any(
        cell.strip() and not (header[i].strip() if i < len(header) else "")
        for i, cell in enumerate(second)
    )
    return valued >= (1 if gaps else 2)


def _spread(upper: Row, lower: Row, width: int) -> list[str]:
    """Titles of merged cells over every column they span."""
    top, bottom = _padded(upper, width), _padded(lower, width)
    for i in range(1, width):
        if not top[i].strip() and bottom[i].strip() and bottom[i - 1].strip():
            top[i] = top[i - 1]
    return top


def _joined(top: Row, bottom: Row, width: int) -> tuple[str, ...]:
    lower = _padded(bottom, width)
    return tuple(
        f"{a.strip()} {b.strip()}" if a.strip() and b.strip() else a if a.strip() else b
        for a, b in zip(top, lower, strict=True)
    )
