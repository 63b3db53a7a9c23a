"""What every reader hands on: one table as text, with where its rows stand in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from crm_audit.readers.digest import Digest
from crm_audit.readers.workspace import Workspace

Format = Literal[
    "csv", "tsv", "xlsx", "xlsm", "xls", "xlsb", "ods", "html", "xml", "jsonl", "parquet", "frame"
]


@dataclass(frozen=True)
class Dialect:
    """How a delimited UTF-8 file is cut into cells."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'


@dataclass(frozen=True)
class DelimitedSource:
    """Data rows in a UTF-8 file that the engine loads itself.

    `path` may be a transcoded or repaired temporary copy; `skip` lines (physical, in `path`) come
    before the first data row. `columns` is the number of cells of a row, where the table uses only
    the first of them. `lines` is the number of physical lines from the first data row to the last
    that is not blank, `blank_tail` those after it: the engine checks what it loaded. In a
    `numbered` copy, written by the reader record by record, the first cell of every row is its line
    in the original file, and cells of white space alone are empty. `columns` is 0 where a row has
    as many cells as there are headers; no row has more than `size` bytes.
    `space` is where a repaired copy can be made when the engine finds the file irregular.
    """

    path: Path
    dialect: Dialect
    skip: int
    columns: int = 0
    lines: int | None = None
    blank_tail: int = 0
    numbered: bool = False
    size: int = 2 << 20
    space: Workspace | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class ArrowSource:
    """Rows of a sheet as an object with the Arrow C interface, all columns text (None = empty).

    The data are the `take` rows after the first `skip`; the rest are headers or other tables.
    `lead` empty columns stand before those of `data`, which a sheet leaves out.
    """

    data: Any
    skip: int = 0
    take: int | None = None
    lead: int = 0


@dataclass(frozen=True)
class RowIssue:
    """Trouble in the file: a row that could not be imported, or a cell that could not be read."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class RawTable:
    """One table of one file: its header, a sample of its rows and where the rest is.

    `line` numbers count from 1 as the person sees them: physical lines of a text file, rows of a
    sheet. `skipped` and `rejects` hold what the reader itself already set aside before the data
    (preamble, header rows); the engine adds what it finds while loading.
    """

    name: str
    digest: Digest
    format: Format
    headers: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    source: DelimitedSource | ArrowSource
    first_line: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = 1
    skipped: dict[str, int] = field(default_factory=dict)
    rejects: tuple[RowIssue, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return str(self.digest)

    @property
    def headed(self) -> bool:
        """Whether the columns have names: records and frames have them without a header row."""
        return self.header_row is not None or self.format in ("frame", "jsonl", "parquet")

    @property
    def label(self) -> str:
        """Name for people: the file, and the sheet where there are several."""
        return f"{self.name} [{self.sheet}]" if self.sheet else self.name


@dataclass(frozen=True)
class Notice:
    """Something worth saying about a file: a code whose text stands in the phrase files."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about how to read: each wins over what would be detected."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    max_inflated: int = 400 * 1024 * 1024
