"""Parts of the report about conditions between stages: gates, the playbook, moves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Money, Part, Share01
from crm_audit.model.separators import Separators


class Gate(Part):
    """A field that is filled from a stage on: a gate that the client's own data shows."""

    pipeline: str | None
    field: str
    stage: str
    before: Share01
    after: Share01
    deals_before: int
    deals_after: int
    origin: Literal["own_data"] = Field(
        default="own_data", description="where the gate is known from"
    )


class Moves(Part):
    """Moves between stages, as question 3 counts them."""

    total: int
    clean: int
    unknown: int = 0
    bulk: int
    same_day: int
    jumps: int
    backward: int


class GateCondition(Part):
    """One condition of the playbook over the open deals that stand in its stage or beyond."""

    kind: Literal["field", "column", "person", "next_step"]
    name: str = Field(description="as the playbook writes it")
    text: str = Field(description="the same in words")
    known: bool = Field(description="false: the export has no such column")
    of: int = Field(description="open deals that have come to the stage, or may have")
    met: int
    failed: int
    unknown: int
    junk: int = Field(default=0, description="of the failed, those that hold a word for nothing")
    default: str | None = Field(
        default=None, description="the value of nearly every deal, which is no fact"
    )
    amount: Money = Field(default={}, description="money of the deals that fail")


class PlaybookStage(Part):
    """A stage of the playbook on this export."""

    pipeline: str | None
    stage: str
    decision: str = Field(description="the client's decision that the stage stands for")
    place: Literal["open", "closed", "absent"] = Field(
        description="absent: the export has no such stage; closed: no open deal can stand there"
    )
    limit_days: float | None = None
    reaction: str = Field(default="", description="what is done when the limit is crossed")
    by: str = Field(default="", description="by whom")
    standing: int = Field(default=0, description="open deals in the stage")
    over_limit: int = Field(default=0, description="of them those past the limit")
    over_amount: Money = Field(default={}, description="money of those")
    conditions: list[GateCondition] = Field(default=[])


class PlaybookPart(Part):
    """The client's own gate conditions, and which open deals past the first stage meet them."""

    name: str
    sha256: str
    origin: Literal["config"] = Field(
        default="config", description="where the gates are known from"
    )
    deals: int = Field(description="open deals past the first stage that have passed a gate")
    met: int
    failed: int
    unknown: int
    amount: Money = Field(default={}, description="money of the deals that fail")
    stages: list[PlaybookStage]


class Gates(Part):
    """What must be there before a deal moves on, and how deals were moved."""

    discovered: list[Gate]
    boundaries: int
    judged: int = Field(description="boundaries with enough deals on each side")
    moves: Moves | None
    moves_source: str | None = None
    playbook: PlaybookPart | None = Field(default=None, description="null: no playbook was given")
    separators: Separators | None = Field(default=None, description="null: no deal is closed")


class ProposedStage(Part):
    """A stage as a proposed playbook has it, with what a person should know to edit it."""

    pipeline: str | None = None
    stage: str
    decision: str
    kind: str = Field(default="", description="what the name of the stage says today")
    deals: int | None = Field(default=None, description="open deals in it; null in a template")
    facts: list[str] = Field(default=[], description="fields and columns found in the data")
    found: list[str] = Field(default=[], description="for each of them, on what it was found")
    proof: str = Field(default="", description="what usually proves this decision")
    usual_facts: list[str] = Field(default=[])
    usual_people: list[str] = Field(default=[])
    usual_step: str = ""
    limit_days: float
