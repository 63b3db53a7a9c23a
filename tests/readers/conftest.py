"""What the tests of the readers share: read a file and load it, and see every figure of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from sheets_of import written

from crm_audit import readers
from crm_audit.engine.raw import RawLoad, load_raw
from crm_audit.readers.raw import RawTable, ReadOptions
from crm_audit.wording import Wording


@dataclass(frozen=True)
class Loaded:
    """One table as the reader gave it and as it stands in the database."""

    table: RawTable
    load: RawLoad
    rows: list[tuple[str | None, ...]]
    lines: list[int]

    @property
    def notices(self) -> list[str]:
        return [notice.code.removeprefix("readers_") for notice in self.table.warnings]

    def data(self) -> list[list[str]]:
        return [["" if cell is None else cell for cell in row] for row in self.rows]


@pytest.fixture(scope="session")
def load_all() -> Callable[..., list[Loaded]]:
    """`load_all(source)` reads a file or a frame and loads every table of it."""
    return _load_all


def _load_all(source: object, options: ReadOptions | None = None) -> list[Loaded]:
    """Every table of a file, loaded; checks on the way that no record is unaccounted for."""
    wording = Wording("en")
    with readers.Workspace() as space:
        tables = readers.read([source], options or ReadOptions(), wording, space)
        found = []
        for table in tables:
            with duckdb.connect() as con:
                load = load_raw(con, table, "raw", wording)
                names = ", ".join(f"c{i}" for i in range(load.width)) or "c0"
                got = con.execute(f"SELECT {load.line_sql}, {names} FROM raw ORDER BY rowid")
                rows = got.fetchall()
            assert load.read == len(rows) + len(load.rejects) + sum(load.skipped.values())
            found.append(Loaded(table, load, [r[1:] for r in rows], [r[0] for r in rows]))
        return found


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Callable[..., Loaded]]:
    """`load("name.csv", content)` writes the file and gives its one table."""

    def run(name: str, content: str | bytes, options: ReadOptions | None = None) -> Loaded:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (only,) = _load_all(path, options)
        return only

    yield run


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Loaded]]:
    """`read((rows, top, left), ...)` writes one sheet of XLSX and gives the tables found in it."""

    def run(*placed: object, options: ReadOptions | None = None) -> list[Loaded]:
        return _load_all(written(tmp_path / "a.xlsx", *placed), options)

    return run
