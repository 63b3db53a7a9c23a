"""Parts of the report about conditions between stages: gates, how deals were moved."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Part, Share01


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


class Gates(Part):
    """What must be there before a deal moves on, and how deals were moved."""

    discovered: list[Gate]
    boundaries: int
    judged: int = Field(description="boundaries with enough deals on each side")
    moves: Moves | None
    moves_source: str | None = None
