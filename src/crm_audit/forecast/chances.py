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
        # The mean of a curve is not the curve at the mean: take the difference out, where it is
        # small enough for that; what is hardly known stays as likely to be more as to be less.
        variance = np.minimum((own**2).sum(axis=1) + self.shock.variance, MOST_BENT)
        odds -= variance * (0.5 - _logistic(middle + self.shock.middle))
        return _logistic(odds)


def fit(windows: Windows, day: float, prior: Prior) -> Fit:
    """Learn from the windows that are over by a day; from the prior alone if there are none."""
    known = windows.known(day)
    # With no window over, nothing tells one card from another: there is one rate for all.
    met = np.asarray(windows.trials[:, windows.days <= day].any(axis=1) & known.any())
    design, centre, precision = _design(windows, prior, met)
    # Overlapping windows share outcomes: together they count as much as those apart.
    weight = windows.step / windows.horizon
    trials = weight * windows.trials[:, known].sum(axis=1)
    wins = weight * windows.wins[:, known].sum(axis=1)
    used = trials > 0
    mean, covariance = _posterior(design[used], trials[used], wins[used], centre, precision)
    return Fit(design, mean, covariance, shock_after(windows, known, design @ mean))


def _design(
    windows: Windows, prior: Prior, met: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """A column a level, and the mean and precision of the prior.

    A stage that no deal has been in yet is no parameter: nobody knew of it.
    """
    columns = [np.ones((len(windows.levels), 1))]
    centres = [np.log(prior.rate / (1 - prior.rate))]
    blocks = [np.array([[1 / prior.spread**2]])]
    for i, feature in enumerate(windows.features if met.any() else ()):
        level = windows.levels[:, i]
        column = np.eye(feature.levels)[level]
        if feature.ordered:
            # Level 0, unknown, stands apart; the others are a walk with small steps.
            steps = np.diff(np.eye(feature.levels), axis=0)[1:]
            block = steps.T @ steps / feature.spread**2 + 0.3 * np.eye(feature.levels)
        else:
            column = column[:, column[met].any(axis=0)]
            block = np.eye(column.shape[1]) / feature.spread**2
        # Level 0 and the middle of the others stand at the pooled rate.
        centre = feature.step * (np.arange(len(block)) - len(block) / 2)
        centre[0] = 0.0
        columns.append(column)
        centres += list(centre)
        blocks.append(block)
    size = len(centres)
    precision = np.zeros((size, size))
    at = 0
    for block in blocks:
        precision[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return np.concatenate(columns, axis=1), np.array(centres), precision


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
        if abs(risen) < 1e-6 * (1 + abs(best)):
            break
    return mean, np.asarray(np.linalg.inv(information), dtype=np.float64)


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
