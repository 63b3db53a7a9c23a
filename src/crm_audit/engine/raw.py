"""Loads a raw table into DuckDB as text columns, and sets aside the rows that are no data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from crm_audit.readers.raw import (
    ArrowSource,
    DelimitedSource,
    RawTable,
    RowIssue,
)
from crm_audit.readers.rows import CANDIDATE, is_footer, is_total
from crm_audit.wording import Wording

_BLANK = r"[\s\x{a0}\x{2000}-\x{200f}\x{202f}\x{205f}\x{3000}\x{feff}]*"
_ASKED_AT_ONCE = 40
"""Columns that one statement looks at: planning takes longer than linear."""


@dataclass(frozen=True)
class RawLoad:
    """What stands in the database: a table of `width` columns c0, c1, ... that are all text.

    `line_sql` is an expression over the table: the line of a row in the file. `read` is the number
    of records in the file = rows of the table + rejects + the sum of `skipped` (by reason).
    """

    table: str
    width: int
    line_sql: str
    read: int
    skipped: dict[str, int] = field(default_factory=dict)
    rejects: list[RowIssue] = field(default_factory=list)


def load_raw(
    con: duckdb.DuckDBPyConnection,
    table: RawTable,
    name: str,
    wording: Wording,
) -> RawLoad:
    """Create the table `name` with the data rows of `table`, cells untrimmed, NULL where empty.

    Files are read here, so it has to happen before the connection is locked down.
    """
    source = table.source
    if isinstance(source, DelimitedSource):
        table, line_sql = _from_text(con, table, source, name, wording)
    else:
        line_sql = _from_arrow(con, table, source, name)
    return _finish(con, table, name, line_sql)


def _finish(con: duckdb.DuckDBPyConnection, table: RawTable, name: str, line_sql: str) -> RawLoad:
    skipped = dict(table.skipped)
    if not (isinstance(table.source, DelimitedSource) and table.source.numbered):
        _blank_to_null(con, name, len(table.headers))
    rows = _set_aside(con, table, name, skipped)
    skipped = {reason: n for reason, n in skipped.items() if n}
    read = rows + len(table.rejects) + sum(skipped.values())
    return RawLoad(name, len(table.headers), line_sql, read, skipped, list(table.rejects))


def column_names(width: int) -> list[str]:
    """Names of the columns of a raw table."""
    return [f"c{i}" for i in range(width)]


def _from_text(
    con: duckdb.DuckDBPyConnection,
    table: RawTable,
    source: DelimitedSource,
    name: str,
    wording: Wording,
) -> tuple[RawTable, str]:
    width = len(table.headers)
    if source.numbered:
        given = ["line", *column_names(width)]
        _read_csv(con, source, name, given=given, first="line::BIGINT AS line", width=width)
        return table, "line"
    given = [*column_names(width), *(f"extra{i}" for i in range(source.columns - width))]
    for padded in (False, True):
        try:
            _read_csv(con, source, name, given=given, width=width, padded=padded)
        except (duckdb.OutOfMemoryException, duckdb.FatalException):
            raise
        except duckdb.Error:
            continue
        line_sql = _lines(con, table, source, name, given[width:])
        if line_sql is not None:
            blank = table.skipped.get("blank", 0) + source.blank_tail
            return replace(table, skipped={**table.skipped, "blank": blank}), line_sql
    from crm_audit.readers.numbered import numbered

    if source.space is None:
        raise ValueError(f"{table.name} cannot be repaired: it has no workspace")
    repaired = numbered(table, wording, source.space)
    con.execute(f"DROP TABLE IF EXISTS {name}")
    assert isinstance(repaired.source, DelimitedSource)
    return _from_text(con, repaired, repaired.source, name, wording)


def _read_csv(
    con: duckdb.DuckDBPyConnection,
    source: DelimitedSource,
    name: str,
    *,
    given: list[str],
    first: str = "",
    width: int,
    padded: bool = False,
) -> None:
    kept = ", ".join([*([first] if first else []), *column_names(width)])
    rows, params = csv_rows(source, given, padded=padded)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {kept} FROM {rows}", params)


def csv_rows(
    source: DelimitedSource, given: list[str], *, padded: bool = False, path: Path | None = None
) -> tuple[str, dict[str, Any]]:
    """The rows of a delimited file as SQL with parameters: all text, the columns named `given`.

    `path` is read instead of the file of the source: some of its rows, without what it skips.
    """
    sql = (
        "read_csv($path, delim = $delim, quote = $quote, escape = $quote, skip = $skip,"
        " columns = $columns, header = false, auto_detect = false, strict_mode = true,"
        " null_padding = $padded, max_line_size = $size)"
    )
    return sql, {
        "path": str(path or source.path),
        "delim": source.dialect.delimiter,
        "quote": source.dialect.quote,
        "skip": 0 if path else source.skip,
        "columns": dict.fromkeys(given, "VARCHAR"),
        "padded": padded,
        "size": source.size,
    }


def _lines(
    con: duckdb.DuckDBPyConnection,
    table: RawTable,
    source: DelimitedSource,
    name: str,
    extra: list[str],
) -> str | None:
    """The line of each row, or None where the rows do not account for every line of the file."""
    (rows,) = con.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
    if rows == source.lines:
        return f"(rowid + {table.first_line})"
    breaks = " + ".join(
        f"coalesce(length({c}) - length(replace({c}, chr(10), '')), 0)"
        for c in column_names(len(table.headers))
    )
    (inner,) = con.execute(f"SELECT sum({breaks}) FROM {name}").fetchone() or (0,)
    if extra or rows + (inner or 0) != source.lines:
        return None
    con.execute(f"ALTER TABLE {name} ADD COLUMN line BIGINT")
    con.execute(
        f"UPDATE {name} SET line = numbers.line FROM (SELECT rowid AS row_id, rowid + "
        f"{table.first_line} + coalesce(sum({breaks}) OVER (ORDER BY rowid ROWS BETWEEN "
        f"UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS line FROM {name}) AS numbers "
        f"WHERE {name}.rowid = numbers.row_id"
    )
    return "line"


def _from_arrow(
    con: duckdb.DuckDBPyConnection, table: RawTable, source: ArrowSource, name: str
) -> str:
    width = len(table.headers)
    if source.data is None:
        con.execute(f"CREATE OR REPLACE TABLE {name} (c0 VARCHAR)")
        return "0"
    relation = con.from_arrow(source.data)
    kept = ", ".join(
        [
            *(f"NULL::VARCHAR AS c{i}" for i in range(source.lead)),
            *(f"#{i + 1} AS c{i + source.lead}" for i in range(width - source.lead)),
        ]
    )
    if source.skip or source.take is not None:
        relation = relation.limit(1 << 62 if source.take is None else source.take, source.skip)
    con.execute(f"DROP TABLE IF EXISTS {name}")
    relation.project(kept).create(name)
    return f"(rowid + {table.first_line})"


def _blank_to_null(con: duckdb.DuckDBPyConnection, name: str, width: int) -> None:
    """White space alone is an empty cell. Only columns that hold some are touched.

    Each column is asked by itself: the least and the greatest cell of each block of rows, which
    the database keeps, answer for nearly all of them.
    """
    columns = column_names(width)
    for at in range(0, width, _ASKED_AT_ONCE):
        asked = " UNION ALL ".join(
            f"SELECT '{c}' FROM (SELECT count(*) AS n FROM {name} WHERE {starts_blank(c)})"
            " WHERE n > 0"
            for c in columns[at : at + _ASKED_AT_ONCE]
        )
        for (column,) in con.execute(asked).fetchall():
            con.execute(
                f"UPDATE {name} SET {column} = NULL WHERE {starts_blank(column)} "
                f"AND regexp_full_match({column}, $blank)",
                {"blank": _BLANK},
            )


def starts_blank(column: str) -> str:
    """Comparisons of prefixes: a space or a control, the odd space of Latin-1, the wider signs."""
    return (
        f"({column} < '!' OR ({column} >= chr(160) AND {column} < chr(161)) "
        f"OR {column} >= chr(8192))"
    )


def _set_aside(
    con: duckdb.DuckDBPyConnection, table: RawTable, name: str, skipped: dict[str, int]
) -> int:
    """Delete rows that are blank, repeat the header, or are totals or footers; the rows that stay.

    Counts each in `skipped`. The first column alone tells of most tables that they have none.
    """
    headers = table.headers
    columns = column_names(len(headers))
    headed = table.header_row is not None and any(h.strip() for h in headers)
    first = f"coalesce({', '.join([*columns, 'NULL'])})"
    named = next((c for c, h in zip(columns, headers, strict=True) if h.strip()), "c0")
    rows, without, repeats, words = con.execute(
        f"SELECT count(*), count(*) - count(c0),"
        f" count(*) FILTER (WHERE trim({named}) = trim($header)),"
        f" count(*) FILTER (WHERE regexp_matches(c0, $words)) FROM {name}",
        {"header": headers[columns.index(named)] if headed else "", "words": CANDIDATE},
    ).fetchone() or (0, 0, 0, 0)
    if not headers:
        return int(rows)
    found = dict.fromkeys(("blank", "repeated_header", "total", "footer"), 0)
    if without:
        found["blank"] = _delete(con, name, f"c0 IS NULL AND {first} IS NULL")
    if headed and repeats:
        same = " AND ".join(f"coalesce(trim({c}), '') = trim(${c})" for c in columns)
        values = dict(zip(columns, headers, strict=True))
        found["repeated_header"] = _delete(con, name, same, values)
    if words or without > found["blank"]:
        found |= _totals(con, name, columns, first)
    for reason, n in found.items():
        skipped[reason] = skipped.get(reason, 0) + n
    return int(rows) - sum(found.values())


def _totals(
    con: duckdb.DuckDBPyConnection, name: str, columns: list[str], first: str
) -> dict[str, int]:
    """Delete rows that are totals or footers and count each."""
    doomed: dict[str, list[int]] = {"total": [], "footer": []}
    usual: list[bool] | None = None
    for row_id, *cells in con.execute(
        f"SELECT rowid, {', '.join(columns)} FROM {name} "
        f"WHERE regexp_matches({first}, $words) ORDER BY rowid DESC LIMIT 10000",
        {"words": CANDIDATE},
    ).fetchall():
        if usual is None:
            usual = _usual(con, name, columns, first)
        if is_total(cells, usual):
            doomed["total"].append(row_id)
        elif is_footer(cells, len(columns)):
            doomed["footer"].append(row_id)
    for ids in doomed.values():
        if ids:
            con.execute(f"DELETE FROM {name} WHERE rowid IN (SELECT unnest($ids))", {"ids": ids})
    return {reason: len(ids) for reason, ids in doomed.items()}


def _usual(con: duckdb.DuckDBPyConnection, name: str, columns: list[str], first: str) -> list[bool]:
    """Which columns are filled in at least two of three rows that do not look like totals."""
    counts = con.execute(
        f"SELECT count(*), {', '.join(f'count({c})' for c in columns)} FROM {name} "
        f"WHERE NOT regexp_matches({first}, $words)",
        {"words": CANDIDATE},
    ).fetchone() or (0,)
    return [3 * n >= 2 * counts[0] for n in counts[1:]]


def _delete(
    con: duckdb.DuckDBPyConnection, name: str, where: str, values: dict[str, str] | None = None
) -> int:
    (n,) = con.execute(f"SELECT count(*) FROM {name} WHERE {where}", values).fetchone() or (0,)
    if n:
        con.execute(f"DELETE FROM {name} WHERE {where}", values)
    return int(n)
