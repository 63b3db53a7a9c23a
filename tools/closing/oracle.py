"""What a forecaster would expect who knows the laws of a company but no outcome."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from closing.company import SEED, Floats, Truth
from closing.ways import Company, Deal, failing

PACES = 15
DRAWS = 200


def chances(company: Company, day: int, horizons: tuple[int, ...]) -> NDArray[np.float64]:
    """P(won within each horizon) of every deal that is open on the day: deals x horizons.

    The deal's own pace is not known to the oracle: it is judged by the stays so far, on a grid.
    What is left of the present stay and all later stays are drawn from their laws.
    """
    rng = np.random.default_rng([SEED, company.seed, 2, day])
    noise = rng.random((company.truth.stages, PACES, DRAWS))
    listed = [d for d in company.deals if d.is_open(day)]
    found = [_chance(company.truth, d, day, horizons, noise) for d in listed]
    return np.array(found).reshape(len(listed), len(horizons))


def _chance(
    truth: Truth, deal: Deal, day: int, horizons: tuple[int, ...], noise: NDArray[np.float64]
) -> list[float]:
    entries = _entries(deal, day)
    stage, here = len(entries) - 1, day - entries[-1]
    centre = truth.size_slows * deal.size
    steps = np.linspace(-3, 3, PACES)
    paces, weights = centre + truth.pace * steps, np.exp(-(steps**2) / 2)
    for k, (start, end) in enumerate(pairwise(entries)):
        away = (np.log(end - start) - np.log(truth.stay[k]) - paces) / truth.stay_sigma
        weights = weights * np.exp(-(away**2) / 2)
    fails = failing(truth, deal.size)
    passed = _survives(truth, paces, stage, here, fails_here=False)
    failed = _survives(truth, paces, stage, here, fails_here=True)
    passes = (1 - fails[stage]) * passed
    weights = weights * (passes + fails[stage] * failed)
    passes = passes / np.maximum(passes + fails[stage] * failed, 1e-300)
    # What is left of the present stay, drawn given that it has lasted so long: paces x draws.
    upper = np.clip(noise[stage] * passed[:, None], 1e-300, 1)
    stay = np.exp(np.log(truth.stay[stage]) + paces[:, None] - truth.stay_sigma * ndtri(upper))
    left = np.maximum(stay - here, 0)
    for k in range(stage + 1, truth.stages):
        stays = truth.stay_sigma * ndtri(noise[k])
        left = left + truth.stay[k] * np.exp(paces[:, None] + stays)
        passes = passes * (1 - fails[k])
    return [
        float(np.average(passes * (left <= days).mean(axis=1), weights=weights))
        for days in horizons
    ]


def _entries(deal: Deal, day: int) -> list[int]:
    """Days on which the deal entered each of its stages up to the day."""
    days: list[int] = []
    for event in deal.events:
        if event.day <= day and event.stage == len(days):
            days.append(event.day)
    return days


def _survives(truth: Truth, paces: Floats, stage: int, here: int, *, fails_here: bool) -> Floats:
    """P(the stay is longer than it has been so far), by pace."""
    sigma = truth.linger_sigma if fails_here else truth.stay_sigma
    middle = np.log(truth.stay[stage] * (truth.linger if fails_here else 1.0)) + paces
    return np.asarray(ndtr((middle - np.log(max(here, 0.5))) / sigma), dtype=np.float64)


def growth_of_amount(truth: Truth, stage: int) -> float:
    """The mean of the amount at the end by that of the card in a stage."""
    anew = 1 + 0.3 * (np.exp(truth.estimate_sigma**2 / 2) - 1) if stage < truth.stages // 2 else 1.0
    return float(anew * (1 - truth.discount * 0.125))
