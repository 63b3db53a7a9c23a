"""The throw-away DuckDB database of one audit, and the way SQL files are run in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

_SQL = Path(__file__).with_name("sql")
_NO_OUTSIDE = (
    "enable_external_access = false",
    "autoload_known_extensions = false",
    "autoinstall_known_extensions = false",
    "allow_community_extensions = false",
    "python_enable_replacements = false",
    "lock_configuration = true",
)


@cache
def statements(name: str) -> tuple[str, ...]:
    """The statements of one bundled `.sql` file, in order."""
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return tuple(s.strip() for s in re.split(r";\s*(?:\n|$)", text) if s.strip())


class Session:
    """One in-memory database. `lock()` closes it to files, network and settings for good."""

    def __init__(self, *, memory_limit: str = "1GB", spill: Path | None = None) -> None:
        self.con = duckdb.connect(":memory:", config={"memory_limit": memory_limit})
        self.con.execute("SET enable_progress_bar = false")
        if spill is not None:
            self.con.execute(f"SET temp_directory = '{str(spill).replace(chr(39), chr(39) * 2)}'")

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.con.close()

    def lock(self) -> None:
        """From here on nothing that runs can reach outside this database."""
        for setting in _NO_OUTSIDE:
            self.con.execute(f"SET {setting}")

    def run(self, name: str) -> None:
        """Run the statements of a bundled SQL file."""
        for statement in statements(name):
            self.con.execute(statement)

    def execute(self, sql: str, parameters: dict[str, Any]) -> None:
        """Run a statement with those of the named parameters that it uses."""
        self.con.execute(sql, _used(sql, parameters))

    def rows(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query; of named parameters it takes those that it uses."""
        if isinstance(parameters, dict):
            parameters = _used(sql, parameters)
        return self.con.execute(sql, parameters).fetchall()

    def dicts(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        """All rows of a query, each by column name."""
        cursor = self.con.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def columns(self, sql: str) -> dict[str, Any]:
        """The result of a query by column, as numpy arrays, masked where values are missing."""
        return self.con.execute(sql).fetchnumpy()

    def arrays(self, name: str) -> dict[str, Any]:
        """The columns of the one query of a bundled SQL file, each a (masked) numpy array."""
        return self.con.execute(statements(name)[0]).fetchnumpy()

    def value(self, sql: str, parameters: Any = None) -> Any:
        """The first value of the first row; None where there is none."""
        row = self.con.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def fill(self, table: str, columns: dict[str, list[Any]]) -> None:
        """Append columns of equal length to a table, by position."""
        picks = ", ".join(f"unnest(${i})" for i in range(1, len(columns) + 1))
        if next(iter(columns.values()), None):
            self.con.execute(f"INSERT INTO {table} SELECT {picks}", list(columns.values()))


def _used(sql: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
    used = set(re.findall(r"\$([a-z]\w*)", sql))
    return {k: v for k, v in parameters.items() if k in used} or None
