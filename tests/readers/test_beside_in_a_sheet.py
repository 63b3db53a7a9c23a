"""Tables side by side in a sheet, and sheets too high to be searched for several."""

from __future__ import annotations

import pytest
from sheets_of import LEGEND, OPEN, WON, lines, shapes

from crm_audit.readers import sheets


@pytest.mark.parametrize(
    ("legend", "top", "left", "at"),
    [
        (LEGEND, 0, 7, "H1:I4"),
        ([["Chances"], *LEGEND], 0, 7, "Chances"),
        (LEGEND, 3, 7, "H4:I7"),
        ([["Measure", "Value"], ["Deals", 12], ["Sum", 78000]], 0, 8, "I1:J3"),
        ([["Manager", "Plan"], ["Ann", 5], ["Bob", 6], ["Cid", 6]], 10, 7, "H11:I14"),
    ],
)
def test_summary_beside_the_deals_is_a_table_of_its_own(read, legend, top, left, at):
    deals, other = read((OPEN, 0, 0), (legend, top, left))
    assert shapes([deals]) == [("Sheet1 / A1:F13", OPEN[0], lines(2, 13))]
    assert other.table.sheet == f"Sheet1 / {at}"
    assert other.lines[-1] == top + len(legend)
    assert other.load.read == len(legend)


def test_summaries_left_and_right_and_deals_below(read):
    found = read((LEGEND, 0, 0), (OPEN, 0, 3), (LEGEND, 12, 10), (WON, 15, 3))
    assert sorted(map(str, (one.table.sheet for one in found))) == [
        "Sheet1 / A1:B4",
        "Sheet1 / D16:H23",
        "Sheet1 / D1:I13",
        "Sheet1 / K13:L16",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [[*row[:3], None, *row[3:]] for row in OPEN],  # a spacer
        [
            [*row[:4], None, *(["Reason", "Lost"] if i == 0 else ["Price", "2026-01-01"])]
            if i < 5
            else row[:4]
            for i, row in enumerate(OPEN)
        ],  # columns that only some rows fill
        [[*row[:4], None, *([f"note {i}", "x"] if i in (3, 5) else [])]
         for i, row in enumerate(OPEN)],
    ],
)  # fmt: skip
def test_empty_columns_alone_part_nothing(read, rows):
    (only,) = read((rows, 0, 0))
    assert only.lines == lines(2, 13)
    assert only.load.width == max(map(len, rows))


def test_two_lists_of_deals_side_by_side(read):
    found = read((OPEN, 0, 0), (WON, 0, 8))
    assert [one.lines for one in found] == [lines(2, 13), lines(2, 8)]


@pytest.mark.parametrize(
    "placed",
    [
        [([["Report", "By"], ["Deals", "Ann"], ["Year", "x"]], 0, 7), (OPEN, 5, 0)],  # a preamble
        [(OPEN, 0, 0), (OPEN[:11], 0, 8)],  # as good as one height
        [(OPEN, 0, 0), ([["Measure", "Value"], *[[f"M{i}", i] for i in range(7)]], 0, 8)],
        [(OPEN, 0, 0), *[(LEGEND, 0, 7 + 3 * i) for i in range(9)]],  # a page of columns
    ],
)
def test_in_doubt_columns_stay_together(read, placed):
    (only,) = read(*placed)
    assert len(only.lines) == 12


@pytest.fixture
def low(monkeypatch):
    """Sheets count as high from 11 rows on, and 8 of them are their beginning."""
    monkeypatch.setattr(sheets, "SEARCHED_ROWS", 10)
    monkeypatch.setattr(sheets, "LAYOUT_ROWS", 8)


@pytest.mark.usefixtures("low")
def test_a_high_sheet_is_not_parted_and_that_is_said(read):
    (only,) = read((OPEN, 0, 0), (WON, 15, 0))
    (notice,) = only.table.warnings
    assert (notice.code, notice.values) == (
        "readers_too_high_to_search",
        {"place": "A16", "limit": 10},
    )
    assert only.lines == [*lines(2, 13), *lines(16, 23)]
    assert only.load.read == 23
    (only,) = read((OPEN, 0, 0), (LEGEND, 0, 7))
    assert [n.values["place"] for n in only.table.warnings] == ["H1"]
    assert only.load.width == 9


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("placed", [[(OPEN, 0, 1)], [(OPEN[:9], 0, 0), (OPEN[9:], 12, 0)]])
def test_a_high_sheet_of_one_table_needs_no_words(read, placed):
    (only,) = read(*placed)
    assert only.notices == []
    assert len(only.lines) == 12


@pytest.mark.usefixtures("low")
def test_of_a_high_sheet_the_beginning_is_parted(read):
    plan = [["Plan"], ["Manager", "Sum"], ["Ann", 5], ["Bob", 6]]
    found = read((plan, 0, 1), (OPEN, 5, 1))
    assert shapes(found) == [
        ("Sheet1 / Plan", plan[1], [3, 4]),
        ("Sheet1 / B6:G18", ["", *OPEN[0]], lines(7, 18)),
    ]
    assert sum(one.load.read for one in found) == 18
    assert found[1].table.header_row == 6


@pytest.mark.usefixtures("low")
def test_rows_beyond_the_beginning_of_a_high_sheet_are_not_lost(read):
    digits = [[str(i + n) for n in range(9)] for i in range(2)]
    months = [["Month", "Sum"], *[[f"M{i}", i] for i in range(20)]]
    (only,) = read((digits, 0, 0), (months, 3, 0))
    assert only.lines == lines(5, 24)
    assert only.load.read == 24
    wide = [["A", "B", "C", "D"], ["x", "y", "z", "t"], ["x", "y", "z", "t"]]
    months = [["Month", "Sum"], *[[f"M{i}", i] for i in range(20)]]
    found = read((wide, 0, 0), (months, 4, 0))
    assert found[-1].lines[-1] == 25
    assert sum(one.load.read for one in found) == 25
