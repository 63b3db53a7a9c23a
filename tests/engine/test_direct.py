"""A long table of deals is the same whether it is read directly or with a copy of its text."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import crm_audit
from crm_audit.engine import long
from crm_audit.engine.load import Loader
from crm_audit.engine.loaded import LoadOptions
from crm_audit.engine.session import Session
from crm_audit.readers import Workspace, delimited, read
from crm_audit.readers.raw import ReadOptions
from crm_audit.recognise import recognise
from crm_audit.recognise.plan import RecogniseOptions
from crm_audit.wording import Wording

ROWS = 4_000
HEADER = [
    "Deal ID", "Deal Name", "Pipeline", "Stage", "Status", "Amount", "Currency", "Owner",
    "Company", "Created Date", "Close Date", "Next Step", "Probability", "Decision Maker",
    "Machine", "Remarks of the plant",
]  # fmt: skip
STAGES = ("Qualification", "Spec agreed", "Proposal sent", "Contract review")


def cells(n: int, chance: random.Random) -> list[str]:
    day = date(2024, 1, 1) + timedelta(days=n * 900 // ROWS)
    status = chance.choice(("Open", "Open", "Won", "Lost"))
    stage = {"Won": "Closed Won", "Lost": "Closed Lost"}.get(status) or chance.choice(STAGES)
    return [
        f"D-{n:06}", f"Line for a dairy {n}", chance.choice(("Projects", "Service")), stage, status,
        chance.choice(("", f"{chance.randrange(10**4, 10**7):,}.50".replace(",", " "))),
        chance.choice(("EUR", "USD", "")), chance.choice(("Ada Berg", "Tom Lind", "Eva Rask")),
        f"Plant {n // 3}", f"{day:%d.%m.%Y} 10:{n % 60:02}",
        "" if status == "Open" else f"{day + timedelta(days=40):%d.%m.%Y}",
        chance.choice(("", "n/a", "Client signs the contract", "Call again")),
        chance.choice(("", "10%", "55 %")), chance.choice(("", "-", "Mia Holt", "unknown")),
        chance.choice(("", "Filler", "Mixer")), "checked by the engineer on site",
    ]  # fmt: skip


@dataclass
class Held:
    """What stands in the database after loading one file."""

    deals: list[tuple[Any, ...]]
    extra: list[tuple[Any, ...]]
    stages: list[Any]
    events: list[tuple[Any, ...]]
    rows: tuple[Any, ...]
    bad: list[Any]
    copied: bool


def load(path: Path) -> Held:
    wording = Wording("en")
    with Workspace() as space:
        plans = recognise(read([path], ReadOptions(), wording, space), RecogniseOptions(), wording)
        with Session(memory_limit="1GB", spill=space.new_file()) as session:
            loader = Loader(session, LoadOptions(), wording)
            (table,) = loader.load(plans)
            columns = ", ".join(f"c{i}" for i in plans[0].unmapped)
            (kind,) = session.rows(
                "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'raw_0'"
            )
            return Held(
                session.rows("SELECT * FROM deals ORDER BY deal_no"),
                session.rows(f"SELECT rowid, {columns} FROM raw_0 ORDER BY rowid"),
                loader.book.rows,
                session.rows("SELECT * FROM stage_events ORDER BY ALL"),
                (table.imported, table.merged, table.raw.read, table.raw.skipped, table.bad_total),
                table.bad_cells,
                copied=bool(kind[0]),
            )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A file of half a megabyte is a long one, and the sample is a small part of it."""
    monkeypatch.setattr(long, "MANY", 1_000)
    monkeypatch.setattr(long, "_SLICE", 1 << 12)
    monkeypatch.setattr(delimited, "SMALL", 1 << 17)
    return monkeypatch


def write(path: Path, rows: list[list[str]]) -> Path:
    lines = [";".join(row) for row in (HEADER, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def made() -> list[list[str]]:
    chance = random.Random(7)
    return [cells(n, chance) for n in range(ROWS)]


def both(path: Path, patch: pytest.MonkeyPatch) -> tuple[Held, Held]:
    first = load(path)
    patch.setattr(long, "MANY", 1 << 60)
    return first, load(path)


def same(one: Held, other: Held) -> None:
    assert one.rows == other.rows
    assert one.deals == other.deals
    assert one.extra == other.extra
    assert one.stages == other.stages
    assert one.events == other.events
    assert one.bad == other.bad


def test_a_regular_table_is_not_copied_and_comes_out_equal(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    directly, carefully = both(write(tmp_path / "deals.csv", made()), small)
    assert (directly.copied, carefully.copied) == (False, True)
    assert len(directly.deals) == ROWS
    same(directly, carefully)


def test_a_stage_and_junk_that_no_sample_holds_are_found(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = made()
    rows[3 * ROWS // 16][3] = "Kept for the fair"
    rows[5 * ROWS // 16][1] = "N/A"
    rows[7 * ROWS // 16][0] = "-"
    directly, carefully = both(write(tmp_path / "deals.csv", rows), small)
    assert not directly.copied
    assert "Kept for the fair" in [row.stage for row in directly.stages]
    same(directly, carefully)


def put(row: int, column: str, text: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[row][HEADER.index(column)] = text

    return change


LATE = 3 * ROWS // 16
IRREGULAR: dict[str, Callable[[list[list[str]]], None]] = {
    "a date that is none": put(LATE, "Created Date", "soon"),
    "a date in another style": put(LATE, "Close Date", "2026-03-04"),
    "a decimal comma": put(LATE, "Amount", "12 345,50"),
    "both marks": put(LATE, "Amount", "1.234,50"),
    "an amount that is a word": put(LATE, "Amount", "a lot"),
    "another currency sign": put(LATE, "Amount", "€ 100"),
    "an unknown currency": put(LATE, "Currency", "points"),
    "a word of the currency not in the sample": put(LATE, "Currency", "euro"),
    "a probability of words": put(LATE, "Probability", "High"),
    "white space": put(LATE, "Company", "   "),
    "white space in a column not known": put(LATE, "Machine", "\u00a0"),
    "no id": put(LATE, "Deal ID", ""),
    "a line break": put(LATE, "Next Step", '"Call\nagain"'),
    "a total": lambda rows: rows.append(["Total", *[""] * 4, "1 000.00", *[""] * 10]),
    "the header again": lambda rows: rows.insert(LATE, HEADER),
    "a blank row": lambda rows: rows.insert(LATE, [""] * len(HEADER)),
    "a row cut off": lambda rows: rows.insert(LATE, ["D-x", "Cut"]),
    "a deal twice": lambda rows: rows.insert(LATE, list(rows[LATE])),
}


def late_dates(rows: list[list[str]]) -> None:
    for n, row in enumerate(rows):
        row[HEADER.index("Close Date")] = "01.02.2025" if n in (LATE, LATE + 1) else ""


def unclear_dates(rows: list[list[str]]) -> None:
    for n, row in enumerate(rows):
        row[HEADER.index("Created Date")] = "25/01/2024" if n == LATE else f"0{n % 9 + 1}/02/2024"


def unclear_marks(rows: list[list[str]]) -> None:
    for n, row in enumerate(rows):
        row[HEADER.index("Amount")] = "12,5" if n == LATE else f"{n % 900 + 1},{n % 800 + 100}"


def nothing_and_a_mark(rows: list[list[str]]) -> None:
    put(LATE, "Close Date", "n/a")(rows)
    put(LATE, "Amount", "12 345,50")(rows)


IRREGULAR |= {
    "a cell of nothing beside a decimal comma": nothing_and_a_mark,
    "a mark that only one row tells apart": unclear_marks,
    "a column filled where no sample was taken": late_dates,
    "days and months that only one row tells apart": unclear_dates,
}


@pytest.mark.parametrize("kind", IRREGULAR)
def test_an_irregular_table_is_read_the_careful_way(
    kind: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = made()
    IRREGULAR[kind](rows)
    directly, carefully = both(write(tmp_path / "deals.csv", rows), small)
    same(directly, carefully)
    assert directly.copied
    assert len(directly.deals) >= ROWS - 1


def test_nothing_and_empty_cells_are_read_directly(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = made()
    for row in rows[LATE : LATE + 40]:
        row[HEADER.index("Close Date")] = "n/a"
        row[HEADER.index("Amount")] = "-"
    directly, carefully = both(write(tmp_path / "deals.csv", rows), small)
    assert not directly.copied
    same(directly, carefully)


def book(path: Path, rows: list[list[str]], *, title: bool = False) -> Path:
    made = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "constant_memory": True})
    sheet = made.add_worksheet("Deals")
    above = [["Deals of the plant"], []] if title else []
    for at, row in enumerate([*above, HEADER, *rows]):
        sheet.write_row(at, 0, [cell or None for cell in row])
    made.close()
    return path


@pytest.mark.parametrize("title", [False, True])
def test_a_long_sheet_is_read_directly(
    title: bool, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    directly, carefully = both(book(tmp_path / "deals.xlsx", made(), title=title), small)
    assert (directly.copied, carefully.copied) == (False, True)
    assert len(directly.deals) == ROWS
    same(directly, carefully)


@pytest.mark.parametrize("kind", ["a date that is none", "a total", "a blank row", "a deal twice"])
def test_an_irregular_sheet_is_read_the_careful_way(
    kind: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = made()
    IRREGULAR[kind](rows)
    directly, carefully = both(book(tmp_path / "deals.xlsx", rows), small)
    assert directly.copied
    same(directly, carefully)


def test_an_empty_text_in_a_sheet_is_an_empty_cell(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = made()
    for at in range(5, ROWS, 9):
        rows[at][HEADER.index("Next Step")] = "NOTHING"
        rows[at][HEADER.index("Remarks of the plant")] = "NOTHING"
    whole = book(tmp_path / "whole.xlsx", rows)
    path = tmp_path / "deals.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<t>NOTHING</t>", b"<t></t>"))
    directly, carefully = both(path, small)
    same(directly, carefully)
    assert "" not in {row[-1] for row in directly.extra}


def test_blank_lines_at_the_end_are_counted(tmp_path: Path, small: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "deals.csv", made())
    path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    directly, carefully = both(path, small)
    assert not directly.copied
    same(directly, carefully)


def test_flags_of_status_and_dates_of_stages_are_read_directly(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    lines = ["Deal ID,Deal Name,Deal Stage,IsClosed,IsWon,Amount,Create Date,"
             'Date entered "Proposal sent","Date entered ""Closed Won"""']  # fmt: skip
    for n in range(ROWS):
        stage, won = ("Closed Won", 1) if n % 3 == 0 else ("Proposal sent", 0)
        lines.append(
            f"{n + 100},Line for a dairy in the north {n},{stage},{bool(won)},{bool(won)},"
            f"{n * 10 + 5},2026-01-{n % 27 + 1:02},2026-02-{n % 27 + 1:02},"
            + (f"2026-03-{n % 27 + 1:02}" if won else "")
        )
    path = tmp_path / "deals.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    directly, carefully = both(path, small)
    assert not directly.copied
    assert len(directly.events) == ROWS + len(range(0, ROWS, 3))
    same(directly, carefully)


def test_a_header_repeated_among_texts_is_no_deal(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    header = "Deal ID;Deal Name;Stage;Owner"
    lines = [f"D-{n};Line for the dairy of the town {n};Proposal sent;Ada" for n in range(2 * ROWS)]
    lines.insert(LATE, header)
    path = tmp_path / "deals.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    directly, carefully = both(path, small)
    assert directly.copied
    assert len(directly.deals) == 2 * ROWS
    same(directly, carefully)


def test_the_report_is_the_same(tmp_path: Path, small: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "deals.csv", made())
    directly = crm_audit.diagnose(path)
    small.setattr(long, "MANY", 1 << 60)
    carefully = crm_audit.diagnose(path)
    assert directly.report.model_dump() == carefully.report.model_dump()
    assert directly.deals.equals(carefully.deals)
