"""Benchmark data has the promised size and form, and the same bytes for the same seed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import make_big

DEALS = 2000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small set of benchmark data."""
    made = tmp_path_factory.mktemp("big")
    assert make_big.main(["--deals", str(DEALS), "--out", str(made), "--seed", "5"]) == 0
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_sizes(folder: Path) -> None:
    deals = rows(folder / "deals.csv")
    events = rows(folder / "stage_history.csv")
    activities = rows(folder / "activities.csv")
    assert len(deals) == DEALS
    assert len(deals[0]) == 30
    assert 6.4 < len(events) / DEALS < 6.6
    assert len(activities) == 10 * DEALS
    ids = {row["ID сделки"] for row in deals}
    assert len(ids) == DEALS
    assert {row["ID сделки"] for row in events} == ids
    assert {row["ID сделки"] for row in activities} == ids


def test_history_ends_where_the_deal_stands(folder: Path) -> None:
    stage = {row["ID сделки"]: row["Этап сделки"] for row in rows(folder / "deals.csv")}
    last = {row["ID сделки"]: row["Этап после"] for row in rows(folder / "stage_history.csv")}
    assert last == stage


def test_russian_formats(folder: Path) -> None:
    deals = rows(folder / "deals.csv")
    amounts = [row["Сумма"] for row in deals if row["Сумма"]]
    assert all(amount[-3] == "," for amount in amounts)
    assert any(" " in amount for amount in amounts)
    assert all(len(row["Дата создания"]) == len("30.09.2026 16:41:07") for row in deals)


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_big.make(tmp_path / "same", DEALS, 5)
    make_big.make(tmp_path / "other", DEALS, 6)
    for table in make_big.TABLES:
        name = f"{table}.csv"
        assert (tmp_path / "same" / name).read_bytes() == (folder / name).read_bytes()
        assert (tmp_path / "other" / name).read_bytes() != (folder / name).read_bytes()


@pytest.mark.parametrize("deals", ["0", "1000001"])
def test_a_size_out_of_range_is_refused(deals: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        make_big.main(["--deals", deals, "--out", str(tmp_path)])
    assert stop.value.code == 2
