"""Hostile files are refused before any reader believes them; odd but sound ones are not."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile

import pytest

from crm_audit import readers
from crm_audit.errors import InputRefusedError
from crm_audit.readers.raw import ReadOptions
from crm_audit.readers.refusal import Refusal, guarded
from crm_audit.wording import Wording

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(cells: str | bytes, extra=(), prefix: str = "") -> bytes:
    """A minimal XLSX around the rows `cells` (or a whole sheet given as bytes)."""
    p = f"{prefix}:" if prefix else ""
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    sheet = cells
    if isinstance(cells, str):
        sheet = (
            f'<{p}worksheet {declared}="{MAIN}"><{p}sheetData>{cells}</{p}sheetData></{p}worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="a/xml"/>'
            f'<Default Extension="rels" ContentType="{PACKAGE}.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, data in extra:
            archive.writestr(name, data)
    return out.getvalue()


ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
CORNERS = ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
# Readers go by the reference of the cell, not by that of its row.
AFAR = ONE + '<row r="2"><c r="XFD1048576"><v>1</v></c></row>'
TALL = ONE + '<row r="2"><c r="AD1048576"><v>1</v></c></row>'
UNNUMBERED = (
    "<row>" + "<c><v>1</v></c>" * 3000 + "</row>" + '<row><c r="A9999999"><v>1</v></c></row>'
)
SINGLE = CORNERS.replace('"', "'")
SWAPPED = CORNERS.replace('<c r="A1"', '<c t="n" r="A1"').replace('<c r="X', '<c t="n" r="X')
PREFIXED = CORNERS.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"/>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(workbook(CORNERS), "span more than", id="two corners"),
        pytest.param(workbook(AFAR), "span more than", id="a row that lies"),
        pytest.param(workbook(TALL), "span more than", id="few columns, a row that lies"),
        pytest.param(workbook(SINGLE), "span more than", id="single quotes"),
        pytest.param(workbook(SWAPPED), "span more than", id="attributes swapped"),
        pytest.param(workbook(PREFIXED, prefix="x"), "span more than", id="namespace prefix"),
        pytest.param(workbook(UNNUMBERED), "span more than", id="cells without references"),
        pytest.param(
            workbook(ONE, [("xl/sharedStrings.xml", b"a" * (30 << 20))]), "200 times", id="ratio"
        ),
        pytest.param(workbook(DOCTYPE.encode()), "DOCTYPE", id="document type"),
        pytest.param(workbook(DOCTYPE.encode("utf-16")), "DOCTYPE", id="document type in UTF-16"),
        pytest.param(
            workbook(ONE, [(f"x/{i}", b"") for i in range(5001)]), "entries inside", id="entries"
        ),
    ],
)
def test_hostile_workbook(load, content, why):
    with pytest.raises(InputRefusedError, match=why):
        load("a.xlsx", content)


def test_inflated_size_is_limited_by_the_option(load):
    content = workbook(ONE, [("xl/media/x.bin", bytes(range(256)) * 8192)])
    assert len(load("a.xlsx", content).rows) == 1
    with pytest.raises(InputRefusedError, match="more than 1 MiB"):
        load("b.xlsx", content, ReadOptions(max_inflated=1 << 20))
    packed = gzip.compress(b"id,n\n" + b"1,2\n" * (1 << 20))
    with pytest.raises(InputRefusedError, match="more than 1 MiB"):
        load("c.csv.gz", packed, ReadOptions(max_inflated=1 << 20))


def test_empty_styled_cells_far_away_are_sound(load):
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    got = load("a.xlsx", workbook(ONE.replace("</row>", '<c r="B1"><v>2</v></c></row>') + far))
    assert got.data() == [["1", "2"]]


def test_cells_are_placed_by_their_own_references(load):
    rows = ONE.replace("</row>", '<c r="B1"><v>2</v></c></row>')
    rows += '<row r="1048576"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c></row>'
    assert load("a.xlsx", workbook(rows)).data() == [["1", "2"], ["3", "4"]]


def test_xml_2003_with_a_document_type(load):
    with pytest.raises(InputRefusedError, match="DOCTYPE"):
        load(
            "a.xls",
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        )


def test_a_panic_becomes_a_refusal():
    class PanicException(BaseException):
        pass

    def panic():
        raise PanicException("range start index 4 out of range")

    with pytest.raises(Refusal) as caught:
        guarded(panic, "damaged")
    assert caught.value.key == "damaged"

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(interrupted, "damaged")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n\n", "is empty"),
        ("a.pdf", b"%PDF-1.7\n...", "PDF"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image"),
        ("a.csv", bytes(range(256)) * 4, "unknown binary"),
        ("a.rar", b"Rar!\x1a\x07\x00", "pack it as .zip"),
        ("a.db", b"SQLite format 3\0", "database"),
        ("a.html", b"<html><body><p>Sign in</p></body></html>", "no table"),
        ("a.json", b'[[1, 2], {"a": 1}]', "JSON lines"),
        ("a.parquet", b"PAR1\0\0\0\0PAR1", "damaged"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00broken", "damaged"),
        (
            "a.csv.gz",
            gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0),
            "archive inside an archive",
        ),
    ],
)
def test_refused_with_what_it_is(load, name, content, why):
    with pytest.raises(InputRefusedError, match=why) as caught:
        load(name, content)
    assert str(caught.value).startswith(f"{name.removesuffix('.gz')}")
    assert "\n" not in str(caught.value)


def test_folder_missing_file_and_permission(load_all, tmp_path, monkeypatch):
    with pytest.raises(InputRefusedError, match="this is a folder"):
        load_all(tmp_path)
    with pytest.raises(InputRefusedError, match="no such file"):
        load_all(tmp_path / "none.csv")
    path = tmp_path / "closed.csv"
    path.write_text("a,b\n1,2\n")

    def closed(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", closed)
    with pytest.raises(InputRefusedError, match="no permission"):
        load_all(path)


def test_refusals_speak_the_language_of_the_run(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    with readers.Workspace() as space, pytest.raises(InputRefusedError, match="файл пуст"):
        readers.read([path], ReadOptions(), Wording("ru"), space)


def test_importing_readers_is_cheap():
    import subprocess

    code = (
        "import sys, crm_audit.readers; heavy = {'fastexcel', 'charset_normalizer', 'duckdb', "
        "'pandas', 'python_calamine'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_temporary_copies_go_with_the_workspace(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,n\n1,2\n2,3\n")
    with readers.Workspace() as space:
        (table,) = readers.read([path], ReadOptions(), Wording("en"), space)
        copy = table.source.path
        assert copy.exists()
    assert not copy.exists()
    assert path.exists()
