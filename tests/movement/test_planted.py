"""What the audit finds in twenty planted companies is what was planted there, and no more."""

from __future__ import annotations

import pytest
from measuring import SEEDS, Counts, measure_all, table

FLOOR = 0.95
KINDS = (
    "bulk moves",
    "two moves on a day",
    "skipped stages",
    "rollbacks",
    "gates",
    "facts of won deals",
    "stalled deals",
    "reaction to the limit",
)


@pytest.fixture(scope="module")
def pooled() -> dict[str, Counts]:
    found = measure_all(SEEDS)
    print("\n" + table(found))
    return found


def test_every_kind_is_measured(pooled: dict[str, Counts]) -> None:
    assert tuple(pooled) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_precision_and_recall(pooled: dict[str, Counts], kind: str) -> None:
    counts = pooled[kind]
    assert counts.hits + len(counts.missed) >= 10
    assert counts.precision >= FLOOR, counts.false[:20]
    assert counts.recall >= FLOOR, counts.missed[:20]
