"""Sheets of several tables for tests: deals still open, deals won, a legend; and their writers."""

from __future__ import annotations

import io
import zipfile

import xlsxwriter

OPEN = [
    ["ID", "Deal", "Stage", "Amount", "Owner", "Created"],
    *[
        [i, f"Deal {i}", ("New", "Talks", "Offer")[i % 3], i * 1000, ("Ann", "Bob")[i % 2],
         f"2026-0{i % 9 + 1}-10"]
        for i in range(1, 13)
    ],
]  # fmt: skip
WON = [
    ["ID", "Deal", "Amount", "Owner", "Closed"],
    *[[i, f"Deal {i}", i * 900, "Ann", f"2026-05-{i}"] for i in range(21, 28)],
]
LEGEND = [["Stage", "Chance"], ["New", 0.1], ["Talks", 0.4], ["Offer", 0.6]]


def written(path, *placed):
    """A workbook of one sheet with `(rows, top, left)` placed on it."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for rows, top, left in placed:
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell not in (None, ""):
                        sheet.write(top + i, left + j, cell)
    return path


def shapes(found):
    return [(one.table.sheet, list(one.table.headers), one.lines) for one in found]


def lines(first, last):
    return list(range(first, last + 1))


def xml_of(*placed) -> str:
    """XML Spreadsheet 2003 of one sheet with `(rows, top)` on it."""
    rows = "".join(
        f'<Row ss:Index="{top + i}">'
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        + "</Row>"
        for table, top in placed
        for i, row in enumerate(table, start=1)
    )
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Sheet1"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def ods_of(*placed) -> bytes:
    """ODS of one sheet with `(rows, top)` on it, in the order of their tops."""
    rows, at = "", 0
    for table, top in placed:
        if top > at:
            rows += f'<table:table-row table:number-rows-repeated="{top - at}"><table:table-cell/>'
            rows += "</table:table-row>"
        for row in table:
            cells = (
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
                "</table:table-cell>"
                for cell in row
            )
            rows += f"<table:table-row>{''.join(cells)}</table:table-row>"
        at = top + len(table)
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0"'
        f' xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0" office:version="1.3">'
        '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return out.getvalue()
