"""Long tables of history, activities and contacts are the same read directly or carefully."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import crm_audit
from crm_audit.engine import long
from crm_audit.engine.session import Session
from crm_audit.readers import Workspace, delimited, read
from crm_audit.readers.raw import ReadOptions
from crm_audit.wording import Wording

DEALS, ROWS = 400, 5_000
LATE = 3 * ROWS // 16
STAGES = ("Qualification", "Spec agreed", "Proposal sent", "Contract review")
HISTORY = ["Deal ID", "From Stage", "To Stage", "Changed At", "Changed By", "Amount"]
TASKS = ["Activity ID", "Deal ID", "Type", "Subject", "Created Date", "Due Date", "Completed",
         "Completed Date", "Direction", "Owner"]  # fmt: skip
PEOPLE = ["Contact ID", "Full Name", "Position", "Company", "Deal ID"]


def day(n: int) -> str:
    return f"{date(2025, 1, 6) + timedelta(days=n % 500):%d.%m.%Y} 09:{n % 60:02}"


def deals() -> list[list[str]]:
    rows = [["Deal ID", "Deal Name", "Stage", "Amount", "Created Date", "Next Step"]]
    return rows + [
        [f"D-{n}", f"Line {n}", STAGES[n % 4], str(n * 100 + 7), day(n), "Client signs"]
        for n in range(DEALS)
    ]


def history() -> list[list[str]]:
    chance = random.Random(3)
    rows = []
    for n in range(ROWS):
        at = chance.randrange(3)
        rows.append([f"D-{chance.randrange(DEALS)}", STAGES[at], STAGES[at + 1], day(n),
                     chance.choice(("Ada Berg", "Tom Lind")), f"{n % 700 + 10}.50"])  # fmt: skip
    return rows


def tasks() -> list[list[str]]:
    chance = random.Random(4)
    rows = []
    for n in range(ROWS):
        done = chance.random() < 0.7
        rows.append([f"A-{n}", f"D-{chance.randrange(DEALS)}", chance.choice(("Call", "Meeting")),
                     chance.choice(("Call the plant", "Client sends the spec", "n/a")), day(n),
                     day(n + 9), "Yes" if done else "No", day(n + 8) if done else "",
                     chance.choice(("Inbound", "Outbound", "")), "Ada Berg"])  # fmt: skip
    return rows


def people() -> list[list[str]]:
    chance = random.Random(5)
    ranks = ("Chief engineer", "Finance director", "Lawyer", "")
    return [
        [f"P-{n}", f"Mia Holt {n}", chance.choice(ranks), f"Plant {n % 90}",
         f"D-{chance.randrange(DEALS)}"]
        for n in range(ROWS)
    ]  # fmt: skip


TABLES: dict[str, tuple[list[str], Callable[[], list[list[str]]]]] = {
    "history": (HISTORY, history), "tasks": (TASKS, tasks), "people": (PEOPLE, people),
}  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(long, "MANY", 1_000)
    monkeypatch.setattr(long, "_SLICE", 1 << 12)
    monkeypatch.setattr(delimited, "SMALL", 1 << 15)
    return monkeypatch


def audited(folder: Path, kind: str, rows: list[list[str]]) -> tuple[Any, set[str]]:
    """The audit of deals with one table that hangs on them; the tables kept as text on the way."""
    copied: set[str] = set()

    def watch(con: Any, table: Any, name: str, wording: Any) -> Any:
        copied.add(table.name)
        return load_raw(con, table, name, wording)

    from crm_audit.engine import joined
    from crm_audit.engine.raw import load_raw

    paths = []
    for name, lines in (("deals", deals()), (kind, [TABLES[kind][0], *rows])):
        path = folder / f"{name}.csv"
        path.write_text("".join(";".join(line) + "\n" for line in lines), encoding="utf-8")
        paths.append(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joined, "load_raw", watch)
        return crm_audit.diagnose(*paths), copied


def both(
    folder: Path, kind: str, rows: list[list[str]], patch: pytest.MonkeyPatch
) -> tuple[Any, set[str]]:
    """The audit and what was copied for it, once it is shown to be that of the careful way."""
    one, copied = audited(folder, kind, rows)
    patch.setattr(long, "MANY", 1 << 60)
    other, all_copied = audited(folder, kind, rows)
    assert all_copied == {f"{kind}.csv"}
    assert one.report.model_dump() == other.report.model_dump()
    assert one.deals.equals(other.deals)
    assert one.moves.equals(other.moves)
    return one, copied


@pytest.mark.parametrize("kind", TABLES)
def test_a_regular_table_is_not_copied_and_says_the_same(
    kind: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    found, copied = both(tmp_path, kind, TABLES[kind][1](), small)
    assert copied == set()
    table = found.report.inputs[1]
    assert (table.used, table.rows.imported) == (True, ROWS)


def put(kind: str, column: str, text: str) -> Any:
    return pytest.param(kind, column, text, id=f"{kind}: {column} {text!r}")


@pytest.mark.parametrize(
    ("kind", "column", "text"),
    [
        put("history", "To Stage", "Kept for the fair"),
        put("history", "Deal ID", "D-unknown"),
        put("history", "Changed By", "n/a"),
        put("history", "Changed At", "-"),
        put("tasks", "Subject", "Meeting at the fair"),
        put("tasks", "Due Date", ""),
    ],
)
def test_what_no_sample_held_is_read_directly(
    kind: str, column: str, text: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = TABLES[kind][1]()
    rows[LATE][TABLES[kind][0].index(column)] = text
    found, copied = both(tmp_path, kind, rows, small)
    assert copied == set()
    if text == "Kept for the fair":
        assert text in [stage.stage for stage in found.report.stages]


@pytest.mark.parametrize(
    ("kind", "column", "text"),
    [
        put("history", "Changed At", "soon"),
        put("history", "Changed At", "2026-02-03"),
        put("history", "Amount", "12,5"),
        put("history", "Deal ID", ""),
        put("history", "Deal ID", "Total"),
        put("history", "Deal ID", "  "),
        put("history", "Changed By", '"Ada\nBerg"'),
        put("tasks", "Type", "Visit"),
        put("tasks", "Completed", "perhaps"),
        put("tasks", "Activity ID", ""),
        put("tasks", "Activity ID", "  "),
        put("tasks", "Activity ID", "\u00a0"),
        put("tasks", "Subject", "\u00a0"),
    ],
)
def test_an_irregular_table_is_read_the_careful_way(
    kind: str, column: str, text: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = TABLES[kind][1]()
    rows[LATE][TABLES[kind][0].index(column)] = text
    if kind == "tasks" and column == "Subject":
        rows[LATE][TASKS.index("Completed")] = "No"
    _, copied = both(tmp_path, kind, rows, small)
    assert copied == {f"{kind}.csv"}


def test_a_table_that_leads_to_few_deals_is_looked_at_whole(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = history()
    for n, row in enumerate(rows):
        row[0] = row[0] if n % 3 else f"X-{n}"
    found, copied = both(tmp_path, "history", rows, small)
    assert copied == {"history.csv"}
    assert found.report.inputs[1].joined_on.matched == pytest.approx(2 / 3, abs=0.01)


def test_ids_that_lead_to_deals_only_in_the_sample_are_looked_at_whole(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    wording = Wording("en")
    with Workspace() as space:
        path = tmp_path / "history.csv"
        text = "".join(";".join(line) + "\n" for line in (HISTORY, *history()))
        path.write_text(text, encoding="utf-8")
        table = read([path], ReadOptions(), wording, space)[0]
        with Session(memory_limit="1GB", spill=space.new_file()) as session:
            found = long.as_long(table, 0)
            assert found is not None
            found.sample(session, "sample_0")
            seen = {row[0] for row in session.rows("SELECT c0 || c3 FROM sample_0")}
    rows = history()
    for n, row in enumerate(rows):
        row[0] = row[0] if row[0] + row[3] in seen else f"X-{n}"
    _, copied = both(tmp_path, "history", rows, small)
    assert copied == {"history.csv"}
