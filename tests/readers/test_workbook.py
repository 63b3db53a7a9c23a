"""Workbooks: types as text, lines, several sheets, hidden ones, dashboards, several tables."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from crm_audit.errors import InputRefusedError
from crm_audit.readers.raw import ReadOptions


def book(write) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        write(made)
    return out.getvalue()


def table(sheet, rows, top=0, left=0):
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.write(top + i, left + j, cell)


DEALS = [["ID", "Name", "Stage"], ["1", "A", "New"], ["2", "B", "Won"], ["3", "C", "Lost"]]
MANY = [["ID", "Name", "Sum"], *[[i, f"N{i}", i * 10] for i in range(1, 9)]]


def test_values_are_text_as_a_person_reads_them(load):
    def write(made):
        sheet = made.add_worksheet("Deals")
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        table(sheet, [["ID", "Code", "Sum", "Created", "Flag", "Broken"], [12345, "00123", 1.5]])
        table(sheet, [[1234567890123, "12345678901234567890", 22700.0]], top=2)
        for i, when in enumerate([dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4)], start=1):
            sheet.write_datetime(i, 3, when, day)
        sheet.write_boolean(1, 4, True)
        sheet.write_boolean(2, 4, False)
        sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
        sheet.write(2, 5, "  ")

    got = load("a.xlsx", book(write))
    assert got.data()[0][:5] == ["12345", "00123", "1.5", "2026-01-02 00:00:00", "true"]
    assert got.data()[1] == [
        "1234567890123", "12345678901234567890", "22700", "2026-01-02 03:04:00", "false", "",
    ]  # fmt: skip
    assert got.table.format == "xlsx"
    assert got.table.sheet is None


def test_dates_of_1904(load):
    out = io.BytesIO()
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = made.active
    for row in (["id", "created"], [1, dt.datetime(2026, 1, 2)], [2, dt.datetime(2025, 5, 6)]):
        sheet.append(row)
    made.save(out)
    assert [row[1][:10] for row in load("a.xlsx", out.getvalue()).data()] == [
        "2026-01-02",
        "2025-05-06",
    ]


def test_offset_title_gap_and_total(load):
    def write(made):
        sheet = made.add_worksheet()
        sheet.merge_range(1, 1, 1, 3, "Сделки за ноябрь", None)
        table(sheet, [["ID", "Название", "Сумма"], [1, "A", 10], [2, "B", 20]], top=3, left=1)
        table(sheet, [[3, "C", 30], ["Итого", None, 60]], top=7, left=1)

    got = load("a.xlsx", book(write))
    assert got.table.headers == ("", "ID", "Название", "Сумма")
    assert got.table.header_row == 4
    assert got.lines == [5, 6, 8]
    assert [row[1] for row in got.data()] == ["1", "2", "3"]
    assert got.load.skipped == {"preamble": 1, "blank": 3, "header": 1, "total": 1}
    assert got.load.read == 9


def test_every_visible_sheet_with_a_table(load_all, tmp_path):
    def write(made):
        table(made.add_worksheet("Deals"), DEALS)
        table(made.add_worksheet("Tasks"), [["id", "kind"], ["1", "call"], ["2", "mail"]])
        table(made.add_worksheet("Secret"), DEALS)
        made.get_worksheet_by_name("Secret").hide()
        made.add_worksheet("Empty")

    path = tmp_path / "a.xlsx"
    path.write_bytes(book(write))
    assert [g.table.sheet for g in load_all(path)] == ["Deals", "Tasks"]
    (one,) = load_all(path, ReadOptions(sheet="Secret"))
    assert one.table.label == "a.xlsx [Secret]"
    with pytest.raises(InputRefusedError, match="Deals, Tasks"):
        load_all(path, ReadOptions(sheet="Nope"))


def test_hidden_sheet_if_no_other_has_a_table(load):
    def write(made):
        made.add_worksheet("Cover")
        sheet = made.add_worksheet("Data")
        sheet.hide()
        table(sheet, DEALS)

    got = load("a.xlsx", book(write))
    assert got.notices == ["hidden_sheet_read"]
    assert len(got.rows) == 3


def test_dashboard_is_set_aside_and_said(load):
    def write(made):
        sheet = made.add_worksheet("Сводка")
        sheet.write(0, 0, "Отчёт по продажам")
        sheet.write(2, 5, "План")
        sheet.write(3, 7, 12)
        table(made.add_worksheet("Сделки"), MANY)

    got = load("a.xlsx", book(write))
    assert got.table.sheet == "Сделки"
    (notice,) = got.table.warnings
    assert (notice.code, notice.values) == (
        "readers_sheet_set_aside",
        {"sheet": "Сводка", "rows": 4},
    )


def test_workbook_without_cells_is_sound(load):
    got = load("a.xlsx", book(lambda made: made.add_worksheet()))
    assert (got.table.headers, got.rows, got.load.read) == ((), [], 0)
    assert got.notices == ["no_cells"]


def test_content_decides_and_the_lie_is_said(load):
    got = load("a.csv", book(lambda made: table(made.add_worksheet(), DEALS)))
    assert (got.table.format, got.notices) == ("xlsx", ["extension_lies"])
    assert load("b.xlsx", book(lambda made: table(made.add_worksheet(), DEALS))).notices == []


def test_line_break_before_the_signature(load):
    got = load("a.xlsx", b"\r\n" + book(lambda made: table(made.add_worksheet(), DEALS)))
    assert len(got.rows) == 3


def test_damaged_workbook_is_refused_in_one_line(load):
    whole = book(lambda made: table(made.add_worksheet(), DEALS))
    with pytest.raises(InputRefusedError) as caught:
        load("a.xlsx", whole[: len(whole) // 2])
    assert str(caught.value).startswith("a.xlsx: damaged")
    assert "\n" not in str(caught.value)


def test_word_document_is_no_workbook(load):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(InputRefusedError, match="text document"):
        load("a.docx", out.getvalue())
