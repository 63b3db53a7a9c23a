"""The tables of a planted company as its CRM would export them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from planted.between import created_at, export_moment, name_at, visible
from planted.world import AS_OF, Deal, World
from samples.files import EN_CSV, RU_CSV, Cell, Table, money, write_csv

LOGGED = ("stage", "owner", "amount", "expected_close")
"""Fields whose changes the history of the CRM keeps."""


def write(world: World, folder: Path) -> None:
    """Write deals.csv, stage_history.csv, activities.csv and exports/deals_DATE.csv."""
    dialect = RU_CSV if world.truth.language == "ru" else EN_CSV
    write_csv(folder / "deals.csv", _deals(world, AS_OF, True), dialect)
    write_csv(folder / "stage_history.csv", _history(world), dialect)
    write_csv(folder / "activities.csv", _activities(world), dialect)
    for day in world.truth.between.exports:
        path = folder / "exports" / f"deals_{day}.csv"
        write_csv(path, _deals(world, day, world.truth.between.with_ids), dialect)


def _deals(world: World, day: date, with_ids: bool) -> Table:
    titles = dict(world.own["deals"])
    if not with_ids:
        del titles["id"]
    rows = [_card(world, deal, export_moment(day)) for deal in visible(world, day)]
    return Table(list(titles.values()), [[row.get(f) for f in titles] for row in rows])


def _card(world: World, deal: Deal, moment: datetime) -> dict[str, Cell]:
    status = deal.status(moment)
    edits = [c for c in deal.changes if c.at <= moment and c.by]
    edits.sort(key=lambda c: c.at)
    cells: dict[str, Cell] = dict(deal.cells)
    if status != "open":
        for field in ("next_step", "next_step_date", "next_decision", "next_decision_at"):
            cells.pop(field, None)
    if status != "lost":
        cells.pop("loss_reason", None)
    if status != "won":
        cells.pop("contract_date", None)
    return cells | {
        "id": deal.id,
        "name": name_at(deal, moment),
        "pipeline": world.pipelines[deal.pipeline].name,
        "stage": world.stage_name(deal, deal.at("stage", moment)),
        "status": world.words["status"][status],
        "amount": money(deal.at("amount", moment)),  # type: ignore[arg-type]
        "currency": "RUB" if world.truth.language == "ru" else "USD",
        "owner": deal.at("owner", moment),
        "company": deal.company,
        "created": created_at(deal, moment),
        "updated": edits[-1].at,
        "updated_by": edits[-1].by,
        "closed": deal.closed(moment),
        "expected_close": deal.at("expected_close", moment),
    }


def _history(world: World) -> Table:
    titles = world.own["history"]
    rows: list[list[Cell]] = []
    for deal in visible(world, AS_OF):
        stage = ""
        moments = sorted({c.at for c in deal.changes if c.field in LOGGED})
        for at in moments:
            now = world.stage_name(deal, deal.at("stage", at))
            by = next(c.by for c in deal.changes if c.at == at and c.field in LOGGED)
            amount, planned = deal.at("amount", at), deal.at("expected_close", at)
            row = [deal.id, stage, now, at, by, deal.at("owner", at), money(amount), planned]  # type: ignore[arg-type]
            rows.append(row)
            stage = now
    return Table([titles[f] for f in titles], rows)


def _activities(world: World) -> Table:
    titles, words = world.own["activities"], world.words
    rows: list[list[Cell]] = []
    number = 70_001
    for deal in visible(world, AS_OF):
        for talk in sorted(deal.talks, key=lambda t: t.at):
            kind, direction = words["kinds"][talk.kind], words["direction"].get(talk.direction)
            done = words["done"]["yes" if talk.done else "no"]
            row = [str(number), deal.id, kind, talk.subject, talk.at, talk.due, talk.done, done]
            rows.append([*row, direction, talk.owner])
            number += 1
    return Table([titles[f] for f in titles], rows)
