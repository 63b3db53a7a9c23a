"""The part of the report on deals that stand still and on what is done about them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Answer, Money, Part, Share01, Source


class Chance(Part):
    """How often a week that began without a reaction brought one."""

    weeks: int = Field(description="weeks of waiting deals that were observed")
    reacted: int
    share: Share01 | None = Field(description="null: no such weeks")


class Reaction(Part):
    """Whether something is done about a deal once its limit is crossed (question 6, shown only).

    A reaction is a change of stage, owner, amount or planned date, a closing, or a manager's
    decision. The interval of the rise is 95 %, by Newcombe's method 10.
    """

    before: Chance = Field(description="in the weeks before the limit")
    after: Chance = Field(description="in the weeks after it that are left for a decision")
    rise_low: float = Field(ge=-1, le=1)
    rise_high: float = Field(ge=-1, le=1)
    rule: Answer = Field(description="whether the chance jumps after the limit")
    text: str = ""


class StalledDeal(Part):
    deal_id: str
    deal_name: str | None = None
    company: str | None = None
    owner: str | None = None
    pipeline: str | None = None
    stage: str | None
    days: int
    limit: float
    amount: float | None = None
    currency: str | None = None
    progress_at: datetime | None
    progress_basis: Literal[
        "stage_event", "decision", "activity", "last_activity", "updated", "created"
    ]
    reason: str | None = Field(None, description="reason recorded in the CRM")
    reason_known: bool | None = Field(None, description="null: the export has no such column")
    likely: str = Field("", description="what the record suggests the deal waits for")
    source: Source | None = None


class Stalls(Part):
    basis: str | None = Field(description="what counts as progress in this export")
    limit_basis: str
    calendar: str | None = Field(
        default=None, description="country whose working days are counted; null: calendar days"
    )
    stalled: int
    not_stalled: int
    unknown: int
    amount: Money = {}
    deals: list[StalledDeal] = Field([], description="by amount, then days past the limit")
    reaction: Reaction | None = Field(default=None, description="null: no history tells")
