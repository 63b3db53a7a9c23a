"""The words of stage and status in a table of deals: each combination, with what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook, StageRow
from crm_audit.recognise import profiles
from crm_audit.recognise import stages as recognised
from crm_audit.recognise.plan import TablePlan

_MOST_SEARCHED = 200
"""Combinations among which a cell is searched for one by one; chosen, more are joined."""


@dataclass
class Combos:
    """Every combination of the words in `columns`, with the number of its stage and its status.

    `keys` are the words, a list for each column.
    """

    columns: list[int]
    keys: list[list[str | None]]
    numbers: list[int | None] = field(default_factory=list)
    statuses: list[str | None] = field(default_factory=list)

    def store(self, session: Session, name: str) -> None:
        """Make the table `name`: the words as `k0`, `k1`, ..., `stage_no`, `status`."""
        names = [f"k{i}" for i in range(len(self.columns))]
        typed = ", ".join([*(f"{n} VARCHAR" for n in names), "stage_no INTEGER, status VARCHAR"])
        session.con.execute(f"CREATE TABLE {name} ({typed})")
        filled: dict[str, list[Any]] = dict(zip(names, self.keys, strict=True))
        session.fill(name, filled | {"stage_no": self.numbers, "status": self.statuses})

    def found(self) -> tuple[str, dict[str, Any]]:
        """SQL of the place of a row's words among them, from 1, with its parameters.

        NULL for words that are not among them, and for all where there are too many to search.
        """
        if not self.columns or len(self.numbers) > _MOST_SEARCHED:
            return "CAST(NULL AS INTEGER)", {"combo_stages": [None], "combo_statuses": [None]}
        cells = (f"coalesce(c{column}, chr(30))" for column in self.columns)
        rows = zip(*self.keys, strict=True)
        params = {
            "combo_words": ["\x1f".join("\x1e" if w is None else w for w in r) for r in rows],
            "combo_stages": self.numbers,
            "combo_statuses": self.statuses,
        }
        words = f"concat_ws(chr(31), {', '.join(cells)})"
        return f"list_position(CAST($combo_words AS VARCHAR[]), {words})", params


def number_stages(session: Session, book: StageBook, plan: TablePlan, rows: str) -> Combos:
    """Number the stages of a table of deals and decide the status of each combination of words.

    `rows` is the table with the text of the columns.
    """
    mapping = plan.mapping
    pipeline, stage = mapping.get("pipeline"), mapping.get("stage")
    status = mapping.get("status")
    used = [m.columns[0] for m in (pipeline, stage) if m]
    used += list(status.columns) if status else []
    combos = Combos(used, [[] for _ in used])
    picked = ", ".join(f"c{c}" for c in used) or "1"
    for row in session.rows(f"SELECT DISTINCT {picked} FROM {rows} ORDER BY ALL"):
        cells = list(row) if used else []
        rest = list(cells)
        in_pipeline = rest.pop(0) if pipeline else None
        found = book.find(in_pipeline, rest.pop(0) if stage else None, plan.crm)
        for i, cell in enumerate(cells):
            combos.keys[i].append(cell)
        combos.numbers.append(found.number if found else None)
        combos.statuses.append(_status(plan, book, found, rest))
    return combos


def _status(
    plan: TablePlan, book: StageBook, stage: StageRow | None, cells: list[str | None]
) -> str | None:
    """The status of a deal whose stage is `stage` and whose status columns hold `cells`."""
    said = _said_status(plan, cells) if "status" in plan.mapping else None
    if stage is None:
        return said
    by_stage = stage.word_status
    if by_stage is None and "status" not in plan.mapping:
        by_stage = stage.named_status
    settled = by_stage == "ignored" or stage.stage in book.overrides
    if by_stage is not None and (said is None or settled):
        return by_stage
    return "open" if said is None and not _closed_untold(plan, cells) else said


def _said_status(plan: TablePlan, cells: list[str | None]) -> str | None:
    """What the status columns say: flags (closed, won) by their names, or a word."""
    if plan.status_flags:
        flags = {n: recognised.flag(c) for n, c in zip(plan.status_flags, cells, strict=True)}
        return recognised.status_from_flags(flags.get("closed"), flags.get("won"))
    if cells[0] is None:
        return None
    return recognised.status_of_value(cells[0], profiles.load().get(plan.crm))


def _closed_untold(plan: TablePlan, cells: list[str | None]) -> bool:
    """Whether a flag says that the deal is closed and nothing says how it ended."""
    flags = dict(zip(plan.status_flags, cells, strict=False))
    return bool(recognised.flag(flags.get("closed")))
