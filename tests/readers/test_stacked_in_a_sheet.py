"""Several tables under one another in a sheet; and one that only looks so."""

from __future__ import annotations

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheets_of import OPEN, WON, lines, ods_of, shapes, written, xml_of
from typer.testing import CliRunner

from crm_audit import api
from crm_audit.cli.app import app
from crm_audit.errors import InputRefusedError
from crm_audit.readers.raw import ReadOptions

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_two_deal_tables_are_read_like_two_files(read):
    found = read(([["Open deals"], *OPEN], 0, 0), ([["Won deals"], *WON], 15, 0))
    assert shapes(found) == [
        ("Sheet1 / Open deals", OPEN[0], lines(3, 14)),
        ("Sheet1 / Won deals", WON[0], lines(18, 24)),
    ]
    assert [one.load.skipped for one in found] == [
        {"preamble": 1, "header": 1, "blank": 1},
        {"preamble": 1, "header": 1},
    ]
    assert found[1].table.header_row == 17
    assert found[1].table.label == "a.xlsx [Sheet1 / Won deals]"
    assert found[1].data()[0] == ["21", "Deal 21", "18900", "Ann", "2026-05-21"]
    assert all(one.notices == [] for one in found)


def test_tables_without_titles_are_called_by_their_place(read):
    found = read((WON, 1, 2), (OPEN, 11, 2))
    assert shapes(found) == [
        ("Sheet1 / C2:G9", WON[0], lines(3, 9)),
        ("Sheet1 / C12:H24", OPEN[0], lines(13, 24)),
    ]
    assert sum(one.load.read for one in found) == 24


def test_the_name_of_the_firm_above_is_no_title(read):
    head = [["Maurer Conveyors Ltd"], ["As of 20.11.2026"], [], ["Open deals"]]
    found = read(([*head, *OPEN], 0, 0), ([["Won deals"], ["of this year"], *WON], 20, 0))
    assert [one.table.sheet for one in found] == ["Sheet1 / Open deals", "Sheet1 / Won deals"]


def test_one_title_twice_is_told_apart_by_the_place(read):
    found = read(([["Deals"], *OPEN], 0, 0), ([["Deals"], *WON], 15, 0))
    assert [one.table.sheet for one in found] == [
        "Sheet1 / Deals (A1:F14)",
        "Sheet1 / Deals (A16:E24)",
    ]


def test_title_may_stand_apart_and_a_total_is_none(read):
    found = read(
        (OPEN, 0, 0), ([["Total: 12"]], 14, 0), ([["Won deals"]], 16, 0), (WON, 18, 0)
    )  # fmt: skip
    assert [one.table.sheet for one in found] == ["Sheet1 / A1:F15", "Sheet1 / Won deals"]
    found = read((OPEN, 0, 0), ([["Grand total"]], 14, 0), (WON, 16, 0))
    assert [one.table.sheet for one in found] == ["Sheet1 / A1:F15", "Sheet1 / A17:E24"]


def test_three_tables_of_any_shape(read):
    many = [["ID", "Name", "Sum"], *[[i, f"N{i}", i * 10] for i in range(1, 9)]]
    plan = [["Manager", "Plan"], ["Ivanov", 5], ["Petrov", 6]]
    months = [["Month", "Sum", "Share", "Rank"], ["May", 1, 2, 3], ["June", 4, 5, 6]]
    found = read((plan, 0, 0), (many, 5, 0), (months, 16, 0))
    assert [(headers, at) for _, headers, at in shapes(found)] == [
        (plan[0], [2, 3]),
        (many[0], lines(7, 14)),
        (months[0], [18, 19]),
    ]


@pytest.mark.parametrize(
    "below",
    [
        [["Stage", "Deals", "Sum"], ["New", 4, 100], ["Offer", 4, 200]],  # a summary
        [["Deal", "Contact", "Role"], ["Deal 1", "Olga", "CFO"], ["Deal 2", "Ed", "CEO"]],
        [["Code", "Meaning"], ["N", "New"], ["T", "Talks"]],  # words below numbers
        [row[:4] for row in OPEN],  # a column less
        [["Deal", None, "Money", None], ["ID", "Name", "Sum", "Paid"], *[[i, "x", 5, 6]
         for i in range(4)]],
    ],
)  # fmt: skip
def test_what_stands_below_is_no_deal_of_the_table_above(read, below):
    first, second = read((OPEN, 0, 0), (below, 15, 0))
    assert first.lines == lines(2, 13)
    assert second.load.read == len(below)


@pytest.mark.parametrize(
    "placed",
    [
        [(OPEN[:6], 0, 0), (OPEN[6:], 8, 0)],  # blank rows inside
        [(OPEN, 0, 0), ([OPEN[0], *OPEN[3:8]], 15, 0)],  # a page with the header again
        [(OPEN, 0, 0), ([["Won"], OPEN[0], *OPEN[3:8]], 15, 0)],
        [(OPEN, 0, 0), ([["Total", None, None, 78000]], 14, 0), ([["Prepared by", "Ann"]], 16, 0)],
        [([["Report"], ["Filter: all"]], 0, 0), (OPEN, 3, 0)],
        [([["Period", 2026], ["Filter", "all"]], 0, 0), (OPEN, 3, 0)],
        [([["Report:", "Deals"], ["Year:", 2026], ["Month:", 3]], 0, 0), (OPEN, 4, 0)],
    ],
)
def test_one_table_stays_one(read, placed):
    (only,) = read(*placed)
    assert list(only.table.headers) == OPEN[0]
    assert only.table.sheet is None


@pytest.mark.parametrize(
    "rows",
    [
        # Rows of words after a blank row, with less filled than above.
        [["Deal", "Stage", "Owner", "Note"], ["A", "New", "Ann", None], ["B", "Won", "Bob", "x"],
         [], ["C", "Lost", "Cid"], ["D", "New", "Ann"], ["E", "New", "Ann"]],
        # Words among numbers and dates.
        [["Deal", "Stage", "Sum"], ["A", "New", 5], ["B", "Won", 7],
         [], ["C", "Lost", "to agree"], ["D", "Won", 7], ["E", "New", 8]],
        [["Deal", "Stage", "Sum", "Closed"], ["A", "New", 5, "not yet"], ["B", "New", 5, "not yet"],
         [], ["C", "Won", None, "not yet"], ["D", "Lost", None, "2026-01-01"],
         ["E", "Gone", None, "2026-01-02"]],
        # A word twice.
        [["Deal", "Sum", "Closed"], ["A", 5, "2026-01-01"], ["B", 6, "2026-01-01"],
         [], ["C", "open", "open"], ["D", 7, "2026-01-01"], ["E", 8, "2026-01-01"]],
    ],
)  # fmt: skip
def test_a_deal_is_not_taken_for_a_header(read, rows):
    (only,) = read((rows, 0, 0))
    assert [row[0] for row in only.data()] == ["A", "B", "C", "D", "E"]


def test_names_and_places_tell_tables_of_words_apart(read):
    deals = [["Deal", "Stage", "Owner"], ["A", "New", "Ann"], ["B", "Won", "Bob"]]
    people = [["Deal", "Contact", "Role"], ["A", "Olga", "CFO"], ["B", "Ed", "CEO"]]
    assert len(read((deals, 0, 0), (people, 4, 0))) == 2
    codes = [["Code", "Meaning"], ["N", "New"], ["T", "Talks"]]
    assert len(read((deals, 0, 0), (codes, 4, 3))) == 2


def test_a_sparse_table_below_is_read_too(read):
    head = [f"Field {i}" for i in range(9)]
    _, sparse = read((OPEN, 0, 0), ([head, *[[i, "x"] for i in range(4)]], 15, 0))
    assert len(sparse.lines) == 4


def test_a_title_is_no_table_left_out(read):
    (only,) = read(([["Report"], ["Filter: all"]], 0, 0), (OPEN, 3, 0))
    assert only.notices == []


def test_report_of_groups_is_one_table(read):
    head = ["Owner", "Stage", "Opportunity", "Amount", "Close date"]
    one = [["Ann"], [None, "New", "D1", 5, "2026-01-02"], ["Subtotal", None, None, 5]]
    two = [["Bob"], [None, "Won", "D2", 6, "2026-01-03"], ["Subtotal", None, None, 6]]
    (only,) = read(([["Report"], ["Filtered By"]], 0, 1), ([head, *one], 4, 1), (two, 9, 1))
    assert list(only.table.headers) == ["", *head]
    assert only.lines == [6, 7, 8, 10, 11, 12]
    assert only.load.read == 12


def test_groups_that_say_the_header_again_are_one_table(read):
    groups = [
        ([[f"Stage: {name}"], OPEN[0], *OPEN[1 + 3 * i : 4 + 3 * i]], 7 * i, 0)
        for i, name in enumerate(("New", "Talks", "Offer"))
    ]
    (only,) = read(*groups)
    assert list(only.table.headers) == OPEN[0]
    assert only.load.skipped["repeated_header"] == 2


def test_a_sheet_of_very_many_tables_is_a_form(read):
    cards = [
        ([[f"Name {i}", f"Sum {i}"], [f"x{i}", i], [f"y{i}", i + 1]], 4 * i, 0) for i in range(40)
    ]  # fmt: skip
    assert len(read(*cards[:30])) == 30
    (only,) = read(*cards)
    assert only.load.read == 40 * 4 - 1


def test_sheet_picks_a_table_by_its_title(read):
    placed = ([["Open deals"], *OPEN], 0, 0), ([["Won deals"], *WON], 15, 0)
    for name in ("Won deals", "Sheet1 / Won deals"):
        (one,) = read(*placed, options=ReadOptions(sheet=name))
        assert shapes([one]) == [("Sheet1 / Won deals", WON[0], lines(18, 24))]
    assert len(read(*placed, options=ReadOptions(sheet="Sheet1"))) == 2
    with pytest.raises(InputRefusedError, match="Sheet1, Sheet1 / Open deals, Sheet1 / Won deals"):
        read(*placed, options=ReadOptions(sheet="Lost deals"))


def test_other_sheets_keep_their_names_and_a_hidden_one_its_notice(load_all, tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, placed in (
            ("Two", [(OPEN, 0), (WON, 15)]),
            ("Tasks", [([["id", "kind"], ["1", "call"], ["2", "mail"]], 0)]),
            ("Won", [(WON, 0)]),
        ):
            sheet = book.add_worksheet(name)
            for rows, top in placed:
                for i, row in enumerate(rows):
                    sheet.write_row(top + i, 0, row)
        book.get_worksheet_by_name("Won").hide()
    found = load_all(path)
    assert [one.table.sheet for one in found] == ["Two / A1:F13", "Two / A16:E23", "Tasks"]
    assert [one.notices for one in found] == [["hidden_sheet_skipped"], [], []]


@pytest.mark.parametrize("name", ["a.ods", "a.xml"])
def test_other_kinds_of_workbook_are_parted_too(load_all, tmp_path, name):
    placed = ([["Open deals"], *OPEN], 0), ([["Won deals"], *WON], 16)
    content = ods_of(*placed) if name == "a.ods" else xml_of(*placed).encode()
    path = tmp_path / name
    path.write_bytes(content)
    expected = [
        ("Sheet1 / Open deals", OPEN[0], lines(3, 14)),
        ("Sheet1 / Won deals", WON[0], lines(19, 25)),
    ]
    found = load_all(path)
    assert shapes(found) == expected
    assert found[1].data()[0] == ["21", "Deal 21", "18900", "Ann", "2026-05-21"]
    assert shapes(load_all(path, ReadOptions(sheet="Won deals"))) == expected[1:]
    assert len(load_all(path, ReadOptions(sheet="Sheet1"))) == 2
    with pytest.raises(InputRefusedError, match="Sheet1 / Won deals"):
        load_all(path, ReadOptions(sheet="Lost deals"))


WORDS = st.sampled_from(["Supply", "Service", "Talks", "Иванов Пётр", "offer", "ООО Вега"])


@st.composite
def stacks(draw):
    """Tables with other names each, one under another between blank rows."""
    placed, expected, top = [], [], draw(st.integers(0, 2))
    for number in range(draw(st.integers(2, 4))):
        width = draw(st.integers(2, 6))
        cell = st.one_of(WORDS, st.integers(0, 10**6).map(str))
        body = [
            [str(1000 + i), *draw(st.lists(cell, min_size=width - 1, max_size=width - 1))]
            for i in range(draw(st.integers(3, 8)))
        ]
        head = [f"Field {i} {'abcd'[number]}" for i in range(width)]
        title = [[f"Part {number}"]] * draw(st.booleans())
        top += draw(st.integers(1, 3)) if number else 0
        placed.append(([*title, head, *body], top, 0))
        first = top + len(title) + 2
        top += len(title) + 1 + len(body)
        expected.append((bool(title), head, body, lines(first, top)))
    return placed, expected, top


@QUICK
@given(stack=stacks(), left=st.integers(0, 2))
def test_stacked_tables_come_back_equal(read, stack, left):
    placed, expected, height = stack
    found = read(*[(rows, top, left) for rows, top, _ in placed])
    assert [(list(one.table.headers), one.data(), one.lines) for one in found] == [
        (head, body, at) for _, head, body, at in expected
    ]
    assert [one.table.sheet.startswith("Sheet1 / Part") for one in found] == [
        titled for titled, *_ in expected
    ]
    assert sum(one.load.read for one in found) == height
    assert all(one.notices == [] for one in found)


def test_a_run_judges_both_tables_and_names_the_rest(tmp_path):
    summary = [["Stage", "Deals", "Sum"], ["New", 4, 100], ["Offer", 4, 200]]
    path = written(
        tmp_path / "a.xlsx",
        ([["Open deals"], *OPEN], 0, 0),
        ([["Won deals"], *WON], 15, 0),
        ([["By stage"], *summary], 26, 0),
    )
    report = api.diagnose(path, lang="en").report
    read = [(one.sheet, one.kind, one.rows.read, one.rows.imported) for one in report.inputs]
    assert read == [
        ("Sheet1 / Open deals", "deals", 15, 12),
        ("Sheet1 / Won deals", "deals", 11, 7),
        ("Sheet1 / By stage", "not_deals", 4, 2),
    ]
    assert report.portfolio.deals == 19
    picked = CliRunner().invoke(app, ["inspect", str(path), "--sheet", "Won deals", "--lang", "en"])
    assert picked.exit_code == 0
    assert "a.xlsx [Sheet1 / Won deals]: deals" in picked.output
    assert "Open deals" not in picked.output
