"""Intervals of shares against published figures."""

from __future__ import annotations

import pytest
from scipy.special import betaincinv

from crm_audit.judge.intervals import difference, shrunk, wilson


@pytest.mark.parametrize(
    ("true", "total", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(true: int, total: int, low: float, high: float) -> None:
    assert wilson(true, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, "Interval estimation for the difference", table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_difference(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert difference(*first, *second) == pytest.approx((low, high), abs=5e-5)


def test_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0, 1)
    assert difference(0, 0, 1, 2) == (-1, 1)


@pytest.mark.parametrize(
    ("won", "closed", "pooled"),
    [(0, 0, 0.25), (4, 4, 0.25), (1, 9, 0.3), (30, 100, 0.3), (0, 2000, 0.1), (2000, 2000, 0.9)],
)
def test_a_share_drawn_to_the_pooled_one(won: int, closed: int, pooled: float) -> None:
    share, low, high = shrunk(won, closed, pooled, 10, 0.8)
    a, b = won + 10 * pooled, closed - won + 10 * (1 - pooled)
    assert share == pytest.approx(a / (a + b))
    assert low == pytest.approx(float(betaincinv(a, b, 0.1)), abs=0.04)
    assert high == pytest.approx(float(betaincinv(a, b, 0.9)), abs=0.04)
    assert 0 <= low <= share <= high <= 1


def test_nothing_won_of_many_keeps_a_sound_range() -> None:
    share, low, high = shrunk(0, 2000, 0.5 / 2001, 10, 0.8)
    assert 0 <= low <= share <= high
    assert 0.0005 < high < 0.0015
