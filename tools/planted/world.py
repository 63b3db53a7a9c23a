"""Deals as lives: every change with its moment and its user, so that any day can be told again."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from planted.truth import Truth
from samples.vocabulary import Vocabulary

WORDS = Path(__file__).parent / "words"
AS_OF = date(2026, 9, 30)
LAST = datetime(2026, 9, 30, 16, 59, 59)
WON, LOST = 100, -1
LANGUAGES = ("ru", "en")

Value = str | int | date | datetime | None


@dataclass
class Change:
    """A field of a deal that got a value. A stage is its number, WON or LOST."""

    at: datetime
    by: str
    field: str
    value: Value


@dataclass
class Talk:
    """An activity that took place, or a task that is still open (`done` is None)."""

    at: datetime
    kind: str
    subject: str
    owner: str
    direction: str = ""
    due: date | None = None
    done: datetime | None = None


@dataclass
class Deal:
    """One deal: what never changes, and the log of what does."""

    id: str
    name: str
    company: str
    pipeline: int
    changes: list[Change] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    cells: dict[str, Value] = field(default_factory=dict)
    gone: datetime | None = None
    imported: bool = False

    def log(self, name: str) -> list[Change]:
        """Return the changes of one field in order of time."""
        return sorted((c for c in self.changes if c.field == name), key=lambda c: c.at)

    @property
    def created(self) -> datetime:
        """Return the moment of the first row of the log, whatever the card says of it."""
        return min(c.at for c in self.changes)

    @property
    def stages(self) -> list[Change]:
        """Return the changes of stage in order, the first being the entry into the pipeline."""
        return self.log("stage")

    def at(self, name: str, moment: datetime = LAST) -> Value:
        """Return the value of a field as it stood at a moment."""
        found = [c.value for c in self.log(name) if c.at <= moment]
        return found[-1] if found else None

    def status(self, moment: datetime = LAST) -> str:
        """Return open, won or lost."""
        return {WON: "won", LOST: "lost"}.get(self.at("stage", moment), "open")  # type: ignore[call-overload]

    def closed(self, moment: datetime = LAST) -> datetime | None:
        """Return the closing moment on the card: the one typed in, else that of the move."""
        if self.status(moment) == "open":
            return None
        move = [c for c in self.stages if c.at <= moment][-1]
        typed = [c.value for c in self.log("closed") if move.at <= c.at <= moment]
        return typed[-1] if typed else move.at  # type: ignore[return-value]

    def cut(self, moment: datetime) -> None:
        """Take away everything that happened after a moment."""
        self.changes = [c for c in self.changes if c.at <= moment]
        self.talks = [t for t in self.talks if t.at <= moment]

    def furthest(self) -> int:
        """Return the furthest open stage that the deal was in, or WON."""
        return max((int(c.value) for c in self.stages if c.value != LOST), default=0)  # type: ignore[arg-type]

    def progress(self) -> datetime:
        """Return the last forward move or word from the client, by the method's definition."""
        found, before = [t.at for t in self.talks if t.done and t.direction in ("in", "joint")], -1
        for change in self.stages:
            if int(change.value) > before:  # type: ignore[arg-type]
                found.append(change.at)
            before = int(change.value)  # type: ignore[arg-type]
        return max(found)


@dataclass
class Stage:
    """An open stage and the days of its limit by default."""

    name: str
    limit: int
    optional: bool = False


@dataclass
class Pipeline:
    """The open stages of one pipeline in order."""

    name: str
    stages: list[Stage]
    weights: list[float] = field(default_factory=list)


@dataclass
class World:
    """A company in the making: its words, people, deals, and what was planted so far."""

    truth: Truth
    words: Vocabulary
    own: dict[str, Any]
    pipelines: list[Pipeline]
    sellers: list[str]
    assistant: str
    manager: str
    start: date
    deals: list[Deal] = field(default_factory=list)
    weekdays: dict[str, int] = field(default_factory=dict)
    """The only weekday on which an owner touches the CRM, for owners who have one."""
    leaning: dict[str, int] = field(default_factory=dict)
    """The weekday that an owner likes, and to which three of ten of his days move."""
    month_ends: set[str] = field(default_factory=set)
    """Owners who plan every close for the end of a month."""
    taken: set[str] = field(default_factory=set)
    """Deals that carry something planted, so that nothing else is planted on them."""
    edited: set[str] = field(default_factory=set)
    """Deals whose last edit shares its minute with others: nothing may touch them later."""
    busy_days: set[date] = field(default_factory=set)
    """Days whose evenings hold a planted crowd."""

    def has(self, thing: str) -> bool:
        """Return whether this thing is planted in this company."""
        return thing in self.truth.planted

    def stage_name(self, deal: Deal, value: Value) -> str:
        """Return the word for a stage of a deal."""
        if value == WON:
            return str(self.own["won"])
        if value == LOST:
            return str(self.own["lost"])
        return self.pipelines[deal.pipeline].stages[int(value)].name  # type: ignore[arg-type]

    def owner(self, deal: Deal) -> str:
        """Return the owner on the last day."""
        return str(deal.at("owner"))

    def free(self, status: str = "") -> list[Deal]:
        """Return the deals with nothing planted on them whose owners have no habit of their own."""
        return [
            d
            for d in self.deals
            if d.id not in self.taken
            and not d.imported
            and self.owner(d) not in self.weekdays
            and (not status or d.status() == status)
        ]

    def take(self, deals: list[Deal], count: int) -> list[Deal]:
        """Choose that many of the deals, in a random order, and mark them as taken."""
        chosen = self.words.random.sample(deals, min(count, len(deals)))
        self.taken |= {d.id for d in chosen}
        return chosen

    def moment(self, day: date, owner: str = "") -> datetime:
        """Return a moment in working hours of that day, or of the owner's next working day."""
        between, wanted = self.words.between, self.weekdays.get(owner)
        if owner in self.leaning and self.words.chance(0.3):
            wanted = self.leaning[owner]
        if day.weekday() > 4:
            day += timedelta(days=7 - day.weekday() + between(0, 4))
        while day.weekday() > 4 or (wanted is not None and day.weekday() != wanted):
            day += timedelta(days=1)
        return datetime.combine(day, time(between(9, 15), between(0, 59), between(1, 59)))

    def evening(self, low: date, high: date) -> datetime:
        """Return a moment after working hours of a working day that holds no crowd so far."""
        while True:
            day = low + timedelta(days=self.words.between(0, (high - low).days))
            if day.weekday() < 5 and day not in self.busy_days:
                self.busy_days.add(day)
                return datetime.combine(day, time(17, self.words.between(3, 45), 7))

    def planned_close(self, day: date, owner: str) -> date:
        """Return a planned close near a day: a working day, or the end of that month by habit."""
        if self.words.chance(0.94 if owner in self.month_ends else 0.05):
            return month_end(day)
        while day.weekday() > 4 or day == month_end(day) or day.day == 1:
            day += timedelta(days=1)
        return day


def month_end(day: date) -> date:
    """Return the last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def words_of(language: str) -> dict[str, Any]:
    """Return the words of the planted companies in a language."""
    return tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
