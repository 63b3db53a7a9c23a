"""What was planted in a company: the exact deals, moments and fields that a detector must find.

A truth is complete: what is not in a list is not in the files. Deals are named by their id, exports
by their date, stages and fields by the words that stand in the files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Move:
    """A change of stage by somebody at a moment."""

    deal: str
    at: datetime
    before: str
    after: str


@dataclass(frozen=True)
class Bulk:
    """Five or more deals moved, or edited, by one user within 60 seconds."""

    by: str
    start: datetime
    deals: frozenset[str]


@dataclass(frozen=True)
class OwnerHabit:
    """What one owner does with all of his deals; `value` is the weekday (Monday 0), day or text."""

    owner: str
    value: int | date | str | None
    deals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Gate:
    """A field that is filled from a stage on and rarely before."""

    field: str
    pipeline: str
    stage: str


@dataclass(frozen=True)
class Fact:
    """A field that won deals have more often than lost ones, as chances of being filled."""

    field: str
    won: float
    lost: float

    @property
    def odds_ratio(self) -> float:
        """How many times the odds of a deal that has it beat those of one that has not."""
        return (self.won / (1 - self.won)) / (self.lost / (1 - self.lost))


@dataclass(frozen=True)
class Shift:
    """A field of one deal that differs between two exports that follow each other."""

    deal: str
    earlier: date
    later: date
    before: str | int | date | datetime | None
    after: str | int | date | datetime | None


@dataclass
class Movement:
    """Moves that are not clean, by the history; backward moves are counted apart."""

    total: int = 0
    bulk: list[Bulk] = field(default_factory=list)
    same_day: list[Move] = field(default_factory=list)
    skips: list[Move] = field(default_factory=list)
    rollbacks: list[Move] = field(default_factory=list)
    corrected: set[str] = field(default_factory=set)
    """Deals dragged forward, back and forward on one day: a slip of the hand, not two decisions."""


@dataclass
class Diary:
    """Signs that the CRM is filled in afterwards, or for show."""

    walked_on_closing_day: set[str] = field(default_factory=set)
    created_after_closing: set[str] = field(default_factory=set)
    created_after_contract: set[str] = field(default_factory=set)
    meeting_day: list[OwnerHabit] = field(default_factory=list)
    one_date: list[OwnerHabit] = field(default_factory=list)
    copied_steps: list[OwnerHabit] = field(default_factory=list)
    month_end: list[OwnerHabit] = field(default_factory=list)
    bulk_edits: list[Bulk] = field(default_factory=list)


@dataclass
class Playbook:
    """Gates and facts in the fields of the card, with fields that only look like them."""

    gates: list[Gate] = field(default_factory=list)
    gate_decoys: set[str] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    fact_decoys: set[str] = field(default_factory=set)


@dataclass
class Standing:
    """Deals that stand still, deals that only wait, and what the company does about it."""

    stalled: dict[str, date] = field(default_factory=dict)
    """Deals far past their limit, each with the day of its last progress."""
    waiting: set[str] = field(default_factory=set)
    """Deals as quiet as these, whose wait has a date of its own that is still to come."""
    rule: Literal["rule", "none"] | None = None
    """Whether stalls get a reaction once the limit is crossed; None where there were no stalls."""
    limits: dict[str, float] = field(default_factory=dict)
    """Days of the limit by stage, by the method's formula, when the stalls were made."""
    episodes: int = 0


@dataclass
class Between:
    """What differs between exports that follow each other."""

    exports: list[date] = field(default_factory=list)
    with_ids: bool = True
    names: dict[date, dict[str, str]] = field(default_factory=dict)
    """By export: id of a deal by its name there, for exports without ids."""
    respelled: set[str] = field(default_factory=set)
    moved: list[Shift] = field(default_factory=list)
    pushed: list[Shift] = field(default_factory=list)
    pulled: list[Shift] = field(default_factory=list)
    amounts: list[Shift] = field(default_factory=list)
    owners: list[Shift] = field(default_factory=list)
    created_rewritten: list[Shift] = field(default_factory=list)
    closed_rewritten: list[Shift] = field(default_factory=list)
    closed_before_seen_open: list[Shift] = field(default_factory=list)
    """Closed with a date earlier than an export in which the deal was still open."""
    reopened: list[Shift] = field(default_factory=list)
    vanished: list[Shift] = field(default_factory=list)
    appeared: list[Shift] = field(default_factory=list)


@dataclass
class Truth:
    """Everything planted in one company."""

    seed: int
    language: str
    as_of: date
    planted: frozenset[str]
    optional_stages: frozenset[str] = frozenset()
    movement: Movement = field(default_factory=Movement)
    diary: Diary = field(default_factory=Diary)
    playbook: Playbook = field(default_factory=Playbook)
    standing: Standing = field(default_factory=Standing)
    between: Between = field(default_factory=Between)
    imported: set[str] = field(default_factory=set)
    """Old deals that an import created at one moment, long after they were closed."""
