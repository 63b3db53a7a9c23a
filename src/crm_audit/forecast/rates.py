"""A win rate of few deals drawn to the pooled rate, with the range that it lies in.

The Beta posterior of a share (Gelman et al., Bayesian Data Analysis, 2013, ch. 2): the prior is
worth `weight` deals of the pooled rate.
"""

from __future__ import annotations

import numpy as np

_GRID = np.linspace(-12, 12, 4001)


def shrunk(
    won: int, closed: int, pooled: float, weight: float, share: float
) -> tuple[float, float, float]:
    """The mean of the rate and the range that holds a share of what is possible, equal tails.

    `pooled` is between 0 and 1, both excluded; so are all three figures.
    """
    a, b = won + weight * pooled, closed - won + weight * (1 - pooled)
    tail = (1 - share) / 2
    low, high = beta_quantiles(a, b, (tail, 1 - tail))
    return a / (a + b), low, high


def beta_quantiles(a: float, b: float, shares: tuple[float, ...]) -> list[float]:
    """Quantiles of the Beta distribution, summed over log-odds, where its density has no poles.

    The grid is 24 standard deviations wide (a bound of them: 1 / x + 1 / x^2 > trigamma(x)).
    """
    middle, spread = np.log(a / b), np.sqrt(1 / a + 1 / a**2 + 1 / b + 1 / b**2)
    odds = middle + spread * _GRID
    height = -a * np.logaddexp(0, -odds) - b * np.logaddexp(0, odds)
    mass = np.exp(height - height.max())
    # Half of each point's mass lies before it.
    inside = (np.cumsum(mass) - mass / 2) / mass.sum()
    found = np.interp(shares, inside, odds)
    return [float(x) for x in 1 / (1 + np.exp(-found))]
