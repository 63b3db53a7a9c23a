"""The canonical tables: what a deal, a stage event, an activity and a contact are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["open", "won", "lost"]
ActivityKind = Literal["call", "meeting", "email", "task", "note", "other"]
Direction = Literal["in", "out", "joint"]
Role = Literal[
    "approver", "payer", "procurer", "legal", "security", "technical", "user", "champion", "other"
]

PERSON: dict[str, Any] = {"pii": True}


class Record(BaseModel):
    """A row of a canonical table. `None` means the value is empty or the column is absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Deal(Record):
    """One deal as it stands in the export, each column typed."""

    deal_id: str = Field(description="id in the CRM, byte for byte")
    deal_name: str | None = Field(None, description="name of the deal")
    pipeline: str | None = Field(None, description="pipeline (funnel) the deal is in")
    stage: str | None = Field(None, description="current stage, as named in the CRM")
    status: Status | None = Field(None, description="open, won or lost; null where nothing tells")
    amount: Decimal | None = Field(None, description="planned or final sum, in `currency`")
    currency: str | None = Field(None, description="ISO 4217 code")
    owner: str | None = Field(None, description="the seller responsible")
    company: str | None = Field(None, description="the client")
    contact: str | None = Field(
        None, description="main person on the client's side", json_schema_extra=PERSON
    )
    contact_position: str | None = Field(None, description="position of that person")
    created_at: datetime | None = Field(None, description="when the deal was created")
    updated_at: datetime | None = Field(None, description="last change of the card")
    updated_by: str | None = Field(None, description="user who made that change")
    closed_at: datetime | None = Field(None, description="when it was won or lost")
    expected_close: datetime | None = Field(None, description="planned date of closing")
    stage_entered_at: datetime | None = Field(None, description="when the current stage began")
    last_activity_at: datetime | None = Field(None, description="last call, meeting, letter, task")
    next_step: str | None = Field(None, description="next step, text")
    next_step_date: datetime | None = Field(None, description="date of the next step")
    probability: float | None = Field(None, ge=0, le=1, description="the CRM's own, 0 to 1")
    forecast_category: str | None = Field(None, description="the CRM's own forecast category")
    loss_reason: str | None = Field(None, description="why the deal was lost")
    stall_reason: str | None = Field(None, description="why the deal stands still")
    risk: str | None = Field(None, description="what may break the deal")
    source: str | None = Field(None, description="where the deal came from")
    approver: str | None = Field(
        None, description="who approves at the client (ЛПР)", json_schema_extra=PERSON
    )
    payer: str | None = Field(None, description="who pays (finance)", json_schema_extra=PERSON)
    procurer: str | None = Field(
        None, description="who processes the purchase (procurement)", json_schema_extra=PERSON
    )
    legal: str | None = Field(None, description="lawyer at the client", json_schema_extra=PERSON)
    security: str | None = Field(
        None, description="security or compliance at the client", json_schema_extra=PERSON
    )
    technical: str | None = Field(
        None, description="technical service at the client", json_schema_extra=PERSON
    )
    client_owner: str | None = Field(
        None, description="person responsible on the client's side", json_schema_extra=PERSON
    )
    client_commitment: str | None = Field(None, description="what the client promised to do")
    documents: str | None = Field(None, description="documents that confirm the stage")
    competitor: str | None = Field(None, description="whom the client compares with")
    contract_no: str | None = Field(None, description="number of the contract")
    contract_at: datetime | None = Field(None, description="date of the contract")
    tender_no: str | None = Field(None, description="number of the tender")
    last_decision: str | None = Field(None, description="last decision of the client")
    last_decision_at: datetime | None = Field(None, description="when the client decided")
    next_decision: str | None = Field(None, description="decision of the client that is next")
    next_decision_at: datetime | None = Field(None, description="when that decision is due")
    manager_decision: str | None = Field(None, description="decision of the manager on the deal")
    manager_decision_at: datetime | None = Field(None, description="when the manager decided")
    close_date_moves: int | None = Field(
        None, ge=0, description="how often the planned date was pushed"
    )
    tags: str | None = Field(None, description="tags")
    notes: str | None = Field(None, description="free notes", json_schema_extra=PERSON)
    extra: dict[str, str] = Field(
        default_factory=dict, description="columns that were not understood, under their headers"
    )


class StageEvent(Record):
    """One row of the history of a deal: its stage and fields as they stood from `changed_at` on."""

    deal_id: str = Field(description="id of the deal, or of what the deals are joined on")
    from_stage: str | None = Field(None, description="stage before")
    to_stage: str | None = Field(None, description="stage after")
    changed_at: datetime | None = Field(None, description="when the stage began")
    left_at: datetime | None = Field(None, description="when the stage ended")
    changed_by: str | None = Field(None, description="user who made the change")
    owner: str | None = Field(None, description="owner of the deal then")
    amount: Decimal | None = Field(None, description="amount then")
    currency: str | None = Field(None, description="currency then, ISO 4217")
    expected_close: datetime | None = Field(None, description="planned date of closing then")
    probability: float | None = Field(None, ge=0, le=1, description="probability then, 0 to 1")
    forecast_category: str | None = Field(None, description="forecast category then")


class Activity(Record):
    """A call, meeting, letter, task or note."""

    deal_id: str | None = Field(None, description="id of the deal")
    activity_id: str | None = Field(None, description="id of the activity")
    kind: ActivityKind | None = Field(None, description="what it is")
    subject: str | None = Field(None, description="subject or text of the task")
    created_at: datetime | None = Field(None, description="when it was entered")
    happened_at: datetime | None = Field(None, description="when it took place")
    due_at: datetime | None = Field(None, description="when it is due")
    done_at: datetime | None = Field(None, description="when it was done")
    is_done: bool | None = Field(None, description="whether it is done")
    owner: str | None = Field(None, description="the seller responsible")
    direction: Direction | None = Field(None, description="in: from the client; out: to the client")
    contact: str | None = Field(
        None, description="person on the client's side", json_schema_extra=PERSON
    )
    company: str | None = Field(None, description="the client")
    notes: str | None = Field(None, description="free notes", json_schema_extra=PERSON)


class Contact(Record):
    """A person on the client's side."""

    contact_id: str | None = Field(None, description="id of the contact")
    deal_id: str | None = Field(None, description="id of the deal")
    deal_name: str | None = Field(None, description="name of the deal, where there is no id")
    company: str | None = Field(None, description="the client")
    name: str | None = Field(None, description="name of the person", json_schema_extra=PERSON)
    position: str | None = Field(None, description="position at the client")
    role: Role | None = Field(None, description="role in the decision")


TABLES: dict[str, type[Record]] = {
    "deals": Deal,
    "stage_events": StageEvent,
    "activities": Activity,
    "contacts": Contact,
}
"""The four canonical tables by the name of their kind."""
