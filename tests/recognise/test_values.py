"""How the values of a column are read: numbers and dates in every style, alone and mixed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_audit.engine import casts
from crm_audit.engine.casts import AMOUNT, Column
from crm_audit.engine.session import Session


def _column(session: Session, cells: list[str]) -> Column:
    session.con.execute("CREATE OR REPLACE TABLE raw_0 (c0 VARCHAR)")
    session.fill("raw_0", {"c0": cells})
    return Column(session, "raw_0", 0)


def numbers(cells: list[str], *, comma: bool | None = None) -> list[Decimal | None]:
    with Session() as session:
        cast = casts.number(_column(session, cells), AMOUNT, comma_decimal=comma)
        return [row[0] for row in session.rows(f"SELECT {cast.value} FROM raw_0 ORDER BY rowid")]


def dates(cells: list[str], *, day_first: bool | None = None) -> list[datetime | None]:
    with Session() as session:
        cast = casts.date(_column(session, cells), day_first=day_first)
        return [row[0] for row in session.rows(f"SELECT {cast.value} FROM raw_0 ORDER BY rowid")]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1 234,56", "12,5", "7"], ["1234.56", "12.5", "7"]),
        (["1\u00a0234,56 ₽", "5 ₽"], ["1234.56", "5"]),
        (["$22,700.00", "$5.50"], ["22700", "5.5"]),
        (["1.234,56 €", "99,90 €"], ["1234.56", "99.9"]),
        (["(5)", "−7", "3"], ["-5", "-7", "3"]),
        (["1000.50000000", "2.25000000"], ["1000.5", "2.25"]),
        (["1 234,56 руб.", "10 руб."], ["1234.56", "10"]),
        (["1'234.50", "1'000'000.00"], ["1234.5", "1000000"]),
        # Real numbers of a workbook beside text that people typed.
        (["1000.5", "2000.25", "1 234,56 ₽", "2 234,56 ₽", "6000.25"],
         ["1000.5", "2000.25", "1234.56", "2234.56", "6000.25"]),
        (["1000.5", "2000.25", "9257872.630000001", "1 234,56 ₽"],
         ["1000.5", "2000.25", "9257872.63", "1234.56"]),
        # Words: known ones multiply, a range or a remark is no number.
        (["1,2 млн", "500 тыс. ₽", "300 000"], ["1200000", "500000", "300000"]),
        (["от 500 000 до 700 000 ₽", "100 000 ₽"], [None, "100000"]),
        (["около 5", "10"], [None, "10"]),
        (["1.2m", "3.5k"], ["1200000", "3500"]),
    ],
)  # fmt: skip
def test_numbers(cells: list[str], read: list[str | None]) -> None:
    assert numbers(cells) == [None if n is None else Decimal(n) for n in read]


def test_one_comma_before_three_digits_goes_by_the_language() -> None:
    assert numbers(["1,234", "5,678"], comma=True) == [Decimal("1.234"), Decimal("5.678")]
    assert numbers(["1,234", "5,678"], comma=None) == [Decimal(1234), Decimal(5678)]


_STYLES = {
    "russian": lambda n: f"{n:,.2f}".replace(",", "\u00a0").replace(".", ","),
    "english": lambda n: f"{n:,.2f}",
    "german": lambda n: f"{n:,.2f}".translate(str.maketrans(",.", ".,")),
    "plain": lambda n: f"{n:.2f}",
    "rouble": lambda n: f"{n:,.2f} руб.".replace(",", " ").replace(".", ",", 1),
    "dollar": lambda n: f"${n:,.2f}",
}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.decimals(0, 10**9, places=2), min_size=5, max_size=12),
    st.sampled_from(sorted(_STYLES)),
)
def test_numbers_come_back_in_every_style(amounts: list[Decimal], style: str) -> None:
    written = [_STYLES[style](amount) for amount in amounts]
    assert numbers(written) == amounts


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["05.03.2026 10:15:00", "31.12.2026"], datetime(2026, 3, 5, 10, 15)),
        (["2026-03-05T10:15:00+03:00", "2026-03-06"], datetime(2026, 3, 5, 10, 15)),
        (["15 Apr, 2021 00:02:00", "1 May, 2021 00:00:00"], datetime(2021, 4, 15, 0, 2)),
        (["Apr 3, 2024", "May 12, 2024"], datetime(2024, 4, 3)),
        (["3/15/2024 7:42", "5/2/2024"], datetime(2024, 3, 15, 7, 42)),
        (["25/03/2024", "05/04/2024"], datetime(2024, 3, 25)),
        (["45321", "45322.5"], datetime(2024, 1, 30)),
        (["5 марта 2026 г.", "12 мая 2026"], datetime(2026, 3, 5)),
        (["2026-03-05", "14.06.2026 09:20"], datetime(2026, 3, 5)),
        (["не закрыта", "05.03.2026 10:15:00"], None),
    ],
)
def test_dates(cells: list[str], first: datetime | None) -> None:
    read = dates(cells)
    assert read[0] == first
    assert read[1] is not None


def test_the_user_settles_day_and_month() -> None:
    assert dates(["01/02/2026"], day_first=True) == [datetime(2026, 2, 1)]
    assert dates(["01/02/2026"], day_first=False) == [datetime(2026, 1, 2)]
