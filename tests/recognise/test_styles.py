"""Property: dates, amounts and chances come back equal from any file, in any style of the list.

Tables are unambiguous by construction: where day and month are written as figures, a day above 12
stands somewhere in the column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm_audit import readers
from crm_audit.engine import casts
from crm_audit.engine.casts import AMOUNT, Column
from crm_audit.engine.raw import load_raw
from crm_audit.engine.session import Session
from crm_audit.readers.raw import ReadOptions
from crm_audit.wording import Wording

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RUSSIAN = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)

MINUTES: dict[str, Callable[[datetime], str]] = {
    "dotted": lambda d: f"{d:%d.%m.%Y %H:%M}",
    "slashed, day first": lambda d: f"{d:%d/%m/%Y %H:%M}",
    "slashed, month first": lambda d: f"{d.month}/{d.day}/{d.year} {d:%H:%M}",
}
SECONDS: dict[str, Callable[[datetime], str]] = {
    "dotted": lambda d: f"{d:%d.%m.%Y %H:%M:%S}",
    "iso": lambda d: f"{d:%Y-%m-%d %H:%M:%S}",
    "iso, T": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}",
    "iso, zone": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}+03:00",
    "iso, Z": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}Z",
    "15 Apr, 2021": lambda d: f"{d.day} {ENGLISH[d.month - 1]}, {d.year} {d:%H:%M:%S}",
}
DAYS: dict[str, Callable[[datetime], str]] = {
    "dotted": lambda d: f"{d:%d.%m.%Y}",
    "dotted, short year": lambda d: f"{d:%d.%m.%y}",
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "Apr 3, 2024": lambda d: f"{ENGLISH[d.month - 1]} {d.day}, {d.year}",
    "3 апреля 2024 г.": lambda d: f"{d.day} {RUSSIAN[d.month - 1]} {d.year} г.",
    "month first": lambda d: f"{d.month}/{d.day}/{d.year}",
    "day first": lambda d: f"{d.day}/{d.month}/{d.year}",
    "serial": lambda d: str((d.date() - date(1899, 12, 30)).days),
}
STYLES = {
    **{f"minutes: {n}": (lambda d: d.replace(second=0), w) for n, w in MINUTES.items()},
    **{f"seconds: {n}": (lambda d: d, w) for n, w in SECONDS.items()},
    **{f"days: {n}": (lambda d: datetime(d.year, d.month, d.day), w) for n, w in DAYS.items()},
}
NO_DATE = ("", "не закрыта", "—", "N/A")
AMOUNTS: dict[str, Callable[[Decimal], str]] = {
    "1 234,56 ₽": lambda n: f"{n:,.2f} ₽".replace(",", " ").replace(".", ","),
    "$22,700.00": lambda n: f"${n:,.2f}",
    "1.234,56 €": lambda n: f"{n:,.2f} €".translate(str.maketrans(",.", ".,")),
    "(5)": lambda n: f"({-n:.2f})" if n < 0 else f"{n:.2f}",
    "eight decimals": lambda n: f"{n:.8f}",
}
CHANCES: dict[str, Callable[[int], str]] = {
    "0.9": lambda n: f"{n / 100:g}",
    "90": str,
    "20%": lambda n: f"{n}%",
    "20 %": lambda n: f"{n} %",
}

moments = st.datetimes(datetime(2001, 1, 1), datetime(2039, 12, 31)).map(
    lambda d: d.replace(microsecond=0)
)
QUICK = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def columns(draw: Any) -> tuple[list[datetime | None], list[Decimal], list[int]]:
    count = draw(st.integers(5, 12))
    whens = draw(st.lists(st.one_of(moments, st.none()), min_size=count, max_size=count))
    whens[0] = draw(moments).replace(day=draw(st.integers(13, 28)))
    sums = st.decimals(-(10**9), 10**9, places=2).map(lambda n: n + 0)
    amounts = draw(st.lists(sums, min_size=count, max_size=count))
    chances = draw(st.lists(st.integers(2, 99), min_size=count, max_size=count))
    return whens, amounts, chances


def read_back(path: Path) -> tuple[list[datetime | None], list[Decimal], list[Decimal]]:
    wording = Wording("en")
    with readers.Workspace() as space, Session() as session:
        (table,) = readers.read([path], ReadOptions(), wording, space)
        load_raw(session.con, table, "raw_0", wording)
        when = casts.date(Column(session, "raw_0", 1))
        amount = casts.number(Column(session, "raw_0", 2), AMOUNT)
        chance = casts.probability(Column(session, "raw_0", 3))
        rows = session.rows(
            f"SELECT {when.value}, {amount.value}, {chance.value} FROM raw_0 ORDER BY rowid"
        )
    return [r[0] for r in rows], [r[1] for r in rows], [Decimal(str(r[2])) for r in rows]


HEADERS = ["ID", "Создана", "Сумма", "Вероятность"]


@pytest.mark.parametrize("style", sorted(STYLES))
@QUICK
@given(
    table=columns(),
    sums=st.sampled_from(sorted(AMOUNTS)),
    chance=st.sampled_from(sorted(CHANCES)),
    nothing=st.sampled_from(NO_DATE),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
)
def test_text(tmp_path, style, table, sums, chance, nothing, delimiter, encoding):  # noqa: PLR0917
    whens, amounts, chances = table
    kept, written = STYLES[style]
    if encoding == "cp1251" and "₽" in sums:
        sums = "1.234,56 €"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(HEADERS)
    for i, (when, amount, percent) in enumerate(zip(whens, amounts, chances, strict=True)):
        cell = nothing if when is None else written(when)
        writer.writerow([1001 + i, cell, AMOUNTS[sums](amount), CHANCES[chance](percent)])
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    assert read_back(path) == (
        [None if w is None else kept(w) for w in whens],
        amounts,
        [Decimal(n) / 100 for n in chances],
    )


@QUICK
@given(table=columns(), other=st.sampled_from(["days: iso", "days: Apr 3, 2024", "days: serial"]))
def test_two_formats_in_one_column(tmp_path, table, other):
    whens, amounts, chances = table
    path = tmp_path / "a.csv"
    expected = []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        for i, when in enumerate(whens):
            kept, written = STYLES[other if i % 2 else "minutes: dotted"]
            expected.append(None if when is None else kept(when))
            cell = "" if when is None else written(when)
            writer.writerow([1001 + i, cell, f"{amounts[i]}", f"{chances[i]}%"])
    assert read_back(path)[0] == expected


@pytest.mark.parametrize("from_1904", [False, True])
@QUICK
@given(table=columns())
def test_workbook(tmp_path, from_1904, table):
    whens, amounts, chances = table
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": from_1904}) as book:
        sheet = book.add_worksheet()
        shown = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        sheet.write_row(0, 0, HEADERS)
        for i, (when, amount, percent) in enumerate(zip(whens, amounts, chances, strict=True), 1):
            sheet.write_number(i, 0, 1000 + i)
            if when is not None:
                sheet.write_datetime(i, 1, when, shown)
            else:
                sheet.write_string(i, 1, "не закрыта")
            sheet.write_number(i, 2, float(amount))
            sheet.write_number(i, 3, percent / 100)
    assert read_back(path) == (whens, amounts, [Decimal(n) / 100 for n in chances])
