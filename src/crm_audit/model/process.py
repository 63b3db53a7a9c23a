"""The process as the CRM shows it: conversion and time by stage, moves from stage to stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Part, Share01

TransitionKind = Literal["forward", "back", "won", "lost", "reopened", "other"]


class ProcessStage(Part):
    """One open stage; figures of the history are null where the export has none."""

    pipeline: str | None
    stage: str
    order: int
    reached: int | None = Field(None, description="deals that were in the stage at any time")
    went_on: int | None = Field(None, description="of them: reached a later stage, or won")
    lost: int | None = Field(None, description="of them: lost, and came no further than this")
    open: int | None = Field(None, description="of them: open, and came no further so far")
    conversion: Share01 | None = Field(
        None, description="went_on / (went_on + lost): open deals have not decided yet"
    )
    stays: int | None = Field(None, description="deals that left the stage: what days stand on")
    median_days: float | None = Field(None, description="from entering to leaving, per deal")
    p90_days: float | None = None
    rollbacks: int | None = Field(None, description="moves from here back to an earlier stage")
    skips: int | None = Field(None, description="forward moves that passed over this stage")
    few: list[Literal["conversion", "days"]] = Field(
        default=[], description="figures that stand on fewer than `least` deals"
    )
    standing: int = Field(0, description="open deals that are in the stage now")
    standing_days: float | None = Field(
        None, description="median of what those have waited so far; null: no date of entering"
    )
    lost_here: int | None = Field(
        None,
        description="lost deals whose stage still is this one;"
        " null where lost deals leave their stage and none says where it was lost",
    )


class Transition(Part):
    """Changes from one stage of a pipeline to another."""

    from_stage: str
    from_order: int | None = Field(description="place of the open stage; null: a closed one")
    to_stage: str
    to_order: int | None
    kind: TransitionKind
    moves: int


class OwnerTransitions(Part):
    """Changes of stage in the deals that one owner has now."""

    owner: str | None = Field(description="null: deals without an owner")
    rows: list[Transition]


class ProcessPipeline(Part):
    """What the figures of one pipeline stand on."""

    pipeline: str | None
    deals: int = Field(description="deals that have a history")
    won: int
    lost: int
    open: int
    without_history: int
    moves: int = Field(description="changes of an open stage to another one, or to won")
    rollbacks: int
    skips: int = Field(description="forward moves that passed over one stage or more")
    stages: list[ProcessStage]
    matrix: list[Transition] = Field(default=[], description="from stage to stage, all deals")
    by_owner: list[OwnerTransitions] = Field(
        default=[], description="the same by owner, in alphabetical order"
    )


class Process(Part):
    """How deals pass through the stages."""

    basis: Literal["history", "deals"] = Field(
        description="deals: no history, only what the columns of the deals tell"
    )
    least: int = Field(description="deals below which a figure is marked as of few")
    pipelines: list[ProcessPipeline]
    export: str = Field("", description="without history: where to click to export it")
