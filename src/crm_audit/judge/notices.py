"""Sentences of a report on the audit itself: its date, its verdict, what to be careful with."""

from __future__ import annotations

from typing import Any

from crm_audit.judge.case import Case
from crm_audit.model.report import Input, Notice, Portfolio, VerdictPart

REJECTS_WARNING = 0.05
"""Share of rejected rows above which every report warns."""


def as_of_note(case: Case) -> str:
    """How the date of the audit was settled, where that needs saying; else empty."""
    if case.derived.rewound:
        key = "as_of_rewound" if case.derived.has_history else "as_of_current_values"
        return case.wording(key)
    return case.wording("as_of_none") if case.derived.as_of is None else ""


def verdict_text(case: Case, verdict: VerdictPart, portfolio: Portfolio) -> str:
    """The verdict in one sentence."""
    say = case.wording
    if not portfolio.open:
        return say("verdict_no_open")
    return say(
        "verdict_" + verdict.answer,
        no=say.count(verdict.no_min, "noun_no"),
        unknown=str(verdict.no_max - verdict.no_min),
        threshold=str(verdict.threshold),
    )


def warnings(case: Case, inputs: list[Input]) -> list[Notice]:
    """What a reader must know of the files before believing the figures."""
    found: list[Notice] = []

    def warn(code: str, **values: Any) -> None:
        found.append(Notice(code=code, values=values, text=case.wording(code, **values)))

    for table, loaded in zip(inputs, case.loaded, strict=True):
        if table.rows.read and table.rows.rejected > REJECTS_WARNING * table.rows.read:
            share = case.wording.percent(table.rows.rejected / table.rows.read)
            warn("many_rejects", name=table.name, share=share)
        if not table.used and table.kind != "deals":
            kind = case.wording("kind_" + table.kind)
            warn("set_aside", name=loaded.plan.table.label, kind=kind)
        if table.rows.merged:
            n = case.wording.number(table.rows.merged)
            warn("rows_merged", name=loaded.plan.table.label, n=n)
        if loaded.bad_total:
            warn("bad_cells", name=loaded.plan.table.label, n=str(loaded.bad_total))
        ambiguous = (
            [n for n, c in loaded.casts.fields.items() if c.ambiguous] if loaded.casts else []
        )
        for name in ambiguous:
            column = table.mapping[name].column if name in table.mapping else name
            warn("ambiguous_format", name=loaded.plan.table.label, column=str(column))
    if case.derived.unread_steps:
        warn("steps_unread", n=case.wording.number(case.derived.unread_steps))
    seen = {text.casefold() for s in case.stage_book.rows for text in (s.stage, s.name)}
    unseen = [n for n in case.stage_book.overrides if n.strip().casefold() not in seen]
    if unseen:
        warn("stages_not_here", stages=", ".join(sorted(unseen)))
    stages = [s for s in case.stage_book.rows if s.rank is not None]
    if stages and not any(s.kind == "client_decision" for s in stages):
        warn("no_client_decisions")
    return found
