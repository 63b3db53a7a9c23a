"""Whether the CRM is a diary: signs of writing down after the fact, and the share of life."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Answer, Origin, Part, Share01, Source

SignId = Literal[
    "bulk_moves", "same_day_moves", "jumps", "closing_day_path", "never_back", "created_late",
    "bulk_edits", "meeting_day", "late_records", "one_date", "copied_steps", "round_dates",
]  # fmt: skip
LifePartId = Literal["cards", "moves", "edits", "activities"]


class OwnerHabit(Part):
    """What one user does with his own records, against what chance would do."""

    owner: str
    weekday: int | None = Field(None, description="day of the week, Monday 1 to Sunday 7")
    n: int
    of: int
    share: Share01
    low: Share01 | None = Field(None, description="low end of the 95 % interval of the share")
    high: Share01 | None = None
    chance: Share01 = Field(description="the share that chance alone would give")
    p_value: float | None = Field(
        None, description="probability of so many by chance, over all users and weekdays tested"
    )


class Sign(Part):
    """One sign: what share of the records of its kind shows it."""

    id: SignId
    title: str
    answer: Answer = Field(description="yes: it says diary; unknown: this export cannot tell")
    counts: Literal["moves", "deals", "edits", "activities", "steps", "dates"]
    n: int = Field(description="records that show the sign")
    of: int = Field(description="records that were looked at")
    unknown: int = Field(0, description="of them those that cannot be told")
    low: Share01 | None = Field(None, description="share if no unknown record shows it")
    high: Share01 | None = Field(None, description="share if all unknown ones do")
    threshold: float
    origin: Origin
    why: str = Field(description="what the answer stands on, or what is missing, in words")
    rule: str | None = Field(None, description="rule whose findings name the deals")
    habits: list[OwnerHabit] = Field(default=[], description="users found, in alphabetical order")
    places: dict[str, int] = Field(default={}, description="planned dates by place in the month")


class LifePart(Part):
    """Recorded events of one kind."""

    id: LifePartId
    events: int
    late: int = Field(description="written down after the fact")
    unknown: int
    low: Share01
    high: Share01


class LifeDeal(Part):
    """A deal with something written down after the fact."""

    deal_id: str
    deal_name: str | None = None
    owner: str | None = None
    events: int
    late: int
    unknown: int
    low: Share01 = Field(description="share recorded in life if the unknown was not")
    high: Share01
    source: Source


class Life(Part):
    """The share of recorded events that were recorded in life."""

    deals: int = Field(description="open and closed in the window, with an event to look at")
    events: int
    late: int
    unknown: int
    low: Share01
    high: Share01
    parts: list[LifePart]
    late_deals: int = Field(description="deals with anything written down after the fact")
    listed: list[LifeDeal] = Field(default=[], description="of these, largest amounts first")


class Diary(Part):
    """The signs together: how many can be told, and how many of those say diary."""

    signs: list[Sign]
    told: int = Field(description="signs that this export can tell")
    say_diary: int
    life: Life | None = Field(None, description="null: no stage history, so nothing to speak of")
    not_progress: int = Field(
        0, description="open deals whose date of change is a bulk edit: not taken for progress"
    )
