"""Whether two shares differ by more than chance, where many pairs of shares are compared."""

from __future__ import annotations

from collections.abc import Sequence

_NOTHING = 1e-15
"""Weight, beside that of the likeliest table, below which a table no longer counts."""


def fisher(true_a: int, total_a: int, true_b: int, total_b: int) -> float:
    """The chance of a difference at least as unlikely as this one if the shares were equal.

    The exact test of a two-by-two table, both sides. Source: Fisher 1935; both sides as the sum
    over the tables that are no likelier than the observed one.
    """
    true, total = true_a + true_b, total_a + total_b
    low, high = max(0, true - total_b), min(true, total_a)
    if low == high:
        return 1.0
    mode = min(max((true + 1) * (total_a + 1) // (total + 2), low), high)
    weights = {mode: 1.0}

    def ratio(x: int) -> float:
        """Weight of x + 1 by that of x."""
        return (true - x) * (total_a - x) / ((x + 1) * (total_b - true + x + 1))

    weight = 1.0
    for x in range(mode, high):
        weight *= ratio(x)
        weights[x + 1] = weight
        if weight < _NOTHING:
            break
    weight = 1.0
    for x in range(mode, low, -1):
        weight /= ratio(x - 1)
        weights[x - 1] = weight
        if weight < _NOTHING:
            break
    observed = weights.get(true_a, 0.0)
    as_unlikely = sum(w for w in weights.values() if w <= observed * (1 + 1e-7))
    return min(1.0, as_unlikely / sum(weights.values()))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances of several comparisons, each raised for how many there are, in their order.

    What is kept at 1 % holds a false one in 1 of 100 such families at most. Source: Holm 1979.
    """
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    raised = [1.0] * len(chances)
    least = 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, chances[i] * (len(chances) - place)))
        raised[i] = least
    return raised
