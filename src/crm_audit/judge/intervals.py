"""Intervals of shares and of the difference of two shares, for small numbers."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

Z80, Z95 = 1.2815515594, 1.9599639845
"""Quantiles of the normal distribution for two-sided intervals of 80 and 95 %."""


def wilson(true: float, total: float, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share, from 0 to 1; (0, 1) of nothing. Source: Wilson 1927."""
    if not total:
        return 0.0, 1.0
    p = true / total
    centre = p + z * z / (2 * total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def difference(
    true_a: int, total_a: int, true_b: int, total_b: int, z: float = Z95
) -> tuple[float, float]:
    """The interval of share a minus share b, from -1 to 1; (-1, 1) if either is of nothing.

    The square-and-add method on score intervals. Source: Newcombe 1998, method 10.
    """
    if not total_a or not total_b:
        return -1.0, 1.0
    a, b = true_a / total_a, true_b / total_b
    low_a, high_a = wilson(true_a, total_a, z)
    low_b, high_b = wilson(true_b, total_b, z)
    low = a - b - sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    high = a - b + sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return max(-1.0, low), min(1.0, high)


def shrunk(
    true: int, total: int, pooled: float, weight: float, range_share: float
) -> tuple[float, float, float]:
    """A share of few drawn to the pooled one, and the low and high end of its range.

    The share is the mean of the Beta posterior whose prior is worth `weight` deals of the pooled
    share (Gelman et al., Bayesian Data Analysis, 2013, ch. 2); the range is the score interval of
    the same deals, which holds `range_share` (0 to 1, both excluded).
    """
    held, of = true + weight * pooled, total + weight
    low, high = wilson(held, of, NormalDist().inv_cdf((1 + range_share) / 2))
    return held / of, low, high
