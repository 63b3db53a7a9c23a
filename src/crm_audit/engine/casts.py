"""From the text of a column to typed values: one SQL expression a field, decided on all its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_audit import texts
from crm_audit.engine.session import Session
from crm_audit.recognise import values
from crm_audit.recognise.values import DateStyle, NumberStyle, Shape

AMOUNT = "DECIMAL(18, 4)"
_MOST_SHAPES = 5_000
_MOST_WORDS = 20_000


@dataclass(frozen=True)
class Cast:
    """How one field is made: its value and whether it is filled, as SQL over the raw table.

    `filled` is true, false (the cell is empty or holds a word for nothing) or NULL (the cell could
    not be read). `params` are the named parameters of both.
    """

    value: str
    filled: str
    params: dict[str, Any] = field(default_factory=dict)
    style: str = ""
    currency: str | None = None
    ambiguous: bool = False


class Column:
    """One column of a raw table, and the questions that a cast asks it."""

    def __init__(self, session: Session, table: str, index: int) -> None:
        self.session = session
        self.table = table
        self.index = index
        self.sql = f"c{index}"

    def shapes(self) -> list[Shape]:
        """The shapes of all cells with their counts, commonest first."""
        rows = self.session.rows(
            f"SELECT translate(trim({self.sql}), '{values.SHAPE_FROM}', '{values.SHAPE_TO}') AS s,"
            f" count(*) AS n, min(trim({self.sql})) FROM {self.table}"
            f" WHERE {self.sql} IS NOT NULL GROUP BY s ORDER BY n DESC, s LIMIT {_MOST_SHAPES}"
        )
        return [Shape(*row) for row in rows]

    def distinct(self) -> list[str]:
        """The distinct cells."""
        rows = self.session.rows(
            f"SELECT DISTINCT {self.sql} FROM {self.table} WHERE {self.sql} IS NOT NULL"
            f" ORDER BY 1 LIMIT {_MOST_WORDS}"
        )
        return [row[0] for row in rows]


def text(columns: Sequence[Column], *, separator: str = "\n") -> Cast:
    """Text, kept as it is; filled unless it is empty or junk ("-", "n/a", "уточнить")."""
    junk = sorted(texts.fillers())
    longest = max(map(len, junk))
    listed = ", ".join(f"'{word.replace(chr(39), chr(39) * 2)}'" for word in junk)

    def filled(sql: str) -> str:
        return (
            f"CASE WHEN {sql} IS NULL THEN false WHEN length({sql}) > {longest + 2} THEN true"
            f" ELSE lower(trim({sql})) NOT IN ({listed}) END"
        )

    if len(columns) == 1:
        return Cast(columns[0].sql, filled(columns[0].sql))
    joined = ", ".join(c.sql for c in columns)
    value = f"nullif(concat_ws('{separator}', {joined}), '')"
    return Cast(value, "(" + " OR ".join(filled(c.sql) for c in columns) + ")")


def date(column: Column, *, day_first: bool | None = None) -> Cast:
    """A moment without zone, as it was written down."""
    shapes = column.shapes()
    first = second = 0
    if any(re.match(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", s.sample.strip()) for s in shapes):
        part = "try_cast(regexp_extract({0}, '^\\s*(\\d+)[/-](\\d+)', {1}) AS INTEGER)"
        first, second = column.session.rows(
            f"SELECT coalesce(max({part.format(column.sql, 1)}), 0),"
            f" coalesce(max({part.format(column.sql, 2)}), 0) FROM {column.table}"
            f" WHERE regexp_matches({column.sql}, '^\\s*\\d{{1,2}}[/-]')"
        )[0]
    style = values.date_style(shapes, first_max=first, second_max=second, day_first=day_first)
    value = _date_sql(column.sql, style)
    nothing = _word_list(values.words()["no_date"])
    filled = (
        f"CASE WHEN {column.sql} IS NULL THEN false WHEN {value} IS NOT NULL THEN true"
        f" WHEN lower(trim({column.sql})) IN ({nothing}) THEN false END"
    )
    return Cast(value, filled, style=str(style), ambiguous=style.ambiguous)


def _date_sql(sql: str, style: DateStyle) -> str:
    tries: list[str] = []
    cell = f"trim({sql})"
    if style.russian_months:
        for month, number in values.RUSSIAN_MONTHS:
            cell = f"regexp_replace({cell}, '(?i){month}', '{number}')"
        cell = f"regexp_replace({cell}, '(?i)\\s*г(\\.|ода)?(,?)', '\\2')"
    if style.iso or not (style.formats or style.serial or style.epoch):
        tries.append(f"try_cast({cell} AS TIMESTAMP)")
    if style.formats:
        listed = ", ".join(f"'{f.replace(chr(39), chr(39) * 2)}'" for f in style.formats)
        tries.append(f"try_strptime({cell}, [{listed}])")
    if style.serial:
        number = f"try_cast(replace({cell}, ',', '.') AS DOUBLE)"
        tries.append(
            f"CASE WHEN {number} BETWEEN 20000 AND 80000 THEN TIMESTAMP '1899-12-30'"
            f" + to_seconds(round({number} * 86400)) END"
        )
    if style.epoch:
        factor = 1 if style.epoch == "ms" else 1000
        tries.append(f"try_cast(epoch_ms(try_cast({cell} AS BIGINT) * {factor}) AS TIMESTAMP)")
    return tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"


def number(column: Column, sql_type: str, *, comma_decimal: bool | None = None) -> Cast:
    """A number in the column's own style; currency signs are taken off and returned."""
    style = values.number_style(column.shapes(), comma_decimal=comma_decimal)
    value = f"try_cast({_plain_number(column.sql, style)} AS {sql_type})"
    if style.brackets:
        value = f"CASE WHEN {column.sql} LIKE '%(%' THEN -{value} ELSE {value} END"
    nothing = _word_list(values.words()["no_number"])
    filled = (
        f"CASE WHEN {column.sql} IS NULL OR lower(trim({column.sql})) IN ({nothing}) THEN false"
        f" WHEN {value} IS NOT NULL THEN true END"
    )
    codes = set(style.currencies.values())
    return Cast(
        value,
        filled,
        style=str(style),
        currency=codes.pop() if len(codes) == 1 else None,
        ambiguous=style.ambiguous,
    )


def _plain_number(sql: str, style: NumberStyle) -> str:
    cell = f"regexp_replace({sql}, '[^\\d.,()+\\-−–\\s]+\\.?', '', 'g')" if style.regex else sql
    minuses, remove = "−–", style.remove + ("%" if style.percent else "")
    remove += "()" if style.brackets else ""
    decimal = style.decimal or ""
    source = (decimal + minuses + " " + remove).replace("'", "''")
    target = ("." if decimal else "") + "--"
    return f"translate({cell}, '{source}', '{target}')"


def currency_per_row(column: Column) -> tuple[str, dict[str, Any]] | None:
    """Currency read off each cell of an amount column, where cells differ; None where none does."""
    style = values.number_style(column.shapes())
    if len(set(style.currencies.values())) < 2:
        return None
    cases = " ".join(
        f"WHEN contains({column.sql}, $sign{i}) THEN $code{i}"
        for i in range(len(style.currencies))
    )
    params: dict[str, Any] = {}
    for i, (sign, code) in enumerate(style.currencies.items()):
        params |= {f"sign{i}": sign, f"code{i}": code}
    return f"CASE {cases} END", params


def probability(column: Column) -> Cast:
    """A probability from 0 to 1, from `0.9`, `90` or `90 %`, decided for the whole column."""
    cast = number(column, "DOUBLE", comma_decimal=True)
    highest = column.session.value(f"SELECT max({cast.value}) FROM {column.table}") or 0
    divided = f"({cast.value}) / 100" if highest > 1 else f"({cast.value})"
    value = f"CASE WHEN {divided} BETWEEN 0 AND 1 THEN {divided} END"
    filled = f"CASE WHEN ({cast.filled}) AND {value} IS NULL THEN NULL ELSE {cast.filled} END"
    return Cast(value, filled, style=cast.style)


def word(
    column: Column, meaning: Callable[[list[str]], dict[str, Any]], sql_type: str = "VARCHAR"
) -> Cast:
    """A value out of a closed list, by what each distinct cell means."""
    found = meaning(column.distinct())
    keys, meanings = f"k{column.index}", f"m{column.index}"
    value = (
        f"CAST(map(CAST(${keys} AS VARCHAR[]), CAST(${meanings} AS {sql_type}[]))[{column.sql}]"
        f" AS {sql_type})"
    )
    filled = f"CASE WHEN {column.sql} IS NULL THEN false WHEN {value} IS NOT NULL THEN true END"
    return Cast(value, filled, {keys: list(found), meanings: list(found.values())})


def truth(column: Column) -> Cast:
    """Yes or no."""

    def meaning(cells: list[str]) -> dict[str, Any]:
        known = {cell: values.truth(cell) for cell in cells}
        return {cell: value for cell, value in known.items() if value is not None}

    return word(column, meaning, "BOOLEAN")


def _word_list(listed: Sequence[str]) -> str:
    return ", ".join(f"'{w.replace(chr(39), chr(39) * 2)}'" for w in listed)
