"""Books that would take far more room than they hold are refused before any reader opens them.

No hostile book reaches a reader: where the guard let it pass, the test would only fail.
"""

from __future__ import annotations

import struct
import time

import books_of
import pytest
from books_of import cell, number, ods, record, row, sheet, table, xls, xlsx

from crm_audit.readers import binary, extent, guard, room, shared
from crm_audit.readers.quick import Quick, column_of
from crm_audit.readers.refusal import Refusal

LIMIT = 400 << 20
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = sheet(ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
# Ten million places.
MIDDLE = sheet(ONE + '<row r="1000000"><c r="J1000000"><v>1</v></c></row>')
LYING = sheet('<row r="1048576"><c r="A1"><v>1</v></c>' + "<c><v>1</v></c>" * 3000 + "</row>")
FIRST = '<c r="A1" t="s"><v>0</v></c>'
MANY = "".join(f'<c r="A{n}" t="s"><v>0</v></c>' for n in range(1, 20_001))
LONG = "x" * 32_000


def refused(tmp_path, content: bytes, limit: int = LIMIT) -> str | None:
    """Why the guard refuses a book, None if it lets it pass."""
    path = tmp_path / "book"
    path.write_bytes(content)
    try:
        if content.startswith(b"PK"):
            guard.inspect(path, limit)
        else:
            room.check_xls(path, limit)
    except Refusal as refusal:
        return refusal.key
    return None


@pytest.mark.parametrize(
    "name",
    [
        "worksheets/sheet1.xml",
        "worksheets/sheet1.dat",
        "worksheets/sheet1.bin",
        "worksheets/sheet1",
        "chartsheets/sheet1.xml",
        "dialogsheets/sheet1.xml",
        "media/image1.png",
        "sharedStrings.xml",
    ],
)
@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "odd text", f"<!--{'-' * (2 << 20)}-->"])
def test_sheets_are_known_by_what_they_hold(tmp_path, name, before):
    assert refused(tmp_path, xlsx([(name, before + FAR)])) in ("hostile_extent", "damaged")


def test_a_name_that_is_cut_off_between_two_looks(tmp_path):
    for size in range((1 << 20) - 60, (1 << 20) + 60, 7):
        prefix = "p" * size
        far = FAR.replace("<worksheet", f'<worksheet xmlns:{prefix}="{books_of.MAIN}"')
        far = far.replace("sheetData", f"{prefix}:sheetData")
        assert refused(tmp_path, xlsx([("worksheets/sheet1.xml", far)])) == "hostile_extent"


def test_cells_without_a_reference_stand_in_the_row_that_is_told(tmp_path):
    assert refused(tmp_path, xlsx([("worksheets/sheet1.xml", LYING)])) == "hostile_extent"


def test_sheets_are_measured_from_the_first_row(tmp_path):
    low = sheet(
        '<row r="1048575"><c r="A1048575"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    assert refused(tmp_path, xlsx([("worksheets/sheet1.xml", low)])) == "hostile_extent"


@pytest.mark.parametrize(
    ("sheets", "one_relation"),
    [
        pytest.param([(f"worksheets/sheet{i}.xml", MIDDLE) for i in range(3)], False, id="three"),
        pytest.param([("worksheets/sheet1.xml", MIDDLE)] * 3, False, id="one part, three names"),
        pytest.param([("worksheets/sheet1.xml", MIDDLE)] * 3, True, id="one relation"),
    ],
)
def test_the_sheets_of_a_book_are_summed(tmp_path, sheets, one_relation):
    assert refused(tmp_path, xlsx(sheets[:1])) is None
    assert refused(tmp_path, xlsx(sheets, one_relation=one_relation)) == "hostile_extent"


def test_empty_places_are_dearer_than_filled_ones(tmp_path):
    rows, columns = 300_000, "ABCDEFGHIJKLMNOPQRST"
    empty = ONE + f'<row r="{rows * 3}"><c r="T{rows * 3}"><v>1</v></c></row>'
    assert refused(tmp_path, xlsx([("worksheets/sheet1.xml", sheet(empty))])) == "hostile_extent"
    quick = Quick(room.spare_places(LIMIT))
    line = "".join(f'<c r="{c}%(n)d"><v>1</v></c>' for c in columns)
    for n in range(1, 900_001, 3000):  # a third of them, looked at as if it were the whole
        quick.look((line % {"n": n} * 1000).encode())
    assert quick.certain
    assert quick.places - 4 * quick.filled < room.spare_places(LIMIT) < quick.places


def test_comments_are_no_filled_cells(tmp_path):
    false = f"<!--{'</v>' * 800_000}-->"
    far = sheet(false + ONE + false + '<row r="900000"><c r="T900000"><v>1</v></c></row>' + false)
    assert refused(tmp_path, xlsx([("worksheets/sheet1.xml", far)])) == "hostile_extent"


def test_a_plain_archive_may_hold_anything(tmp_path):
    page = "<!-- x --><p>sheetData<c>" * 9
    assert refused(tmp_path, books_of.zipped([("a.html", page), ("b.csv", page)])) is None


@pytest.mark.parametrize(
    ("cells", "strings"),
    [
        pytest.param(MANY, table([LONG]), id="one long string"),
        pytest.param(MANY, table([LONG]).replace("si>", "x:si>"), id="prefix"),
        pytest.param(
            MANY, table([LONG]).replace("x" * 99, "x" * 99 + "<![CDATA[</si>]]>"), id="CDATA"
        ),
        pytest.param(MANY.replace('"s"', "'s'"), table([LONG, ""]), id="single quotes"),
        pytest.param(
            MANY.replace("<v>0", "<v>1</v><v>0"), table([LONG, ""]), id="two values, the last long"
        ),
        pytest.param(
            MANY.replace("<v>0", "<v>1<!-- -->"), table(["", LONG]), id="a comment in the number"
        ),
        pytest.param(
            MANY,
            table(["<r><t>" + "</t></r><r><t>".join(["x" * 100] * 320) + "</t></r>"]),
            id="many runs",
        ),
    ],
)
def test_text_that_many_cells_share(tmp_path, cells, strings):
    content = xlsx([("worksheets/sheet1.xml", sheet(f"<row>{cells}</row>"))], strings)
    assert refused(tmp_path, content) == "hostile_size"


def test_strings_that_only_their_end_gives_away(tmp_path):
    strings = f"<x><si><t>{LONG}</t></si>{' ' * (3 << 20)}</sst>"
    content = xlsx([("worksheets/sheet1.xml", sheet(f"<row>{MANY}</row>"))], strings)
    assert refused(tmp_path, content) == "damaged"


def test_a_long_string_that_few_cells_share_is_sound(tmp_path):
    cells = MANY.replace("<v>0", "<v>1") + FIRST.replace("A1", "B1")
    content = xlsx([("worksheets/sheet1.xml", sheet(f"<row>{cells}</row>"))], table([LONG, "a"]))
    assert refused(tmp_path, content) is None
    assert shared.lengths([table([LONG, "a"]).encode()]) == [32_000, 1]


def test_shared_text_is_told_across_pieces():
    cells = f"<row>{MANY}</row>".encode()
    pieces = [cells[i : i + 1000] for i in range(0, len(cells), 1000)]
    assert shared.text_of(pieces, [7]) == 7 * 20_000


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (row(cell(repeated=1000), repeated=100_000), "hostile_extent"),
        (row(cell('office:value="1"', repeated=1000), repeated=100_000), "hostile_extent"),
        (row(cell('table:formula="of:=1"', repeated=1000), repeated=100_000), "hostile_extent"),
        (row(cell('office:boolean-value="true"', repeated=+9_999_999)), "hostile_extent"),
        (row(cell(""), repeated=5000) + row(cell("", repeated=16_000), cell()), "hostile_extent"),
        (row(cell("", repeated=100_000), cell()) * 50, "hostile_extent"),
        (row(cell("", repeated=9999), cell("", text=""), cell(), repeated=999), "hostile_extent"),
        (row(cell(repeated=16_000, text=LONG)), "hostile_size"),
        (row(cell(text="x" * 3000), repeated=100_000), "hostile_size"),
        (row(cell('table:formula="of:=' + "1" * 3000 + '"'), repeated=99_999), "hostile_size"),
        (row(cell(text='<text:s text:c="999999999"/>')), "hostile_size"),
        (row(cell(repeated=9_999_999)).replace('"9', '"+9'), "hostile_extent"),
        (
            row(cell("", repeated=3000), cell(), repeated=2000)
            + row("<table:table-cell><table:table></table:table></table:table-cell>")
            + row(cell(""), repeated=9000)
            + row(cell()),
            "hostile_extent",
        ),
    ],
)
def test_hostile_ods(tmp_path, rows, why):
    assert refused(tmp_path, ods(rows)) == why


def test_the_tables_of_an_ods_are_summed(tmp_path):
    rows = (
        row(cell(), repeated=1) + row(cell(""), repeated=1999) + row(cell("", repeated=999), cell())
    )
    assert refused(tmp_path, ods(rows)) is None
    assert refused(tmp_path, ods(rows, rows)) == "hostile_extent"


def test_ods_repeats_are_counted():
    def measured(rows: int, columns: int) -> extent.Extent:
        text = f"<a><table:table>{row(cell(repeated=columns), repeated=rows)}</table:table></a>"
        return extent.of_ods([text.encode()])

    assert measured(3, 4) == extent.Extent(places=12, filled=1, text=11)
    assert measured(1_000_000, 1000).places > room.MAX_PLACES


def xlsb_sheet(*cells: tuple[int, int]) -> bytes:
    body = bytes([0x94, 1, 16]) + b"\0" * 16 + bytes([0x91, 1, 0])
    for at_row, column in cells:
        body += b"\0\4" + at_row.to_bytes(4, "little")
        body += b"\7\x0c" + column.to_bytes(4, "little") + b"\0" * 8
    return body + bytes([0x92, 1, 0])


def test_xlsb_is_measured_by_its_records(tmp_path):
    near = xlsb_sheet((0, 0), (9, 4))
    assert binary.of_xlsb([near], [30]) == extent.Extent(places=50, filled=2, text=60)
    far = xlsb_sheet((0, 0), (1_048_575, 16_383))
    assert binary.of_xlsb([far[:20], far[20:30], far[30:]]).places == 1 << 34
    for name in ("xl/worksheets/sheet1.bin", "xl/worksheets/sheet1.xml", "xl/a"):
        book = books_of.zipped([("xl/workbook.bin", b""), (name, far)])
        assert refused(tmp_path, book) == "hostile_extent"


def test_xlsb_strings_and_sheets(tmp_path):
    text = "x".encode("utf-16-le") * 5000
    strings = bytes([19, *varint(len(text) + 5)]) + b"\0" + struct.pack("<I", 5000) + text
    cells = xlsb_sheet(*((n, 0) for n in range(40_000)))
    relation = struct.pack("<III", 0, 1, 2) + "r1".encode("utf-16-le") + b"\0" * 4
    named = bytes([0x9C, 1, len(relation)]) + relation
    target = '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.bin"/></Relationships>'

    def book(sheets: int) -> bytes:
        return books_of.zipped(
            [
                ("xl/workbook.bin", named * sheets),
                ("xl/_rels/workbook.bin.rels", target),
                ("xl/worksheets/sheet1.bin", cells),
                ("xl/sharedStrings.bin", strings),
            ]
        )

    assert refused(tmp_path, book(1)) == "hostile_size"
    cells = xlsb_sheet((0, 0), (999_999, 6))
    assert refused(tmp_path, book(1)) is None
    assert refused(tmp_path, book(2)) == "hostile_extent"


def varint(value: int) -> bytes:
    return bytes([value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14])


def test_one_long_record_takes_no_time_to_pass():
    chunks = [b"\7\x80\x80\x80\x7f" + b"\0" * (1 << 20), *[b"\0" * (1 << 20)] * 99]
    began = time.perf_counter()
    assert binary.of_xlsb(chunks).places == 0
    assert time.perf_counter() - began < 1


CORNERS = number(0, 0) + number(65_535, 255)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(xls([CORNERS]), "hostile_extent", id="two corners"),
        pytest.param(xls([number(65_535, 59)] * 3), "hostile_extent", id="three sheets"),
        pytest.param(xls([number(65_535, 59)] * 3, same=True), "hostile_extent", id="one, thrice"),
        pytest.param(
            xls([record(0xBD, struct.pack("<HH", 65_535, 0) + b"\0" * 6 + struct.pack("<H", 255))]),
            "hostile_extent",
            id="numbers in a row",
        ),
        pytest.param(
            xls([record(0x06, struct.pack("<HH", 65_535, 255) + b"\0" * 18)]),
            "hostile_extent",
            id="formula",
        ),
        pytest.param(
            xls([record(0x200, struct.pack("<IIHHH", 0, 1 << 31, 0, 255, 0)) + number(0, 0)]),
            "hostile_extent",
            id="dimensions",
        ),
        pytest.param(
            xls([record(0x200, struct.pack("<IIHHH", 9, 1, 0, 255, 0)) + number(0, 0)]),
            "hostile_extent",
            id="dimensions turned over",
        ),
        pytest.param(
            xls([number(0, 0) * 5000] * 200, same=True), "damaged", id="sheets that share records"
        ),
        pytest.param(books_of.compound(b"", loop=True), "damaged", id="sectors in a circle"),
        pytest.param(
            xls([number(0, 0)], record(0xFC, struct.pack("<II", 1, 1 << 30))), "damaged", id="count"
        ),
        pytest.param(
            xls([number(0, 0)], record(0x2F, b"\1\0")), "encrypted", id="protected by a password"
        ),
    ],
)
def test_hostile_xls(tmp_path, content, why):
    assert refused(tmp_path, content) == why


def strings_of_xls(*pieces: bytes, count: int = 1) -> bytes:
    first, *others = pieces
    found = record(0xFC, struct.pack("<II", count, count) + first)
    return found + b"".join(record(0x3C, piece) for piece in others)


def test_shared_text_of_an_xls(tmp_path):
    # 3,000 letters, the first half as bytes, the second in UTF-16.
    long = strings_of_xls(b"\xb8\x0b\0" + b"x" * 1500, b"\1" + b"x\0" * 1500, b"\1\0\0y", count=2)
    cells = [record(0xFD, struct.pack("<HHHI", n, 0, 0, 0)) for n in range(60_000)]
    assert refused(tmp_path, xls([b"".join(cells)], long)) == "hostile_size"
    others = [record(0xFD, struct.pack("<HHHI", n, 1, 0, 1)) for n in range(60_000)]
    assert refused(tmp_path, xls([b"".join(cells[:100] + others)], long)) is None


def test_dimensions_that_are_merely_odd_are_sound(tmp_path):
    for claim in ((0, 192, 512, 75, 0), (0, 0, 0, 0, 0), (9, 0, 3, 0, 0)):
        sheets = [record(0x200, struct.pack("<HHHHH", *claim)) + number(0, 0)]
        assert refused(tmp_path, xls(sheets)) is None


def test_a_sound_xls_is_read(load):
    text = strings_of_xls(b"\4\0\0Deal\4\0\0Li", b"\0ne", count=2)
    cells = b"".join(
        record(0xFD, struct.pack("<HHHI", n, 0, 0, n > 0)) + number(n, 1, n) for n in range(6)
    )
    got = load("a.xls", xls([cells], text))
    assert got.data() == [["Deal", "0"], *(["Line", str(n)] for n in range(1, 6))]


@pytest.mark.parametrize("last", [1, 999, 1000, 1999, 2000, 99_999, 100_000, 110_000, 1_048_576])
@pytest.mark.parametrize("letters", [b"A", b"B", b"Z", b"AA", b"AD", b"BA", b"ZZ", b"AAA", b"XFD"])
def test_the_quick_box_holds_every_cell(last, letters):
    quick = Quick(1 << 60)
    quick.look(b'<c r="A1"/>' + b'<c r="%s%d"/>' % (letters, last) + b"<cols/>")
    exact = column_of(letters) * last
    assert quick.certain
    assert exact <= quick.places <= 2 * (column_of(letters) + 25) * max(last, 999)
    again = quick.places
    quick.look(b'<c r="%s%d"/>' % (letters, max(1, last - 1)) + b'<c r="A%d"/>' % last)
    assert quick.places == again


@pytest.mark.parametrize(
    "odd", ["<c/>", '<c t="n" r="A1"/>', '<x:c r="A1"/>', '<c r="a1"/>', '<c r="A9999999"/>']
)
def test_the_quick_box_knows_what_it_cannot_tell(odd):
    quick = Quick(1 << 60)
    quick.look(f'<c r="A1"/>{odd}'.encode())
    assert not quick.certain
