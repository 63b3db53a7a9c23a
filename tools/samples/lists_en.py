"""List exports of HubSpot and Pipedrive in English, true to their layouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samples import listed
from samples.files import Cell, Dialect, Table, write_csv, write_workbook
from samples.vocabulary import Vocabulary, header_row
from samples.world import LOST, WON, Company, Deal, at_work, days_after, days_before

HUBSPOT_CSV = Dialect(moment="%Y-%m-%d %H:%M", quote_all=True, newline="\n")
HUBSPOT_FILE = "hubspot-crm-exports-all-deals-2026-09-30.csv"
MONEY = (90_000, 1.5, 500)


def hubspot(folder: Path) -> tuple[Company, dict[str, Any]]:
    """Write the list of deals with a pair of dates for every stage; no next step, no roles."""
    words = Vocabulary("en", "hubspot-en-1")
    shape = listed.Shape(
        stages=[
            "Appointment Scheduled",
            "Qualified To Buy",
            "Presentation Scheduled",
            "Decision Maker Bought-In",
            "Contract sent",
        ],
        won="Closed Won",
        lost="Closed Lost",
        pipeline="Sales Pipeline",
        open_at=[12, 9, 8, 6, 5],
        stalled_at=[0, 1, 1, 0, 0],
        wins=22,
        lost_at=[8, 5, 3, 2, 1],
        fresh=(2, 20),
        stale=None,
        priced=(6, 7),
        amount=MONEY,
        currencies=("USD",),
    )
    company = listed.build(words, shape)
    _cheapen(company)
    _give_reasons(company, weak=2)
    stages = [*range(len(shape.stages)), WON, LOST]
    header = header_row("hubspot_en")
    for stage in stages:
        name = f"{company.stage_name(stage)} ({company.pipeline})"
        header += [f'Date entered "{name}"', f'Date exited "{name}"']
    rows = [_hubspot_row(company, deal, stages) for deal in company.deals]
    write_csv(folder / HUBSPOT_FILE, Table(header, rows), HUBSPOT_CSV)
    return company, {HUBSPOT_FILE: {"kind": "deals", "rows": len(rows), "imported": len(rows)}}


def _hubspot_row(company: Company, deal: Deal, stages: list[int]) -> list[Cell]:
    words = company.words
    row: list[Cell] = [
        deal.id,
        deal.name,
        company.stage_name(deal.stage),
        company.pipeline,
        None if deal.amount is None else str(deal.amount),
        deal.currency,
        listed.planned(deal),
        deal.created,
        deal.owner,
        deal.last_activity,
        deal.updated,
        words.pick(["newbusiness", "existingbusiness"]),
        words.pick(["Pipeline", "Best case", "Commit", ""]) if deal.status == "open" else None,
        deal.fields.get("loss_reason"),
        deal.company,
        deal.people[0].name,
    ]
    entered = {event.stage: event.at for event in deal.events}
    left = {event.before: event.at for event in deal.events if event.before is not None}
    for stage in stages:
        row += [entered.get(stage), left.get(stage)]
    return row


def pipedrive(folder: Path) -> tuple[Company, dict[str, Any]]:
    """Write the list of deals as a workbook; next activities have a date and no text."""
    words = Vocabulary("en", "pipedrive-en-1")
    shape = listed.Shape(
        stages=[
            "Qualified",
            "Contact Made",
            "Demo Scheduled",
            "Proposal Made",
            "Negotiations Started",
        ],
        won="Negotiations Started",
        lost="Contact Made",
        pipeline="Pipeline",
        open_at=[11, 10, 9, 8, 6],
        stalled_at=[1, 1, 1, 0, 0],
        wins=14,
        lost_at=[8, 5, 3, 2, 0],
        fresh=(2, 13),
        stale=(95, 160),
        priced=(6, 7),
        amount=MONEY,
        currencies=("USD",),
    )
    company = listed.build(words, shape)
    _cheapen(company)
    _give_reasons(company, weak=1)
    top = listed.largest(company)
    coming = [*top, *[deal for deal in listed.live(company) if deal not in top][::4]]
    stale = [deal for deal in listed.live(company) if deal.fields.get("stale")]
    coming = [deal for deal in coming if deal not in stale]
    header = header_row("pipedrive_en")
    rows = [
        _pipedrive_row(company, deal, number, deal in coming)
        for number, deal in enumerate(company.deals)
    ]
    write_workbook(folder / "deals.xlsx", [("Deals", Table(header, rows))])
    company.planted["with_a_coming_activity"] = sorted(deal.id for deal in coming)
    company.planted["top"] = [deal.id for deal in top]
    return company, {"deals.xlsx": {"kind": "deals", "rows": len(rows), "imported": len(rows)}}


def _pipedrive_row(company: Company, deal: Deal, number: int, coming: bool) -> list[Cell]:
    words = company.words
    next_activity = None
    if coming:
        next_activity = days_after(words.between(2, 16))
    elif deal.status == "open" and number % 3 == 0:
        next_activity = days_before(words.between(3, 60))
    edited = deal.updated
    if deal.fields.get("stale"):
        edited = at_work(words, days_before(words.between(5, 12)))
    return [
        int(deal.id),
        deal.name,
        deal.company,
        deal.people[0].name if words.chance(0.8) else None,
        deal.owner,
        deal.amount,
        deal.currency,
        company.pipeline,
        company.stages[min(deal.furthest, len(company.stages) - 1)],
        deal.status.capitalize(),
        words.pick(["Hot", "Warm", "Cold", ""]) or None,
        words.pick(["40", "60", ""]) or None,
        deal.expected_close,
        deal.created,
        edited,
        deal.closed,
        deal.closed if deal.status == "won" else None,
        deal.closed if deal.status == "lost" else None,
        deal.fields.get("loss_reason"),
        deal.last_activity.date() if deal.last_activity else None,
        next_activity,
        words.between(1, 14),
    ]


def _cheapen(company: Company) -> None:
    """Give the stalled deals small amounts: little money stands still here."""
    for deal in listed.live(company):
        if deal.fields.get("stale"):
            deal.amount = 12_500


def _give_reasons(company: Company, weak: int) -> None:
    """Give every lost deal a useful reason but the first `weak`."""
    own = company.words["well_run"]
    lost = [deal for deal in company.deals if deal.status == "lost"]
    for number, deal in enumerate(lost):
        few = own["weak_losses"][number % 2]
        deal.fields["loss_reason"] = few if number < weak else own["losses"][number % 10]
    company.planted["lost_without_a_useful_reason"] = sorted(deal.id for deal in lost[:weak])
