"""How shares are said: a range of one figure is that figure, nothing is rounded to certainty."""

from __future__ import annotations

import pytest

from crm_audit.wording import Wording


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.9983, 1.0, "99–100%"),
        (0.998, 0.9995, "99%"),
        (0.42, 0.42, "42%"),
        (0.418, 0.423, "42%"),
        (0.0, 0.004, "0–1%"),
        (0.0, 0.0, "0%"),
        (1.0, 1.0, "100%"),
        (None, 1.0, "—"),
    ],
)
def test_share(low: float | None, high: float | None, said: str) -> None:
    assert Wording("en").share(low, high) == said


def test_share_in_russian() -> None:
    assert Wording("ru").share(0.12, 0.4) == "12–40\N{NO-BREAK SPACE}%"
