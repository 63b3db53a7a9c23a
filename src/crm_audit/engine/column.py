"""One column of a raw table, and the questions that a cast asks it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from crm_audit import texts
from crm_audit.engine.session import Session
from crm_audit.recognise import values
from crm_audit.recognise.values import Shape

_MOST_SHAPES = 5_000
_MOST_WORDS = 20_000
_SAMPLE = 10_000


@cache
def _longest_junk() -> int:
    return 2 + max(len(word.encode()) for word in _junk_spellings())


@cache
def _junk_spellings() -> list[str]:
    """Junk as people write it: lower-case, capitalised, in titles and in capitals."""
    spelled = (str.lower, str.capitalize, str.title, str.upper)
    return sorted({spell(word) for word in texts.fillers() for spell in spelled if word})


class Column:
    """One column of a raw table, and the questions that a cast asks it."""

    def __init__(
        self,
        session: Session,
        table: str,
        index: int,
        sql: str = "",
        junk: list[str] | None = None,
    ) -> None:
        self.session = session
        self.table = table
        self.index = index
        self.sql = sql or f"c{index}"
        self._junk = junk

    def shapes(self, *, of_all: bool) -> list[Shape]:
        """The shapes of all cells, or of a sample, with their counts, commonest first."""
        some = "" if of_all else f" LIMIT {_SAMPLE}"
        rows = self.session.rows(
            f"SELECT translate(trim(c), '{values.SHAPE_FROM}', '{values.SHAPE_TO}') AS s,"
            f" count(*) AS n, min(trim(c)) FROM (SELECT {self.sql} AS c FROM {self.table}"
            f" WHERE {self.sql} IS NOT NULL{some}) GROUP BY s ORDER BY n DESC, s"
            f" LIMIT {_MOST_SHAPES}"
        )
        return [Shape(*row) for row in rows]

    def junk(self) -> list[str]:
        """The distinct cells of this column that say nothing, as they are written."""
        if self._junk is None:
            (self._junk,) = junk_of(self.session, self.table, [self.sql])
        return self._junk

    def unread(self, value: str, nothing: str, contrary: str = "false") -> int:
        """How many cells hold something that `value` does not read, or that is contrary to it."""
        found: int = self.session.value(
            f"SELECT count(*) FROM {self.table} WHERE {self.sql} IS NOT NULL AND (({contrary}) OR"
            f" CASE WHEN ({value}) IS NULL THEN NOT {says(self.sql, nothing)} ELSE false END)",
            nothing_words(nothing),
        )
        return found

    def contrary(self, test: str) -> int:
        """How many cells `test` is true of."""
        found: int = self.session.value(f"SELECT count(*) FROM {self.table} WHERE {test}")
        return found

    def distinct(self) -> list[str]:
        """The distinct cells."""
        rows = self.session.rows(
            f"SELECT DISTINCT {self.sql} FROM {self.table} WHERE {self.sql} IS NOT NULL"
            f" ORDER BY 1 LIMIT {_MOST_WORDS}"
        )
        return [row[0] for row in rows]


def junk_of(session: Session, table: str, cells: Sequence[str]) -> list[list[str]]:
    """The distinct cells of several columns that say nothing, as they are written.

    One search for all of them: each search makes its words ready anew.
    """
    found: list[list[str]] = [[] for _ in cells]
    if not cells:
        return found
    short = " UNION ALL ".join(
        f"SELECT {i} AS place, {cell} AS cell FROM {table} WHERE strlen({cell}) <= $1"
        for i, cell in enumerate(cells)
    )
    bare = "CASE WHEN suffix(cell, ' ') OR cell < '!' THEN trim(cell, ' ') ELSE cell END"
    for place, cell in session.rows(
        f"SELECT DISTINCT place, cell FROM ({short})"
        f" WHERE {bare} IN (SELECT unnest(CAST($2 AS VARCHAR[]))) ORDER BY ALL",
        [_longest_junk(), _junk_spellings()],
    ):
        found[place].append(cell)
    return found


def says(sql: str, nothing: str) -> str:
    """Whether a cell is one of the words that the parameter of that name holds.

    A text is searched for the few cells that are asked; lists would be joined to all cells.
    """
    return f"strpos(${nothing}, chr(31) || lower(trim({sql})) || chr(31)) > 0"


@cache
def nothing_words(name: str) -> dict[str, Any]:
    """Words that say nothing in a column of that type, and in any column: a parameter."""
    words = sorted({*values.words()[name], *texts.fillers()})
    return {name: "\x1f" + "\x1f".join(words) + "\x1f"}
