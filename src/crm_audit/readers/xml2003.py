"""Parses XML Spreadsheet 2003, the format that old CRMs and 1C name .xls."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from crm_audit.readers.refusal import Refusal

_MAX_COLUMNS = 16_384


@dataclass
class Sheet:
    """One worksheet: its rows that are not empty, each with its number."""

    name: str
    hidden: bool = False
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def parse(data: bytes) -> list[Sheet]:
    """The worksheets of the document; refused if it is other XML or declares a document type."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data.lstrip(), True)
    except expat.ExpatError as error:
        raise Refusal("damaged") from error
    if not reader.sheets:
        raise Refusal("no_table")
    return reader.sheets


def _refuse(*_: object) -> None:
    raise Refusal("hostile_doctype")


class _Reader:
    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._row = 0
        self._cells: list[str] = []
        self._across = 0
        self._kind = ""
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.sheets.append(Sheet(values.get("Name", "")))
            self._row = 0
        elif not self.sheets:
            return
        elif name == "Row":
            self._row = _number(values.get("Index"), self._row + 1)
            self._cells = []
        elif name == "Cell":
            at = _number(values.get("Index"), len(self._cells) + 1)
            if at > _MAX_COLUMNS:
                raise Refusal("hostile_extent", limit=20)
            self._cells += [""] * (at - 1 - len(self._cells))
            self._cells.append("")
            self._across = min(_number(values.get("MergeAcross"), 0), _MAX_COLUMNS)
        elif name == "Data":
            self._kind = values.get("Type", "String")
            self._text = []
        elif name == "Visible":
            self._text = []

    def text(self, part: str) -> None:
        if self._text is not None:
            self._text.append(part)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "Data" and self._text is not None:
            if self._cells:
                self._cells[-1] = _value("".join(self._text), self._kind)
            self._text = None
        elif name == "Visible" and self._text is not None:
            self.sheets[-1].hidden = "".join(self._text).strip() in (
                "SheetHidden",
                "SheetVeryHidden",
            )
            self._text = None
        elif name == "Cell":
            self._cells += [""] * self._across
        elif name == "Row" and self.sheets and any(self._cells):
            self.sheets[-1].rows.append((self._row, self._cells))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _value(text: str, kind: str) -> str:
    if kind == "DateTime":
        return text.replace("T", " ").removesuffix(".000")
    if kind == "Boolean":
        return {"1": "true", "0": "false"}.get(text.strip(), text)
    return text
