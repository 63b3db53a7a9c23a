"""Past days looked at one after another: which deals stood open, how, and which were then won.

The landmark method (van Houwelingen, 2007): on each of a row of days the open deals are put into
cells by what their cards said on that day; each is a trial that succeeds if the deal is won within
the horizon. Open deals count as long as their window is over, lost deals count as not won; nothing
about the future of a deal is used except that one outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_audit.forecast.record import Floats, Ints, Spells

AGES = (14, 30, 60, 90, 120, 180, 270, 365, 545, 730)
"""Days since creation that part the bands of age."""
STAYS = (7, 21, 45, 90, 180, 365)
"""Days in the stage that part the bands of the stay."""
CHANCES = (0.0, 0.25, 0.5, 0.75, 0.95)
"""Probabilities of the CRM that part the bands (each band includes its upper end)."""
SIZES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Amounts that part the bands of size, in medians of the amounts that are open on the same day."""
SIZE_STEP = -0.1
"""Log-odds that a band of size, about three times larger, is believed to have less than the one
before. In public exports the log-odds of a win fall by 0.32 (standard error 0.02) and 0.02 (0.05)
for each tripling of the amount: Salesforce, 4,800 closed deals; Zoho, 1,900."""
LOOKED_BACK = 4 * 365
"""Days of the past that are learned from, before the first day that is forecast."""


MOST_SEEN = 5_000_000
"""Deals on days, all together, up to which overlapping windows are looked at."""


@dataclass(frozen=True)
class Feature:
    """One thing that a card says, in levels. Neighbours of an ordered one are alike."""

    name: str
    levels: int
    ordered: bool
    spread: float
    """Prior standard deviation of a level's log-odds (of a step, if ordered)."""
    step: float = 0.0
    """Prior mean of the log-odds that each level adds to the one before."""


@dataclass(frozen=True)
class Seen:
    """Open deals as seen on days: one row a deal and day, days from the first to the last."""

    place: Ints
    spell: Ints
    cell: Ints
    won: Floats
    """1 if the deal was won within the horizon, else 0."""


@dataclass(frozen=True)
class Windows:
    """Days `step` apart, the cells that deals were in, and whether each was won in time.

    `levels` are cells x features. A day counts only from `day + horizon` on: before, its outcome
    is not known. `begin` is the day of the first closing: a CRM that has yet to record one says
    nothing of how often deals close.
    """

    horizon: int
    begin: float
    days: Floats
    step: int
    features: tuple[Feature, ...]
    levels: Ints
    seen: Seen

    def known(self, day: float) -> NDArray[np.bool_]:
        """The days whose windows are over by a day, since closings are recorded: neighbours."""
        return np.asarray((self.days + self.horizon <= day) & (self.days >= self.begin))

    def rows(self, place: int) -> tuple[Ints, Ints]:
        """Spells that stood open on one of the days, and the cell of each."""
        inside = self._span(place, place + 1)
        return self.seen.spell[inside], self.seen.cell[inside]

    def counts(self, known: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Trials and wins of each cell on the known days."""
        inside, size = self._inside(known), len(self.levels)
        cell = self.seen.cell[inside]
        wins = np.bincount(cell, weights=self.seen.won[inside], minlength=size)
        return np.bincount(cell, minlength=size).astype(np.float64), wins.astype(np.float64)

    def totals(self, known: NDArray[np.bool_]) -> tuple[int, float]:
        """Trials and wins of all cells on the known days."""
        won = self.seen.won[self._inside(known)]
        return len(won), float(won.sum())

    def apart(self, places: Ints) -> tuple[Floats, Floats]:
        """Trials of each cell on each of some days (cells x places), and the wins of each day."""
        spans = [self._span(int(place), int(place) + 1) for place in places]
        at = [self.seen.cell[span] * len(places) + i for i, span in enumerate(spans)]
        shape = (len(self.levels), len(places))
        table = np.bincount(np.concatenate([*at, np.zeros(0, int)]), minlength=shape[0] * shape[1])
        wins = np.array([self.seen.won[span].sum() for span in spans])
        return table.reshape(shape).astype(np.float64), wins

    def met(self, day: float) -> NDArray[np.bool_]:
        """The cells that a deal has been in by a day."""
        before = self._span(0, int(np.searchsorted(self.days, day, side="right")))
        return np.bincount(self.seen.cell[before], minlength=len(self.levels)) > 0

    def _span(self, first: int, end: int) -> slice:
        """The rows of the days from a place to before another."""
        return slice(*np.searchsorted(self.seen.place, [first, end]))

    def _inside(self, known: NDArray[np.bool_]) -> slice:
        places = np.flatnonzero(known)
        return self._span(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0)


def windows_of(spells: Spells, today: float, horizon: int, step: int, periods: int) -> Windows:
    """All windows of one horizon, on days that end with `today`, `step` apart.

    The horizon must be a multiple of the step, so that the days a horizon apart are among them.
    Where more deals stood open than anybody needs to learn from, the days are a horizon apart.
    """
    if float(np.sum(spells.end - spells.start)) > MOST_SEEN * step:
        step = horizon
    oldest = float(np.min(spells.start)) if len(spells.start) else today
    back = min(today - oldest, LOOKED_BACK + periods * horizon)
    count = int(back // step) + 1
    days = today - step * np.arange(count - 1, -1, -1.0)
    place, spell = _stand_on(spells, days, step)
    features, levels = _levels(spells, spell, days, place, horizon)
    code = np.zeros(len(spell), dtype=np.int64)
    for feature, column in zip(features, levels, strict=True):
        code = code * feature.levels + column
    kinds, cell = np.unique(code, return_inverse=True)
    won = spells.won_at[spell] <= days[place] + horizon
    return Windows(
        horizon=horizon,
        begin=float(np.min(spells.end, where=spells.closes, initial=np.inf)),
        days=days,
        step=step,
        features=features,
        levels=_decode(kinds, features),
        seen=Seen(place, spell, cell, won.astype(np.float64)),
    )


def _stand_on(spells: Spells, days: Floats, step: int) -> tuple[Ints, Ints]:
    """Pairs of a day and a spell that stood open on it, by day and then spell."""
    first = np.maximum(np.ceil((spells.start - days[0]) / step), 0).astype(np.int64)
    last = np.ceil((spells.end - days[0]) / step).astype(np.int64)
    counts = np.maximum(np.minimum(last, len(days)) - first, 0)
    spell = np.repeat(np.arange(len(first)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    place = first[spell] + within
    order = np.argsort(place, kind="stable")
    return place[order], spell[order]


def _levels(
    spells: Spells, spell: Ints, days: Floats, place: Ints, horizon: int
) -> tuple[tuple[Feature, ...], list[Ints]]:
    """The features that this past can show, and the level of each row in each."""
    day = days[place]
    features = [Feature("age", len(AGES) + 2, True, 0.4)]
    levels = [_band(day - spells.created[spell], AGES)]
    if "stage" in spells.shows:
        found, stage = np.unique(spells.stage, return_inverse=True)
        features.append(Feature("stage", len(found), False, 3.0))
        levels.append(stage[spell])
        features.append(Feature("stay", len(STAYS) + 2, True, 0.5))
        levels.append(_band(day - spells.stage_since[spell], STAYS))
    if "planned" in spells.shows:
        features.append(Feature("planned", 7, False, 0.6))
        levels.append(_due(spells.planned[spell] - day, horizon))
        features.append(Feature("pushes", 3, False, 0.3))
        levels.append(np.minimum(spells.pushes[spell], 2))
    if "probability" in spells.shows:
        features.append(Feature("probability", len(CHANCES) + 2, True, 0.5))
        levels.append(_band(spells.probability[spell], CHANCES))
    if "amount" in spells.shows:
        features.append(Feature("size", len(SIZES) + 2, True, 0.2, SIZE_STEP))
        levels.append(_band(_size(spells.amount[spell], place, len(days)), SIZES))
    if horizon < 91:
        # Many sellers close at the end of the quarter.
        month = (day + horizon / 2).astype("datetime64[D]").astype("datetime64[M]")
        features.append(Feature("third", 3, False, 0.3))
        levels.append(month.astype(np.int64) % 3)
    return tuple(features), levels


def _size(amount: Floats, place: Ints, days: int) -> Floats:
    """Amounts in medians of those that are open on the same day."""
    middle = np.full(days, np.nan)
    for i, part in enumerate(np.split(amount, np.searchsorted(place, np.arange(1, days)))):
        held = part[part > 0]
        if len(held):
            middle[i] = np.median(held)
    return np.asarray(np.where(amount > 0, amount, np.nan) / middle[place])


def _band(value: Floats, edges: tuple[float, ...]) -> Ints:
    """Level 0 is unknown; the others are bands that include their upper edge."""
    return np.where(np.isnan(value), 0, 1 + np.searchsorted(edges, value)).astype(np.int64)


def _due(left: Floats, horizon: int) -> Ints:
    """No date, long overdue, overdue, due in the first or second half, soon after, later."""
    edges = (-30.5, -0.5, horizon / 2, horizon, 2 * horizon)
    return np.where(np.isnan(left), 0, 1 + np.searchsorted(edges, left)).astype(np.int64)


def _decode(kinds: Ints, features: tuple[Feature, ...]) -> Ints:
    levels = np.zeros((len(kinds), len(features)), dtype=np.int64)
    rest = kinds
    for i in range(len(features) - 1, -1, -1):
        rest, levels[:, i] = np.divmod(rest, features[i].levels)
    return levels
