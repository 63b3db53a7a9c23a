"""The forecast of today's open deals, and the same made on past days beside what really closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from crm_audit.forecast import chances, sums, windows
from crm_audit.forecast.chances import Fit, Prior
from crm_audit.forecast.record import OPEN, Cards, Deals, Floats, Ints, Spells, spells_of
from crm_audit.forecast.sums import Worlds
from crm_audit.forecast.windows import Windows

HORIZONS = {"month": (30, 10), "quarter": (91, 13)}
"""Days of each horizon, and the days between the windows that it is learned from."""
BINS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7)
"""Chances that part the bins of the calibration."""
SEED = 20_110_403
"""Any fixed number: the same deals give the same worlds."""
PAST_WORLDS = 1000


@dataclass(frozen=True)
class Terms:
    """What the forecast is told: thresholds of the rulebook and the range's share of worlds."""

    prior_rate: float
    """Share of open deals won in a day, believed before any deal of the client."""
    prior_spread: float
    few: int
    share: float
    periods: int


@dataclass(frozen=True)
class Sum:
    """One sum of one period. `currency` None: a number of deals. None in a baseline: no telling."""

    currency: int | None
    deals: int
    expected: float
    low: float
    high: float
    held: float
    """Share of the worlds in the range: whole deals may not allow the share that is asked for."""
    claimed: float | None = None
    """The CRM's own: amount x its probability where the planned date is in the period."""
    planned: float | None = None
    """Everything whose planned date is in the period."""
    usual: float | None = None
    """The share of open deals that was won in past periods as long, on average."""
    actual: float | None = None
    top: int | None = None
    """The deal that weighs most in what is expected (its place in `Deals`), and its share."""
    top_share: float = 0.0


@dataclass(frozen=True)
class Period:
    """The forecast of the deals open on `day` for the `horizon` days after it."""

    day: float
    horizon: int
    closed_before: int
    sums: tuple[Sum, ...]
    chance: Floats
    deal: Ints
    won: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Outlook:
    """Everything that can be said of one past: by horizon, today's period and the past ones."""

    spells: Spells
    closed: int
    now: dict[str, Period]
    past: dict[str, list[Period]]


def outlook(deals: Deals, cards: Cards, today: float, terms: Terms) -> Outlook:
    """Forecast today's open deals and check the method on past days.

    Days count from 1970. Without one closed deal there is nothing to learn from: `now` is empty.
    """
    # Threads cost more than they bring on matrices as small as these, and might change last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        return _outlook(deals, cards, today, terms)


def _outlook(deals: Deals, cards: Cards, today: float, terms: Terms) -> Outlook:
    spells = spells_of(deals, cards, today)
    closings = _closings(spells)
    now: dict[str, Period] = {}
    past: dict[str, list[Period]] = {}
    for name, (horizon, step) in HORIZONS.items():
        seen = windows.windows_of(spells, today, horizon, step, terms.periods)
        maker = _Maker(deals, spells, seen, closings, terms)
        past[name] = maker.before()
        if len(closings):
            now[name] = maker.period(len(seen.days) - 1, past=False)
    return Outlook(spells, len(closings), now, past)


def _closings(spells: Spells) -> Floats:
    """Days on which deals first closed, in order."""
    ended = np.flatnonzero(spells.closes)
    _, first = np.unique(spells.deal[ended], return_index=True)
    return np.sort(spells.end[ended[first]])


@dataclass(frozen=True)
class _Look:
    """What is seen on one day: the open deals, and the worlds in which they are won."""

    place: int
    spell: Ints
    worlds: Worlds
    past: bool


class _Maker:
    """Makes the periods of one horizon."""

    def __init__(
        self, deals: Deals, spells: Spells, seen: Windows, closings: Floats, terms: Terms
    ) -> None:
        self.deals, self.spells, self.seen = deals, spells, seen
        self.closings, self.terms = closings, terms
        rate = min(terms.prior_rate * seen.horizon, 0.5)
        self.latest: Fit | None = None
        self.form = chances.form_of(seen, Prior(rate, terms.prior_spread))

    def before(self) -> list[Period]:
        """Periods that end today or earlier and do not overlap, the oldest first."""
        last, apart = len(self.seen.days) - 1, self.seen.horizon // self.seen.step
        places = []
        for back in range(1, self.terms.periods + 1):
            place = last - back * apart
            if place < 0 or self._closed(self.seen.days[place]) < self.terms.few:
                break
            if len(self.seen.rows(place)[0]) and self.seen.known(self.seen.days[place]).any():
                places.append(place)
        # Each day begins where the day before ended, so that none knows anything of later.
        return [self.period(place, past=True) for place in reversed(places)]

    def _closed(self, day: float) -> int:
        return int(np.searchsorted(self.closings, day, side="right"))

    def period(self, place: int, *, past: bool) -> Period:
        """The forecast made on one of the days; with what then happened if it is `past`."""
        day, horizon = float(self.seen.days[place]), self.seen.horizon
        spell, cell = self.seen.rows(place)
        if not past:
            still = self.deals.status[self.spells.deal[spell]] == OPEN
            spell, cell = spell[still], cell[still]
        self.latest = fitted = chances.fit(self.seen, self.form, day, self.latest)
        seed = (SEED, horizon, max(int(day), 0))
        worlds = sums.imagine(fitted, cell, seed, PAST_WORLDS if past else sums.WORLDS)
        return Period(
            day=day,
            horizon=horizon,
            closed_before=self._closed(day),
            sums=tuple(self._sums(_Look(place, spell, worlds, past))),
            chance=worlds.chance,
            deal=self.spells.deal[spell],
            won=self.spells.won_at[spell] <= day + horizon if past else None,
        )

    def _sums(self, look: _Look) -> list[Sum]:
        """The number of deals, then the money of each currency where amounts are known."""
        spell, past = look.spell, look.past
        every = np.ones(len(look.spell))
        found = [self._sum(None, look, every, every)]
        if past and "amount" not in self.spells.shows:
            return found
        deal = self.spells.deal[spell]
        amount = self.spells.amount[spell] if past else self.deals.amount[deal]
        currency = self.deals.currency[deal]
        final = np.nan_to_num(self.spells.won_amount[spell])
        for code in np.unique(currency[amount > 0]):
            inside = (currency == code) & (amount > 0)
            values, ends = np.where(inside, amount, 0.0), np.where(inside, final, 0.0)
            found.append(self._sum(int(code), look, values, ends))
        return found

    def _sum(self, currency: int | None, look: _Look, values: Floats, final: Floats) -> Sum:
        """One sum of `values` now, of which `final` is what comes in if the deal is won."""
        spell, worlds, past = look.spell, look.worlds, look.past
        day, horizon = self.seen.days[look.place], self.seen.horizon
        ranged = worlds.total(values, self.terms.share)
        # Today's cards show today's dates; those of the past are known from a history only.
        tells = self.spells.shows if past else {"planned", "probability"}
        card, at = (self.spells, spell) if past else (self.deals, self.spells.deal[spell])
        planned, chance = card.planned[at], card.probability[at]
        due = (planned > day) & (planned <= day + horizon)
        has_plan = "planned" in tells and bool(np.isfinite(planned).any())
        has_chance = "probability" in tells and bool(np.isfinite(chance).any())
        claimed = float(np.nansum(values * due * chance)) if has_plan and has_chance else None
        won = self.spells.won_at[spell] <= day + horizon
        weight = values * worlds.chance
        top = int(np.argmax(weight)) if currency is not None and weight.sum() > 0 else None
        return Sum(
            currency=currency,
            deals=int((values > 0).sum()),
            expected=ranged.expected,
            low=ranged.low,
            high=ranged.high,
            held=ranged.held,
            claimed=claimed,
            planned=float((values * due).sum()) if has_plan else None,
            usual=self._usual(day, float(values.sum())),
            actual=float((final * won).sum()) if past else None,
            top=None if top is None else int(self.spells.deal[spell[top]]),
            top_share=0.0 if top is None else float(weight[top] / weight.sum()),
        )

    def _usual(self, day: float, total: float) -> float | None:
        """The open total times the average share that was won in past periods."""
        trials, wins = self.seen.totals(self.seen.known(day))
        return total * wins / trials if trials else None
