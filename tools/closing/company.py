"""What is true of one generated company: its stages, win rate, durations, amounts and habits.

Distributions are those of "Figures seen in practice": cycles lognormal with a median about 170 days
and sigma about 0.55, amounts lognormal with sigma 1.4-1.8, amounts missing in part, planned dates
that slip, probabilities that are inflated. Nothing here knows how a forecast is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEED = 0xC105E
"""Keeps these streams apart from every other use of small seeds."""


@dataclass(frozen=True)
class Truth:
    """The laws by which the deals of one company go; what the oracle knows and no CRM shows.

    A deal passes the stages in order. In stage k it fails with `fails[k]`, after a stay of its own,
    or passes after a lognormal stay. `pace` is the deal's own speed (standard deviation of the
    logarithm), the same in all of its stages; larger deals are slower and fail more often.
    """

    years: float
    deals: int
    growth: float
    win_rate: float
    fails: Floats
    stay: Floats
    stay_sigma: float
    pace: float
    linger: float
    linger_sigma: float
    size_slows: float
    size_fails: float
    amount_log: float
    amount_sigma: float
    amount_missing: float
    second_currency: float
    discount: float
    estimate_sigma: float
    inflation: float
    probability_noise: float
    probability_missing: float
    planned_missing: float
    optimism: float
    discipline: float

    @property
    def stages(self) -> int:
        """Number of open stages."""
        return len(self.fails)


def draw_truth(seed: int) -> Truth:
    """The company of a seed: 30 to 400 deals in 1.5 to 4 years, 10-45 % of them won."""
    rng = np.random.default_rng([SEED, seed])
    stages = int(rng.integers(4, 8))
    win_rate = float(rng.uniform(0.10, 0.45))
    # Most failures are early; the logarithms of passing add up to that of the win rate.
    early = rng.dirichlet(3.0 * np.linspace(1.6, 0.6, stages))
    fails = 1 - np.exp(np.log(win_rate) * early)
    cycle = 170 * np.exp(rng.normal(0, 0.35))
    stay_sigma, pace = 0.75, 0.42
    shares = rng.dirichlet(np.full(stages, 4.0))
    # A sum of lognormals has a mean of its own; this brings its median to the cycle.
    stay = shares * cycle * np.exp(-(stay_sigma**2) / 2 * 0.8)
    return Truth(
        years=float(rng.uniform(1.5, 4)),
        deals=round(float(np.exp(rng.uniform(np.log(30), np.log(400))))),
        growth=float(rng.normal(0.15, 0.3)),
        win_rate=win_rate,
        fails=fails,
        stay=stay,
        stay_sigma=stay_sigma,
        pace=pace,
        linger=float(np.exp(rng.normal(0.3, 0.4))),
        linger_sigma=0.9,
        size_slows=float(rng.uniform(0, 0.12)),
        size_fails=float(rng.uniform(0, 0.25)),
        amount_log=float(np.log(10) * rng.uniform(5, 6.5)),
        amount_sigma=float(rng.uniform(1.4, 1.8)),
        amount_missing=float(rng.uniform(0.3, 0.56) if rng.random() < 0.4 else rng.uniform(0, 0.1)),
        second_currency=float(0.2 if rng.random() < 0.15 else 0),
        discount=float(rng.uniform(0, 0.4)),
        estimate_sigma=0.3,
        inflation=float(rng.uniform(1.2, 3)),
        probability_noise=0.5,
        probability_missing=float(rng.uniform(0, 0.3)),
        planned_missing=float(rng.uniform(0, 0.4)),
        optimism=float(np.exp(rng.normal(0.05, 0.3))),
        discipline=float(rng.uniform(0.3, 0.95)),
    )
