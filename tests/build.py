"""Makes small exports for tests in a few lines and audits them.

A row is a dictionary of canonical field names; its column's header is in HEADERS. A field that no
row of a table has is a column that the export does not have.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import crm_audit
from crm_audit.model.report import Check, Question, Report, RuleResult

Row = dict[str, Any]

AS_OF = "2026-09-30"

EARLY, SPEC, OFFER, CONTRACT = "Qualification", "Spec agreed", "Proposal sent", "Contract review"
"""Four open stages in the order that their words tell: the second is a decision of the client."""

COMMITMENT = "Client sends the signed specification"
JOINT = "Meeting with the client on the specification"
SELLER = "Send the proposal"
TALK = "in progress"
USEFUL, USELESS = "Competitor won on delivery time", "Too expensive"

HEADERS: dict[str, dict[str, str]] = {
    "deals": {
        "deal_id": "Deal ID",
        "deal_name": "Deal Name",
        "pipeline": "Pipeline",
        "stage": "Stage",
        "status": "Status",
        "amount": "Amount",
        "currency": "Currency",
        "owner": "Owner",
        "company": "Company",
        "contact": "Contact",
        "contact_position": "Contact Position",
        "created_at": "Created At",
        "updated_at": "Updated At",
        "closed_at": "Closed At",
        "expected_close": "Expected Close Date",
        "close_date": "Close Date",
        "stage_entered_at": "Stage Entered At",
        "last_activity_at": "Last Activity Date",
        "next_step": "Next Step",
        "next_step_date": "Next Step Date",
        "probability": "Probability",
        "forecast_category": "Forecast Category",
        "loss_reason": "Loss Reason",
        "stall_reason": "Stall Reason",
        "risk": "Risk",
        "approver": "Approver",
        "payer": "Payer",
        "procurer": "Procurement",
        "legal": "Legal",
        "security": "Security",
        "client_owner": "Client Owner",
        "client_commitment": "Client Commitment",
        "last_decision": "Last Decision",
        "last_decision_at": "Last Decision Date",
        "next_decision": "Next Decision",
        "next_decision_at": "Next Decision Date",
        "manager_decision": "Manager Decision",
        "manager_decision_at": "Manager Decision Date",
        "close_date_moves": "Close Date Changes",
    },
    "history": {
        "deal_id": "Deal ID",
        "from_stage": "From Stage",
        "to_stage": "To Stage",
        "changed_at": "Changed At",
        "left_at": "Left At",
        "changed_by": "Changed By",
        "owner": "Owner",
        "amount": "Amount",
        "expected_close": "Close Date",
    },
    "tasks": {
        "deal_id": "Deal ID",
        "activity_id": "Task ID",
        "kind": "Task Type",
        "subject": "Subject",
        "created_at": "Created At",
        "happened_at": "Activity Date",
        "due_at": "Due Date",
        "done_at": "Completed At",
        "is_done": "Done",
        "direction": "Direction",
        "contact": "Contact",
    },
    "contacts": {
        "contact_id": "Contact ID",
        "deal_id": "Deal ID",
        "company": "Company",
        "name": "Full Name",
        "position": "Position",
        "role": "Role",
    },
}


def deal(deal_id: str = "1", **fields: Any) -> Row:
    """A deal in its first stage, created a month before AS_OF; `name=None` takes a field away."""
    base: Row = {
        "deal_id": deal_id,
        "deal_name": f"Project {deal_id}",
        "stage": EARLY,
        "created_at": "2026-09-01",
    }
    return {name: value for name, value in (base | fields).items() if value is not None}


def deals(count: int, first: int = 1, **fields: Any) -> list[Row]:
    """That many deals with running ids; every field the same."""
    return [deal(str(first + i), **fields) for i in range(count)]


def event(deal_id: str, to_stage: str, changed_at: str, **fields: Any) -> Row:
    """A row of the stage history."""
    return {"deal_id": deal_id, "to_stage": to_stage, "changed_at": changed_at, **fields}


def way(deal_id: str, *steps: tuple[str, str], by: str = "Ann") -> list[Row]:
    """The history of one deal: (day or moment, stage) in order."""
    return [event(deal_id, stage, at, changed_by=by) for at, stage in steps]


def task(deal_id: str, **fields: Any) -> Row:
    """An open task."""
    base: Row = {"deal_id": deal_id, "kind": "task", "subject": SELLER, "is_done": "no"}
    return {name: value for name, value in (base | fields).items() if value is not None}


def person(deal_id: str, name: str, **fields: Any) -> Row:
    """A contact of a deal."""
    return {"deal_id": deal_id, "name": name, **fields}


def to_csv(table: str, rows: Iterable[Row]) -> str:
    """The rows as CSV: a column for each field that any row has; unknown names are headers."""
    listed = list(rows)
    fields = list(dict.fromkeys(name for row in listed for name in row))
    known = HEADERS[table]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([known.get(name, name) for name in fields])
    writer.writerows([[row.get(name, "") for name in fields] for row in listed])
    return out.getvalue()


def audit(
    deals: Sequence[Row],
    history: Sequence[Row] = (),
    tasks: Sequence[Row] = (),
    contacts: Sequence[Row] = (),
    *,
    as_of: str | None = AS_OF,
    earlier: Mapping[str, Sequence[Row]] | None = None,
    **options: Any,
) -> Report:
    """The report on these tables, in English. One export is audited once in a run: do not write.

    `playbook` is the text of a playbook.toml;
    `earlier`, exports of the deals by their day: `deals` are then those of AS_OF.
    """
    tables = {"deals": deals, "history": history, "tasks": tasks, "contacts": contacts}
    texts = [(name, to_csv(name, rows)) for name, rows in tables.items() if rows]
    if earlier:
        texts[0] = (f"deals_{AS_OF}", texts[0][1])
        texts += [(f"deals_{day}", to_csv("deals", rows)) for day, rows in earlier.items()]
    return _audit(tuple(texts), as_of, json.dumps(options, sort_keys=True))


@functools.cache
def _audit(texts: tuple[tuple[str, str], ...], as_of: str | None, options: str) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in texts:
            paths.append(Path(folder) / f"{name}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        given = json.loads(options)
        if playbook := given.get("playbook"):
            given["playbook"] = Path(folder) / "playbook.toml"
            given["playbook"].write_text(playbook, encoding="utf-8")
        return crm_audit.diagnose(*paths, as_of=as_of, lang="en", **given).report


def question(report: Report, question_id: str) -> Question:
    """One of the six questions."""
    return next(q for q in report.questions if q.id == question_id)


def check(report: Report, check_id: str) -> Check:
    """One measured condition of a question."""
    return next(c for q in report.questions for c in q.checks if c.id == check_id)


def share(report: Report, check_id: str) -> tuple[float | None, float | None, int]:
    """Low end, high end and number of a check's share."""
    found = check(report, check_id).share
    return found.low, found.high, found.of


def rule(report: Report, rule_id: str) -> RuleResult:
    """What one rule found."""
    return next(r for r in report.rules if r.id == rule_id)


def counts(report: Report, rule_id: str) -> tuple[int, int, int]:
    """Hits, assessed and unknown of a rule."""
    found = rule(report, rule_id)
    return found.hits, found.assessed, found.unknown


def found_by(report: Report, rule_id: str) -> list[str]:
    """Ids of the deals, or names of the stages, that a rule found, in order."""
    return sorted(f.deal_id or f.stage or "" for f in report.findings if f.rule == rule_id)
