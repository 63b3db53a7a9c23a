"""Chooses the delimiter of a text by how consistently it cuts all of its lines."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from crm_audit.readers.layout import kind
from crm_audit.readers.raw import Dialect
from crm_audit.readers.records import Record, records

DELIMITERS = (",", ";", "\t", "|")
_RARE = ("\x1f", "^", "~", ":")
_SEP = re.compile(r"sep=(.)[\r\n]", re.I)
_ENOUGH = 3000
_MOJIBAKE = re.compile(
    r"(?:[ÐÑ][\x80-\xbf\u0400-\u04ff‚„…†‡€‰‹‘’“”•–—™›])|(?:[РС][\u0080-\u00bfЂЃѓ„…†‡€‰‹‘’“”•–—™›°±ІіґµєѕїЅЎў]){2}|[À-ÿ]{4}"
)


@dataclass(frozen=True)
class Choice:
    """The dialect chosen and the number of cells that most of its records have."""

    dialect: Dialect
    width: int
    sep_line: bool = False


def choose(sample: str, wanted: str | None = None) -> Choice:
    """The dialect of a text that begins with (or wholly is) `sample`."""
    announced = _SEP.match(sample)
    if wanted or announced:
        sign = wanted if wanted else announced.group(1) if announced else ","
        sign = {"\\t": "\t", "tab": "\t"}.get(sign, sign)
        dialect = Dialect(sign[0])
        rows = _parsed(sample, dialect)
        return Choice(dialect, _width(rows[1 if announced else 0 :]), bool(announced))
    best: tuple[float, Choice] | None = None
    for sign in (*DELIMITERS, *_RARE):
        if sign not in sample:
            continue
        dialect = Dialect(sign)
        rows = _parsed(sample, dialect)
        width = _width(rows)
        score = _score(rows, width) * (0.35 if sign in _RARE else 1.0)
        if width > 1 and (best is None or score > best[0] + 1e-9):
            best = score, Choice(dialect, width)
    if best is None or best[0] < 0.1:
        return Choice(Dialect(_absent(sample)), 1)
    return best[1]


def _absent(sample: str) -> str:
    """A delimiter that a text of one column does not hold."""
    return next((sign for sign in (*DELIMITERS, "\x1f") if sign not in sample), "\x1f")


def _parsed(sample: str, dialect: Dialect) -> list[Record]:
    lines = io.StringIO(sample, newline="")
    return [r for r in islice(records(lines, dialect), _ENOUGH) if not r.blank]


def _width(rows: list[Record]) -> int:
    """The usual number of cells; a wider one that is nearly as usual, or that the header has."""
    counts = Counter(len(row.cells) for row in rows)
    if not counts:
        return 1
    usual, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    first = next((len(row.cells) for row in rows if len(row.cells) > 1), usual)
    wider = [w for w, n in counts.items() if w > usual and n >= max(2, 0.5 * times)]
    return max([usual, first, *wider])


def _score(rows: list[Record], width: int) -> float:
    """Share of records of the usual width, weighted by how much the cells look like values."""
    if width < 2:
        return 0.0
    fits = sum(len(row.cells) == width for row in rows) / len(rows)
    near = sum(len(row.cells) > 1 for row in rows) / len(rows)
    sample = rows[:300]
    cells = [cell for row in sample for cell in row.cells]
    odd = sum(1 for cell in cells if cell.count('"') % 2 or cell[:1] == " ") / max(1, len(cells))
    typed = sum(kind(cell) != "text" for cell in cells) / max(1, len(cells))
    return (0.75 * fits + 0.25 * near) * (1 + 0.1 * typed) * (1 - 0.5 * odd) * (1 - 0.5 / width)


def looks_double_encoded(sample: str) -> bool:
    """Whether a text was decoded with the wrong table before it was saved (Ð¡Ð´ÐµÐ»ÐºÐ°)."""
    words = [w for w in re.findall(r"\S+", sample[:20000]) if not w.isascii()]
    if len(words) < 3:
        return False
    return sum(bool(_MOJIBAKE.search(word)) for word in words) > 0.6 * len(words)
