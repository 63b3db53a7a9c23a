"""Delimited text: dialects, encodings, and the table among titles, totals and footers."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from crm_audit.errors import InputRefusedError
from crm_audit.readers import delimited
from crm_audit.readers.raw import ReadOptions

ROWS = "ID;Сделка;Бюджет \n1;Поставка;100\n2;Монтаж;200\n3;Сервис;300\n"


@pytest.fixture(params=["parsed here", "read by the engine"])
def either_way(request, monkeypatch):
    """Run a test with files parsed record by record, and with files that the engine reads."""
    if request.param == "read by the engine":
        monkeypatch.setattr(delimited, "SMALL", 40)
    return request.param


@pytest.mark.usefixtures("either_way")
class TestDialect:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_delimiter_is_found(self, load, sign):
        got = load("a.csv", ROWS.replace(";", sign))
        assert got.table.delimiter == sign
        assert got.table.headers == ("ID", "Сделка", "Бюджет ")
        assert got.data() == [
            ["1", "Поставка", "100"],
            ["2", "Монтаж", "200"],
            ["3", "Сервис", "300"],
        ]
        assert got.lines == [2, 3, 4]
        assert got.load.read == 4
        assert got.load.skipped == {"header": 1}

    def test_option_wins(self, load):
        got = load("a.csv", ROWS, ReadOptions(delimiter="|"))
        assert got.table.headers == ("ID;Сделка;Бюджет ",)

    def test_multi_line_cells_keep_their_breaks_and_the_lines_after_them(self, load):
        got = load("a.csv", 'id,note\n1,"a\nb\n\nc"\n2,"d, ""e"""\n3,f\n4,"g\nh"\n5,i\n')
        assert got.data() == [
            ["1", "a\nb\n\nc"],
            ["2", 'd, "e"'],
            ["3", "f"],
            ["4", "g\nh"],
            ["5", "i"],
        ]
        assert got.lines == [2, 6, 7, 8, 10]
        assert got.load.read == 6

    def test_blank_lines_are_counted_and_move_the_lines(self, load):
        got = load("a.csv", "id,n\n1,a\n\n2,b\n,\n  ,\u00a0\n3,c\n\n\n")
        assert got.lines == [2, 4, 7]
        assert got.load.skipped == {"header": 1, "blank": 5}
        assert got.load.read == 9

    def test_short_rows_are_padded_and_long_ones_rejected(self, load):
        got = load("a.csv", "id,n,m\n1,a,x\n2,b\n3,c,z,extra\n4,d,w,,\n5,e,v\n")
        assert got.data() == [["1", "a", "x"], ["2", "b", ""], ["4", "d", "w"], ["5", "e", "v"]]
        (reject,) = got.load.rejects
        assert (reject.line, reject.text) == (4, "3,c,z,extra")
        assert "4 cells" in reject.reason
        assert got.lines == [2, 3, 5, 6]

    def test_careless_quotes_lose_nothing(self, load):
        got = load("a.csv", 'id,name,n\n1,OOO "Romashka",1\n2,"OOO "Vega"",2\n3,"open,3\n4,x,4\n')
        assert got.data() == [
            ["1", 'OOO "Romashka"', "1"],
            ["2", 'OOO "Vega"', "2"],
            ["3", '"open', "3"],
            ["4", "x", "4"],
        ]
        assert got.lines == [2, 3, 4, 5]

    @pytest.mark.parametrize("ending", ["\r\n", "\r"])
    def test_line_ends(self, load, ending):
        got = load("a.csv", ROWS.replace("\n", ending))
        assert got.lines == [2, 3, 4]
        assert got.table.headers[-1] == "Бюджет "


class TestTable:
    def test_sep_line(self, load):
        got = load("a.csv", "sep=;\nid;a,b\n1;2,5\n2;3,5\n")
        assert got.table.headers == ("id", "a,b")
        assert got.table.header_row == 2
        assert got.lines == [3, 4]

    def test_preamble_total_and_footer_are_set_aside(self, load):
        got = load(
            "report.csv",
            "Opportunity Report\nAs of 2026-11-01\n\nId,Name,Stage,Amount\n1,A,Won,10\n"
            "2,B,Open,20\n3,Total Energy,Open,30\nGrand Totals (3 records),,,60\n\n"
            '"Confidential Information - Do Not Distribute"\n'
            '"Copyright (c) 2000-2026. All rights reserved."\n',
        )
        assert got.table.headers == ("Id", "Name", "Stage", "Amount")
        assert [row[1] for row in got.data()] == ["A", "B", "Total Energy"]
        assert got.lines == [5, 6, 7]
        assert got.load.skipped == {"preamble": 2, "blank": 2, "header": 1, "total": 1, "footer": 2}

    def test_a_deal_called_total_is_a_deal(self, load):
        got = load("a.csv", "name,stage,sum\nTotal,Open,5\nItogo,Won,6\nTotal,,\nИтого:,,11\n")
        assert [row[0] for row in got.data()] == ["Total", "Itogo"]
        assert got.load.skipped["total"] == 2

    def test_repeated_header(self, load):
        got = load("a.csv", "id,name\n1,a\n2,b\nid,name\n3,c\n")
        assert got.lines == [2, 3, 5]
        assert got.load.skipped == {"header": 1, "repeated_header": 1}

    def test_no_header(self, load):
        got = load(
            "a.csv", "1,Иванов,2026-01-02,100\n2,Петров,2026-01-03,200\n3,Сидоров,2026-02-03,5\n"
        )
        assert got.table.headers == ("column 1", "column 2", "column 3", "column 4")
        assert got.table.header_row is None
        assert got.notices == ["no_header"]
        assert got.lines == [1, 2, 3]

    def test_header_of_two_lines(self, load):
        got = load(
            "a.csv",
            "Сделка,,,Контакт,\nID,Название,Бюджет,Имя,Телефон\n1,A,100,Иван,7\n2,B,200,Пётр,8\n3,C,5,Ян,9\n",
        )
        assert got.table.headers == (
            "Сделка ID", "Сделка Название", "Сделка Бюджет", "Контакт Имя", "Контакт Телефон",
        )  # fmt: skip
        assert got.table.header_row == 1
        assert got.load.skipped == {"header": 2}

    def test_trailing_empty_columns_go_and_duplicate_headers_stay(self, load):
        got = load("a.csv", "id,cid,cid,,\n1,a,b,,\n2,c,d,,\n")
        assert got.table.headers == ("id", "cid", "cid")

    def test_header_written_with_spaces_before_quotes(self, load):
        got = load(
            "a.csv",
            '"Oportunidad", "Id Oportunidad", "Valor, total"\n"a","1","5,0"\n"b","2","6,0"\n',
        )
        assert got.table.headers[:2] == ("Oportunidad", "Id Oportunidad")

    def test_header_alone_is_a_table_without_rows(self, load):
        got = load("a.csv", "ID;Название сделки;Этап сделки\n")
        assert got.table.headers == ("ID", "Название сделки", "Этап сделки")
        assert got.rows == []

    def test_sample_is_text(self, load):
        got = load("a.csv", "id,n\n1,\n2,b\n")
        assert got.table.sample == (("1", ""), ("2", "b"))

    def test_file_cut_off_in_its_last_row(self, load):
        got = load("a.csv", "id,n,m\n1,a,x\n2,b,y\n3,c")
        assert [r.line for r in got.load.rejects] == [4]


class TestEncoding:
    @pytest.mark.parametrize(
        "name", ["cp1251", "koi8-r", "cp866", "mac_cyrillic", "iso8859-5", "utf-16", "utf-8-sig"]
    )
    @pytest.mark.parametrize("upper", [False, True])
    def test_recognised(self, load, name, upper):
        if upper and name == "mac_cyrillic":
            name = "cp866"  # their capitals are the same bytes
        text = ROWS.upper() if upper else ROWS
        got = load("a.csv", text.encode(name))
        assert got.table.encoding == name
        assert got.data()[1][1] == ("МОНТАЖ" if upper else "Монтаж")

    @pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_a_mark(self, load, name):
        got = load("a.csv", ROWS.encode(name))
        assert (got.table.encoding, got.table.headers[1]) == (name, "Сделка")

    def test_western(self, load):
        got = load("a.csv", "id;nom;société\n1;Hélène;Café\n2;Zoë;Crème\n".encode("cp1252"))
        assert (got.table.encoding, got.data()[0][2]) == ("cp1252", "Café")

    def test_option_wins(self, load):
        got = load("a.csv", "id;ü\n1;é\n2;x\n".encode("cp1252"), ReadOptions(encoding="latin-1"))
        assert (got.table.encoding, got.data()[0][1]) == ("iso8859-1", "é")

    def test_wrong_option_is_refused(self, load):
        with pytest.raises(InputRefusedError, match="utf-8"):
            load("a.csv", ROWS.encode("cp1251"), ReadOptions(encoding="utf-8"))

    def test_lines_in_another_encoding_are_rejected(self, load):
        got = load("a.csv", ROWS.encode() + "4;Наладка;400\n".encode("cp1251"))
        assert [r.line for r in got.load.rejects] == [5]
        assert "\ufffd" not in got.load.rejects[0].text
        assert len(got.rows) == 3

    def test_nul_characters_are_removed_and_said(self, load):
        got = load("a.csv", ROWS.replace("Монтаж", "Мон\0таж"))
        assert got.data()[1][1] == "Монтаж"
        assert got.notices == ["nul_removed"]

    def test_double_encoding_is_said(self, load):
        text = ROWS.replace(";", " слово;")
        got = load("a.csv", text.encode().decode("cp1251", "ignore").encode())
        assert "double_encoded" in got.notices
        assert "double_encoded" not in load("b.csv", text).notices


def test_bytes_beyond_the_sample_are_not_trusted(load, monkeypatch):
    monkeypatch.setattr(delimited, "SMALL", 40)
    got = load("a.csv", "id,name\n" + "".join(f"{i},n\n" for i in range(50)) + 'x,"a\nb"\ny,z,w\n')
    assert got.lines[-1] == 52
    assert [r.line for r in got.load.rejects] == [54]


def test_zip_of_several_and_gz(load_all, tmp_path: Path):
    path = tmp_path / "exports.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/deals.csv", ROWS)
        archive.writestr("__MACOSX/._deals.csv", b"\0\1")
        archive.writestr("tasks.csv", "id,kind\n1,call\n2,mail\n")
    got = load_all(path)
    assert [g.table.name for g in got] == ["exports.zip/deals.csv", "exports.zip/tasks.csv"]
    assert [len(g.rows) for g in got] == [3, 2]
    packed = tmp_path / "deals.csv.gz"
    packed.write_bytes(gzip.compress(ROWS.encode()))
    assert [g.table.name for g in load_all(packed)] == ["deals.csv"]


def test_standard_input(load_all, monkeypatch):
    class Stdin:
        buffer = io.BytesIO(ROWS.encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    (got,) = load_all("-")
    assert got.table.name == "stdin"
    assert len(got.rows) == 3
