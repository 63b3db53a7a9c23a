"""One table after loading: its rows accounted for, its cells that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crm_audit.engine import canonical
from crm_audit.engine.canonical import Casts
from crm_audit.engine.joins import Join
from crm_audit.engine.raw import RawLoad
from crm_audit.engine.session import Session
from crm_audit.model.deal import TABLES
from crm_audit.readers.raw import Notice, RowIssue
from crm_audit.recognise.plan import TablePlan
from crm_audit.wording import Wording

_SHOWN_BAD_CELLS = 50


@dataclass
class Loaded:
    """One table after loading: its rows accounted for, its cells that could not be read."""

    number: int
    plan: TablePlan
    raw: RawLoad
    imported: int = 0
    merged: int = 0
    used: bool = True
    join: Join | None = None
    casts: Casts | None = None
    bad_cells: list[RowIssue] = field(default_factory=list)
    bad_total: int = 0
    warnings: list[Notice] = field(default_factory=list)

    @property
    def rows_sql(self) -> str:
        """The raw rows as a subquery `r` that also gives each row's number and line in the file."""
        raw = self.raw
        return f"(SELECT *, rowid AS row_no, {raw.line_sql} AS file_line FROM {raw.table}) AS r"


@dataclass
class LoadOptions:
    """What the user settled about values and stages."""

    day_first: bool | None = None
    stages: dict[str, str] = field(default_factory=dict)
    dates: dict[int, date] = field(default_factory=dict)
    as_of: date | None = None
    bad_cells: int | None = _SHOWN_BAD_CELLS
    keep_subjects: bool = False
    optional_stages: frozenset[str] = frozenset()


def unread_fields(session: Session, table: Loaded, names: Sequence[str]) -> set[str]:
    """The fields whose columns have more cells than the field has values (joined rows only)."""
    if not names:
        return set()
    join, mapping = table.join, table.plan.mapping
    inner = table.plan.kind == "stage_events"
    keyed = f" WHERE {join.key_sql} IN (SELECT key FROM deal_keys)" if inner and join else ""
    cells = ", ".join(f"count(c{mapping[name].columns[0]})" for name in names)
    values = ", ".join(f"count({name})" for name in names)
    (held,) = session.rows(f"SELECT {cells} FROM {table.raw.table}{keyed}")
    (read,) = session.rows(
        f"SELECT {values} FROM {table.plan.kind} WHERE table_no = $1", [table.number]
    )
    return {name for name, n, m in zip(names, held, read, strict=True) if n != m}


def note_bad_cells(
    session: Session,
    table: Loaded,
    wording: Wording,
    limit: int | None,
    *,
    unread: set[str] | None = None,
) -> None:
    """List cells that hold something which is not a value of their field.

    `unread` names the fields that have such cells, where that is known already.
    """
    made, kind = table.casts, table.plan.kind
    if made is None:
        return
    most = "" if limit is None else f" LIMIT {limit}"
    silent = {"kind", "direction", "role"} | canonical.UNUSED.get(kind, set())
    typed = {n: c for n, c in made.fields.items() if n not in silent and c.style}
    if unread is not None:
        typed = {n: c for n, c in made.fields.items() if n not in silent and n in unread}
    for name, cast in typed.items():
        match = table.plan.mapping.get(name)
        if match is None:
            continue
        column = f"c{match.columns[0]}"
        rows = session.rows(
            f"SELECT {table.raw.line_sql}, {column}, count(*) OVER () FROM {table.raw.table}"
            f" WHERE {column} IS NOT NULL AND ({cast.filled}) IS NULL"
            f" ORDER BY 1{most}",
            cast.params or None,
        )
        header = table.plan.table.headers[match.columns[0]]
        reason = wording("cell_not_" + _nature(name, table.plan.kind), column=header)
        table.bad_cells += [RowIssue(line, reason, cell) for line, cell, _ in rows]
        table.bad_total += rows[0][2] if rows else 0


def _nature(name: str, kind: str) -> str:
    sql_type = canonical.sql_type(TABLES[kind], name)
    return {"TIMESTAMP": "date", "VARCHAR": "word", "BOOLEAN": "word"}.get(sql_type, "number")
