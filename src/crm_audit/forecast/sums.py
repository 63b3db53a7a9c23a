"""Sums of what will be won: many possible worlds, and the range that holds a share of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_audit.forecast.chances import Fit
from crm_audit.forecast.record import Floats, Ints

WORLDS = 2000
FEWEST_WORLDS = 400
WORK = 4_000_000
"""Deals x worlds of one sum: large portfolios vary less and need fewer worlds."""


@dataclass(frozen=True)
class Range:
    """A sum as it is expected (its mean) and the range that holds a share of the worlds."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Worlds:
    """Which deals are won in each world (worlds x deals), and each deal's chance."""

    won: NDArray[np.bool_]
    chance: Floats

    def total(self, values: Floats, share: float) -> Range:
        """The range of a sum of values over the deals that are won."""
        return range_of(self.won @ values, float(self.chance @ values), share)


def imagine(fit: Fit, cells: Ints, seed: tuple[int, ...], worlds: int = WORLDS) -> Worlds:
    """Possible worlds of the deals in these cells; the same seed gives the same worlds."""
    count = max(min(worlds, WORK // max(len(cells), 1)), min(worlds, FEWEST_WORLDS))
    rng = np.random.default_rng(seed)
    kinds, kind = np.unique(cells, return_inverse=True)
    chances = fit.draw(kinds, count, rng)
    won = rng.random((count, len(cells)), dtype=np.float32) < chances[:, kind]
    return Worlds(won, fit.chance(kinds)[kind])


def range_of(sums: Floats, expected: float, share: float) -> Range:
    """The range that holds as near to the share of the sums as whole deals allow.

    The lower end cuts off half of the rest. Few deals often bring nothing at all: then the lower
    end is nothing, no world lies below it, and the upper end alone decides how much the range
    holds. The mean is always inside.
    """
    values, counts = np.unique(sums, return_counts=True)
    inside = np.cumsum(counts) / len(sums)
    first = int(np.searchsorted(inside, (1 - share) / 2, side="right"))
    held = inside[first:] - (inside[first - 1] if first else 0.0)
    least, most = values[first], values[first + int(np.argmin(np.abs(held - share)))]
    return Range(expected, min(float(least), expected), max(float(most), expected))
