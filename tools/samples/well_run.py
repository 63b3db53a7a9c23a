"""A company that manages its project sales: the six answers are yes, each with a margin."""

from __future__ import annotations

from datetime import date, timedelta

from samples.vocabulary import Vocabulary
from samples.well_run_cards import fill_cards
from samples.well_run_ways import STAY, Draft, Stay, draw
from samples.world import (
    LAST_FACT,
    LOST,
    ROLES,
    WON,
    Company,
    Deal,
    Event,
    Talk,
    at_work,
    days_after,
    days_before,
)

PROBABILITY = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85]
TOP = 10


def build(language: str, seed: str) -> Company:
    """Return the well-run company, its deals and what was planted."""
    words = Vocabulary(language, seed)
    own = words["well_run"]
    sellers = words.names(5)
    company = Company(words, own["stages"], own["won"], own["lost"], own["pipeline"], sellers)
    drafts, limits = draw(words)
    for number, draft in enumerate(drafts):
        company.deals.append(_deal(company, draft, limits, f"{2001 + number * 3}"))
    _money(company, drafts)
    fill_cards(company, drafts, limits)
    _last_facts(company, drafts)
    _tell(company, drafts)
    return company


def _deal(company: Company, draft: Draft, limits: list[float], deal_id: str) -> Deal:
    """Turn a draft into a deal with its history and activities."""
    words = company.words
    client = words.company()
    name = f"{words.pick(words['subjects'])}, {client}"
    owner = words.pick(company.sellers)
    roles = [*ROLES, "technical"]
    start = draft.end - timedelta(days=sum(stay.days for stay in draft.stays))
    deal = Deal(deal_id, name, client, owner, draft.status, 0, draft.furthest, LAST_FACT, LAST_FACT)
    deal.people = words.people(roles)
    day, before, previous = start, None, None
    for stay in draft.stays:
        entered = at_work(words, day)
        if previous and entered.date() <= previous.date():
            entered = previous + timedelta(minutes=95)
        deal.events.append(Event(entered, stay.stage, owner, before))
        before, previous = stay.stage, entered
        leave = day + timedelta(days=stay.days)
        _talk(words, deal, stay, entered.date(), leave)
        over = stay.days - limits[stay.stage]
        if (
            stay.answered
            and (stay.quiet or over > 8)
            and over > 0
            and "quiet_lost" not in draft.marks
        ):
            at = at_work(
                words, day + timedelta(days=round(limits[stay.stage]) + words.between(4, 6))
            )
            deal.events.append(Event(at, stay.stage, owner, stay.stage))
        day = leave
    if draft.status != "open":
        end = WON if draft.status == "won" else LOST
        closed = at_work(words, draft.end)
        deal.events.append(Event(closed, end, owner, before))
        deal.closed = closed
        deal.stage = end
    else:
        deal.stage = draft.stays[-1].stage
        deal.probability = PROBABILITY[deal.stage]
    deal.created = deal.events[0].at
    deal.stage_entered = [event for event in deal.events if event.stage != event.before][-1].at
    deal.fields["client_owner"] = deal.people[5].name
    return deal


def _talk(words: Vocabulary, deal: Deal, stay: Stay, day: date, leave: date) -> None:
    """Add the activities of one stay: the client's at most 18 days apart, unless it is quiet."""

    talk = words["well_run"]["talk"]

    def add(kind: str, direction: str, day: date) -> None:
        at = at_work(words, day)
        person = words.pick([one.name for one in deal.people])
        deal.talks.append(
            Talk(kind, words.pick(talk[direction]), at, None, at, direction, deal.owner, person)
        )

    joint = False
    if stay.quiet:
        for gap in (11, 27):
            add("call", "out", day + timedelta(days=gap))
        return
    while True:
        day += timedelta(days=words.between(8, 18))
        if day >= leave - timedelta(days=3):
            break
        joint = not joint and words.chance(0.35)
        add("meeting" if joint else "email", "joint" if joint else "in", day)
        if words.chance(0.2):
            add("call", "out", day - timedelta(days=3))


def _money(company: Company, drafts: list[Draft]) -> None:
    """Give amounts and planned dates, and carry both back through the history."""
    words = company.words
    median_amount = 4_500_000 if words.language == "ru" else 120_000
    step = 10_000 if words.language == "ru" else 500
    pairs = list(zip(company.deals, drafts, strict=True))
    live = [(deal, draft) for deal, draft in pairs if draft.status == "open"]
    amounts = sorted(words.amount(median_amount, 1.4, step) for _ in live)
    marked = {"stalled", "waiting"}
    modest, others = amounts[6:11], amounts[:6] + amounts[11:]
    words.random.shuffle(others)
    for deal, draft in live:
        deal.amount = (modest if marked & draft.marks else others).pop()
    for deal, draft in pairs:
        deal.currency = "RUB" if words.language == "ru" else "USD"
        if draft.status != "open":
            deal.amount = words.amount(median_amount, 1.4, step)
        if deal.closed:
            deal.expected_close = deal.closed.date() - timedelta(days=words.between(-8, 6))
        else:
            ahead = sum(STAY[deal.stage :]) + words.between(0, 30)
            deal.expected_close = days_after(ahead)
    by_amount = sorted(live, key=lambda pair: -(pair[0].amount or 0))
    by_amount[6][1].marks.add("close_date_past")
    by_amount[6][0].expected_close = days_before(9)
    poorest = next(pair for pair in reversed(by_amount) if pair[0].stage == 0)
    poorest[0].amount = None
    poorest[1].marks.add("no_amount")
    for deal, _ in pairs:
        _carry_back(company, deal)


def _carry_back(company: Company, deal: Deal) -> None:
    """Write the fields as they stood into the history, from the newest row to the oldest."""
    words = company.words
    owner, amount, close = deal.owner, deal.amount, deal.expected_close
    turn = words.between(0, 9)
    for event in reversed(deal.events):
        event.owner, event.amount, event.expected_close, event.by = owner, amount, close, owner
        if event.stage == event.before:
            if turn < 2 and amount:
                amount = round(amount * 0.9)
            elif turn < 4:
                owner = words.pick([name for name in company.sellers if name != owner])
            elif close:
                close -= timedelta(days=words.between(14, 40))
            turn = (turn + 3) % 10
        elif close and words.chance(0.1):
            close -= timedelta(days=words.between(10, 30))


def _last_facts(company: Company, drafts: list[Draft]) -> None:
    """Set the dates of the last change; one deal has the newest fact of all."""
    for deal in company.deals:
        moments = [event.at for event in deal.events]
        moments += [talk.done or talk.created for talk in deal.talks]
        deal.updated = max(moments)
        spoken = [talk.done for talk in deal.talks if talk.done]
        deal.last_activity = max(spoken) if spoken else deal.created
    newest = next(
        deal
        for deal, draft in zip(company.deals, drafts, strict=True)
        if draft.status == "open" and deal.stage == 2 and not draft.marks
    )
    subject = company.words["well_run"]["talk"]["in"][0]
    newest.talks.append(
        Talk(
            "email", subject, LAST_FACT, None, LAST_FACT, "in", newest.owner, newest.people[0].name
        )
    )
    newest.updated = newest.last_activity = LAST_FACT
    company.planted["newest_fact"] = newest.id


def _tell(company: Company, drafts: list[Draft]) -> None:
    """Write down what was planted, by the marks of the drafts."""
    pairs = list(zip(company.deals, drafts, strict=True))

    def marked(mark: str) -> list[str]:
        return sorted(deal.id for deal, draft in pairs if mark in draft.marks)

    live = [deal for deal in company.deals if deal.status == "open" and deal.amount]
    top = sorted(live, key=lambda deal: (-(deal.amount or 0), deal.id))[:TOP]
    moves = sum(
        event.before is not None and event.stage not in (event.before, LOST)
        for deal in company.deals
        for event in deal.events
    )
    company.planted |= {
        "stalled": marked("stalled"),
        "waiting_for_a_dated_commitment": marked("waiting"),
        "without_a_managed_step": marked("stalled"),
        "commitment_beside_seller_step": marked("commitment_beside_seller_step"),
        "top": [deal.id for deal in top],
        "top_incomplete": marked("close_date_past"),
        "open_without_amount": marked("no_amount"),
        "lost_before_the_window": marked("lost_earlier"),
        "lost_without_a_useful_reason": sorted(
            deal.id
            for deal, draft in pairs
            if deal.fields.get("loss_reason") in company.words["well_run"]["weak_losses"]
            and "lost_earlier" not in draft.marks
        ),
        "stall_episodes": {
            "answered": sorted(
                deal.id
                for deal, draft in pairs
                if any(stay.quiet and stay.answered for stay in draft.stays)
            ),
            "not_answered": sorted(
                deal.id
                for deal, draft in pairs
                if draft.status != "open"
                and any(stay.quiet and not stay.answered for stay in draft.stays)
            ),
            "too_young_to_count": sorted(
                deal.id
                for deal, draft in pairs
                if draft.status == "open"
                and any(stay.quiet and not stay.answered for stay in draft.stays)
            ),
        },
        "moves": {
            "total": moves,
            "bulk": 0,
            "same_day": 2 * len(marked("same_day")),
            "jumps": len(marked("jump")),
            "backward": len(marked("backward")),
            "deals_with_jump": marked("jump"),
            "deals_with_same_day_moves": marked("same_day"),
            "deals_with_backward_move": marked("backward"),
        },
    }


def forget_payers_and_reasons(company: Company) -> None:
    """Take the payer from most key deals and the useful reason from most lost ones."""
    key = set(company.planted["key_deals"])
    own = company.words["well_run"]
    live = [deal for deal in company.deals if deal.id in key]
    for number, deal in enumerate(live):
        if number % 5 < 3:
            deal.fields["payer"] = None
            deal.people = [person for person in deal.people if person.role != "payer"]
    lost = [
        deal
        for deal in company.deals
        if deal.status == "lost" and deal.id not in company.planted["lost_before_the_window"]
    ]
    for number, deal in enumerate(lost):
        if number % 5 < 3:
            deal.fields["loss_reason"] = own["weak_losses"][number % 2]
    company.planted["lost_without_a_useful_reason"] = sorted(
        deal.id for deal in lost if deal.fields["loss_reason"] in own["weak_losses"]
    )
    company.planted["key_deals_without_a_role"] = sorted(
        deal.id
        for deal in live
        if not all(deal.fields.get(role) for role in ("payer", "procurer"))
        or deal.id in company.planted["key_deals_without_a_role"]
    )
