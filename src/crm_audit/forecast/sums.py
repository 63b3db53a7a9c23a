"""Sums of what will be won: many possible worlds, and the range that holds a share of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_audit.forecast.chances import Fit
from crm_audit.forecast.record import Floats, Ints

WORLDS = 2000
FEWEST_WORLDS = 400
LEAST_HELD = 0.5
"""Share of the worlds that any range must hold."""
WORK = 2_000_000
"""Deals x worlds of one sum: large portfolios vary less and need fewer worlds."""


@dataclass(frozen=True)
class Range:
    """A sum as it is expected, and the range that holds a share of the worlds.

    `expected` is the mean: where one large deal decides, it can lie outside the range.
    """

    expected: float
    low: float
    high: float
    held: float
    """Share of the worlds that the range really holds."""


@dataclass(frozen=True)
class Worlds:
    """Which deals are won in each world (worlds x deals), and each deal's chance."""

    won: Floats
    """1 where a deal is won, else 0."""
    chance: Floats
    seed: tuple[int, ...]

    def total(self, values: Floats, share: float) -> Range:
        """The range of a sum of values over the deals that are won; all sums share one toss."""
        toss = np.random.default_rng((*self.seed, 0)).random()
        return range_of(self.won @ values, float(self.chance @ values), share, toss)


def imagine(fit: Fit, cells: Ints, seed: tuple[int, ...], worlds: int = WORLDS) -> Worlds:
    """Possible worlds of the deals in these cells; the same seed gives the same worlds."""
    count = max(min(worlds, WORK // max(len(cells), 1)), min(worlds, FEWEST_WORLDS))
    rng = np.random.default_rng(seed)
    kinds, kind = np.unique(cells, return_inverse=True)
    if 2 * len(kinds) > len(cells):  # few deals share a cell: drawn one by one
        chances = fit.draw(cells, count, rng)
    else:
        chances = fit.draw(kinds, count, rng)[:, kind]
    won = rng.random((count, len(cells)), dtype=np.float32) < chances
    return Worlds(won.astype(np.float64), fit.chance(kinds)[kind], seed)


def range_of(sums: Floats, expected: float, share: float, toss: float) -> Range:
    """The range that holds the share of the sums, on average over many tosses (0 to 1).

    The lower end cuts off at most half of the rest. Sums of few deals are few, so no upper end may
    hold the share exactly: always taking the next above would hold 85-90 % of small portfolios. One
    of the two neighbours is drawn, as in a randomised test, so that what is held is the share on
    average; a range that holds less than half is none. Where nothing at all is likelier than the
    share, the range is nothing, and holds more.
    """
    values, counts = np.unique(sums, return_counts=True)
    inside = np.cumsum(counts) / len(sums)
    first = int(np.searchsorted(inside, (1 - share) / 2, side="right"))
    held = inside[first:] - (inside[first - 1] if first else 0.0)
    over = min(int(np.searchsorted(held, share)), len(held) - 1)
    if (
        over
        and held[over - 1] >= LEAST_HELD
        and toss * (held[over] - held[over - 1]) > share - held[over - 1]
    ):
        over -= 1
    return Range(expected, float(values[first]), float(values[first + over]), float(held[over]))
