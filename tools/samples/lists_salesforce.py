"""The Salesforce sample: opportunities with their history and tasks, by API names."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from samples import listed
from samples.files import Cell, Dialect, Table, write_csv
from samples.vocabulary import Vocabulary, header_row
from samples.world import (
    LAST_FACT,
    LOST,
    WON,
    Company,
    Deal,
    Event,
    Talk,
    at_work,
    days_after,
    days_before,
)

SALESFORCE_CSV = Dialect(moment="%Y-%m-%dT%H:%M:%S.000+0000", quote_all=True, newline="\n")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
GATES = {
    "Spec_Document__c": (1, "SPEC-{n}"),
    "Capex_Line__c": (2, "Investment plan 2026, line {n}"),
    "Offer_Approval__c": (3, "Q-{n} initialled"),
    "Contract_Approval_Sheet__c": (4, "Sheet {n}"),
    "Contract_Number__c": (WON, "PC-{n}"),
}
CHANCE = [10, 20, 40, 60, 80]
JUMPS = 3


def sf_id(prefix: str, number: int, twin: bool = False) -> str:
    """Return an 18-character id: 15 that tell by case, and 3 that check the case."""
    text = ""
    for _ in range(5):
        number, digit = divmod(number, len(LETTERS))
        text = LETTERS[digit] + text
    body = f"{prefix}Qk00000{text.swapcase() if twin else text}"
    check = ""
    for chunk in (body[0:5], body[5:10], body[10:15]):
        check += CHECK[sum(1 << place for place, sign in enumerate(chunk) if sign.isupper())]
    return body + check


def write(folder: Path) -> tuple[Company, dict[str, Any]]:
    """Write the three files; gates are real here, steps and reasons are not."""
    words = Vocabulary("en", "salesforce-en-1")
    shape = listed.Shape(
        stages=[
            "Qualification",
            "Needs Analysis",
            "Value Proposition",
            "Proposal/Price Quote",
            "Negotiation/Review",
        ],
        won="Closed Won",
        lost="Closed Lost",
        pipeline="",
        open_at=[12, 11, 10, 9, 8],
        stalled_at=[5, 4, 4, 3, 2],
        wins=30,
        lost_at=[13, 9, 6, 4, 3],
        fresh=(3, 18),
        stale=(100, 240),
        priced=(6, 7),
        amount=(80_000, 1.5, 500),
        currencies=("USD", "USD", "EUR"),
    )
    company = listed.build(words, shape)
    _rename_ids(company)
    _jump(company)
    _plan_and_reason(company)
    _talk(company)
    _gates(company)
    tables = {
        "opportunity.csv": ("deals", _opportunities(company)),
        "opportunity_history.csv": ("stage_events", _history(company)),
        "task.csv": ("activities", _tasks(company)),
    }
    files = {}
    for name, (kind, table) in tables.items():
        write_csv(folder / name, table, SALESFORCE_CSV)
        files[name] = {"kind": kind, "rows": len(table.rows), "imported": len(table.rows)}
    return company, files


def _rename_ids(company: Company) -> None:
    """Give Salesforce ids; the first two deals differ in nothing but the case of letters."""
    names = {}
    for number, deal in enumerate(company.deals):
        code = 9_170_011 + max(1, number) * 7919
        names[deal.id] = deal.id = sf_id("006", code, twin=number == 0)
    planted = company.planted
    first, second = company.deals[0].id, company.deals[1].id
    planted["ids_that_differ_by_case"] = [first, second]
    planted["stalled"] = [deal.id for deal in company.deals if deal.fields.get("stale")]
    planted["newest_fact"] = next(deal.id for deal in company.deals if deal.updated == LAST_FACT)


def _jump(company: Company) -> None:
    """Let some won deals skip a stage; all other moves go one stage at a time."""
    won = [deal for deal in company.deals if deal.status == "won"][:JUMPS]
    for deal in won:
        skipped = deal.events.pop(2)
        deal.events[2].before = skipped.before
    moves = sum(
        event.before is not None and event.stage != LOST
        for deal in company.deals
        for event in deal.events
    )
    company.planted["moves"] = {"total": moves, "jumps": JUMPS, "bulk": 0, "same_day": 0}
    company.planted["moves"]["deals_with_jump"] = sorted(deal.id for deal in won)


def _plan_and_reason(company: Company) -> None:
    words = company.words
    top = listed.largest(company, currency="USD")
    listed.put_in_the_past(words, top[::2] + top[1:2])
    others = [deal for deal in listed.live(company) if deal not in top]
    listed.put_in_the_past(words, others[::2])
    lost = [deal for deal in company.deals if deal.status == "lost"]
    useful = lost[1::4]
    for number, deal in enumerate(lost):
        bad = words["neglected"]["losses"]
        good = words["well_run"]["losses"]
        deal.fields["loss_reason"] = good[number % 10] if deal in useful else bad[number % 8]
    company.planted |= {
        "top": [deal.id for deal in top],
        "top_currency": "USD",
        "top_with_close_date_past": sorted(deal.id for deal in top[::2] + top[1:2]),
        "lost_with_a_useful_reason": sorted(deal.id for deal in useful),
    }


def _talk(company: Company) -> None:
    """Add tasks: our calls, the client's letters on fresh deals, open tasks that are ours."""
    words = company.words
    own, talk = words["neglected"], words["well_run"]["talk"]
    for number, deal in enumerate(listed.live(company)):
        entered = deal.events[-1].at
        call = at_work(words, entered.date() + timedelta(days=2))
        deal.talks.append(
            Talk("call", words.pick(talk["out"]), call, None, call, "out", deal.owner)
        )
        if not deal.fields.get("stale"):
            at = at_work(words, days_before(1))
            deal.talks.append(Talk("email", words.pick(talk["in"]), at, None, at, "in", deal.owner))
        if number % 2:
            due = days_after(words.between(2, 9)) if number % 4 == 1 else days_before(20)
            text = words.pick([*own["rare_steps"], *own["tasks"]])
            when = datetime.combine(due, time(0))
            deal.talks.append(Talk("task", text, call, when, owner=deal.owner))
        if number % 5 < 3:
            deal.fields["next_step"] = words.pick([*own["steps"], *own["rare_steps"]])
        done = [one.done for one in deal.talks if one.done]
        deal.last_activity = max(done)
        deal.updated = max(deal.updated, *done)


def _gates(company: Company) -> None:
    """Fill each gate field from its stage on, but for one gap."""
    words = company.words
    for gate, (stage, text) in GATES.items():
        for deal in company.deals:
            reached = WON if deal.status == "won" else deal.furthest
            if reached >= stage:
                deal.fields[gate] = text.format(n=words.between(101, 989))
    for gate, deal in zip(
        GATES, [deal for deal in company.deals if deal.status == "won"], strict=False
    ):
        deal.fields[gate] = None


def _opportunities(company: Company) -> Table:
    rows: list[list[Cell]] = []
    for deal in company.deals:
        row: list[Cell] = [
            deal.id,
            deal.company,
            deal.name,
            company.stage_name(deal.stage),
            None if deal.amount is None else str(deal.amount),
            deal.currency,
            _chance(deal.stage),
            listed.planned(deal),
            company.words.pick(["New Business", "Existing Business"]),
            deal.fields.get("next_step"),
            company.words.pick(["Web", "Trade Show", "Partner Referral"]),
            str(deal.status != "open").lower(),
            str(deal.status == "won").lower(),
            _category(deal.stage),
            deal.owner,
            deal.created,
            deal.updated,
            deal.last_activity.date() if deal.last_activity else None,
            deal.stage_entered,
            deal.fields.get("loss_reason"),
        ]
        rows.append([*row, *[deal.fields.get(gate) for gate in GATES]])
    return Table(header_row("salesforce_opportunity_en"), rows)


def _chance(stage: int) -> int:
    return {WON: 100, LOST: 0}[stage] if stage in (WON, LOST) else CHANCE[stage]


def _category(stage: int) -> str:
    if stage in (WON, LOST):
        return "Closed" if stage == WON else "Omitted"
    return ["Pipeline", "Pipeline", "Best Case", "Best Case", "Commit"][stage]


def _history(company: Company) -> Table:
    users = {name: sf_id("005", 400 + place) for place, name in enumerate(company.sellers)}
    pairs: list[tuple[Event, Deal]] = sorted(
        ((event, deal) for deal in company.deals for event in deal.events),
        key=lambda pair: (pair[0].at, pair[1].id),
    )
    rows: list[list[Cell]] = [
        [
            sf_id("008", 3_000_000 + place * 61),
            deal.id,
            users[event.by],
            event.at,
            company.stage_name(event.stage),
            None if deal.amount is None else str(deal.amount),
            None if deal.amount is None else str(deal.amount * _chance(event.stage) // 100),
            listed.planned(deal),
            _chance(event.stage),
            _category(event.stage).replace(" ", ""),
            event.at,
            "false",
        ]
        for place, (event, deal) in enumerate(pairs)
    ]
    return Table(header_row("salesforce_history_en"), rows)


def _tasks(company: Company) -> Table:
    pairs: list[tuple[Talk, Deal]] = sorted(
        ((talk, deal) for deal in company.deals for talk in deal.talks),
        key=lambda pair: (pair[0].created, pair[1].id),
    )
    rows: list[list[Cell]] = [
        [
            sf_id("00T", 5_000_000 + place * 53),
            deal.id,
            talk.owner,
            talk.created,
            (talk.due or talk.created).date(),
            talk.kind.capitalize(),
            {"in": "Inbound", "out": "Outbound", "": None}[talk.direction],
            "Completed" if talk.done else "Not Started",
            "Normal",
            talk.subject,
            str(bool(talk.done)).lower(),
            talk.done,
        ]
        for place, (talk, deal) in enumerate(pairs)
    ]
    return Table(header_row("salesforce_task_en"), rows)
