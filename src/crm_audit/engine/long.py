"""Long tables as they lie in their files: how many rows, some from all over, all of them as SQL."""

from __future__ import annotations

from typing import Any, Protocol

from crm_audit.engine import raw
from crm_audit.engine.session import Session
from crm_audit.readers.arrow import Sheet
from crm_audit.readers.raw import ArrowSource, DelimitedSource, RawTable

MANY = 50_000
"""Rows from which a table is long: chosen, both ways give the same."""
_PLACES = 8
"""Places in a table from which its sample is taken: the first is its beginning."""
_SLICE = 1 << 19
"""Bytes of a text file at each place: a thousand rows and more, as exports are."""
_ROWS = 150
"""Rows of a sheet at each place."""


class Long(Protocol):
    """A long table that can be read in one pass."""

    rows: int
    """Rows that it should have, if each line is one."""
    blank: int
    """Blank lines behind them."""

    def sample(self, session: Session, name: str) -> None:
        """Make the table `name` of rows from all over."""

    def all(self, session: Session) -> tuple[str, dict[str, Any]]:
        """All rows as SQL, columns c0, c1, ..., with parameters."""

    def release(self, session: Session) -> None:
        """Let go of what `all` made."""


def as_long(table: RawTable, number: int) -> Long | None:
    """The table as a long one; None if it is short or not read from its file as it is."""
    source, width = table.source, len(table.headers)
    if isinstance(source, DelimitedSource):
        plain = not source.numbered and source.columns in (0, width)
        long = plain and (source.lines or 0) >= MANY
        return _Text(source, width) if long else None
    if not isinstance(source.data, Sheet) or source.lead:
        return None
    sheet = _Cells(source, source.data, width, f"sheet_{number}")
    return sheet if sheet.rows >= MANY else None


class _Text:
    def __init__(self, source: DelimitedSource, width: int) -> None:
        self._source = source
        self._given = raw.column_names(width)
        self.rows = source.lines or 0
        self.blank = source.blank_tail

    def sample(self, session: Session, name: str) -> None:
        """Whole lines from places all over the file."""
        source = self._source
        assert source.space is not None
        target = source.space.new_file()
        with source.path.open("rb") as file, target.open("wb") as out:
            for _ in range(source.skip):
                file.readline()
            start = file.tell()
            step = max((source.path.stat().st_size - start) // _PLACES, _SLICE)
            for place in range(_PLACES):
                file.seek(start + place * step)
                if place:
                    file.readline()
                piece = file.read(_SLICE)
                out.write(piece[: piece.rfind(b"\n") + 1])
        rows, params = raw.csv_rows(source, self._given, path=target)
        session.con.execute(f"CREATE TABLE {name} AS SELECT * FROM {rows}", params)

    def all(self, session: Session) -> tuple[str, dict[str, Any]]:
        del session
        return raw.csv_rows(self._source, self._given)

    def release(self, session: Session) -> None:
        del session


class _Cells:
    blank = 0

    def __init__(self, source: ArrowSource, sheet: Sheet, width: int, name: str) -> None:
        self._first = source.skip
        self._sheet = sheet
        self._given = raw.column_names(width)
        self._name = name
        rest = sheet.height - source.skip
        self.rows = rest if source.take is None else min(rest, source.take)

    def sample(self, session: Session, name: str) -> None:
        """Some rows from each of the places."""
        cells: list[list[str]] = []
        for place in range(_PLACES):
            at = self._first + place * (self.rows // _PLACES)
            cells += self._sheet.rows(at, at + _ROWS)
        names = self._given
        session.con.execute(f"CREATE TABLE {name} ({', '.join(f'{n} VARCHAR' for n in names)})")
        session.fill(name, {n: [row[i] or None for row in cells] for i, n in enumerate(names)})

    def all(self, session: Session) -> tuple[str, dict[str, Any]]:
        session.con.register(self._name, self._sheet)
        picked = ", ".join(f"#{i} AS {name}" for i, name in enumerate(self._given, start=1))
        rows = f"(SELECT {picked} FROM {self._name} LIMIT {self.rows} OFFSET {self._first})"
        return rows, {}

    def release(self, session: Session) -> None:
        session.con.unregister(self._name)
