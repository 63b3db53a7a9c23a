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
from crm_audit.readers.raw import ReadOptions

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


@st.composite
def stacks(draw):
    """Two or three tables with other names each, one under another between blank rows."""
    parts, lines, line = [], [], 1
    for number in range(draw(st.integers(2, 3))):
        table = draw(tables(odd=False))
        table = Table([f"{h} {'abc'[number]}" for h in table.headers], table.rows)
        blank = draw(st.integers(1, 2)) if number else 0
        title = draw(st.booleans())
        parts.append((blank, title, table))
        line += blank + title
        lines.append([line + 1 + i for i in range(len(table.rows))])
        line += 1 + len(table.rows)
    return parts, lines


@QUICK
@given(
    stack=stacks(),
    delimiter=st.sampled_from(DELIMITERS),
    encoding=st.sampled_from(WIDE + NARROW),
    padded=st.booleans(),
)
def test_stacked_tables(  # noqa: PLR0917
    load_all, tmp_path, stack, delimiter, encoding, padded
):
    parts, lines = stack
    width = max(len(table.headers) for _, _, table in parts)
    rows: list[list[str]] = []
    for blank, title, table in parts:
        rows += [[] for _ in range(blank)] + [["Раздел"]] * title + [table.headers, *table.rows]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        [*row, *[""] * (width - len(row))] if padded else row for row in rows
    )
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    got = load_all(path)
    assert [list(one.table.headers) for one in got] == [table.headers for _, _, table in parts]
    assert [one.data() for one in got] == [table.rows for _, _, table in parts]
    assert [one.lines for one in got] == lines
    assert sum(one.load.read for one in got) == len(rows)


def test_stacked_tables_are_named_by_title_or_lines(load_all, tmp_path):
    path = tmp_path / "a.csv"
    text = "Deal,Stage,Sum\nA,Lead,5\nB,Won,7\n\nHistory\nDeal,Moved,To\nA,2026-01-02,Lead\n"
    path.write_text(text)
    assert [(one.table.sheet, one.lines) for one in load_all(path)] == [
        ("1-3", [2, 3]),
        ("History", [7]),
    ]
    path.write_text("Part\nDeal,Stage,Sum\nA,Lead,5\nB,Won,7\n\nPart\nDeal,Moved\nA,2026-01-02\n")
    assert [one.table.sheet for one in load_all(path)] == ["Part (1-4)", "Part (6-8)"]


@pytest.mark.parametrize(
    "text",
    [
        "Report\n\nPeriod,2026\n\nDeal,Stage,Sum\nA,Lead,5\nB,Won,7\n",  # what stands before
        "Deal,Stage,Sum\nA,Lead,5\n\nDeal,Stage,Sum\nB,Won,7\n",  # a new page
        "Deal,Stage,Sum\nA,Lead,5\n\nB,Won,tbd\nC,Won,later\n",  # a blank row among the data
        "Deal,Stage,Sum\nA,Lead,5\nB,Won,7\n\nTotal,,12\nPrepared by,Anna\n",  # what follows
    ],
)
def test_one_table_stays_one(load_all, tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    (only,) = load_all(path)
    assert list(only.table.headers) == ["Deal", "Stage", "Sum"]
    assert only.table.sheet is None


def test_sheet_picks_a_stacked_table_and_is_said_where_there_are_no_sheets(load_all, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Deal,Stage,Sum\nA,Lead,5\nB,Won,7\n\nHistory\nDeal,Moved\nA,2026-01-02\n")
    (one,) = load_all(path, ReadOptions(sheet="History"))
    assert list(one.table.headers) == ["Deal", "Moved"]
    both = load_all(path, ReadOptions(sheet="Sheet1"))
    assert [got.notices for got in both] == [["no_sheets"], []]


def test_signs_of_currency_do_not_tell_the_encoding(load_all, tmp_path):
    path = tmp_path / "a.csv"
    text = "ID;Создана;Сумма\n" + "".join(f"{i};—;{i},50 €\n" for i in range(1001, 1012))
    path.write_bytes(text.encode("cp1251"))
    (one,) = load_all(path)
    assert one.table.encoding == "cp1251"
    assert one.data()[0] == ["1001", "—", "1001,50 €"]
