"""The whole way of an audit on one page: read, recognise, load, derive, evaluate, judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from crm_audit import __version__
from crm_audit.engine.derive import derive
from crm_audit.engine.evaluate import apply_rules
from crm_audit.engine.load import Loader
from crm_audit.engine.loaded import LoadOptions
from crm_audit.engine.rules import Rulebook, load_rulebook
from crm_audit.engine.session import Session
from crm_audit.engine.snapshots import compare
from crm_audit.engine.workdays import check_calendar
from crm_audit.errors import InputRefusedError
from crm_audit.judge import (
    describe,
    findings,
    forecast,
    gaps,
    gates,
    headlines,
    ledger,
    money,
    movement,
    notices,
    people,
    playbook,
    proposal,
    questions,
    sanity,
    wordings,
)
from crm_audit.judge.case import Case
from crm_audit.judge.stalls import judge_stalls
from crm_audit.model import report as model
from crm_audit.model.gates import ProposedStage
from crm_audit.model.report import Report
from crm_audit.playbook import load_playbook
from crm_audit.readers import Workspace, read
from crm_audit.readers.raw import DelimitedSource, RawTable, ReadOptions
from crm_audit.recognise import recognise
from crm_audit.recognise.plan import RecogniseOptions, TablePlan
from crm_audit.wording import Language, Wording

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20
"""Findings a rule and stalled deals in a report for people; data formats get all of them."""

REJECTS_SHOWN = 100
"""Rejected rows a table that a report lists; `--rejects` writes all of them."""

LEAST_MEMORY, MOST_MEMORY = 320, 2048
"""MiB that the database of an audit may hold in memory; what is more goes to a temporary file."""


@dataclass(frozen=True)
class AuditOptions:
    """What the user settled; everything else is found in the data.

    `language` is the report's (None: that of the headers), `speak` that of errors before the
    headers are read. `limit` None means all findings. `calendar` (RU, DE-BY) counts working days.
    `target` is money of the coming period in the currency of most open deals. `memory_limit` is
    that of the database (`"2GB"`); None: by the size of the files.
    """

    as_of: date | None = None
    language: Language | None = None
    speak: Language = "en"
    read: ReadOptions = field(default_factory=ReadOptions)
    recognise: RecogniseOptions = field(default_factory=RecogniseOptions)
    load: LoadOptions = field(default_factory=LoadOptions)
    rules: Path | None = None
    playbook: Path | None = None
    thresholds: dict[str, float] = field(default_factory=dict)
    severities: dict[str, str] = field(default_factory=dict)
    limit: int | None = SHOWN
    rejects: int | None = REJECTS_SHOWN
    calendar: str | None = None
    target: float | None = None
    memory_limit: str | None = None


def _nothing(step: str) -> None:
    del step


def audit(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: AuditOptions,
    progress: Callable[[str], None] = _nothing,
    keep: Callable[[Session], None] | None = None,
) -> Report:
    """Audit exports: files, sheets or data frames of deals, history, activities, contacts.

    `progress` hears the name of each step. `keep` may take what it needs out of the session
    before it is closed. Raises InputRefusedError for bad input, UsageError for bad options.
    """
    rulebook = load_rulebook(options.rules, options.thresholds, options.severities)
    with _evaluated(inputs, options, rulebook, progress, deals_needed=True) as case:
        progress("judge")
        report = judge(case, options.limit, options.rejects)
        if keep is not None:
            keep(case.session)
    return report


@contextmanager
def _evaluated(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: AuditOptions,
    rulebook: Rulebook,
    progress: Callable[[str], None],
    *,
    deals_needed: bool,
) -> Iterator[Case]:
    """Read, recognise, load, derive, evaluate; the session lives as long as the block."""
    wording = Wording(options.language or options.speak)
    if options.calendar:
        check_calendar(options.calendar, wording)
    own_gates = load_playbook(options.playbook, wording) if options.playbook else None
    with Workspace() as space:
        progress("read")
        tables, dates = _read(inputs, options.read, wording, space)
        progress("recognise")
        plans = recognise(tables, options.recognise, wording)
        wording = Wording(options.language or _language(plans))
        if deals_needed:
            _must_have_deals(plans, wording)
        memory = options.memory_limit or _memory_limit(plans)
        with Session(memory_limit=memory, spill=space.new_file()) as session:
            progress("load")
            load = replace(
                options.load,
                dates=dates,
                as_of=options.as_of,
                bad_cells=options.rejects,
                keep_subjects=options.as_of is not None,
            )
            loader = Loader(session, load, wording)
            loaded = loader.load(plans)
            session.lock()
            progress("evaluate")
            compare(session, loader.series, loaded, dates, rulebook)
            derived = derive(
                session,
                loaded,
                loader.book,
                rulebook,
                options.as_of,
                wording=wording,
                calendar=options.calendar,
                playbook=own_gates,
            )
            counts = apply_rules(session, rulebook)
            yield Case(
                session,
                loaded,
                loader.book,
                rulebook,
                derived,
                counts,
                wording,
                options.target,
                loader.series,
            )


def _read(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: ReadOptions,
    wording: Wording,
    space: Workspace,
) -> tuple[list[RawTable], dict[int, date]]:
    """The tables of all inputs; for paths written `FILE@DATE`, the date by number of the table."""
    tables: list[RawTable] = []
    dates: dict[int, date] = {}
    waiting: list[str | Path | pd.DataFrame] = []
    for item in inputs:
        path, day = _dated(item)
        if day is None:
            waiting.append(item)
            continue
        tables += read(waiting, options, wording, space)
        waiting = []
        found = read([path], options, wording, space)
        dates |= {len(tables) + i: day for i in range(len(found))}
        tables += found
    return tables + read(waiting, options, wording, space), dates


def _dated(
    item: str | Path | pd.DataFrame,
) -> tuple[str | Path | pd.DataFrame, date | None]:
    """A path without its `@DATE`, and the date; None where it has none or such a file exists."""
    match = re.fullmatch(r"(.+)@(\d{4}-\d{2}-\d{2})", item) if isinstance(item, str) else None
    if match is None or Path(str(item)).exists():
        return item, None
    try:
        return match[1], date.fromisoformat(match[2])
    except ValueError:
        return item, None


def inspect(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: AuditOptions,
    progress: Callable[[str], None] = _nothing,
) -> model.Inspection:
    """How the files are read: tables, columns, stages, and what is missing for the questions.

    A sound table that is not deals is described as such; bad input raises InputRefusedError.
    """
    rulebook = load_rulebook(options.rules, options.thresholds, options.severities)
    with _evaluated(inputs, options, rulebook, progress, deals_needed=False) as case:
        found_gates = gates.judge_gates(case)
        asked = questions.judge_questions(case, found_gates)
        has_deals = any(t.plan.kind == "deals" for t in case.loaded)
        return model.Inspection(
            language=case.wording.language,
            inputs=describe.describe_inputs(list(case.loaded), case.wording, options.rejects),
            stages=describe.describe_stages(case),
            gaps=gaps.judge_gaps(case, asked, found_gates) if has_deals else [],
        )


def propose_playbook(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: AuditOptions,
    progress: Callable[[str], None] = _nothing,
) -> tuple[list[ProposedStage], Language]:
    """A playbook proposed from the stages and gates of these exports, and their language."""
    rulebook = load_rulebook(options.rules, options.thresholds, options.severities)
    options = replace(options, playbook=None)
    with _evaluated(inputs, options, rulebook, progress, deals_needed=True) as case:
        return proposal.propose(case), case.wording.language


def judge(case: Case, limit: int | None, rejects: int | None = REJECTS_SHOWN) -> Report:
    """The report of an evaluated case; lists of deals hold at most `limit` rows each."""
    wording, derived = case.wording, case.derived
    inputs = describe.describe_inputs(list(case.loaded), wording, rejects)
    portfolio = describe.describe_portfolio(case.session)
    stages = describe.describe_stages(case)
    found_gates = gates.judge_gates(case)
    asked = questions.judge_questions(case, found_gates)
    verdict = questions.judge_verdict([q.answer for q in asked], int(case.limit("verdict_no")))
    stalls = judge_stalls(case, limit)
    sheet = forecast.judge_forecast(case)
    leaks = money.judge_money(case)
    book = ledger.judge_ledger(case, leaks, portfolio)
    found = findings.judge_findings(case, limit)
    return Report(
        schema="crm-audit/report/1",
        tool=model.Tool(version=__version__, rules_digest=case.rulebook.digest),
        as_of=derived.as_of,
        as_of_basis=derived.as_of_basis,
        as_of_note=notices.as_of_note(case),
        language=wording.language,
        inputs=inputs,
        stages=stages,
        funnel=wordings.judge_funnel(case, stages),
        portfolio=portfolio,
        verdict=verdict,
        verdict_text=notices.verdict_text(case, verdict, portfolio),
        headlines=headlines.judge_headlines(case, portfolio, sheet, stalls, leaks),
        questions=asked,
        gaps=gaps.judge_gaps(case, asked, found_gates),
        layers=questions.judge_layers(case, asked, stages),
        rules=findings.judge_rules(case),
        findings=found,
        findings_total=sum(c.hits for c in case.counts.values()),
        worst=findings.worst(found),
        stalls=stalls,
        gates=found_gates,
        people=people.judge_people(case),
        movement=movement.judge_movement(case, limit),
        copied_steps=wordings.judge_copies(case),
        losses=wordings.judge_losses(case, asked, limit),
        forecast=sheet,
        money=leaks,
        money_range=ledger.ranges(book),
        ledger=book,
        sanity=sanity.judge_sanity(case, portfolio, book.rate, case.target),
        thresholds={
            name: findings.param(t, wording.language)
            for name, t in case.rulebook.thresholds.items()
        },
        warnings=notices.warnings(case, inputs)
        + playbook.playbook_warnings(case, found_gates.playbook),
    )


def _memory_limit(plans: Sequence[TablePlan]) -> str:
    """What the database may hold before it spills to disk.

    Deals stay whole, in twice the space of their text; of the other files a quarter of it stays.
    """
    held = 0
    for plan in plans:
        source = plan.table.source
        if isinstance(source, DelimitedSource):
            size = source.path.stat().st_size
            held += 2 * size if plan.kind == "deals" else size // 4
    return f"{min(max(held // 2**20, LEAST_MEMORY), MOST_MEMORY)}MiB"


def _language(plans: Sequence[TablePlan]) -> Language:
    deals = [p for p in plans if p.kind == "deals"] or list(plans)
    return deals[0].language if deals else "en"


def _must_have_deals(plans: Sequence[TablePlan], wording: Wording) -> None:
    if any(p.kind == "deals" for p in plans):
        return
    kinds = ", ".join(f"{p.table.label}: {wording('kind_' + p.kind)}" for p in plans) or wording(
        "kind_not_deals"
    )
    known = {p.kind for p in plans}
    key = (
        "refused_no_deals"
        if known & {"contacts", "activities", "stage_events"}
        else ("refused_not_deals")
    )
    raise InputRefusedError(wording(key, kinds=kinds))
