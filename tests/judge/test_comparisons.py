"""Chance of a difference of two shares, and of the largest of many."""

from __future__ import annotations

import pytest

from crm_audit.judge.comparisons import fisher, holm


@pytest.mark.parametrize(
    ("table", "chance"),
    [
        # Fisher 1935, the lady tasting tea: three of four cups right.
        ((3, 4, 1, 4), 34 / 70),
        ((4, 4, 0, 4), 2 / 70),
        # Fisher's twins: 10 of 13 and 2 of 17; both sides (one side is 0.000465).
        ((10, 13, 2, 17), 0.000537),
        ((1, 10, 11, 14), 0.002759),
        ((5, 10, 5, 10), 1.0),
        ((0, 10, 0, 10), 1.0),
        ((0, 0, 3, 10), 1.0),
    ],
)
def test_fisher(table: tuple[int, int, int, int], chance: float) -> None:
    assert fisher(*table) == pytest.approx(chance, rel=1e-3)
    true_a, total_a, true_b, total_b = table
    assert fisher(true_b, total_b, true_a, total_a) == pytest.approx(chance, rel=1e-3)


def test_fisher_of_many_deals_is_that_of_the_normal_distribution() -> None:
    # 5,200 of 10,000 and 5,000 of 10,000: z is 2.828, with the correction for steps 2.814.
    assert fisher(5_200, 10_000, 5_000, 10_000) == pytest.approx(0.0049, rel=0.02)
    assert 0 <= fisher(9_000, 10_000, 1_000, 10_000) < 1e-12


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
