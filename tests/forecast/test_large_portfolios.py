"""Portfolios so large that not every day of the past is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from crm_audit.forecast import windows
from crm_audit.forecast.record import Spells


def _spells(count: int) -> Spells:
    start = np.arange(count, dtype=float)
    none = np.full(count, np.nan)
    won = np.where(np.arange(count) % 3 == 0, start + 60, np.inf)
    return Spells(
        deal=np.arange(count),
        start=start,
        end=start + 60,
        created=start,
        stage=np.zeros(count, dtype=np.int64),
        stage_since=start,
        amount=none,
        planned=none,
        pushes=np.zeros(count, dtype=np.int64),
        probability=none,
        closes=np.ones(count, dtype=bool),
        won_at=won,
        won_amount=none,
        shows=frozenset(),
        undated=0,
    )


def test_days_are_a_horizon_apart_where_very_many_deals_stood_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past = _spells(400)
    usual = windows.windows_of(past, 460.0, 30, 10, 12)
    monkeypatch.setattr(windows, "MOST_SEEN", 1000)
    seldom = windows.windows_of(past, 460.0, 30, 10, 12)
    assert (usual.step, seldom.step) == (10, 30)
    assert usual.days[-1] == seldom.days[-1] == 460
    assert set(seldom.days) <= set(usual.days)
    # Fewer looks, the same deals: a third of the trials, the same share of wins.
    known = [w.known(460.0) for w in (usual, seldom)]
    (many, won), (few, won_few) = usual.totals(known[0]), seldom.totals(known[1])
    assert few == pytest.approx(many / 3, rel=0.1)
    assert won_few / few == pytest.approx(won / many, abs=0.03)
