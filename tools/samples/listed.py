"""Deals for list exports: a plain pipeline with fresh deals and stalled ones, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from samples.vocabulary import Person, Vocabulary
from samples.world import AS_OF, LAST_FACT, LOST, WON, Company, Deal, Event, at_work, days_before


@dataclass(frozen=True)
class Shape:
    """How many deals stand where, which of them are stalled, and how long stages take."""

    stages: list[str]
    won: str
    lost: str
    pipeline: str
    open_at: list[int]
    stalled_at: list[int]
    wins: int
    lost_at: list[int]
    stay: int = 24
    fresh: tuple[int, int] = (2, 12)
    stale: tuple[int, int] | None = (78, 260)
    beyond_limit: int = 8
    priced: tuple[int, int] = (4, 7)
    amount: tuple[float, float, int] = (2_400_000, 1.5, 10_000)
    currencies: tuple[str, ...] = ("RUB",)


def build(words: Vocabulary, shape: Shape) -> Company:
    """Return a company of this shape; deals have history, amounts and one contact each."""
    company = Company(words, shape.stages, shape.won, shape.lost, shape.pipeline, words.names(5))
    last = len(shape.stages) - 1
    for _ in range(shape.wins):
        _add(company, shape, "won", last, words.between(6, 420))
    limits = _limits(company)
    company.planted["stalled"] = []
    for stage, count in enumerate(shape.open_at):
        for number in range(count):
            stale = number < shape.stalled_at[stage]
            ago = words.between(*(shape.stale if stale and shape.stale else shape.fresh))
            if stale and not shape.stale:
                ago = round(limits[stage]) + shape.beyond_limit
            _add(company, shape, "open", stage, ago).fields["stale"] = "yes" if stale else None
    for stage, count in enumerate(shape.lost_at):
        for _ in range(count):
            _add(company, shape, "lost", stage, words.between(7, 330))
    words.random.shuffle(company.deals)
    for number, deal in enumerate(company.deals):
        deal.id = str(31_040_011 + number * 37)
        deal.currency = shape.currencies[number % len(shape.currencies)]
        deal.updated = deal.last_activity = deal.events[-1].at
        if deal.fields.get("stale"):
            company.planted["stalled"].append(deal.id)
    _price(company, shape)
    newest = next(deal for deal in live(company) if not deal.fields.get("stale"))
    newest.updated = newest.last_activity = LAST_FACT
    company.planted["newest_fact"] = newest.id
    return company


def live(company: Company) -> list[Deal]:
    """Return the open deals."""
    return [deal for deal in company.deals if deal.status == "open"]


def largest(company: Company, count: int = 10, currency: str | None = None) -> list[Deal]:
    """Return the largest open deals by amount, of one currency if it is named."""
    priced = [deal for deal in live(company) if deal.amount and currency in (None, deal.currency)]
    return sorted(priced, key=lambda deal: (-(deal.amount or 0), deal.id))[:count]


def _add(company: Company, shape: Shape, status: str, furthest: int, ago: int) -> Deal:
    """Add a deal whose last event was `ago` days ago: entering its stage, won or lost."""
    words = company.words
    steps = furthest + (status != "open")
    gaps = [max(4, round(shape.stay * min(1.7, words.lognormal(1, 0.3)))) for _ in range(steps)]
    client = words.company()
    name = f"{words.pick(words['subjects'])}: {client}"
    owner = words.pick(company.sellers)
    day = ago + sum(gaps)
    created = at_work(words, days_before(day))
    end = {"open": furthest, "won": WON, "lost": LOST}[status]
    deal = Deal("", name, client, owner, status, end, furthest, created, created)
    deal.people = [Person(words.name(), words.pick(_positions(words)), "")]
    deal.events.append(Event(created, 0, owner))
    way = [*range(1, furthest + 1), *([] if status == "open" else [end])]
    for stage, gap in zip(way, gaps, strict=True):
        day -= gap
        at = at_work(words, days_before(day))
        deal.events.append(Event(at, stage, owner, deal.events[-1].stage))
    deal.stage_entered = deal.events[-1].at
    deal.closed = None if status == "open" else deal.events[-1].at
    company.deals.append(deal)
    return deal


def _positions(words: Vocabulary) -> list[str]:
    return [*words["positions"]["technical"], *words["positions"]["procurer"]]


def _limits(company: Company) -> list[float]:
    stays: list[list[float]] = [[] for _ in company.stages]
    for deal in company.deals:
        for one, after in zip(deal.events, deal.events[1:], strict=False):
            stays[one.stage].append((after.at - one.at).total_seconds() / 86400)
    return [max(14.0, 2 * median(each)) for each in stays]


def _price(company: Company, shape: Shape) -> None:
    """Give amounts to `priced` of so many open deals and to most closed ones; plan dates."""
    words, (known, of) = company.words, shape.priced
    for number, deal in enumerate(live(company)):
        deal.amount = words.amount(*shape.amount) if number % of < known else None
        deal.expected_close = AS_OF + timedelta(days=words.between(20, 150))
    for deal in company.deals:
        if deal.closed:
            deal.amount = words.amount(*shape.amount) if words.chance(0.75) else None
            deal.expected_close = deal.closed.date() - timedelta(days=words.between(-5, 50))


def put_in_the_past(words: Vocabulary, deals: list[Deal]) -> None:
    """Move the planned dates of these deals before the date of the export."""
    for deal in deals:
        deal.expected_close = past(words, deal, 12, 190)


def past(words: Vocabulary, deal: Deal, least: int, most: int) -> date:
    """Return a day so many days ago, but not before the deal was there, nor today."""
    day = max(days_before(words.between(least, most)), deal.created.date() + timedelta(days=5))
    return min(day, days_before(1))


def planned(deal: Deal) -> date | None:
    """Return the one close date that some CRMs have: the real one of closed deals."""
    return deal.closed.date() if deal.closed else deal.expected_close
