"""Deals, moves, activities and people of an invented company, before any export layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from samples.vocabulary import Person, Vocabulary

AS_OF = date(2026, 9, 30)
LAST_FACT = datetime(2026, 9, 30, 16, 41, 7)
WON, LOST = 100, -1
ROLES = ["approver", "payer", "procurer", "legal", "security"]


@dataclass
class Event:
    """A row of stage history: the stage from `at` on, and the fields as they stood."""

    at: datetime
    stage: int
    by: str
    before: int | None = None
    owner: str = ""
    amount: int | None = None
    expected_close: date | None = None


@dataclass
class Talk:
    """An activity: what was said to whom and when, or a task that is still open."""

    kind: str
    subject: str
    created: datetime
    due: datetime | None = None
    done: datetime | None = None
    direction: str = ""
    owner: str = ""
    contact: str = ""


@dataclass
class Deal:
    """A deal with everything any layout can show; texts are in the language of the sample."""

    id: str
    name: str
    company: str
    owner: str
    status: str
    stage: int
    furthest: int
    created: datetime
    updated: datetime
    amount: int | None = None
    currency: str = ""
    closed: datetime | None = None
    stage_entered: datetime | None = None
    last_activity: datetime | None = None
    expected_close: date | None = None
    probability: float | None = None
    fields: dict[str, str | date | datetime | None] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)


@dataclass
class Company:
    """All deals of an invented seller and what the generator knows about them."""

    words: Vocabulary
    stages: list[str]
    won: str
    lost: str
    pipeline: str
    sellers: list[str]
    deals: list[Deal] = field(default_factory=list)
    planted: dict[str, Any] = field(default_factory=dict)

    def stage_name(self, stage: int) -> str:
        """Return the name of an open stage by its index, or of won and lost."""
        if stage == WON:
            return self.won
        return self.lost if stage == LOST else self.stages[stage]

    def counts(self) -> dict[str, int]:
        """Return how many deals there are, and by status."""
        found = {"total": len(self.deals), "open": 0, "won": 0, "lost": 0}
        for deal in self.deals:
            found[deal.status] += 1
        return found


def at_work(words: Vocabulary, day: date) -> datetime:
    """Return a moment in the working hours of that day, or of the next working day."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(
        day.year,
        day.month,
        day.day,
        words.between(9, 16),
        words.between(1, 58),
        words.between(1, 58),
    )


def days_before(count: float) -> date:
    """Return the day that many days before the date of the exports."""
    return AS_OF - timedelta(days=round(count))


def days_after(count: float) -> date:
    """Return the day that many days after the date of the exports."""
    return AS_OF + timedelta(days=round(count))
