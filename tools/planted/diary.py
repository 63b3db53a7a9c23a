"""Signs of a diary: a CRM that is filled in after the fact, by date and by copy."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from planted.moves import QUIET
from planted.truth import Bulk, Move, OwnerHabit
from planted.world import AS_OF, LOST, WON, Change, Deal, Talk, World

IMPORTED = 24


def choose_habits(world: World) -> None:
    """Choose the owners who touch the CRM on one weekday, or plan for ends of months."""
    diary = world.truth.diary
    one, two, three, *_ = world.sellers
    world.leaning[three] = world.words.between(0, 4)
    if world.has("meeting_day"):
        world.weekdays[one] = world.words.between(0, 4)
        diary.meeting_day.append(OwnerHabit(one, world.weekdays[one]))
    if world.has("month_end"):
        world.month_ends.add(two)
        diary.month_end.append(OwnerHabit(two, None))


def plant(world: World) -> None:
    """Plant deals that were entered when all was over, and old deals of an honest import."""
    _import(world)
    if world.has("walked"):
        _walked(world, world.words.between(7, 13))
    if world.has("after_signing"):
        _after(world, world.words.between(8, 12))


def _import(world: World) -> None:
    """Add deals closed before the CRM began, created in the minute of the import."""
    moment = datetime.combine(world.start, datetime.min.time()).replace(hour=10, minute=12)
    for number in range(IMPORTED):
        words = world.words
        owner = words.pick([s for s in world.sellers if s not in world.weekdays])
        company = words.company()
        name = world.own["name"].format(subject=words.pick(words["subjects"]), company=company)
        deal = Deal(str(11_001 + number), name, company, 0, imported=True)
        closed = moment - timedelta(days=words.between(30, 700), hours=words.between(1, 5))
        at = moment + timedelta(seconds=number)
        outcome = WON if words.chance(0.5) else LOST
        values = {
            "stage": outcome,
            "closed": closed,
            "owner": owner,
            "amount": words.amount(3_000_000, 1.5, 10_000),
            "expected_close": closed.date(),
        }
        for field, value in values.items():
            deal.changes.append(Change(at, world.assistant, field, value))
        edited = world.moment(world.start + timedelta(days=words.between(5, 200)), owner)
        deal.changes.append(Change(edited, owner, "touch", None))
        deal.cells |= {"source": world.own["import_source"], "loss_reason": world.own["losses"][0]}
        world.deals.append(deal)
        world.truth.imported.add(deal.id)


def _old_wins(world: World) -> list[Deal]:
    found = [d for d in world.free("won") if d.stages[-1].at.date() < QUIET]
    return [d for d in found if (d.stages[-1].at - d.created).days > 40]


def _walked(world: World, count: int) -> None:
    """Let deals of one owner lie in the first stage and walk the whole way on the closing day."""
    by_owner: dict[str, list[Deal]] = {}
    for deal in _old_wins(world):
        by_owner.setdefault(world.owner(deal), []).append(deal)
    owner = max(sorted(by_owner), key=lambda name: len(by_owner[name]))
    days: set[date] = set()
    for deal in world.take(by_owner[owner], count):
        day = deal.stages[-1].at.date()
        while day in days or day.weekday() > 4:
            day -= timedelta(days=1)
        days.add(day)
        at = datetime.combine(day, datetime.min.time()).replace(hour=16, minute=5, second=3)
        first, stages = deal.stages[0], world.pipelines[deal.pipeline].stages
        deal.changes = [c for c in deal.changes if c is first or c.field != "stage"]
        deal.cut(at)
        way = [n for n, s in enumerate(stages) if n and not s.optional]
        before = first
        for value in [*way, WON]:
            at += timedelta(seconds=world.words.between(70, 190))
            change = Change(at, owner, "stage", value)
            deal.changes.append(change)
            names = world.stage_name(deal, before.value), world.stage_name(deal, value)
            world.truth.movement.same_day.append(Move(deal.id, at, *names))
            before = change
        world.truth.diary.walked_on_closing_day.add(deal.id)


def _after(world: World, count: int) -> None:
    """Enter deals when they were signed already: closed, or under contract, before creation."""
    for number, deal in enumerate(world.take(_old_wins(world), count)):
        signed = deal.stages[-1].at
        born = world.moment(signed.date() + timedelta(days=world.words.between(3, 40)))
        won = world.moment(born.date() + timedelta(days=world.words.between(1, 4)))
        owner, last = world.owner(deal), len(world.pipelines[deal.pipeline].stages) - 1
        values = {f: deal.at(f) for f in ("amount", "expected_close")}
        deal.changes, deal.talks = [], []
        for field, value in {"stage": last, "owner": owner, **values}.items():
            deal.changes.append(Change(born, owner, field, value))
        deal.changes.append(Change(won, owner, "stage", WON))
        deal.cells["contract_date"] = signed.date()
        if number % 2:
            deal.changes.append(Change(won, owner, "closed", signed))
            world.truth.diary.created_after_closing.add(deal.id)
        world.truth.diary.created_after_contract.add(deal.id)


def dress(world: World) -> None:
    """Write the next steps of the open deals as people write them, and the habits of some."""
    standing = world.truth.standing
    for deal in world.deals:
        quiet = deal.id in standing.stalled or deal.id in standing.waiting
        if deal.status() == "open" and not quiet:
            _step(world, deal)
        if deal.status() == "won" and "contract_date" not in deal.cells:
            signed = (deal.closed() if deal.imported else None) or deal.stages[-1].at
            deal.cells["contract_date"] = signed.date() - timedelta(days=world.words.between(0, 2))
    owners = [s for s in world.sellers if s not in world.weekdays and s not in world.month_ends]
    owners.sort(key=lambda name: (-len(_open(world, name)), name))
    dated, copied, near = owners[:3]
    diary = world.truth.diary
    if world.has("one_date"):
        deals, day = _open(world, dated), AS_OF + timedelta(days=world.words.between(8, 20))
        for deal in deals:
            deal.cells["next_step_date"] = day
        diary.one_date.append(OwnerHabit(dated, day, frozenset(d.id for d in deals)))
    if world.has("copied"):
        deals = _open(world, copied)
        for deal in deals:
            deal.cells["next_step"] = world.own["copied_step"]
        ids = frozenset(d.id for d in deals)
        diary.copied_steps.append(OwnerHabit(copied, world.own["copied_step"], ids))
    for deal in _open(world, near)[:3]:
        deal.cells["next_step_date"] = AS_OF + timedelta(days=40)
    for deal in _open(world, near)[-3:]:
        deal.cells["next_step"] = world.own["awaited"]
    for deal in world.deals:
        if deal.status() == "open" and "next_step" in deal.cells:
            _task(world, deal)


def _task(world: World, deal: Deal) -> None:
    """Give the next step as an open task too, entered in the last days by its owner."""
    owner, day = world.owner(deal), deal.cells["next_step_date"]
    assert isinstance(day, date)
    at = world.moment(AS_OF - timedelta(days=world.words.between(7, 11)), owner)
    at = max(at, deal.stages[0].at)
    deal.talks.append(Talk(at, "task", str(deal.cells["next_step"]), owner, due=day))


def edit_in_bulk(world: World) -> None:
    """Touch many quiet deals in one minute, which makes them look alive; and near it, four."""
    since = QUIET_EVENING - timedelta(days=2)
    deals = [d for d in world.free("open") if d.stages[0].at < since]
    if world.has("bulk_edits"):
        user = world.assistant
        chosen = world.take(deals, world.words.between(12, 20))
        _touch(chosen, QUIET_EVENING, user)
        ids = frozenset(d.id for d in chosen)
        world.edited |= ids
        world.truth.diary.bulk_edits.append(Bulk(user, QUIET_EVENING, ids))
    four = world.take([d for d in deals if d.id not in world.taken], 4)
    _touch(four, QUIET_EVENING - timedelta(days=1), world.manager)
    world.edited |= {d.id for d in four}


QUIET_EVENING = datetime(2026, 9, 29, 18, 40, 4)


def _touch(deals: list[Deal], start: datetime, user: str) -> None:
    for number, deal in enumerate(deals):
        deal.cut(start)
        deal.changes.append(Change(start + timedelta(seconds=2 * number), user, "touch", None))


def _open(world: World, owner: str) -> list[Deal]:
    """Return the open deals of an owner that have a next step."""
    steps = [d for d in world.deals if "next_step" in d.cells and not d.gone]
    return [d for d in steps if world.owner(d) == owner and d.status() == "open"]


def _step(world: World, deal: Deal) -> None:
    words = world.words
    day = AS_OF + timedelta(days=words.between(1, 28))
    if day.weekday() > 4:
        day += timedelta(days=7 - day.weekday() + words.between(0, 4))
    deal.cells["next_step_date"] = day
    deal.cells["next_step"] = world.own["step"].format(
        who=words.pick(world.own["who"]),
        what=words.pick(world.own["what"]),
        company=deal.company,
        subject=deal.name.split(",")[0],
        date=words.day(day),
    )
