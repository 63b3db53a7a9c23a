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
from crm_audit.forecast.record import Floats
from crm_audit.forecast.windows import Windows

_STEPS = 25


@dataclass(frozen=True)
class Prior:
    """What is believed before any deal of this client: the rate of one horizon, and its spread.

    `rate` is the share of open deals won within the horizon, `spread` the standard deviation of
    its log-odds.
    """

    rate: float
    spread: float


@dataclass(frozen=True)
class Fit:
    """The posterior: log-odds by parameter, their covariance, and the shock of the next period."""

    design: Floats
    mean: Floats
    covariance: Floats
    shock: Shock

    def chance(self, cells: NDArray[np.int64]) -> Floats:
        """The chance of each cell in the middle of what is possible."""
        return _logistic(self.design[cells] @ self.mean + self.shock.middle)

    def draw(self, cells: NDArray[np.int64], count: int, rng: np.random.Generator) -> Floats:
        """Chances of cells in that many possible worlds: draws x cells, on average `chance`."""
        root = np.linalg.cholesky(self.covariance + 1e-10 * np.eye(len(self.mean)))
        design = self.design[cells]
        middle, own = design @ self.mean, design @ root
        odds = middle + rng.standard_normal((count, len(self.mean))) @ own.T
        odds += self.shock.draw(count, rng)[:, None]
        # The mean of a curve is not the curve at the mean: take the difference out.
        variance = (own**2).sum(axis=1) + self.shock.variance
        odds -= variance * (0.5 - _logistic(middle + self.shock.middle))
        return _logistic(odds)


def fit(windows: Windows, day: float, prior: Prior) -> Fit:
    """Learn from the windows that are over by a day; from the prior alone if there are none."""
    design, precision = _design(windows, prior)
    known = windows.known(day)
    # Overlapping windows share outcomes: together they count as much as those apart.
    weight = windows.step / windows.horizon
    trials = weight * windows.trials[:, known].sum(axis=1)
    wins = weight * windows.wins[:, known].sum(axis=1)
    used = trials > 0
    start = np.zeros(design.shape[1])
    start[0] = np.log(prior.rate / (1 - prior.rate))
    mean, covariance = _posterior(design[used], trials[used], wins[used], start, precision)
    return Fit(design, mean, covariance, shock_after(windows, known, design @ mean))


def _design(windows: Windows, prior: Prior) -> tuple[Floats, Floats]:
    """A column a level, and the precision of the prior."""
    levels = windows.levels
    columns = [np.ones((len(levels), 1))]
    blocks = [np.array([[1 / prior.spread**2]])]
    for i, feature in enumerate(windows.features):
        columns.append(np.eye(feature.levels)[levels[:, i]])
        if feature.ordered:
            # Level 0, unknown, stands apart; the others are a walk with small steps.
            steps = np.diff(np.eye(feature.levels), axis=0)[1:]
            block = steps.T @ steps / feature.spread**2 + 0.3 * np.eye(feature.levels)
        else:
            block = np.eye(feature.levels) / feature.spread**2
        blocks.append(block)
    size = sum(len(b) for b in blocks)
    precision = np.zeros((size, size))
    at = 0
    for block in blocks:
        precision[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return np.concatenate(columns, axis=1), precision


def _posterior(
    design: Floats, trials: Floats, wins: Floats, centre: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """Newton's method on the log posterior; each step halved until it climbs."""
    mean = centre.copy()

    def height(at: Floats) -> float:
        odds = design @ at
        away = at - centre
        return float(wins @ odds - trials @ np.logaddexp(0, odds) - away @ precision @ away / 2)

    best = height(mean)
    information = precision
    for _ in range(_STEPS):
        chance = _logistic(design @ mean)
        slope = design.T @ (wins - trials * chance) - precision @ (mean - centre)
        information = precision + (design * (trials * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(information, slope)
        scale = 1.0
        while scale > 1e-4 and height(mean + scale * step) < best:
            scale /= 2
        mean = mean + scale * step
        risen = height(mean) - best
        best += risen
        if abs(risen) < 1e-8 * (1 + abs(best)):
            break
    return mean, np.linalg.inv(information)


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
