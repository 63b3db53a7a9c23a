"""The ways of all deals of a company, from creation to the end, whatever day the export is of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from closing.company import SEED, Truth, draw_truth

WON, LOST = 100, -1


@dataclass(frozen=True)
class Event:
    """What the card of a deal says from `day` on; days count from the first day of the CRM."""

    day: int
    stage: int
    amount: float | None
    planned: int | None
    probability: float | None


@dataclass
class Deal:
    """One deal with its whole way. `size` is its amount in standard deviations of the logarithm."""

    number: int
    size: float
    currency: str
    created: int
    closed: int
    won: bool
    events: list[Event] = field(default_factory=list)

    def at(self, day: int) -> Event | None:
        """What the card says at the end of a day; None before the deal was created."""
        return next((e for e in reversed(self.events) if e.day <= day), None)

    def is_open(self, day: int) -> bool:
        """Whether the deal was created by that day and not closed by it."""
        return self.created <= day < self.closed


@dataclass(frozen=True)
class Company:
    """All deals of a generated company; `today` is the day of the export."""

    seed: int
    truth: Truth
    today: int
    deals: list[Deal]


def make_company(seed: int) -> Company:
    """The company of a seed, the same on every machine that draws the same numbers."""
    truth = draw_truth(seed)
    rng = np.random.default_rng([SEED, seed, 1])
    today = round(truth.years * 365)
    made = [_deal(truth, rng, i, day) for i, day in enumerate(_creations(truth, rng, today))]
    return Company(seed, truth, today, made)


def _creations(truth: Truth, rng: np.random.Generator, today: int) -> list[int]:
    """Days on which deals are created: exponential growth over the life of the CRM."""
    share = rng.random(truth.deals)
    rate = truth.growth * truth.years
    grown = np.log1p(share * np.expm1(rate)) / rate if abs(rate) > 1e-6 else share
    return sorted(int(d) for d in grown * today)


def _deal(truth: Truth, rng: np.random.Generator, number: int, created: int) -> Deal:
    size = float(rng.normal())
    amount: float | None = round(float(np.exp(truth.amount_log + truth.amount_sigma * size)), 2)
    if rng.random() < truth.amount_missing:
        amount = None
    currency = "EUR" if rng.random() < truth.second_currency else "RUB"
    pace = rng.normal(truth.size_slows * size, truth.pace)
    fails = failing(truth, size)
    deal = Deal(number, size, currency, created, created, won=True)
    card = _Card(truth, rng, created, amount)
    day = created
    for stage in range(truth.stages):
        card.enter(deal, day, stage)
        fails_here = rng.random() < fails[stage]
        sigma = truth.linger_sigma if fails_here else truth.stay_sigma
        factor = truth.linger if fails_here else 1.0
        stay = truth.stay[stage] * factor * np.exp(pace + sigma * rng.normal())
        left = day + max(1, round(float(stay)))
        card.wait(deal, day, left, stage)
        day = left
        if fails_here:
            deal.won = False
            break
    deal.closed = day
    card.end(deal, day)
    return deal


def failing(truth: Truth, size: float) -> np.ndarray:
    """The chance to fail in each stage for a deal of that size."""
    return 1 - (1 - truth.fails) ** np.exp(truth.size_fails * size)


class _Card:
    """What the seller keeps in the card of one deal: amount, planned date, probability."""

    def __init__(
        self, truth: Truth, rng: np.random.Generator, created: int, amount: float | None
    ) -> None:
        self.truth, self.rng = truth, rng
        self.amount = amount
        self.plans = rng.random() >= truth.planned_missing
        self.guesses = rng.random() >= truth.probability_missing
        self.noise = rng.normal(0, truth.probability_noise)
        self.planned: int | None = None
        self._plan(created, 0)

    def _plan(self, day: int, stage: int) -> None:
        """A date from the usual time that is left, seen with the seller's optimism."""
        if not self.plans:
            return
        usual = float(self.truth.stay[stage:].sum()) * np.exp(self.truth.stay_sigma**2 / 2)
        spread = np.exp(self.rng.normal(0, 0.35))
        self.planned = day + max(7, round(usual * self.truth.optimism * spread))

    def enter(self, deal: Deal, day: int, stage: int) -> None:
        """A new stage: the date is often renewed, the amount sometimes estimated anew."""
        if stage and self.rng.random() < self.truth.discipline:
            self._plan(day, stage)
        if stage == self.truth.stages // 2 and self.amount and self.rng.random() < 0.3:
            factor = np.exp(self.rng.normal(0, self.truth.estimate_sigma))
            self.amount = round(self.amount * float(factor), 2)
        self._write(deal, day, stage)

    def wait(self, deal: Deal, entered: int, left: int, stage: int) -> None:
        """A planned date that passes within the stage is pushed, or stays overdue."""
        while self.planned is not None and entered <= self.planned < left:
            if self.rng.random() > self.truth.discipline:
                return
            noticed = self.planned + int(self.rng.integers(0, 15))
            if noticed >= left:
                return
            self.planned = noticed + max(7, round(float(np.exp(self.rng.normal(np.log(45), 0.6)))))
            self._write(deal, noticed, stage)

    def end(self, deal: Deal, day: int) -> None:
        """Closing; the price of a won deal may come down on the way to the signature."""
        if deal.won and self.amount and self.rng.random() < self.truth.discount:
            self.amount = round(self.amount * float(self.rng.uniform(0.75, 1)), 2)
        self._write(deal, day, WON if deal.won else LOST)

    def _write(self, deal: Deal, day: int, stage: int) -> None:
        deal.events.append(Event(day, stage, self.amount, self.planned, self._probability(stage)))

    def _probability(self, stage: int) -> float | None:
        """The CRM's probability: the true one of the stage, inflated, with the seller's mood."""
        if stage in (WON, LOST):
            return 1.0 if stage == WON else 0.0
        if not self.guesses:
            return None
        true = float(np.prod(1 - self.truth.fails[stage:]))
        inflated = 1 - (1 - min(true, 0.97)) ** self.truth.inflation
        odds = np.log(inflated / (1 - inflated)) + self.noise
        return round(float(1 / (1 + np.exp(-odds))), 1)
