"""A company whose CRM records history: the columns are there, and what is in them is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from samples.listed import past
from samples.vocabulary import Person, Vocabulary
from samples.world import (
    AS_OF,
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

OPEN_AT = [18, 14, 18, 12, 8]
STAGES = len(OPEN_AT)
WINS, WHOLE_PATH_WINS = 26, 10
LOSSES, OLD_LOSSES = 60, 16
FRESH_EACH = 4
STAY = [26, 30, 38, 34, 24]
BULK_DAYS = [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 29), date(2026, 6, 30)]
BULK_SIZE = 7
TYPO_YEAR = 2206


def build(language: str, seed: str) -> Company:
    """Return the neglected company, its deals and what was planted."""
    words = Vocabulary(language, seed)
    own = words["neglected"]
    sellers = words.names(4)
    company = Company(words, own["stages"], own["won"], own["lost"], own["pipeline"], sellers)
    marks: dict[str, list[Deal]] = {}
    _add_open(company, marks)
    _add_wins(company, marks)
    _add_losses(company, marks)
    words.random.shuffle(company.deals)
    for number, deal in enumerate(company.deals):
        deal.id = f"{7103 + number * 2}"
    _bulk_moves(company, marks)
    _amounts(company)
    for deal in company.deals:
        _card(company, deal, deal in marks["fresh"])
        _last_facts(deal)
    _few_good_steps(company, marks)
    _newest_and_typo(company, marks)
    _tell(company, marks)
    return company


def _start(company: Company, status: str, stage: int, created: date) -> Deal:
    words = company.words
    client = words.company()
    name = f"{words.pick(words['subjects'])} {client}"
    owner = words.pick(company.sellers)
    at = at_work(words, created)
    deal = Deal("", name, client, owner, status, stage, stage, at, at)
    deal.events.append(Event(at, 0, owner))
    company.deals.append(deal)
    return deal


def _move(words: Vocabulary, deal: Deal, stage: int, day: date) -> None:
    deal.events.append(Event(at_work(words, day), stage, deal.owner, deal.events[-1].stage))


def _add_open(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Open deals: four of each stage had news in the last days, the rest nothing for months."""
    words = company.words
    marks["fresh"], marks["stale"] = [], []
    for stage, count in enumerate(OPEN_AT):
        for number in range(count):
            fresh = number < FRESH_EACH
            last = words.between(5, 11) if fresh else words.between(105, 260)
            marks["fresh" if fresh else "stale"].append(deal := _open_deal(company, stage, last))
            _calls(company, deal, last, fresh)
    for deal in company.deals:
        deal.stage_entered = deal.events[-1].at


def _open_deal(company: Company, stage: int, last: int) -> Deal:
    """Return an open deal whose last move, or creation, was `last` days ago."""
    words = company.words
    gaps = [words.between(9, 40) for _ in range(stage)]
    deal = _start(company, "open", stage, days_before(last + sum(gaps)))
    day = last + sum(gaps)
    for to, gap in enumerate(gaps, start=1):
        day -= gap
        _move(words, deal, to, days_before(day))
    return deal


def _calls(company: Company, deal: Deal, last: int, fresh: bool) -> None:
    """Add our own calls, and for fresh deals a word from the client."""
    words, own = company.words, company.words["neglected"]
    for _ in range(words.between(1, 3)):
        at = at_work(words, days_before(last - 1 if fresh else words.between(33, last - 3)))
        text = words.pick(own["calls"])
        deal.talks.append(Talk("call", text, at, None, at, "out", deal.owner))
    if fresh:
        at = at_work(words, days_before(words.between(1, 4)))
        text = words.pick(own["answers"])
        deal.talks.append(Talk("call", text, at, None, at, "in", deal.owner))


def _add_wins(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Won deals: ten were moved through the whole path on the day of closing, five jumped."""
    words = company.words
    marks["whole_path"], marks["jump"] = [], []
    for number in range(WINS):
        closed = words.between(10, 520)
        if number < WHOLE_PATH_WINS:
            deal = _start(company, "won", WON, days_before(closed + words.between(60, 200)))
            at = at_work(words, days_before(closed))
            for stage in [1, 2, 3, 4, WON]:
                deal.events.append(Event(at, stage, deal.owner, deal.events[-1].stage))
                at += timedelta(seconds=words.between(62, 150))
            marks["whole_path"].append(deal)
        else:
            skip = 2 + number % 2 if number < WHOLE_PATH_WINS + 5 else None
            gaps = [
                max(5, round(STAY[stage] * words.lognormal(1, 0.4)))
                for stage in range(STAGES)
                if stage != skip
            ]
            deal = _start(company, "won", WON, days_before(closed + sum(gaps)))
            day = closed + sum(gaps)
            way = [stage for stage in [1, 2, 3, 4, WON] if stage != skip]
            for stage, gap in zip(way, gaps, strict=True):
                day -= gap
                _move(words, deal, stage, days_before(day))
            if skip:
                marks["jump"].append(deal)
        deal.closed = deal.stage_entered = deal.events[-1].at
        deal.furthest = WON


def _add_losses(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Lost deals: most were closed early, without a reason worth the name."""
    words = company.words
    marks["lost_earlier"], marks["lost_recently"] = [], []
    for number in range(LOSSES):
        earlier = number < OLD_LOSSES
        closed = words.between(400, 560) if earlier else words.between(8, 340)
        furthest = [0, 0, 1, 2, 2, 3][number % 6]
        gaps = [words.between(9, 60) for _ in range(furthest + 1)]
        deal = _start(company, "lost", LOST, days_before(closed + sum(gaps)))
        day = closed + sum(gaps)
        for stage, gap in zip([*range(1, furthest + 1), LOST], gaps, strict=True):
            day -= gap
            _move(words, deal, stage, days_before(day))
        deal.furthest = furthest
        deal.closed = deal.stage_entered = deal.events[-1].at
        marks["lost_earlier" if earlier else "lost_recently"].append(deal)


def _bulk_moves(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Replace the last move of stale deals by one of a tidy-up at the end of a month."""
    words, admin = company.words, company.words["neglected"]["admin"]
    marks["bulk"] = []
    free = sorted((deal for deal in marks["stale"] if deal.stage), key=lambda deal: deal.id)
    for number, day in enumerate(BULK_DAYS):
        at = datetime(day.year, day.month, day.day, 18, 20 + number, 3)
        batch = [deal for deal in free if _last_gap_holds(deal, day)][:BULK_SIZE]
        for deal in batch:
            free.remove(deal)
            move = deal.events[-1]
            move.at, move.by = at, admin
            deal.stage_entered = at
            at += timedelta(seconds=words.between(2, 5))
        marks["bulk"] += batch


def _last_gap_holds(deal: Deal, day: date) -> bool:
    """Tell whether the last move of the deal can be put on that day, after the move before."""
    before = deal.events[-2].at.date()
    return before + timedelta(days=2) < day and deal.created.date() < day


def _amounts(company: Company) -> None:
    """Give amounts to a part of the deals, planned dates mostly in the past, few chances."""
    words = company.words
    median = 3_200_000 if words.language == "ru" else 90_000
    step = 10_000 if words.language == "ru" else 500
    live = 0
    for number, deal in enumerate(company.deals):
        deal.currency = "RUB" if words.language == "ru" else "USD"
        live += deal.status == "open"
        known = {"open": live % 7 < 4, "won": number % 8 > 0, "lost": number % 3 == 0}[deal.status]
        deal.amount = words.amount(median, 1.6, step) if known else None
        if deal.closed:
            deal.expected_close = deal.closed.date() + timedelta(days=words.between(-70, 4))
        else:
            draw = words.random.random()
            if draw < 0.68:
                deal.expected_close = past(words, deal, 15, 210)
            elif draw < 0.8:
                deal.expected_close = days_after(words.between(10, 120))
        if deal.status == "open" and words.chance(0.25):
            deal.probability = [0.1, 0.3, 0.5, 0.5, 0.9][deal.stage]


def _card(company: Company, deal: Deal, fresh: bool) -> None:
    """Fill the card the way it is filled when nobody reads it."""
    words, own = company.words, company.words["neglected"]
    person = words.people(["approver"])[0]
    fields = deal.fields
    position = words.pick(own["positions"])
    fields["contact"] = person.name if words.chance(0.85) else None
    fields["contact_position"] = position or None
    if fields["contact"]:
        deal.people = [Person(person.name, position, "")]
    fields["approver"] = person.name if words.chance(0.06) else None
    for role in ROLES[1:]:
        fields[role] = words.pick(own["junk"]) if words.chance(0.1) else None
    fields["documents"] = own["documents"] if words.chance(0.12) else None
    fields["notes"] = words.pick(own["notes"])
    fields["competitor"] = None
    if deal.status == "won" and words.chance(0.4) and deal.closed:
        fields["contract_no"] = own["contract_no"].format(date=words.day(deal.closed.date()))
    if deal.status == "lost":
        fields["loss_reason"] = words.pick(own["losses"]) or None
    if deal.status == "open":
        _open_card(company, deal, fresh)


def _open_card(company: Company, deal: Deal, fresh: bool) -> None:
    words, own, fields = company.words, company.words["neglected"], deal.fields
    if words.chance(0.35):
        fields["next_step"] = words.pick(own["steps"])
    elif words.chance(0.1):
        fields["next_step"] = words.pick(own["rare_steps"])
    if fields.get("next_step") and words.chance(0.5):
        fields["next_step_date"] = past(words, deal, 12, 160)
    fields["risk"] = words.pick(own["junk"]) if words.chance(0.08) else None
    if words.chance(0.6):
        at = at_work(words, days_before(words.between(1, 4) if fresh else words.between(40, 200)))
        at = max(at, deal.created)
        due = at + timedelta(days=words.between(1, 9))
        if fresh and words.chance(0.3):
            due = datetime.combine(days_after(words.between(1, 6)), due.time())
        text = words.pick(own["tasks"])
        deal.talks.append(Talk("task", text, at, due, owner=deal.owner))


def _last_facts(deal: Deal) -> None:
    moments = [event.at for event in deal.events]
    moments += [talk.done or talk.created for talk in deal.talks]
    deal.updated = max(moments)
    spoken = [talk.done for talk in deal.talks if talk.done]
    deal.last_activity = max(spoken) if spoken else None


def _few_good_steps(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Let three deals have a step worth the name: one good seller works here too."""
    words = company.words
    marks["managed"] = marks["fresh"][2::7]
    for deal in marks["managed"]:
        due = days_after(words.between(5, 15))
        text = words.pick(words["well_run"]["steps"][3]["texts"])
        deal.fields["next_step"] = text.format(date=words.day(due))
        deal.fields["next_step_date"] = due
        deal.talks = [talk for talk in deal.talks if talk.done]
    for deal, text in zip(
        marks["lost_recently"][4::14], words["neglected"]["rare_losses"] * 2, strict=False
    ):
        deal.fields["loss_reason"] = text


def _newest_and_typo(company: Company, marks: dict[str, list[Deal]]) -> None:
    """Plant the newest fact of all, and a call done in a year that nobody will see."""
    newest = marks["fresh"][0]
    text = company.words["neglected"]["answers"][0]
    newest.talks.append(Talk("call", text, LAST_FACT, None, LAST_FACT, "in", newest.owner))
    newest.updated = newest.last_activity = LAST_FACT
    typo = marks["lost_earlier"][0]
    at = (typo.closed or LAST_FACT) - timedelta(days=5)
    text = company.words["neglected"]["calls"][0]
    wrong = at.replace(year=TYPO_YEAR, day=min(at.day, 28))
    typo.talks.append(Talk("call", text, at, None, wrong, "out", typo.owner))
    company.planted["newest_fact"] = newest.id
    company.planted["activity_done_in_year_2206"] = typo.id


def _tell(company: Company, marks: dict[str, list[Deal]]) -> None:
    live = [deal for deal in company.deals if deal.status == "open"]
    untouched = [deal for deal in live if (AS_OF - deal.updated.date()).days > 30]
    priced = [deal for deal in live if deal.amount]
    top = sorted(priced, key=lambda deal: (-(deal.amount or 0), deal.id))[:10]
    moves = sum(
        event.before is not None and event.stage != LOST
        for deal in company.deals
        for event in deal.events
    )

    def ids(mark: str) -> list[str]:
        return sorted(deal.id for deal in marks[mark])

    company.planted |= {
        "stalled": ids("stale"),
        "with_a_managed_step": ids("managed"),
        "untouched_for_30_days": len(untouched),
        "open_with_amount": len(priced),
        "top": [deal.id for deal in top],
        "top_with_close_date_past_or_empty": sorted(
            deal.id for deal in top if not deal.expected_close or deal.expected_close < AS_OF
        ),
        "lost_in_the_window": len(marks["lost_recently"]),
        "lost_in_the_window_with_useful_reason": sorted(
            deal.id
            for deal in marks["lost_recently"]
            if deal.fields.get("loss_reason") in company.words["neglected"]["rare_losses"]
        ),
        "moves": {
            "total": moves,
            "bulk": len(marks["bulk"]),
            "same_day": STAGES * len(marks["whole_path"]),
            "jumps": len(marks["jump"]),
            "backward": 0,
            "deals_moved_in_bulk": ids("bulk"),
            "deals_moved_through_on_the_closing_day": ids("whole_path"),
            "deals_with_jump": ids("jump"),
        },
    }
