"""What all deals of a period have in common: good and bad periods, and times that change.

A local level model (Durbin and Koopman, 2012, ch. 2 and 9): the level of log-odds drifts from
period to period, and each period has a shock of its own. Both are judged by how far past periods
were off; a filter follows the level for every pair of their spreads, weighted by its likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_audit.forecast.record import Floats
from crm_audit.forecast.windows import Windows

SPREADS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.2)
"""Spreads of the shock of one period that are tried, in log-odds."""
DRIFTS = (0.0, 0.03, 0.06, 0.12, 0.25, 0.5)
"""Spreads of the lasting change from one period to the next that are tried."""
USUAL_SPREAD, USUAL_DRIFT = 0.3, 0.1
"""Scales of the half-Cauchy priors of both."""
MOST_PERIODS = 16
"""Periods that are followed, the latest."""
_OFFSETS = np.linspace(-5, 5, 101)
_STEPS = 3


@dataclass(frozen=True)
class Shock:
    """What the next period has in common for all deals, in log-odds: a mixture of normals."""

    weight: Floats
    mean: Floats
    spread: Floats

    @property
    def middle(self) -> float:
        """The mean of the mixture."""
        return float(self.weight @ self.mean)

    @property
    def variance(self) -> float:
        """The variance of the mixture."""
        return float(self.weight @ (self.spread**2 + (self.mean - self.middle) ** 2))

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """That many shocks."""
        which = rng.choice(len(self.weight), size=count, p=self.weight)
        return self.mean[which] + self.spread[which] * rng.standard_normal(count)


def shock_after(windows: Windows, known: NDArray[np.bool_], odds: Floats) -> Shock:
    """The shock of the period after the last that is over, told by those that do not overlap.

    `odds` are the log-odds of each cell as learned from all known windows together.
    """
    places = np.flatnonzero(known)[:: -(windows.horizon // windows.step)][:MOST_PERIODS][::-1]
    trials, wins = windows.apart(places)
    used = np.flatnonzero(trials.any(axis=1))
    trials = trials[used].astype(np.float32)
    # Single precision is more than a shock can be told by.
    chance = np.exp(-odds[used]).astype(np.float32)[:, None] * np.exp(-_OFFSETS).astype(np.float32)
    chance += 1
    np.reciprocal(chance, out=chance)
    expected = (chance.T @ trials).astype(np.float64) + 1e-9
    slope = expected - np.square(chance, out=chance).T @ trials
    # For each period the expected number and its slope over the offsets, side by side.
    tables = np.stack([expected.T, slope.T], axis=2)
    spread, drift = (g.ravel() for g in np.meshgrid(SPREADS, DRIFTS))
    height = -np.log1p((spread / USUAL_SPREAD) ** 2) - np.log1p((drift / USUAL_DRIFT) ** 2)
    # The levels of the past average to nothing: that much they spread around it.
    level, doubt = np.zeros(len(spread)), drift**2 * len(places) / 3
    for i in range(len(places)):
        doubt = doubt + drift**2
        before = doubt + spread**2 + 1e-12
        shock, after, gained = _seen(wins[i], tables[i], level, before)
        height = height + gained
        share = doubt / before
        level, doubt = level + share * (shock - level), doubt - share**2 * (before - after)
    # With few periods even the usual level is a guess, and they look more alike than they are to a
    # model that was fitted to them (two figures of a period: its level, its third of the quarter).
    alone = 1 / (1 + len(places)) ** 2
    fitted = (len(places) + 2) / max(len(places) - 2, 1)
    weight = np.exp(height - height.max())
    return Shock(
        weight / weight.sum(), level, np.sqrt(doubt + drift**2 + fitted * spread**2 + alone)
    )


def _seen(
    wins: float, table: Floats, level: Floats, before: Floats
) -> tuple[Floats, Floats, Floats]:
    """The shock that a period's wins tell: mode, variance and log-likelihood (Laplace, Poisson)."""
    shock = level
    for _ in range(_STEPS):
        mean, rise = _at(table, shock)
        information = rise**2 / mean + 1 / before
        step = ((wins / mean - 1) * rise - (shock - level) / before) / information
        shock = shock + np.minimum(np.maximum(step, -1), 1)
    mean, rise = _at(table, shock)
    after = 1 / (rise**2 / mean + 1 / before)
    away = (shock - level) ** 2 / before
    gained = wins * np.log(mean) - mean - away / 2 + np.log(after / before) / 2
    return shock, after, gained


def _at(table: Floats, offset: Floats) -> Floats:
    """Columns of a table over the offsets, by straight lines between them: columns x values."""
    place = np.minimum(np.maximum((offset - _OFFSETS[0]) * 10, 0), len(_OFFSETS) - 1.001)
    whole = place.astype(np.int64)
    part = (place - whole)[:, None]
    return np.asarray(table[whole] * (1 - part) + table[whole + 1] * part).T
