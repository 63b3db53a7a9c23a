"""The words of stage and status in a table of deals: each combination, with what it says."""

from __future__ import annotations

from typing import Any

from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook, StageRow
from crm_audit.recognise import profiles
from crm_audit.recognise import stages as recognised
from crm_audit.recognise.plan import TablePlan


def number_stages(
    session: Session, book: StageBook, plan: TablePlan, number: int, rows: str
) -> list[int]:
    """Number the stages of a table of deals and decide the status of each combination of words.

    Makes the table `combos_<number>`: the words as `k0`, `k1`, ..., `stage_no`, `status`. Returns
    the columns of the raw table `rows` that hold the words.
    """
    mapping = plan.mapping
    pipeline, stage = mapping.get("pipeline"), mapping.get("stage")
    status = mapping.get("status")
    used = [m.columns[0] for m in (pipeline, stage) if m]
    used += list(status.columns) if status else []
    keys: list[list[str | None]] = [[] for _ in used]
    numbers: list[int | None] = []
    statuses: list[str | None] = []
    picked = ", ".join(f"c{c}" for c in used) or "1"
    for row in session.rows(f"SELECT DISTINCT {picked} FROM {rows} ORDER BY ALL"):
        cells = list(row) if used else []
        rest = list(cells)
        in_pipeline = rest.pop(0) if pipeline else None
        found = book.find(in_pipeline, rest.pop(0) if stage else None, plan.crm)
        for i, cell in enumerate(cells):
            keys[i].append(cell)
        numbers.append(found.number if found else None)
        statuses.append(_status(plan, book, found, rest))
    names = [f"k{i}" for i in range(len(used))]
    columns = ", ".join([*(f"{n} VARCHAR" for n in names), "stage_no INTEGER, status VARCHAR"])
    session.con.execute(f"CREATE OR REPLACE TABLE combos_{number} ({columns})")
    filled: dict[str, list[Any]] = dict(zip(names, keys, strict=True))
    session.fill(f"combos_{number}", filled | {"stage_no": numbers, "status": statuses})
    return used


def _status(
    plan: TablePlan, book: StageBook, stage: StageRow | None, cells: list[str | None]
) -> str | None:
    """The status of a deal whose stage is `stage` and whose status columns hold `cells`."""
    said = _said_status(plan, cells) if "status" in plan.mapping else None
    if stage is None:
        return said
    by_stage = stage.word_status
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
