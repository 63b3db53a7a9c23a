"""From the text of a column to typed values: one SQL expression a field, proven on all cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from crm_audit.engine.column import Column, nothing_words, says
from crm_audit.recognise import values
from crm_audit.recognise.values import DateStyle, NumberStyle

AMOUNT = "DECIMAL(18, 4)"
_VALUE = "«value»"
_FEW_SIGNS = 4
"""Up to so many signs are taken out of a number one by one: chosen, exports have two or three."""


@dataclass(frozen=True)
class Cast:
    """How one field is made: its value and whether it is filled, as SQL over the raw table.

    `filled` is true, false (the cell is empty or holds a word for nothing) or NULL (the cell could
    not be read); `told` is its SQL with a mark in place of the value. `params` are the named
    parameters of both. `doubt`, with parameters of its own, is true of cells for which what was
    decided does not provide.
    """

    value: str
    told: str
    params: dict[str, Any] = field(default_factory=dict)
    style: str = ""
    doubt: str = "false"
    doubt_params: dict[str, Any] = field(default_factory=dict)
    currency: str | None = None
    signs: dict[str, str] = field(default_factory=dict)
    ambiguous: bool = False

    @property
    def filled(self) -> str:
        """Whether the field is filled, as SQL over the raw table."""
        return self.filled_by(f"({self.value})")

    def filled_by(self, value: str) -> str:
        """The same where the value stands in a column `value` already: it is not made twice."""
        return self.told.replace(_VALUE, value)


def text(columns: Sequence[Column], *, separator: str = "\n", fill: bool = True) -> Cast:
    """Text, kept as it is; filled unless it is empty or junk ("-", "n/a", "уточнить").

    Without `fill` nobody will ask whether it is filled, and its junk is not looked for.
    """
    params: dict[str, Any] = {}
    filled: list[str] = []
    for column in columns:
        junk = column.junk() if fill else []
        if junk:
            params[f"j{column.index}"] = junk
            told = f"NOT list_contains(CAST($j{column.index} AS VARCHAR[]), {column.sql})"
            filled.append(f"({column.sql} IS NOT NULL AND {told})")
        else:
            filled.append(f"({column.sql} IS NOT NULL)")
    if len(columns) == 1:
        return Cast(columns[0].sql, filled[0], params)
    joined = ", ".join(c.sql for c in columns)
    value = f"nullif(concat_ws('{separator}', {joined}), '')"
    return Cast(value, "(" + " OR ".join(filled) + ")", params)


def date(column: Column, *, day_first: bool | None = None, trusting: bool = False) -> Cast:
    """A moment without zone, as it was written down.

    The style is decided on a sample and holds if it reads every cell; else on all cells.
    `trusting` leaves that proof to the caller, who counts the values after loading.
    """
    style = _date_style(column, day_first, of_all=False)
    value = _date_sql(column.sql, style)
    if not trusting and column.unread(value, "no_date"):
        style = _date_style(column, day_first, of_all=True)
        value = _date_sql(f"trim({column.sql})", style)
    told, params = _told(column, "no_date"), nothing_words("no_date")
    seen = style.iso or style.formats or style.serial or style.epoch
    unseen = "false" if seen else f"{column.sql} IS NOT NULL"
    return Cast(value, told, params, style=str(style), doubt=unseen, ambiguous=style.ambiguous)


def _told(column: Column, nothing: str) -> str:
    """Filled where there is a value, not filled where the cell is empty or says nothing."""
    return (
        f"CASE WHEN {_VALUE} IS NOT NULL THEN true WHEN {column.sql} IS NULL THEN false"
        f" WHEN {says(column.sql, nothing)} THEN false END"
    )


def _date_style(column: Column, day_first: bool | None, *, of_all: bool) -> DateStyle:
    shapes = column.shapes(of_all=of_all)
    first = second = 0
    if any(re.match(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", s.sample.strip()) for s in shapes):
        part = "try_cast(regexp_extract({0}, '^\\s*(\\d+)[/-](\\d+)', {1}) AS INTEGER)"
        first, second = column.session.rows(
            f"SELECT coalesce(max({part.format(column.sql, 1)}), 0),"
            f" coalesce(max({part.format(column.sql, 2)}), 0) FROM {column.table}"
            f" WHERE regexp_matches({column.sql}, '^\\s*\\d{{1,2}}[/-]')"
        )[0]
    return values.date_style(shapes, first_max=first, second_max=second, day_first=day_first)


def _date_sql(cell: str, style: DateStyle) -> str:
    tries: list[str] = []
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
        digits = 13 if style.epoch == "ms" else 10
        tries.append(
            f"CASE WHEN length({cell}) = {digits}"
            f" THEN try_cast(epoch_ms(try_cast({cell} AS BIGINT) * {factor}) AS TIMESTAMP) END"
        )
    moment = tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"
    years = "BETWEEN TIMESTAMP '1000-01-01' AND TIMESTAMP '9999-12-30'"
    return f"CASE WHEN {moment} {years} THEN {moment} END"


def number(
    column: Column,
    sql_type: str,
    *,
    comma_decimal: bool | None = None,
    trusting: bool = False,
) -> Cast:
    """A number in the column's own style; currency signs are taken off and returned.

    A style decided on a sample must hold for every cell. Where cells differ (real numbers beside
    `1 234,56 ₽`, words, two decimal marks) each is read by itself, and what is no number stays
    unread. `trusting` leaves the count of unread cells to the caller.
    """
    shapes = column.shapes(of_all=False)
    style = values.number_style(shapes, comma_decimal=comma_decimal)
    value = _number_sql(column.sql, style, sql_type)
    contrary = _contrary(column.sql, style) if shapes else f"{column.sql} IS NOT NULL"
    uneven = style.careful or bool(
        column.contrary(contrary) if trusting else column.unread(value, "no_number", contrary)
    )
    if uneven:
        style = values.number_style(column.shapes(of_all=True), comma_decimal=comma_decimal)
        value, contrary = _careful_number(column.sql, style, sql_type), "true"
    codes = set(style.currencies.values())
    return Cast(
        value,
        _told(column, "no_number"),
        nothing_words("no_number"),
        style=str(style),
        doubt=contrary,
        currency=codes.pop() if len(codes) == 1 else None,
        signs=style.currencies if len(codes) > 1 else {},
        ambiguous=style.ambiguous,
    )


def _careful_number(sql: str, style: NumberStyle, sql_type: str) -> str:
    """Each cell by itself: of two marks the later is decimal; a single one but before thousands.

    Before exactly three digits a single mark is what it is in the rest of the column. Only known
    currencies and scales may stand around the number.
    """
    cell = f"lower(trim({sql}))"
    if around := sorted((*style.currencies, *style.scales), key=lambda w: (-len(w), w)):
        words = "|".join(re.escape(w.lower()).replace("'", "''") for w in around)
        ends = f"^(?:(?:{words})\\.?\\s*)+|(?:\\s*(?:{words})\\.?)+$"
        cell = f"regexp_replace({cell}, '{ends}', '', 'g')"
    number = "[-−–(]?\\s*\\d[\\d\\s\\x{a0}\\x{202f}''’.,]*\\)?\\s*%?"
    bare = f"translate({cell}, '−– \u00a0\u202f''’()%\t', '--')"
    commas = f"(length({bare}) - length(replace({bare}, ',', '')))"
    dots = f"(length({bare}) - length(replace({bare}, '.', '')))"

    def single(mark: str, count: str) -> str:
        thousands = f"regexp_matches({bare}, '[{mark}]\\d{{3}}$')"
        decimal = "true" if style.decimal == mark else f"NOT {thousands}"
        point, nothing = (f"replace({bare}, '{mark}', '{by}')" for by in (".", ""))
        return f"CASE WHEN {count} = 1 AND {decimal} THEN {point} ELSE {nothing} END"

    plain = (
        f"CASE WHEN {commas} = 0 AND {dots} = 0 THEN {bare}"
        f" WHEN {dots} = 0 THEN {single(',', commas)} WHEN {commas} = 0 THEN {single('.', dots)}"
        f" WHEN strpos({bare}, '.') < strpos({bare}, ',')"
        f" THEN replace(replace({bare}, '.', ''), ',', '.') ELSE replace({bare}, ',', '') END"
    )
    sound = f"regexp_full_match({cell}, '{number}')"
    value = f"CASE WHEN {sound} THEN try_cast({plain} AS {sql_type}) END"
    if style.brackets:
        value = f"(CASE WHEN {sql} LIKE '%(%' THEN -1 ELSE 1 END * {value})"
    if style.scales:
        cases = " ".join(
            f"WHEN regexp_matches(lower({sql}), '\\d\\s*{re.escape(w)}(\\W|$)') THEN {n}"
            for w, n in sorted(style.scales.items(), key=lambda item: (-len(item[0]), item[0]))
        )
        value = f"(CAST({value} AS DECIMAL(28, 4)) * CASE {cases} ELSE 1 END)"
    return f"try_cast({value} AS {sql_type})"


def scaled(cast: Cast, scale: int | Decimal) -> Cast:
    """The same number in units: `Сумма, тыс. руб.` is written in thousands, `cents` in parts."""
    if scale == 1:
        return cast
    factor = f"* {int(scale)}" if scale > 1 else f"/ {int(1 / scale)}"
    value = f"try_cast(CAST({cast.value} AS DECIMAL(38, 4)) {factor} AS {AMOUNT})"
    told = f"CASE WHEN {_VALUE} IS NOT NULL THEN true WHEN NOT ({cast.filled}) THEN false END"
    return replace(cast, value=value, told=told)


def _contrary(sql: str, style: NumberStyle) -> str:
    """Cells that the style of the sample would misread.

    They have a mark that the sample did not have, the marks the other way round, or a mark of
    thousands that does not stand before three digits.
    """
    marks = [f"contains({sql}, '{mark}')" for mark in ",." if mark not in style.marks]
    marks += [
        f"regexp_matches({sql}, '[{mark}](\\d{{0,2}}(\\D|$)|\\d{{4}})')"
        for mark in style.marks
        if mark != style.decimal
    ]
    other = "." if style.decimal == "," else ","
    if style.decimal is not None and other in style.marks:
        marks.append(
            f"strpos({sql}, '{style.decimal}') > 0"
            f" AND strpos({sql}, '{other}') > strpos({sql}, '{style.decimal}')"
        )
    return " OR ".join(f"({m})" for m in marks) or "false"


def _number_sql(sql: str, style: NumberStyle, sql_type: str) -> str:
    value = f"try_cast({_plain_number(sql, style)} AS {sql_type})"
    if len(style.remove) <= _FEW_SIGNS and not (style.percent or style.brackets):
        # The signs of the sample, one by one: twice as fast as any sign that may be there.
        plain = sql
        for sign in style.remove:
            plain = f"replace({plain}, '{sign.replace(chr(39), chr(39) * 2)}', '')"
        plain = f"replace({plain}, '{style.decimal}', '.')" if style.decimal == "," else plain
        value = f"coalesce(try_cast({plain} AS {sql_type}), {value})"
    if style.brackets:
        return f"CASE WHEN {sql} LIKE '%(%' THEN -{value} ELSE {value} END"
    return value


def _plain_number(sql: str, style: NumberStyle) -> str:
    minuses, remove = "−–", style.remove + ("%" if style.percent else "")
    remove += "()" if style.brackets else ""
    decimal = style.decimal or ""
    source = (decimal + minuses + " " + remove).replace("'", "''")
    target = ("." if decimal else "") + "--"
    return f"translate({sql}, '{source}', '{target}')"


def chosen(value: str, params: dict[str, Any], own: Cast | None) -> Cast:
    """A value that is filled where there is one; `own` is the cast of its own column."""
    made = Cast(value, f"({_VALUE} IS NOT NULL)", params)
    return replace(made, doubt=own.doubt, doubt_params=own.doubt_params) if own else made


def currency_per_row(column: Column, signs: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Currency read off each cell of an amount column whose cells have different signs."""
    cases = " ".join(
        f"WHEN contains({column.sql}, $sign{i}) THEN $code{i}" for i in range(len(signs))
    )
    params: dict[str, Any] = {}
    for i, (sign, code) in enumerate(signs.items()):
        params |= {f"sign{i}": sign, f"code{i}": code}
    return f"CASE {cases} END", params


def probability(column: Column) -> Cast:
    """A probability from 0 to 1, from `0.9`, `90` or `90 %`, decided for the whole column."""
    cast = number(column, "DOUBLE", comma_decimal=True)
    highest = column.session.value(f"SELECT max({cast.value}) FROM {column.table}") or 0
    divided = f"({cast.value}) / 100" if highest > 1 else f"({cast.value})"
    value = f"CASE WHEN {divided} BETWEEN 0 AND 1 THEN {divided} END"
    told = f"CASE WHEN {_VALUE} IS NOT NULL THEN true WHEN NOT ({cast.filled}) THEN false END"
    return Cast(value, told, cast.params, style=cast.style, doubt=cast.doubt)


def word(
    column: Column, meaning: Callable[[list[str]], dict[str, Any]], sql_type: str = "VARCHAR"
) -> Cast:
    """A value out of a closed list, by what each distinct cell means."""
    cells = column.distinct()
    found = meaning(cells)
    keys, meanings = f"k{column.index}", f"m{column.index}"
    value = (
        f"CAST(map(CAST(${keys} AS VARCHAR[]), CAST(${meanings} AS {sql_type}[]))[{column.sql}]"
        f" AS {sql_type})"
    )
    told = f"CASE WHEN {column.sql} IS NULL THEN false WHEN {_VALUE} IS NOT NULL THEN true END"
    seen = f"s{column.index}"
    return Cast(
        value,
        told,
        {keys: list(found), meanings: list(found.values())},
        doubt=f"NOT list_contains(CAST(${seen} AS VARCHAR[]), {column.sql})",
        doubt_params={seen: cells},
    )


def truth(column: Column) -> Cast:
    """Yes or no."""

    def meaning(cells: list[str]) -> dict[str, Any]:
        known = {cell: values.truth(cell) for cell in cells}
        return {cell: value for cell, value in known.items() if value is not None}

    return word(column, meaning, "BOOLEAN")
