"""A plain second computation of the six answers from the files of an invented company.

It reads the written CSV with the csv module and follows method.md word by word. It shares
nothing with the generator but the headers, and nothing with crm_audit at all.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

Row = dict[str, str]
JUNK = {"", "-", ".", "?", "уточнить", "н/д", "нет", "tbd", "n/a"}
WON, LOST, OPEN = "won", "lost", "open"
PHASE_DEFAULT = [21, 21, 30, 45, 45, 60]
GATE_FIELDS = [
    "route_map",
    "spec_no",
    "budget_line",
    "offer_visa",
    "approval_sheet",
    "contract_no",
    "documents",
]
CLIENT = (
    "клиент",
    "заказчик",
    "главный инженер",
    "финансовый директор",
    "генеральный директор",
    "технический директор",
    "директор по развитию",
    "комитет",
    "закупок",
    "казначейств",
    "служба безопасности",
    "юридический отдел",
    "client",
    "chief engineer",
    "cfo",
    "ceo",
    "committee",
    "director",
)
JOINT = ("встреча", "созвон", "визит", "meeting", "call on", "visit")
FACTOR = (
    "комитет",
    "тендер",
    "безопасност",
    "институт",
    "юрист",
    "совет директоров",
    "пилот",
    "холдинг",
    "срок изготовления",
    "рентабельность",
    "committee",
    "tender",
    "security",
    "institute",
    "legal",
    "board",
    "pilot",
    "holding",
    "lead time",
    "margin",
)


def filled(text: str) -> bool:
    """Tell whether a cell says anything."""
    return text.strip().lower() not in JUNK


def moment(text: str) -> datetime | None:
    """Read a date or a moment of either language."""
    for form in ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def number(text: str) -> float | None:
    """Read an amount of either language."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    return float(plain) if plain else None


def rows(path: Path, encoding: str, delimiter: str) -> list[Row]:
    """Read a file as dictionaries."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@dataclass
class Deal:
    """A deal with the cells of its card by field, its moves and activities."""

    card: Row
    status: str = OPEN
    events: list[Row] = field(default_factory=list)
    talks: list[Row] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)

    def day(self, name: str) -> date | None:
        """Return a date of the card."""
        found = moment(self.card.get(name, ""))
        return found.date() if found else None


class Audit:
    """All six answers, with the shares they rest on."""

    def __init__(self, deals: list[Deal], stages: list[str]) -> None:
        self.deals = deals
        self.stages = stages
        self.open = [deal for deal in deals if deal.status == OPEN]
        self.as_of = self._as_of()
        self.limits = self._limits()

    def _as_of(self) -> date:
        found = []
        for deal in self.deals:
            names = ("created", "updated", "closed_or_not", "last_activity", "stage_entered")
            found += [moment(deal.card.get(name, "")) for name in (*names, "closed")]
            found += [moment(event["at"]) for event in deal.events]
            found += [moment(talk[name]) for talk in deal.talks for name in ("created", "done")]
        return max(at for at in found if at and at.year < 2100).date()

    def rank(self, stage: str) -> int:
        """Return the place of a stage; won stands after the last open one, lost before all."""
        if stage in self.stages:
            return self.stages.index(stage)
        return (
            len(self.stages)
            if "выигран" in stage.lower() or "won" in stage.lower() or ("успешно" in stage.lower())
            else -1
        )

    def _limits(self) -> list[float]:
        stays: list[list[float]] = [[] for _ in self.stages]
        for deal in self.deals:
            if deal.status != WON:
                continue
            spent: dict[int, float] = defaultdict(float)
            moves = self.moves(deal, first=True)
            for one, after in pairwise(moves):
                spent[self.rank(one["stage"])] += self._days(one["at"], after["at"])
            for stage, days in spent.items():
                stays[stage].append(days)
        return [max(14.0, 2 * median(each)) for each in stays]

    @staticmethod
    def _days(start: str, end: str) -> float:
        first, last = moment(start), moment(end)
        assert first and last
        return (last - first).total_seconds() / 86400

    @staticmethod
    def moves(deal: Deal, first: bool = False) -> list[Row]:
        """Return the rows that change the stage; with `first` the one of creation as well."""
        return [
            event
            for event in deal.events
            if event["stage"] != event["before"] and (first or event["before"])
        ]

    def progress(self, deal: Deal) -> list[date]:
        """Return the days of progress: forward moves, decisions, the client's activities."""
        days = []
        for event in self.moves(deal, first=True):
            forward = not event["before"] or self.rank(event["stage"]) > self.rank(event["before"])
            if forward and "дминистратор" not in event["by"] and "dministrator" not in event["by"]:
                days.append(moment(event["at"]))
        days += [
            moment(talk["done"])
            for talk in deal.talks
            if talk["direction"].lower() in ("входящее", "совместное", "inbound", "joint")
        ]
        decided = deal.day("last_decision_at")
        return sorted({at.date() for at in days if at} | ({decided} if decided else set()))

    def stalled(self, slack: float = 0) -> list[Deal]:
        """Return the open deals without progress for longer than the limit plus `slack` days."""
        found = []
        for deal in self.open:
            waits = deal.day("next_decision_at") or date.min
            if self.managed(deal):
                waits = max(waits, deal.day("next_step_date") or date.min)
            if waits > self.as_of:
                continue
            limit = self.limits[self.rank(deal.card["stage"])] + slack
            if (self.as_of - self.progress(deal)[-1]).days > limit:
                found.append(deal)
        return found

    def managed(self, deal: Deal) -> bool:
        """Question 1: step there, dated, not overdue, a commitment or a joint step."""
        due = deal.day("next_step_date")
        text = deal.card.get("next_step", "").lower()
        promise = deal.card.get("client_commitment", "").lower()
        good = any(word in text for word in (*CLIENT, *JOINT)) or any(
            word in promise for word in CLIENT
        )
        return filled(text) and good and due is not None and due >= self.as_of

    def shares(self, chosen: list[Deal], all_deals: list[Deal]) -> tuple[float, float]:
        """Return the share by count and by money."""
        money = sum(number(deal.card["amount"]) or 0 for deal in all_deals)
        part = sum(number(deal.card["amount"]) or 0 for deal in chosen)
        return len(chosen) / len(all_deals), part / money

    def key_deals(self) -> list[Deal]:
        """Question 2: beyond half of the stages, or in the top quarter by amount."""
        amounts = sorted(filter(None, (number(deal.card["amount"]) for deal in self.open)))
        place = 0.75 * (len(amounts) - 1)
        low, high = amounts[int(place)], amounts[min(int(place) + 1, len(amounts) - 1)]
        limit = low + (high - low) * (place - int(place))
        return [
            deal
            for deal in self.open
            if self.rank(deal.card["stage"]) + 1 > len(self.stages) / 2
            or (number(deal.card["amount"]) or 0) >= limit
        ]

    def known_roles(self, deal: Deal) -> set[str]:
        """Return the role groups that name a person."""
        known = {
            role
            for role in ("approver", "payer", "procurer", "legal", "security")
            if filled(deal.card.get(role, ""))
        } | deal.roles
        return {"blocker" if role in ("legal", "security") else role for role in known}

    def gates(self) -> dict[int, list[str]]:
        """Question 3: stage (won is after the last) -> fields that are a gate there."""
        found: dict[int, list[str]] = defaultdict(list)
        furthest = [
            (max(self.rank(event["stage"]) for event in deal.events), deal) for deal in self.deals
        ]
        for stage in range(1, len(self.stages) + 1):
            before = [deal for reached, deal in furthest if reached < stage]
            beyond = [deal for reached, deal in furthest if reached >= stage]
            if min(len(before), len(beyond)) < 10:
                continue
            for name in GATE_FIELDS:
                after = sum(filled(deal.card.get(name, "")) for deal in beyond) / len(beyond)
                early = sum(filled(deal.card.get(name, "")) for deal in before) / len(before)
                if after >= 0.95 and after - early >= 0.5:
                    found[stage].append(name)
        return found

    def unclean(self) -> dict[str, int]:
        """Question 3: moves in all, and how many are of each unclean kind."""
        moves = [
            (moment(event["at"]) or datetime.min, event["by"], deal, event)
            for deal in self.deals
            for event in self.moves(deal)
            if self.rank(event["stage"]) >= 0 and self.rank(event["before"]) >= 0
        ]
        ranks = [(self.rank(move[3]["before"]), self.rank(move[3]["stage"])) for move in moves]
        bulk, same_day, jump, backward = set(), set(), set(), set()
        for at, (when, who, deal, _) in enumerate(moves):
            window = [
                place
                for place, (other, by, _, _) in enumerate(moves)
                if by == who and timedelta(0) <= other - when <= timedelta(seconds=60)
            ]
            if len({id(moves[place][2]) for place in window}) >= 5:
                bulk |= set(window)
            before, after = ranks[at]
            if after < before:
                backward.add(at)
            elif after - before > 1:
                jump.add(at)
            day = [
                place
                for place, move in enumerate(moves)
                if move[2] is deal
                and move[0].date() == when.date()
                and ranks[place][1] > ranks[place][0]
            ]
            if len(day) >= 2:
                same_day |= set(day)
        return {
            "total": len(moves),
            "bulk": len(bulk),
            "same_day": len(same_day),
            "jumps": len(jump),
            "backward": len(backward),
            "clean": len(moves) - len(bulk | same_day | jump),
        }

    def episodes(self, with_activities: bool = True) -> tuple[int, int]:
        """Question 4b: stall episodes of the last 12 months that count, and those answered."""
        count = answered = 0
        for deal in self.deals:
            days = self.progress(deal)
            if not with_activities:
                days = [
                    (moment(event["at"]) or datetime.min).date()
                    for event in self.moves(deal, first=True)
                ]
            closed = deal.day("closed") or deal.day("closed_or_not")
            ends = [*days[1:], closed or self.as_of]
            for start, end in zip(days, ends, strict=True):
                stage = [
                    event["stage"]
                    for event in deal.events
                    if (moment(event["at"]) or datetime.max).date() <= start
                ][-1]
                if self.rank(stage) not in range(len(self.stages)):
                    continue
                limit = start + timedelta(days=self.limits[self.rank(stage)])
                if end <= limit or limit < self.as_of - timedelta(days=365):
                    continue
                if not closed and end == self.as_of and (self.as_of - limit).days < 14:
                    continue
                changes = [(moment(event["at"]) or datetime.min).date() for event in deal.events]
                decided = deal.day("manager_decision_at")
                changes += [decided] if decided else []
                count += 1
                answered += any(limit < day <= limit + timedelta(days=14) for day in changes)
        return count, answered

    def useful_reasons(self) -> tuple[int, int]:
        """Question 4c: deals lost in the last 12 months, and those with a useful reason."""
        window = [
            deal
            for deal in self.deals
            if deal.status == LOST
            and (deal.day("closed") or deal.day("closed_or_not") or deal.day("close_date"))
            and (deal.day("closed") or deal.day("closed_or_not") or deal.day("close_date"))
            > self.as_of - timedelta(days=365)
        ]
        useful = [
            deal
            for deal in window
            if any(word in deal.card["loss_reason"].lower() for word in FACTOR)
        ]
        return len(window), len(useful)

    def top(self) -> list[tuple[Deal, bool]]:
        """Question 5: the ten largest open deals, and whether each row is complete."""
        largest = sorted(
            (deal for deal in self.open if number(deal.card["amount"])),
            key=lambda deal: (-(number(deal.card["amount"]) or 0), deal.card["id"]),
        )[:10]
        return [(deal, self._complete(deal)) for deal in largest]

    def _complete(self, deal: Deal) -> bool:
        close = deal.day("expected_close") or deal.day("close_date")
        due = deal.day("next_step_date")
        decided = deal.day("last_decision_at")
        return (
            close is not None
            and close >= self.as_of
            and due is not None
            and due >= self.as_of
            and filled(deal.card.get("next_step", ""))
            and filled(deal.card.get("approver", ""))
            and decided is not None
            and decided <= self.as_of
        )
