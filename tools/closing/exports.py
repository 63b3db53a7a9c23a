"""The export of a generated company on a day, and what became of its open deals afterwards."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from closing import oracle
from closing.ways import LOST, WON, Company, Deal

FIRST = date(2022, 1, 3)
"""Day 0 of every generated company."""
NAMES = (
    "Need confirmed", "Project opened", "Specification agreed", "Solution validated",
    "Budget confirmed", "Offer accepted", "Contract approved",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What closed of the deals open on a day, within so many days, and what the oracle expected.

    `amount` and `expected` are by currency, over the deals whose card had an amount on the day.
    """

    days: int
    deals: int
    won: int
    expected_won: float
    amount: dict[str, float]
    expected: dict[str, float]


def answers(company: Company, day: int, horizons: tuple[int, ...]) -> list[Answer]:
    """The answers for each horizon after a day."""
    listed = [d for d in company.deals if d.is_open(day)]
    table = oracle.chances(company, day, horizons)
    found = []
    for place, days in enumerate(horizons):
        amount: dict[str, float] = {}
        expected: dict[str, float] = {}
        won = 0
        for deal, chance in zip(listed, table[:, place], strict=True):
            wins = deal.won and deal.closed <= day + days
            won += wins
            card = deal.at(day)
            if card is None or card.amount is None:
                continue
            grown = card.amount * oracle.growth_of_amount(company.truth, card.stage)
            final = deal.events[-1].amount or 0.0
            expected[deal.currency] = expected.get(deal.currency, 0) + chance * grown
            amount[deal.currency] = amount.get(deal.currency, 0) + wins * final
        found.append(Answer(days, len(listed), won, float(table[:, place].sum()), amount, expected))
    return found


def day_of(number: int) -> str:
    """The date of a day of the CRM."""
    return (FIRST + timedelta(days=number)).isoformat()


def write(company: Company, day: int, folder: Path, *, history: bool = True) -> list[Path]:
    """Write deals.csv and stage_history.csv as the CRM shows them at the end of a day."""
    folder.mkdir(parents=True, exist_ok=True)
    seen = [d for d in company.deals if d.created <= day]
    written = [folder / "deals.csv"]
    _write(written[0], [_row(company, d, day) for d in seen])
    if history:
        written.append(folder / "stage_history.csv")
        _write(written[1], [row for d in seen for row in _rows(company, d, day)])
    return written


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def stage_name(company: Company, stage: int) -> str:
    """The name of an open stage, or of won and lost."""
    if stage in (WON, LOST):
        return "Closed Won" if stage == WON else "Closed Lost"
    # The first and the last names always appear; the middle ones as many as there are stages.
    return NAMES[round(stage * (len(NAMES) - 1) / (company.truth.stages - 1))]


def _row(company: Company, deal: Deal, day: int) -> dict[str, Any]:
    card = deal.at(day)
    assert card is not None
    closed = deal.closed <= day
    return {
        "Deal ID": f"D{deal.number:04d}",
        "Deal Name": f"Project {deal.number}",
        "Stage": stage_name(company, card.stage),
        "Amount": "" if card.amount is None else f"{card.amount:.2f}",
        "Currency": deal.currency,
        "Created At": day_of(deal.created),
        "Closed At": day_of(deal.closed) if closed else "",
        "Expected Close Date": "" if card.planned is None else day_of(card.planned),
        "Probability": "" if card.probability is None else f"{card.probability:.1f}",
    }


def _rows(company: Company, deal: Deal, day: int) -> Iterable[dict[str, Any]]:
    for event in deal.events:
        if event.day <= day:
            yield {
                "Deal ID": f"D{deal.number:04d}",
                "To Stage": stage_name(company, event.stage),
                "Changed At": day_of(event.day),
                "Amount": "" if event.amount is None else f"{event.amount:.2f}",
                "Close Date": "" if event.planned is None else day_of(event.planned),
                "Probability": "" if event.probability is None else f"{event.probability:.1f}",
            }
