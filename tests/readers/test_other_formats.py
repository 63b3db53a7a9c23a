"""HTML named .xls, XML Spreadsheet 2003, JSON lines, Parquet, DataFrames."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd

from crm_audit.readers.raw import ReadOptions

BITRIX = """<html><head><meta http-equiv="Content-type" content="text/html;charset=UTF-8" /></head>
<body><table border="1"><thead><tr><th>ID</th><th>Название</th><th>Сумма</th></tr></thead><tbody>
<tr><td>1</td><td>Поставка &amp; монтаж<br>срочно</td><td>100 ₽</td></tr>
<tr><td>2</td><td>Сервис</td><td></td></tr></tbody></table></body></html>"""


def test_html_named_xls(load):
    got = load("deals.xls", BITRIX)
    assert (got.table.format, got.notices) == ("html", ["extension_lies"])
    assert got.table.headers == ("ID", "Название", "Сумма")
    assert got.data() == [["1", "Поставка & монтаж\nсрочно", "100 ₽"], ["2", "Сервис", ""]]
    assert got.lines == [2, 3]


def test_html_in_cp1251_and_the_largest_of_tables(load):
    page = BITRIX.replace("UTF-8", "windows-1251").replace("₽", "р")
    page = page.replace("<body>", "<body><table><tr><td>menu</td></tr></table>")
    got = load("deals.xls", page.encode("cp1251"))
    assert got.table.encoding == "cp1251"
    assert got.data()[1][1] == "Сервис"
    assert "several_html_tables" in got.notices


def test_html_spans_keep_the_columns(load):
    got = load(
        "a.html",
        "<table><tr><th>id</th><th>a</th><th>b</th></tr><tr><td rowspan=2>1</td>"
        "<td colspan=2>x</td></tr><tr><td>y</td><td>z</td></tr></table>",
    )
    assert got.data() == [["1", "x", ""], ["", "y", "z"]]


def test_xml_spreadsheet_2003(load):
    got = load(
        "a.xls",
        """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Deals"><Table>
<Row><Cell><Data ss:Type="String">ID</Data></Cell><Cell><Data ss:Type="String">Created</Data></Cell>
<Cell><Data ss:Type="String">Won</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="Number">12345</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-01-02T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">2</Data></Cell><Cell ss:Index="3"><Data ss:Type="Boolean">0</Data>
</Cell></Row></Table></Worksheet></Workbook>""",
    )
    assert got.table.format == "xml"
    assert got.data() == [["12345", "2026-01-02 00:00:00", "true"], ["2", "", "false"]]
    assert got.lines == [3, 4]


def test_json_lines_keep_digits_and_reject_what_is_no_object(load):
    got = load(
        "a.jsonl",
        '{"id": 12345678901234567890, "sum": 1.50, "won": true, "tags": ["a"]}\n\n'
        '{"id": 2, "owner": "Я", "sum": null}\n[1]\n{broken\n',
    )
    assert got.table.headers == ("id", "sum", "won", "tags", "owner")
    assert got.data() == [
        ["12345678901234567890", "1.50", "true", '["a"]', ""],
        ["2", "", "", "", "Я"],
    ]
    assert got.lines == [1, 3]
    assert [r.line for r in got.load.rejects] == [4, 5]


def test_json_array_under_a_key(load):
    got = load("a.json", '{"total": 2, "result": [{"ID": "1"}, {"ID": "2"}]}')
    assert got.data() == [["1"], ["2"]]


def test_parquet(load_all, tmp_path):
    path = tmp_path / "a.parquet"
    duckdb.sql(
        "SELECT 12345 AS id, DATE '2026-01-02' AS created, NULL::VARCHAR AS note, "
        "1.50::DECIMAL(9,2) AS amount UNION ALL SELECT 2, NULL, 'x', 2"
    ).write_parquet(str(path))
    (got,) = load_all(path)
    assert got.table.format == "parquet"
    assert got.data() == [["12345", "2026-01-02", "", "1.50"], ["2", "", "x", "2.00"]]


def test_frame_keeps_ids_and_dates(load_all):
    frame = pd.DataFrame(
        {
            "id": [12345.0, None, 3.0],
            "code": ["007", None, "1"],
            "sum": [1.5, 2.0, float("nan")],
            "at": [dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4), None],
            "won": [True, False, None],
        }
    )
    (got,) = load_all(frame)
    assert got.table.format == "frame"
    assert got.data() == [
        ["12345", "007", "1.5", "2026-01-02", "true"],
        ["", "", "2", "2026-01-02 03:04:00", "false"],
        ["3", "1", "", "", ""],
    ]


def test_encoding_option_holds_for_markup(load):
    got = load("a.html", BITRIX.replace("₽", "р").encode("cp1251"), ReadOptions(encoding="cp1251"))
    assert got.table.headers[1] == "Название"
