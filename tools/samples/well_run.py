"""A company that manages its project sales: the six answers are yes, each with a margin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median

from samples.vocabulary import Vocabulary
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

STAY = [24, 22, 30, 32, 34, 28]
OPEN_AT = [12, 8, 8, 7, 6, 5]
LOST_AT = [13, 8, 5, 4, 2, 2]
WINS = 45
OLD_LOSSES = 4
GATES = {"route_map": 1, "spec_no": 2, "budget_line": 3, "offer_visa": 4, "approval_sheet": 5}
PROBABILITY = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85]
TOP = 10


@dataclass
class Stay:
    """Days in a stage; a quiet one hears nothing from the client and is a stall when long."""

    stage: int
    days: float
    quiet: bool = False
    answered: bool = True


@dataclass
class Draft:
    """The way of a deal before it gets names, amounts and texts."""

    status: str
    stays: list[Stay]
    end: date
    marks: set[str] = field(default_factory=set)

    @property
    def furthest(self) -> int:
        """The furthest stage reached; won is beyond all."""
        return WON if self.status == "won" else max(stay.stage for stay in self.stays)


def build(language: str, seed: str) -> Company:
    """Return the well-run company, its deals and what was planted."""
    words = Vocabulary(language, seed)
    own = words["well_run"]
    sellers = words.names(5)
    company = Company(words, own["stages"], own["won"], own["lost"], own["pipeline"], sellers)
    drafts = [*_wins(words), *_losses(words), *_open(words)]
    limits = stage_limits(drafts)
    _plant(drafts, limits)
    words.random.shuffle(drafts)
    for number, draft in enumerate(drafts):
        company.deals.append(_deal(company, draft, limits, f"{2001 + number * 3}"))
    _money(company, drafts)
    _cards(company, drafts, limits)
    _tell(company, drafts)
    return company


def stage_limits(drafts: list[Draft]) -> list[float]:
    """Return the limit of each stage in days: twice the median stay of won deals, at least 14."""
    limits = []
    for stage in range(len(STAY)):
        stays = [
            sum(stay.days for stay in draft.stays if stay.stage == stage)
            for draft in drafts
            if draft.status == "won" and any(stay.stage == stage for stay in draft.stays)
        ]
        limits.append(max(14.0, 2 * median(stays)))
    return limits


def _way(words: Vocabulary, stages: int) -> list[Stay]:
    """Draw the stays of a deal: its own pace for all stages, and a little for each."""
    pace = min(2.4, max(0.45, words.lognormal(1, 0.45)))
    return [
        Stay(stage, max(4.0, round(STAY[stage] * pace * words.lognormal(1, 0.22))))
        for stage in range(stages)
    ]


def _wins(words: Vocabulary) -> list[Draft]:
    drafts = []
    for number in range(WINS):
        stays = _way(words, len(STAY))
        draft = Draft("won", stays, days_before(words.between(6, 345)))
        if number < 3:
            draft.marks.add("jump")
            del stays[2 + number % 3]
        elif number < 5:
            draft.marks.add("same_day")
            stays[1 + number % 3].days = 0
        elif number < 10:
            draft.marks.add("backward")
            _turn_back(stays, 2 + number % 3)
        elif number < 19:
            draft.marks.add("quiet")
            draft.end = days_before(words.between(20, 90))
            stays[2 + number % 4].quiet = True
            stays[2 + number % 4].days = 999
        drafts.append(draft)
    return drafts


def _turn_back(stays: list[Stay], stage: int) -> None:
    """Send the deal from `stage` one stage back and forward again, each time after some days."""
    at = next(place for place, stay in enumerate(stays) if stay.stage == stage)
    whole = stays[at].days
    stays[at : at + 1] = [
        Stay(stage, max(4.0, round(whole * 0.3))),
        Stay(stage - 1, max(5.0, round(STAY[stage - 1] * 0.3))),
        Stay(stage, max(5.0, round(whole * 0.6))),
    ]


def _losses(words: Vocabulary) -> list[Draft]:
    drafts = []
    for furthest, count in enumerate(LOST_AT):
        for number in range(count):
            draft = Draft("lost", _way(words, furthest + 1), days_before(words.between(8, 335)))
            if furthest == 3 and number < 2:
                draft.marks.add("quiet_lost")
                draft.end = days_before(words.between(20, 150))
                draft.stays[-1].quiet = True
            if furthest == 4 and number == 0:
                draft.marks.add("same_day")
                draft.stays[2].days = 0
            drafts.append(draft)
    for _ in range(OLD_LOSSES):
        draft = Draft("lost", _way(words, 1), days_before(words.between(410, 520)))
        draft.marks.add("lost_earlier")
        drafts.append(draft)
    return drafts


def _open(words: Vocabulary) -> list[Draft]:
    drafts = []
    for stage, count in enumerate(OPEN_AT):
        for number in range(count):
            stays = _way(words, stage + 1)
            stays[-1].days = words.between(5, 32)
            draft = Draft("open", stays, AS_OF)
            if number == 0 and stage in (1, 2, 3):
                draft.marks.add("stalled")
            elif number == 1 and stage in (3, 4):
                draft.marks.add("waiting")
            elif number == 2 and stage in (2, 3, 4):
                draft.marks.add("backward")
                _turn_back(stays, stage)
                stays[-1].days = words.between(5, 16)
            drafts.append(draft)
    return drafts


def _plant(drafts: list[Draft], limits: list[float]) -> None:
    """Set the length of the quiet stays, now that the limits of the stages are known."""
    beyond = iter([19, 17, 22, 18, 25, 20, 16, 21, 18])
    for draft in drafts:
        for stay in draft.stays:
            if stay.days == 999:
                extra = next(beyond)
                stay.days = round(limits[stay.stage]) + extra
                stay.answered = extra != 25
        if "quiet_lost" in draft.marks:
            draft.stays[-1].days = round(limits[draft.stays[-1].stage]) + 7
    late = iter([27, 23, 7])
    for draft in drafts:
        last = draft.stays[-1]
        if "stalled" in draft.marks:
            extra = next(late)
            last.days, last.quiet = round(limits[last.stage]) + extra, True
            last.answered = extra > 14
        if "waiting" in draft.marks:
            last.days, last.quiet = round(limits[last.stage]) + 19, True


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


def _cards(company: Company, drafts: list[Draft], limits: list[float]) -> None:
    """Fill the cards: gates, roles, steps, decisions, reasons."""
    for deal, draft in zip(company.deals, drafts, strict=True):
        _gates(company.words, deal)
        _decisions(company, deal, draft, limits)
        if draft.status == "open":
            _step(company, deal, draft)
        if draft.status == "lost":
            own = company.words["well_run"]
            reasons = own["old_losses"] if "lost_earlier" in draft.marks else own["losses"]
            deal.fields["loss_reason"] = company.words.pick(reasons)
    recent = [
        deal
        for deal, draft in zip(company.deals, drafts, strict=True)
        if draft.status == "lost" and "lost_earlier" not in draft.marks
    ]
    for deal, reason in zip(recent[5::9], company.words["well_run"]["weak_losses"], strict=False):
        deal.fields["loss_reason"] = reason
    _roles(company, drafts)
    _miss_some_gates(company)
    _last_facts(company, drafts)


def _gates(words: Vocabulary, deal: Deal) -> None:
    texts = words["well_run"]["gates"]
    for gate, stage in {**GATES, "contract_no": WON}.items():
        passed = [event.at for event in deal.events if event.stage != LOST and event.stage >= stage]
        deal.fields[gate] = (
            texts[gate].format(n=words.between(11, 98), date=words.day(passed[0].date()))
            if passed
            else None
        )


def _miss_some_gates(company: Company) -> None:
    """Leave one gap, one junk cell and one early entry: a company of people, not a proof."""
    won = [deal for deal in company.deals if deal.status == "won"]
    for deal, gate, value in zip(won, GATES, [None, "-", None, None, None], strict=False):
        deal.fields[gate] = value
    early = next(deal for deal in company.deals if deal.furthest == 0)
    early.fields["spec_no"] = company.words["well_run"]["gates"]["spec_no"].format(
        n=7, date=company.words.day(early.created.date())
    )


def _decisions(company: Company, deal: Deal, draft: Draft, limits: list[float]) -> None:
    own, words = company.words["well_run"], company.words
    moves = [
        event
        for event in deal.events
        if event.stage != LOST and (event.before is None or event.stage > event.before)
    ]
    last = moves[-1]
    deal.fields["last_decision"] = own["decisions"][min(last.stage, len(STAY))]
    deal.fields["last_decision_at"] = last.at.date()
    if draft.status != "open":
        return
    deal.fields["next_decision"] = own["decisions"][deal.stage + 1]
    deal.fields["next_decision_at"] = days_after(words.between(26, 50))
    deal.fields["risk"] = words.pick(own["risks"])
    limit = round(limits[deal.stage])
    crossed = last.at.date() + timedelta(days=limit)
    if draft.marks & {"stalled", "waiting"}:
        deal.fields["stall_reason"] = words.pick(own["stall_reasons"])
        deal.fields["next_decision_at"] = (
            days_before(12) if "stalled" in draft.marks else days_after(20)
        )
        if draft.stays[-1].answered:
            deal.fields["manager_decision"] = words.pick(own["manager_decisions"][:2])
            deal.fields["manager_decision_at"] = crossed + timedelta(days=5)
    elif words.chance(0.5):
        deal.fields["manager_decision"] = own["manager_decisions"][2]
        deal.fields["manager_decision_at"] = days_before(words.between(2, 12))


def _step(company: Company, deal: Deal, draft: Draft) -> None:
    own, words = company.words["well_run"], company.words
    due = days_after(words.between(2, 24))
    while due.weekday() > 4:
        due += timedelta(days=1)
    text = words.pick(own["steps"][deal.stage]["texts"])
    turn = int(deal.id) % 10
    if "stalled" in draft.marks:
        due = days_before(words.between(9, 15))
        text = words.pick(own["overdue_steps"])
    elif turn == 3 and "waiting" not in draft.marks:
        deal.fields["client_commitment"] = words.pick(own["commitments"]).format(
            date=words.day(due)
        )
        text = words.pick(own["seller_steps"])
        draft.marks.add("commitment_beside_seller_step")
    elif turn == 6 and "waiting" not in draft.marks:
        text = words.pick(own["joint_steps"])
    elif "step_today" not in company.planted and "waiting" not in draft.marks and turn == 9:
        due = AS_OF
        company.planted["step_today"] = deal.id
    deal.fields["next_step"] = text.format(date=words.day(due))
    deal.fields["next_step_date"] = due
    if "stalled" not in draft.marks and turn % 2 and "client_commitment" not in deal.fields:
        at = at_work(words, days_before(words.between(4, 12)))
        deal.talks.append(
            Talk(
                "task",
                deal.fields["next_step"],
                at,
                datetime.combine(due, time(18, 0)),
                owner=deal.owner,
            )
        )


def key_deals(company: Company) -> list[Deal]:
    """Return the open deals beyond half of the stages or in the top quarter by amount."""
    live = [deal for deal in company.deals if deal.status == "open"]
    amounts = sorted(deal.amount for deal in live if deal.amount)
    place = 0.75 * (len(amounts) - 1)
    low = amounts[int(place)]
    quarter = low + (amounts[int(place) + 1] - low) * (place - int(place))
    return [deal for deal in live if deal.stage >= len(STAY) / 2 or (deal.amount or 0) >= quarter]


def _roles(company: Company, drafts: list[Draft]) -> None:
    words = company.words
    key = {deal.id for deal in key_deals(company)}
    for deal in company.deals:
        known = ROLES if deal.furthest >= 1 or deal.id in key else ["approver"]
        for person in deal.people:
            if person.role in known:
                deal.fields[person.role] = person.name
        deal.people = [one for one in deal.people if one.role in {*known, "technical"}]
        if deal.status != "open":
            deal.people = deal.people[:3] if deal.status == "won" else deal.people[:1]
    lacking = [
        deal
        for deal, draft in zip(company.deals, drafts, strict=True)
        if deal.id in key and not draft.marks & {"close_date_past"} and deal.stage >= 3
    ][:2]
    lacking[0].fields["payer"] = "уточнить" if words.language == "ru" else "TBD"
    lacking[1].fields["legal"] = lacking[1].fields["security"] = None
    lacking[0].people = [one for one in lacking[0].people if one.role != "payer"]
    lacking[1].people = [one for one in lacking[1].people if one.role not in ("legal", "security")]
    company.planted["key_deals"] = sorted(key)
    company.planted["key_deals_without_a_role"] = sorted(deal.id for deal in lacking)


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
