"""Shrunk win rates and the quantiles of the Beta distribution that they need."""

from __future__ import annotations

import pytest
from scipy.special import betaincinv

from crm_audit.forecast.rates import beta_quantiles, shrunk


@pytest.mark.parametrize("a", [0.05, 0.5, 3.0, 40.0, 30_000.0])
@pytest.mark.parametrize("b", [0.05, 0.7, 12.0, 500.0, 70_000.0])
def test_quantiles_are_those_of_beta(a: float, b: float) -> None:
    shares = (0.1, 0.5, 0.9)
    found = beta_quantiles(a, b, shares)
    for share, value in zip(shares, found, strict=True):
        true = float(betaincinv(a, b, share))
        assert value == pytest.approx(true, rel=2e-3, abs=2e-4)


def test_without_deals_the_pooled_rate_stays() -> None:
    rate, low, high = shrunk(0, 0, 0.25, 10, 0.8)
    assert rate == pytest.approx(0.25)
    true = [float(betaincinv(2.5, 7.5, q)) for q in (0.1, 0.9)]
    assert (low, high) == pytest.approx(true, abs=1e-3)


def test_few_deals_are_drawn_and_many_are_not() -> None:
    few, *_ = shrunk(4, 4, 0.25, 10, 0.8)
    many, low, high = shrunk(4000, 4000, 0.25, 10, 0.8)
    assert few == pytest.approx((4 + 2.5) / 14)
    assert many > 0.99 and high - low < 0.005


def test_the_range_narrows_with_deals() -> None:
    widths = []
    for n in (10, 100, 1000):
        _, low, high = shrunk(n // 2, n, 0.5, 10, 0.8)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
