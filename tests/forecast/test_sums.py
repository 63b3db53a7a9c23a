"""The range of a sum holds the share that it names, as far as whole deals allow."""

from __future__ import annotations

import numpy as np
import pytest

from crm_audit.forecast.sums import Worlds, range_of

TOSSES = (np.arange(200) + 0.5) / 200


def binomial(deals: int, chance: float) -> np.ndarray:
    """Numbers of won deals in many worlds."""
    return np.random.default_rng(1).binomial(deals, chance, 20_000).astype(float)


@pytest.mark.parametrize(("deals", "chance"), [(3, 0.2), (6, 0.15), (5, 0.4), (40, 0.1)])
def test_on_average_the_range_of_few_deals_holds_the_share(deals: int, chance: float) -> None:
    won = binomial(deals, chance)
    ranges = [range_of(won, 1.0, 0.8, toss) for toss in TOSSES]
    held = [np.mean((won >= r.low) & (won <= r.high)) for r in ranges]
    assert np.mean(held) == pytest.approx(0.8, abs=0.005)
    assert [r.held for r in ranges] == pytest.approx(held)


def test_each_toss_takes_one_of_two_neighbours() -> None:
    won = binomial(6, 0.15)
    ends = {(r.low, r.high) for r in (range_of(won, 0.9, 0.8, toss) for toss in TOSSES)}
    assert ends == {(0.0, 1.0), (0.0, 2.0)}


@pytest.mark.parametrize("toss", [0.0, 0.999])
def test_where_nothing_is_likelier_than_the_share_the_range_is_nothing(toss: float) -> None:
    won = binomial(2, 0.05)
    found = range_of(won, 0.1, 0.8, toss)
    assert (found.low, found.high) == (0, 0)
    assert found.held == pytest.approx(np.mean(won == 0))


@pytest.mark.parametrize("toss", TOSSES[::40])
def test_a_tenth_is_cut_off_below(toss: float) -> None:
    sums = np.random.default_rng(2).lognormal(0, 1, 20_000)
    found = range_of(sums, 1.6, 0.8, toss)
    assert np.mean(sums < found.low) == pytest.approx(0.1, abs=0.001)
    assert np.mean(sums > found.high) == pytest.approx(0.1, abs=0.001)


def test_the_mean_may_lie_above_the_range() -> None:
    sums = np.where(np.random.default_rng(3).random(5000) < 0.15, 1000.0, 1.0)
    found = range_of(sums, 150.85, 0.8, 0.5)
    assert found.high == 1 < found.expected == 150.85


def test_the_sums_of_a_day_share_one_toss_that_is_always_the_same() -> None:
    won = (np.random.default_rng(4).random((2000, 6)) < 0.15).astype(float)
    days = [Worlds(won, np.full(6, 0.15), (1, 2, day)) for day in range(40)]
    deals = [worlds.total(np.ones(6), 0.8).high for worlds in days]
    assert deals == [worlds.total(np.ones(6), 0.8).high for worlds in days]
    assert set(deals) == {1, 2}
    money = [worlds.total(np.full(6, 50.0), 0.8).high for worlds in days]
    assert money == [50 * high for high in deals]


def test_no_toss_takes_a_range_that_holds_less_than_half() -> None:
    sums = np.repeat([0.0, 40.0, 50.0, 90.0], [40, 160, 160, 640])
    for toss in (0.0, 0.3, 0.6, 0.99):
        found = range_of(sums, 72.0, 0.8, toss)
        assert found.held >= 0.5
        assert found.low <= 90 <= found.high
