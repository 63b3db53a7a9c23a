"""The client's own gate conditions: each with the open deals that meet it, fail it, cannot tell."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.engine.gatebook import BoundStage, Gatebook
from crm_audit.judge.case import Case
from crm_audit.judge.money import failing_amounts
from crm_audit.judge.shares import Measure, measure
from crm_audit.model.gates import GateCondition, PlaybookPart, PlaybookStage
from crm_audit.model.report import Notice

PAST_FIRST = "is_open AND stage_rank >= 2 AND gates_passed > 0"
"""Open deals past the first stage that have passed a gate of the playbook."""

_COUNTS = ("of", "met", "failed", "unknown", "junk")


def judge_playbook(case: Case) -> PlaybookPart | None:
    """The playbook on this export; None without one."""
    book = case.derived.gatebook
    if book is None:
        return None
    deals = conforming(case).count
    failed = int(deals.total - deals.true - deals.unknown)
    by_stage: dict[int, list[GateCondition]] = defaultdict(list)
    for bound, condition in zip(book.conditions, _conditions(case, book), strict=True):
        by_stage[bound.stage].append(condition)
    return PlaybookPart(
        name=book.playbook.name,
        sha256=book.playbook.sha256,
        deals=int(deals.total),
        met=int(deals.true),
        failed=failed,
        unknown=int(deals.unknown),
        amount=failing_amounts(case, f"{PAST_FIRST} AND NOT gates_met"),
        stages=[_stage(case, b, by_stage[n]) for n, b in enumerate(book.stages)],
    )


def conforming(case: Case) -> Measure:
    """Open deals past the first stage that have the facts of every gate they passed."""
    return measure(case.session, "gates_met", PAST_FIRST)


def _conditions(case: Case, book: Gatebook) -> list[GateCondition]:
    """Every condition counted over the open deals, in one query by currency."""
    picks = ", ".join(
        f"count(*) FILTER (WHERE {asked}), count(*) FILTER (WHERE p{i} AND m{i}),"
        f" count(*) FILTER (WHERE p{i} AND NOT m{i}),"
        f" count(*) FILTER (WHERE p{i} AND NOT m{i} AND s{i}),"
        f" sum(amount) FILTER (WHERE p{i} AND NOT m{i} AND amount > 0)"
        for i in range(len(book.conditions))
        for asked in [f"coalesce(p{i}, true)"]
    )
    if not picks:
        return []
    totals = [dict.fromkeys(_COUNTS, 0) for _ in book.conditions]
    amounts: list[dict[str, Any]] = [{} for _ in book.conditions]
    for currency, *numbers in case.session.rows(
        f"SELECT currency, {picks} FROM gate_cells JOIN judged USING (deal_no)"
        " GROUP BY currency ORDER BY currency"
    ):
        for i, total in enumerate(totals):
            of, met, failed, junk, amount = numbers[5 * i : 5 * i + 5]
            for name, n in zip(_COUNTS, (of, met, failed, of - met - failed, junk), strict=True):
                total[name] += n
            if amount:
                amounts[i][currency] = plain(amount)
    return [
        GateCondition(
            kind=bound.condition.kind,
            name=bound.condition.name,
            text=bound.label,
            known=bound.known,
            default=bound.default,
            amount=amounts[i],
            **totals[i],
        )
        for i, bound in enumerate(book.conditions)
    ]


def _stage(case: Case, bound: BoundStage, conditions: list[GateCondition]) -> PlaybookStage:
    numbers = ", ".join(str(row.number) for row in bound.open_rows)
    here = f"is_open AND stage_no IN ({numbers})" if numbers else "false"
    standing, over = case.session.rows(
        f"SELECT count(*), count(*) FILTER (WHERE stalled) FROM judged WHERE {here}"
    )[0]
    stage = bound.stage
    return PlaybookStage(
        pipeline=stage.pipeline,
        stage=stage.stage,
        decision=stage.decision,
        place="open" if numbers else "closed" if bound.rows else "absent",
        limit_days=stage.limit_days,
        reaction=stage.reaction,
        by=stage.by,
        standing=standing,
        over_limit=over,
        over_amount=failing_amounts(case, f"{here} AND stalled"),
        conditions=conditions,
    )


def playbook_warnings(case: Case, part: PlaybookPart | None) -> list[Notice]:
    """Stages and columns of the playbook that the export does not have, each said once."""
    if part is None:
        return []
    absent = [s.stage for s in part.stages if s.place == "absent"]
    columns = [c.text for s in part.stages for c in s.conditions if not c.known]
    defaults = [c.text for s in part.stages for c in s.conditions if c.default is not None]
    found: list[Notice] = []
    for code, names in (
        ("playbook_absent_stages", absent),
        ("playbook_absent_columns", columns),
        ("playbook_defaults", defaults),
    ):
        if names:
            listed = ", ".join(dict.fromkeys(names))
            values = {"name": part.name, "listed": listed}
            found.append(Notice(code=code, values=values, text=case.wording(code, **values)))
    return found
