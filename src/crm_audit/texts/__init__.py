"""What the texts of a CRM mean: stage names, next steps, loss reasons, positions, fillers."""

from crm_audit.texts.chain import (
    Decision,
    client_decision_name,
    client_decisions,
    is_post_sale,
    stage_phase,
)
from crm_audit.texts.dates import has_date
from crm_audit.texts.junk import fillers, is_filler, is_junk, is_mark
from crm_audit.texts.labels import Label, explain
from crm_audit.texts.reasons import loss_reason_kind, loss_reason_label
from crm_audit.texts.roles import contact_role, role_label
from crm_audit.texts.stages import stage_kind, stage_label, two_events
from crm_audit.texts.steps import next_step_kind, next_step_label, unread_steps
from crm_audit.texts.waits import waited_for

__all__ = [
    "Decision",
    "Label",
    "client_decision_name",
    "client_decisions",
    "contact_role",
    "explain",
    "fillers",
    "has_date",
    "is_filler",
    "is_junk",
    "is_mark",
    "is_post_sale",
    "loss_reason_kind",
    "loss_reason_label",
    "next_step_kind",
    "next_step_label",
    "role_label",
    "stage_kind",
    "stage_label",
    "stage_phase",
    "two_events",
    "unread_steps",
    "waited_for",
]
