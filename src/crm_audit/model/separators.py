"""Parts of the report about facts that tell won deals from lost ones."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Part, Share01

FactKind = Literal["field", "column", "person", "people", "activity"]
Why = Literal["closing", "outcome", "progress", "untimed", "few"]


class WinRate(Part):
    """Won deals among the closed ones."""

    won: int
    of: int


class Separator(Part):
    """A fact with which deals are won more often, or less often, than without it. No cause."""

    pipeline: str | None
    fact: str = Field(description="field, header of the column, role or kind of activity")
    kind: FactKind
    with_fact: WinRate
    without: WinRate
    difference: float = Field(description="win rate with it minus that without it")
    low: float = Field(description="lower end of the 95 % interval of the difference")
    high: float
    chance: Share01 = Field(
        description="chance of such a difference by accident, raised for the number of comparisons"
    )


class SetAside(Part):
    """A fact that was not compared, or not found to differ, and why."""

    pipeline: str | None
    fact: str
    kind: FactKind
    why: Why = Field(
        description="closing: recorded at or after closing; outcome: all of the won have it and"
        " none of the lost, or the other way round; progress: filled on the way, so deals"
        " that were lost early never came to it; untimed: too few early open deals to tell when"
        " it is filled; few: too few closed deals"
    )
    more: int = Field(default=0, description="closed deals more that a comparison would take")


class Separators(Part):
    """Which facts separate won deals from lost ones in this client's own data."""

    won: int = Field(description="won deals of the export")
    lost: int = Field(description="lost deals, duplicates and spam left out")
    least: int = Field(description="deals needed with a fact, without it, won and lost")
    more_won: int = Field(description="won deals more that any comparison would take")
    more_lost: int
    compared: int = Field(description="facts that were compared")
    found: list[Separator] = Field(description="by the size of the difference")
    set_aside: list[SetAside] = []
