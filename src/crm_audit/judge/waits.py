"""What a stalled deal waits for, as its own record tells: reasons, steps, stage, known people."""

from __future__ import annotations

from typing import Any

from crm_audit import texts
from crm_audit.judge.case import Case

WAIT_FACTS = (
    "stage_no",
    "legal_known",
    "security_known",
    "blocker_known",
    "procurer_known",
    "payer_known",
    "approver_known",
    "technical_known",
    "step_present",
    "step_current",
    "step_dated",
    "step_kind",
    "risk",
    "stall_reason",
    "stall_reason_known",
)
"""The columns of `judged` that `likely_wait` reads."""

_NAMED = ("legal", "security", "procurer", "payer", "technical", "approver")
_IN_PHASE = {6: "payer", 7: "payer", 8: "procurer", 9: "blocker", 10: "blocker"}
_OPEN_PHASES = {7: "wait_offer", 8: "wait_procurement", 9: "wait_approval", 10: "wait_contract"}


def likely_wait(case: Case, row: dict[str, Any]) -> str:
    """The phrase for what the record itself suggests: the first that its facts support."""
    named = _named_role(row)
    if named is not None:
        known = row[f"{named}_known"]
        return f"wait_{named}_unknown" if known is False else f"wait_{named}_named"
    stage = case.stage_book.rows[row["stage_no"]] if row["stage_no"] is not None else None
    phase = (stage.phase if stage else None) or 0
    role = _IN_PHASE.get(phase)
    if role is not None and row[f"{role}_known"] is False:
        return f"wait_{role}_unknown"
    if row["step_present"] is False:
        return "wait_no_step"
    if row["step_current"] is False and row["step_dated"]:
        return "wait_step_overdue"
    if row["step_kind"] == "empty_talk":
        return "wait_empty_talk"
    if row["approver_known"] is False:
        return "wait_approver_missing"
    if row["step_kind"] == "seller_task":
        return "wait_seller_only"
    return _OPEN_PHASES.get(phase, "wait_untold")


def _named_role(row: dict[str, Any]) -> str | None:
    """The client's role that the recorded reason or risk names; None if none."""
    if not row["stall_reason_known"]:
        return None
    roles = (texts.waited_for(row[said]) for said in ("stall_reason", "risk"))
    return next((role for role in roles if role in _NAMED), None)
