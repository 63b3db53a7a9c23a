"""The healthy life of a company: deals that move one stage at a time and are talked about.

Figures by design: cycle lognormal with median 170 days and sigma 0.55, amounts lognormal with
sigma 1.6, four deals in ten whose planned date slips.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from planted.world import AS_OF, LAST, LOST, WON, Change, Deal, Talk, World

CYCLE, SIGMA = 170, 0.55
WINS, SLIPS, ROLLBACKS = 0.34, 0.40, 0.05
AMOUNTS = {"ru": (3_400_000, 1.6), "en": (52_000, 1.6)}
WINDOW = AS_OF - timedelta(days=40)
"""Exports are compared from here on: what differs there is planted, never by chance."""


def populate(world: World, count: int) -> None:
    """Add that many deals, the oldest first, with nothing planted."""
    span = (AS_OF - world.start).days
    offsets = sorted(world.words.between(0, span - 2) for _ in range(count))
    names: dict[str, int] = {}
    companies = [world.words.company() for _ in range(count // 5)]
    for number, offset in enumerate(offsets):
        words = world.words
        company = words.pick(companies)
        name = world.own["name"].format(subject=words.pick(words["subjects"]), company=company)
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = world.own["again"].format(name=name, n=names[name])
        pipeline = int(words.chance(0.35)) if len(world.pipelines) > 1 else 0
        deal = Deal(str(20_011 + 3 * number), name, company, pipeline)
        live(world, deal, world.start + timedelta(days=offset))
        world.deals.append(deal)


def live(world: World, deal: Deal, day: date) -> None:
    """Give a deal its whole life from a day on, cut off at the date of the exports."""
    words = world.words
    # An owner who plans for ends of months has twice the deals: the open ones must tell of it.
    owner = words.pick([*world.sellers, *sorted(world.month_ends)])
    born = world.moment(min(day, AS_OF - timedelta(days=14)), owner)
    won = words.chance(WINS)
    stages = world.pipelines[deal.pipeline].stages
    cycle = min(max(words.lognormal(CYCLE, SIGMA), 40), 600)
    _begin(world, deal, born, owner, cycle)
    last = len(stages) - 1 if won else words.between(0, len(stages) - 1)
    moment = born
    path = _path(world, last)
    for place, stage in enumerate(path):
        weights = world.pipelines[deal.pipeline].weights
        days = cycle * weights[stage] / sum(weights) * words.lognormal(1, 0.4)
        moment = world.moment(moment.date() + timedelta(days=max(2, round(days))), owner)
        following = path[place + 1] if place + 1 < len(path) else (WON if won else LOST)
        deal.changes.append(Change(moment, _user(world, owner), "stage", following))
    deal.cells["loss_reason"] = words.pick(world.own["losses"])
    _slip(world, deal, owner)
    talk(world, deal, born, moment)
    deal.cut(LAST)


def _path(world: World, last: int) -> list[int]:
    path = [0]
    while path[-1] < last:
        path.append(path[-1] + 1)
        if path[-1] > 1 and world.has("rollbacks") and world.words.chance(ROLLBACKS):
            path.append(path[-1] - 1)
    return path


def _user(world: World, owner: str) -> str:
    if owner in world.weekdays or world.words.chance(0.85):
        return owner
    return world.words.pick([world.manager, world.assistant])


def _begin(world: World, deal: Deal, born: datetime, owner: str, cycle: float) -> None:
    median, sigma = AMOUNTS[world.truth.language]
    step = 10_000 if world.truth.language == "ru" else 100
    planned = world.planned_close(born.date() + timedelta(days=round(cycle * 0.9)), owner)
    for name, value in {
        "stage": 0,
        "owner": owner,
        "amount": world.words.amount(median, sigma, step),
        "expected_close": planned,
    }.items():
        deal.changes.append(Change(born, owner, name, value))


def _slip(world: World, deal: Deal, owner: str) -> None:
    """Push the planned date of four deals in ten, once or more, on days without a move."""
    words = world.words
    if not words.chance(SLIPS):
        return
    days = {c.at.date() for c in deal.stages}
    first, last = deal.stages[0].at.date(), deal.stages[-1].at.date()
    planned = deal.at("expected_close", datetime.max)
    for _ in range(words.between(1, 3)):
        day = first + timedelta(days=words.between(10, max(11, (last - first).days - 3)))
        at = world.moment(day, owner)
        if at.date() in days or at.date() >= min(last, WINDOW):
            continue
        days.add(at.date())
        first = at.date()
        planned = world.planned_close(planned + timedelta(days=words.between(20, 90)), owner)  # type: ignore[operator]
        deal.changes.append(Change(at, owner, "expected_close", planned))


def talk(world: World, deal: Deal, born: datetime, end: datetime) -> None:
    """Let the client be heard every week or two, from the first day to the last."""
    words, owner = world.words, str(deal.at("owner", born))
    day = born.date()
    while True:
        day += timedelta(days=words.between(9, 18))
        at = world.moment(day, owner)
        if at >= min(end, LAST):
            return
        direction = words.pick(["in", "joint"])
        kind = words.pick(["call", "email"] if direction == "in" else ["meeting", "call"])
        subject = words.pick(words["well_run"]["talk"][direction])
        deal.talks.append(Talk(at, kind, subject, owner, direction, done=at))
        if words.chance(0.25):
            out = world.moment(at.date() + timedelta(days=1), owner)
            if out < min(end, LAST):
                text = words.pick(words["well_run"]["talk"]["out"])
                deal.talks.append(Talk(out, "call", text, owner, "out", done=out))
