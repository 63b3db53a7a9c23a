"""What happens between dated exports of one CRM, and what the exports show of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from planted.truth import Shift
from planted.world import AS_OF, LOST, WON, Change, Deal, Value, World

WEEK = timedelta(days=7)


def export_moment(day: date) -> datetime:
    """Return the moment of an export: the evening of its day."""
    return datetime.combine(day, time(20, 0))


def plant(world: World) -> None:
    """Plant the changes of the last weeks, then tell everything that differs between exports."""
    count = 2 + world.truth.seed % 3
    days = [AS_OF - WEEK * back for back in reversed(range(count))]
    world.truth.between.exports = days
    world.truth.between.with_ids = not world.has("no_ids")
    opened = [d for d in world.free("open") if _alive(d, days[0])]
    if world.has("pushed"):
        for times, deals in ((1, 9), (2, 5), (3, 4)):
            for deal in world.take(_left(world, opened), deals):
                _push(world, deal, days, min(times, count - 1))
    if world.has("amounts"):
        for deal in world.take(_left(world, opened), 8):
            factor = world.words.pick([0.7, 0.85, 1.2, 1.6])
            amount = max(100, round(int(deal.at("amount")) * factor / 100) * 100)  # type: ignore[call-overload]
            _change(world, deal, days, "amount", amount)
    if world.has("owners"):
        habits = {*world.weekdays, *world.month_ends}
        passed = [d for d in opened if world.owner(d) not in habits]
        for deal in world.take(_left(world, passed), 7):
            others = [s for s in world.sellers if s not in (world.owner(deal), *habits)]
            _change(world, deal, days, "owner", world.words.pick(others))
    if world.has("backdated"):
        _backdate(world, opened, days)
    if world.has("reopened"):
        _reopen(world, days)
    if world.has("vanished"):
        for deal in world.take(_left(world, opened), world.words.between(4, 8)):
            deal.gone = _when(world, days, 0)
    _last_touches(world, days)


def _alive(deal: Deal, day: date) -> bool:
    return deal.created < export_moment(day) and deal.status(export_moment(day)) == "open"


def _left(world: World, deals: list[Deal]) -> list[Deal]:
    return [d for d in deals if d.id not in world.taken]


def _when(world: World, days: list[date], gap: int) -> datetime:
    """Return a moment of a working day between two exports."""
    while True:
        moment = world.moment(days[gap] + timedelta(days=world.words.between(1, 6)))
        if moment.date() <= days[gap + 1]:
            return moment


def _change(world: World, deal: Deal, days: list[date], field: str, value: Value) -> None:
    at = _when(world, days, world.words.between(0, len(days) - 2))
    deal.changes.append(Change(at, world.owner(deal), field, value))


def _push(world: World, deal: Deal, days: list[date], times: int) -> None:
    """Push the planned close in that many of the weeks, the last of them included."""
    planned, owner = deal.at("expected_close"), world.owner(deal)
    for gap in range(len(days) - 1 - times, len(days) - 1):
        assert isinstance(planned, date)
        planned = world.planned_close(planned + timedelta(days=world.words.between(14, 80)), owner)
        deal.changes.append(Change(_when(world, days, gap), owner, "expected_close", planned))


def _backdate(world: World, opened: list[Deal], days: list[date]) -> None:
    for deal in world.take(_left(world, opened), 4):
        before = deal.created - timedelta(days=world.words.between(20, 120))
        _change(world, deal, days, "created", before.replace(microsecond=0))
    old = [d for d in world.free("won") if d.stages[-1].at < export_moment(days[0] - WEEK * 3)]
    old = [d for d in old if (d.stages[-1].at - d.created).days > 90]
    for deal in world.take(old, 4):
        closed = deal.closed()
        assert closed
        _change(world, deal, days, "closed", closed - timedelta(days=world.words.between(15, 70)))
    long_open = [d for d in opened if (export_moment(days[0]) - d.created).days > 60]
    for deal in world.take(_left(world, long_open), 4):
        gap = world.words.between(0, len(days) - 2)
        at = _when(world, days, gap)
        deal.cut(at)
        owner, last = world.owner(deal), deal.stages[-1]
        deal.changes = [c for c in deal.changes if c is last or c.at < export_moment(days[gap])]
        deal.changes.append(Change(at, owner, "stage", LOST))
        typed = export_moment(days[gap]) - timedelta(days=world.words.between(5, 40), hours=9)
        deal.changes.append(Change(at, owner, "closed", typed))


def _reopen(world: World, days: list[date]) -> None:
    """Take deals lost in the last half of a year back to the stage they were lost in."""
    since = export_moment(days[0] - timedelta(days=180))
    lost = [d for d in world.free("lost") if since < d.stages[-1].at < export_moment(days[0])]
    for deal in world.take(lost, 4):
        at = _when(world, days, world.words.between(0, len(days) - 2))
        deal.changes.append(Change(at, world.owner(deal), "stage", deal.stages[-2].value))


def _last_touches(world: World, days: list[date]) -> None:
    """Edit some deal on the day of each export, so that its own date is the newest in it."""
    standing = world.truth.standing
    left_alone = world.edited | standing.stalled.keys() | standing.waiting
    for day in days:
        alive = [
            d
            for d in world.deals
            if d.id not in left_alone and not d.gone and not d.imported and _alive(d, day)
        ]
        alive = [d for d in alive if d.at("owner", export_moment(day)) not in world.weekdays]
        for number, deal in enumerate(world.words.random.sample(alive, 2)):
            at = datetime.combine(day, time(16, 31 + number, 9))
            deal.changes.append(Change(at, str(deal.at("owner", at)), "touch", None))


def respell(world: World) -> None:
    """Name some deals a little otherwise in the last export, where there are no ids."""
    if not world.has("no_ids"):
        return
    for deal in world.take(world.free(), 12):
        name = deal.name
        place = world.words.between(3, len(name) // 2)
        kind = world.words.between(0, 2)
        spelled = (name[:place] + name[place + 1 :], name.upper(), name.replace(" ", "  ", 1))[kind]
        at = export_moment(world.truth.between.exports[-2]) + timedelta(days=1)
        deal.changes.append(Change(at, "", "name", spelled))
        world.truth.between.respelled.add(deal.id)


def visible(world: World, day: date) -> list[Deal]:
    """Return the deals that an export of that day holds."""
    moment = export_moment(day)
    return [d for d in world.deals if d.created <= moment and not (d.gone and d.gone <= moment)]


def name_at(deal: Deal, moment: datetime) -> str:
    """Return the name of a deal as it was spelled at a moment."""
    return str(deal.at("name", moment) or deal.name)


def created_at(deal: Deal, moment: datetime) -> datetime:
    """Return the creation date that the card shows at a moment."""
    shown = deal.at("created", moment) or deal.created
    assert isinstance(shown, datetime)
    return shown


def tell(world: World) -> None:
    """Write down every difference between exports that follow each other."""
    truth = world.truth.between
    for day in truth.exports:
        names = {name_at(d, export_moment(day)): d.id for d in visible(world, day)}
        truth.names[day] = names
    for earlier, later in zip(truth.exports, truth.exports[1:], strict=False):
        before = {d.id: d for d in visible(world, earlier)}
        after = {d.id: d for d in visible(world, later)}
        truth.vanished += [Shift(i, earlier, later, None, None) for i in before if i not in after]
        truth.appeared += [Shift(i, earlier, later, None, None) for i in after if i not in before]
        for deal in (d for i, d in before.items() if i in after):
            _compare(world, deal, earlier, later)


def _compare(world: World, deal: Deal, earlier: date, later: date) -> None:
    truth, one, two = world.truth.between, export_moment(earlier), export_moment(later)

    def shift(before: Value, after: Value) -> Shift:
        return Shift(deal.id, earlier, later, before, after)

    stages = [deal.at("stage", m) for m in (one, two)]
    if stages[0] != stages[1]:
        names = [world.stage_name(deal, s) for s in stages]
        reopened = stages[0] in (WON, LOST) and stages[1] not in (WON, LOST)
        (truth.reopened if reopened else truth.moved).append(shift(*names))
    planned = [deal.at("expected_close", m) for m in (one, two)]
    if planned[0] != planned[1]:
        later_now = planned[1] > planned[0]  # type: ignore[operator]
        (truth.pushed if later_now else truth.pulled).append(shift(*planned))
    for field, told in (("amount", truth.amounts), ("owner", truth.owners)):
        values = [deal.at(field, m) for m in (one, two)]
        if values[0] != values[1]:
            told.append(shift(*values))
    created = [created_at(deal, m) for m in (one, two)]
    if created[0] != created[1]:
        truth.created_rewritten.append(shift(*created))
    closed = [deal.closed(m) for m in (one, two)]
    if closed[0] and closed[1] and closed[0] != closed[1]:
        truth.closed_rewritten.append(shift(*closed))
    if not closed[0] and closed[1] and closed[1].date() < earlier:
        truth.closed_before_seen_open.append(shift(None, closed[1]))
