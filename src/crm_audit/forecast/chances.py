"""How likely an open deal is to be won within the horizon, and how sure that is.

A logistic model of the cells of past windows, with Gaussian priors that draw the levels of each
feature together (the fewer deals, the closer to the pooled rate, as with a Beta prior) and the
posterior by Laplace's approximation (Gelman et al., Bayesian Data Analysis, 2013, ch. 4 and 16).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_audit.forecast.periods import Shock, shock_after
from crm_audit.forecast.record import Floats, Ints
from crm_audit.forecast.windows import Windows

Floats32 = NDArray[np.float32]
MOST_BENT = 2.0
"""Variance of log-odds up to which the mean is corrected for the bend of the logistic curve."""
_STEPS = 12


@dataclass(frozen=True)
class Prior:
    """What is believed before any deal of this client: the rate of one horizon, and its spread.

    `rate` is the share of open deals won within the horizon, `spread` the standard deviation of
    its log-odds.
    """

    rate: float
    spread: float


@dataclass(frozen=True)
class Belief:
    """The prior of some parameters: means and precisions of log-odds."""

    centre: Floats
    precision: Floats


@dataclass(frozen=True)
class Form:
    """What is learned: a column a level of a feature, and the prior of each.

    `design` is cells x columns. `unordered` names each feature whose levels are no walk, by its
    place, and the first of its columns.
    """

    design: Floats
    centre: Floats
    precision: Floats
    unordered: tuple[tuple[int, int], ...]

    def columns(self, windows: Windows, met: NDArray[np.bool_]) -> Ints:
        """The columns of what is known of: no stage that no deal has been in yet."""
        if not met.any():
            # With no window over, nothing tells one card from another: there is one rate for all.
            return np.zeros(1, dtype=np.int64)
        kept = np.ones(len(self.centre), dtype=bool)
        for place, first in self.unordered:
            size = windows.features[place].levels
            seen = np.bincount(windows.levels[met, place], minlength=size)
            kept[first : first + size] = seen > 0
        return np.flatnonzero(kept)


@dataclass(frozen=True)
class Fit:
    """The posterior: log-odds by parameter, their covariance, and the shock of the next period.

    `design` has a row a cell, of which the parameters are some `columns`; `every` has a log-odds
    for all columns, the prior's where nothing is known.
    """

    design: Floats
    columns: Ints
    every: Floats
    mean: Floats
    covariance: Floats
    shock: Shock

    def chance(self, cells: Ints) -> Floats:
        """The chance of each cell in the middle of what is possible."""
        return _logistic(_part(self.design, cells, self.columns) @ self.mean + self.shock.middle)

    def draw(self, cells: Ints, count: int, rng: np.random.Generator) -> Floats32:
        """Chances of cells in that many possible worlds: draws x cells, on average `chance`."""
        root = np.linalg.cholesky(self.covariance + 1e-10 * np.eye(len(self.mean)))
        design = _part(self.design, cells, self.columns)
        middle, own = design @ self.mean, design @ root
        # The mean of a curve is not the curve at the mean: take the difference out, where it is
        # small enough for that; what is hardly known stays as likely to be more as to be less.
        variance = np.minimum((own**2).sum(axis=1) + self.shock.variance, MOST_BENT)
        centre = middle - variance * (0.5 - _logistic(middle + self.shock.middle))
        # Worlds are many and need no double precision.
        apart = rng.standard_normal((count, len(self.mean)), dtype=np.float32)
        odds = apart @ own.T.astype(np.float32)
        odds += centre.astype(np.float32)
        odds += self.shock.draw(count, rng).astype(np.float32)[:, None]
        np.exp(np.negative(odds, out=odds), out=odds)
        odds += 1
        return np.reciprocal(odds, out=odds)


def form_of(windows: Windows, prior: Prior) -> Form:
    """The parameters of all that the windows show, whenever it was seen first."""
    size = 1 + sum(f.levels for f in windows.features)
    design = np.zeros((len(windows.levels), size))
    centre, precision = np.zeros(size), np.zeros((size, size))
    design[:, 0] = 1
    centre[0] = np.log(prior.rate / (1 - prior.rate))
    precision[0, 0] = 1 / prior.spread**2
    unordered = []
    first = 1
    for i, feature in enumerate(windows.features):
        levels = np.arange(feature.levels)
        own = slice(first, first + feature.levels)
        design[np.arange(len(design)), first + windows.levels[:, i]] = 1
        # Level 0 and the middle of the others stand at the pooled rate.
        centre[own] = np.where(levels, feature.step * (levels - feature.levels / 2), 0.0)
        if feature.ordered:
            # Level 0, unknown, stands apart; the others are a walk with small steps.
            steps = np.diff(np.eye(feature.levels), axis=0)[1:]
            precision[own, own] = steps.T @ steps / feature.spread**2 + 0.3 * np.eye(feature.levels)
        else:
            precision[own, own] = np.eye(feature.levels) / feature.spread**2
            unordered.append((i, first))
        first += feature.levels
    return Form(design, centre, precision, tuple(unordered))


def fit(windows: Windows, form: Form, day: float, earlier: Fit | None = None) -> Fit:
    """Learn from the windows that are over by a day; from the prior alone if there are none.

    Where an earlier day's posterior was saves steps on the way to this one.
    """
    known = windows.known(day)
    columns = form.columns(windows, windows.met(day) & known.any())
    # Overlapping windows share outcomes: together they count as much as those apart.
    weight = windows.step / windows.horizon
    trials, wins = windows.counts(known)
    used = np.flatnonzero(trials)
    every = (earlier.every if earlier else form.centre).copy()
    mean, covariance = _posterior(
        _part(form.design, used, columns),
        weight * trials[used],
        weight * wins[used],
        Belief(form.centre[columns], form.precision[np.ix_(columns, columns)]),
        every[columns],
    )
    every[columns] = mean
    shock = shock_after(windows, known, form.design @ every)
    return Fit(form.design, columns, every, mean, covariance, shock)


def _posterior(
    design: Floats, trials: Floats, wins: Floats, belief: Belief, start: Floats
) -> tuple[Floats, Floats]:
    """Newton's method on the log posterior; each step halved until it climbs."""
    centre, precision = belief.centre, belief.precision

    def seen(at: Floats) -> tuple[float, Floats]:
        """The log posterior and the chances of the cells."""
        odds = design @ at
        away = at - centre
        small = np.exp(-np.abs(odds))
        above = np.maximum(odds, 0) + np.log1p(small)
        height = float(wins @ odds - trials @ above - away @ precision @ away / 2)
        return height, np.where(odds >= 0, 1.0, small) / (1 + small)

    # Zeros and ones lose nothing in single precision, and the curvature only steers the steps.
    light = design.astype(np.float32)
    mean = start
    best, chance = seen(mean)
    information = precision
    for _ in range(_STEPS):
        slope = design.T @ (wins - trials * chance) - precision @ (mean - centre)
        information = (
            precision + (light.T * (trials * chance * (1 - chance)).astype(np.float32)) @ light
        )
        step = np.linalg.solve(information, slope)
        scale = 1.0
        height, chance = seen(mean + step)
        while scale > 1e-4 and height < best:
            scale /= 2
            height, chance = seen(mean + scale * step)
        mean = mean + scale * step
        risen, best = height - best, height
        if abs(risen) < 1e-6 * (1 + abs(best)):
            break
    return mean, np.asarray(np.linalg.inv(information), dtype=np.float64)


def _part(design: Floats, cells: Ints, columns: Ints) -> Floats:
    """Some rows and columns; all columns, as is usual, are copied row by row.

    In one and the same order in memory: else columns of stages that are still to come would move
    the last digits of a sum.
    """
    rows = design[cells]
    return rows if len(columns) == rows.shape[1] else np.ascontiguousarray(rows[:, columns])


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
