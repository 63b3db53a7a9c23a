"""What could not be told, which columns would tell it, and where to click to export them."""

from __future__ import annotations

from crm_audit.judge.case import Case
from crm_audit.model.gates import Gates
from crm_audit.model.report import Gap, Question
from crm_audit.recognise import profiles

_GROUPS: dict[str, tuple[str, ...]] = {
    "next_step": ("next_step",),
    "roles": ("roles",),
    "gates": ("stage_history", "gate_fields"),
    "reasons": ("risk", "stage_history", "loss_reason"),
    "forecast": ("amount", "close_date", "next_step", "roles", "decisions"),
    "thresholds": ("stage_history", "activities"),
}


def judge_gaps(case: Case, questions: list[Question], gates: Gates) -> list[Gap]:
    """For each question answered unknown: the missing groups of fields, each with its way out."""
    absent = _absent(case, gates)
    found: list[Gap] = []
    for question in questions:
        if question.answer != "unknown":
            continue
        groups = [g for g in _GROUPS[question.id] if g in absent]
        if not groups:
            continue
        hints = [export_hint(case, g) for g in groups]
        found.append(
            Gap(
                question=question.id,
                fields=groups,
                text=case.wording(
                    "gap_text", listed=", ".join(case.wording("group_" + g) for g in groups)
                ),
                export=" ".join(dict.fromkeys(h for h in hints if h)),
            )
        )
    return found


def export_hint(case: Case, group: str) -> str:
    """Where to click in the CRM of the deals to export a group of fields."""
    crm = next((t.plan.crm for t in case.loaded if t.plan.kind == "deals"), "unknown")
    known = profiles.load()
    return (known.get(crm) or known["generic"]).export_hint(group, case.wording.language)


def _absent(case: Case, gates: Gates) -> set[str]:
    """Groups of fields that are in no table of the audit."""
    tasks = case.has("activities", "due_at", "is_done", "done_at")
    contacts = case.has("contacts", "role", "position")
    present = {
        "next_step": tasks or case.has("deals", "next_step"),
        "roles": contacts
        or (
            all(case.has("deals", f) for f in ("approver", "payer", "procurer"))
            and case.has("deals", "legal", "security")
        ),
        "stage_history": case.derived.has_history,
        "gate_fields": gates.boundaries > 0
        if gates.playbook is None
        else not gates.playbook.unknown,
        "risk": case.has("deals", "risk", "stall_reason"),
        "loss_reason": case.has("deals", "loss_reason"),
        "amount": case.has("deals", "amount"),
        "close_date": case.has("deals", "expected_close"),
        "decisions": case.has("deals", "last_decision"),
        "activities": case.has("activities") or case.has("deals", "last_activity_at"),
    }
    return {group for group, there in present.items() if not there}
