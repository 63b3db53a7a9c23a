"""Generated companies follow their figures, and their oracle is right on average."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import make_closing
from closing import exports
from closing.ways import Company, make_company

SEEDS = range(2000, 2060)


@pytest.fixture(scope="module")
def companies() -> list[Company]:
    """Sixty companies of seeds that nothing is measured on."""
    return [make_company(seed) for seed in SEEDS]


def test_figures_seen_in_practice(companies: list[Company]) -> None:
    won = [[d for d in c.deals if d.won] for c in companies]
    cycles = [[np.log(d.closed - d.created) for d in listed] for listed in won if len(listed) > 20]
    assert 140 < np.exp(np.median([np.median(c) for c in cycles])) < 200
    assert 0.45 < np.median([np.std(c) for c in cycles]) < 0.65
    sizes = [np.log([d.events[0].amount for d in c.deals if d.events[0].amount]) for c in companies]
    assert 1.3 < np.median([np.std(s) for s in sizes]) < 1.9
    slips = [
        d.closed > d.events[0].planned for c in won for d in c if d.events[0].planned is not None
    ]
    assert 0.34 < np.mean(slips) < 0.46
    assert min(len(c.deals) for c in companies) >= 30
    rates = [len(listed) / len(c.deals) for listed, c in zip(won, companies, strict=True)]
    assert min(rates) < 0.2 and max(rates) > 0.4


def test_oracle_is_right_on_average(companies: list[Company]) -> None:
    told = [exports.answers(c, c.today, (30, 91)) for c in companies[:25]]
    for place in range(2):
        won = sum(a[place].won for a in told)
        expected = sum(a[place].expected_won for a in told)
        assert abs(won - expected) < 3 * np.sqrt(expected)


def test_export_holds_nothing_of_later(tmp_path: Path) -> None:
    company = make_company(2001)
    day = company.today // 2
    exports.write(company, day, tmp_path)
    for name in ("deals.csv", "stage_history.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        for column in ("Created At", "Closed At", "Changed At"):
            assert all(row.get(column, "") <= exports.day_of(day) for row in rows)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert make_closing.main(["--seed", "2003", "--out", str(tmp_path / name)]) == 0
    for file in ("deals.csv", "stage_history.csv", "truth.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    truth = json.loads((tmp_path / "a" / "truth.json").read_text(encoding="utf-8"))
    assert [c["days"] for c in truth["closes"]] == [30, 91]
