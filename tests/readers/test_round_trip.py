"""Property: a table that is unambiguous by construction comes back cell for cell, line for line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_audit.readers import delimited

DELIMITERS = (",", ";", "\t", "|")
WIDE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
NARROW = ("cp1251", "koi8-r", "cp866")
# Words as deals have them; the first column is an id, so that every row is a row.
WORDS = st.sampled_from(
    ["Поставка", "Монтаж оборудования", "сервис", "Переговоры", "Иванов Пётр", "offer", "ООО Вега"]
)
ODD = st.sampled_from(
    [
        "a,b",
        "x;y",
        "p|q",
        'say "hi"',
        '"',
        "two\nlines",
        "a\n\nb",
        " padded ",
        "tab\there",
        "'",
        "=1+1",
    ]
)
NUMBERS = st.integers(0, 10**18).map(str)


@dataclass(frozen=True)
class Table:
    headers: list[str]
    rows: list[list[str]]


@st.composite
def tables(draw, odd: bool = True):
    width = draw(st.integers(2, 6))
    headers = [f"Поле {i}" for i in range(width)]
    cell = st.one_of(WORDS, NUMBERS, st.just(""), ODD) if odd else st.one_of(WORDS, NUMBERS)
    count = draw(st.integers(5, 12))
    rows = [
        [str(1000 + i), *draw(st.lists(cell, min_size=width - 1, max_size=width - 1))]
        for i in range(count)
    ]
    return Table(headers, rows)


def written(table: Table, delimiter: str, quoting: int, ending: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    writer.writerow(table.headers)
    writer.writerows(table.rows)
    return out.getvalue()


def expected_lines(table: Table) -> list[int]:
    lines, line = [], 2
    for row in table.rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    return lines


def check(got, table: Table, header_lines: int = 1) -> None:
    assert list(got.table.headers) == table.headers
    assert got.data() == table.rows
    assert got.load.skipped == {"header": header_lines}
    assert got.load.rejects == []
    assert got.load.read == len(table.rows) + header_lines


QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("small", [4 << 20, 400], ids=["parsed here", "read by the engine"])
@QUICK
@given(
    table=tables(),
    delimiter=st.sampled_from(DELIMITERS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(WIDE + NARROW),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_delimited(  # noqa: PLR0917
    load_all, tmp_path, monkeypatch, small, table, delimiter, quoting, encoding, ending
):
    monkeypatch.setattr(delimited, "SMALL", small)
    if small == 400:  # longer than the sample
        table = Table(table.headers, table.rows * 6)
    path = tmp_path / "a.csv"
    path.write_bytes(written(table, delimiter, quoting, ending).encode(encoding))
    (got,) = load_all(path)
    assert got.table.delimiter == delimiter
    check(got, table)
    assert got.lines == expected_lines(table)


@QUICK
@given(table=tables(), top=st.integers(0, 3), left=st.integers(0, 2))
def test_workbook(load_all, tmp_path: Path, table, top, left):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([table.headers, *table.rows]):
            for j, cell in enumerate(row):
                sheet.write_string(top + i, left + j, cell)
    (got,) = load_all(path)
    assert list(got.table.headers) == [""] * left + table.headers
    assert [row[left:] for row in got.data()] == table.rows
    assert got.lines == [top + 2 + i for i in range(len(table.rows))]
    assert got.load.read == len(table.rows) + 1 + top


@QUICK
@given(
    table=tables(odd=False),
    delimiter=st.sampled_from(DELIMITERS),
    noise=st.lists(
        st.tuples(
            st.integers(1, 11),
            st.sampled_from(["blank", "header", "short", "long", "total", "stray quote"]),
        ),
        max_size=4,
    ),
)
def test_every_record_is_accounted_for(load_all, tmp_path, table, delimiter, noise):
    lines = written(table, delimiter, csv.QUOTE_MINIMAL, "\n").splitlines()
    for at, kind in noise:
        row = {
            "blank": "",
            "header": lines[0],
            "short": "77",
            "long": delimiter.join(["78", "x"] * len(table.headers)),
            "total": "Итого" + delimiter * (len(table.headers) - 1),
            "stray quote": delimiter.join(["79", '"open', *["z"] * (len(table.headers) - 2)]),
        }[kind]
        lines.insert(min(at, len(lines)), row)
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (got,) = load_all(path)
    # No cell of these tables holds a line break, so that every line is one record.
    assert got.load.read == len(lines)
    kept = {row[0] for row in got.data()}
    assert {row[0] for row in table.rows} <= kept
    assert sum(kind == "stray quote" for _, kind in noise) == sum(r[0] == "79" for r in got.data())
