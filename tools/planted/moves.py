"""Moves that are not clean, and moves that only look so to a hasty eye."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

from planted.truth import Bulk, Move
from planted.world import AS_OF, LOST, WON, Change, Deal, World

QUIET = AS_OF - timedelta(days=45)
"""Planted moves end here: later days belong to the exports that are compared."""


def plant(world: World) -> None:
    """Plant bulk moves, two stages on one day and skipped stages, each with its near misses."""
    if world.has("bulk"):
        for _ in range(world.words.between(2, 4)):
            _bulk(world)
    _four_in_a_minute(world)
    _five_in_five_minutes(world)
    _five_by_five_users(world)
    if world.has("same_day"):
        _same_day(world, world.words.between(8, 14))
    if world.has("skips"):
        _skips(world, world.words.between(7, 12))
    if world.has("optional"):
        _optional(world)
    if world.has("corrected"):
        _corrected(world, 3)


def tell(world: World) -> None:
    """Write down all moves that are in the histories, once nothing more is planted."""
    movement = world.truth.movement
    for deal in (d for d in world.deals if not d.gone):
        for before, change in _moves(deal):
            movement.total += 1
            if _rank(change.value) < _rank(before.value):
                movement.rollbacks.append(_said(world, deal, before, change))


def _said(world: World, deal: Deal, before: Change, change: Change) -> Move:
    names = world.stage_name(deal, before.value), world.stage_name(deal, change.value)
    return Move(deal.id, change.at, *names)


def _rank(value: object) -> int:
    return int(value)  # type: ignore[call-overload,no-any-return]


def _moves(deal: Deal) -> list[tuple[Change, Change]]:
    """Return the moves of a deal: to another open stage or to won; with the row before each."""
    log = deal.stages
    pairs = itertools.pairwise(log)
    return [(a, b) for a, b in pairs if b.value != LOST and a.value not in (LOST, WON)]


def _forward(deal: Deal, place: int) -> bool:
    log = deal.stages
    return _rank(log[place].value) > _rank(log[place - 1].value)


def _movable(world: World, day: date, reach: int) -> list[tuple[Deal, Change]]:
    """Return forward moves near a day that fit it: on other days than the moves around them."""
    found = []
    for deal in world.free():
        log = deal.stages
        for place in range(1, len(log)):
            after = log[place + 1].at.date() if place + 1 < len(log) else AS_OF
            near = abs((log[place].at.date() - day).days) <= reach
            if near and _forward(deal, place) and log[place - 1].at.date() < day < after:
                others = {c.at.date() for c in deal.changes if c is not log[place]}
                if day not in others:
                    found.append((deal, log[place]))
                    break
    return found


def _crowd(world: World, size: int) -> tuple[datetime, list[tuple[Deal, Change]]]:
    """Return an evening and that many moves near it, each of another deal."""
    while True:
        start = world.evening(world.start + timedelta(days=200), QUIET)
        movable = _movable(world, start.date(), 9)
        if len(movable) >= size:
            chosen = world.words.random.sample(movable, size)
            world.taken |= {deal.id for deal, _ in chosen}
            return start, chosen


def _bulk(world: World) -> None:
    size = world.words.between(5, 9)
    start, chosen = _crowd(world, size)
    user = world.words.pick(
        [world.assistant, *(s for s in world.sellers if s not in world.weekdays)]
    )
    for number, (_, change) in enumerate(chosen):
        change.at, change.by = start + timedelta(seconds=number * 50 // size), user
    ids = frozenset(deal.id for deal, _ in chosen)
    world.truth.movement.bulk.append(Bulk(user, start, ids))


def _four_in_a_minute(world: World) -> None:
    start, chosen = _crowd(world, 4)
    for number, (_, change) in enumerate(chosen):
        change.at, change.by = start + timedelta(seconds=number * 11), world.assistant


def _five_in_five_minutes(world: World) -> None:
    start, chosen = _crowd(world, 5)
    for number, (_, change) in enumerate(chosen):
        change.at, change.by = start + timedelta(seconds=number * 68), world.assistant


def _five_by_five_users(world: World) -> None:
    start, chosen = _crowd(world, 5)
    users = [s for s in world.sellers if s not in world.weekdays][:5]
    for number, ((_, change), user) in enumerate(zip(chosen, users, strict=False)):
        change.at, change.by = start + timedelta(seconds=number * 9), user


def _same_day(world: World, count: int) -> None:
    """Bring the second of two forward moves to the day of the first."""
    found = [d for d in world.free() if _pair(d)]
    for deal in world.take(found, count):
        place = _pair(deal)
        start, first, second = deal.stages[place - 1 : place + 2]
        second.at = first.at + timedelta(minutes=world.words.between(2, 55))
        told = world.truth.movement.same_day
        told += [_said(world, deal, start, first), _said(world, deal, first, second)]


def _pair(deal: Deal) -> int:
    """Return the place in the log of a forward move that another one follows, or 0."""
    log = deal.stages
    for place in range(len(log) - 2, 0, -1):
        days = [c.at.date() for c in log[place - 1 : place + 2]]
        alone = days[0] < days[1] < days[2] <= QUIET
        open_next = log[place + 1].value != LOST
        if alone and open_next and _forward(deal, place) and _forward(deal, place + 1):
            return place
    return 0


def _skips(world: World, count: int) -> None:
    """Drop the stage between two forward moves, unless it is one that may be skipped."""

    def place_of(deal: Deal) -> int:
        place = _pair(deal)
        if not place or _visits(deal, deal.stages[place].value) > 1:
            return 0
        stages = world.pipelines[deal.pipeline].stages
        return 0 if stages[_rank(deal.stages[place].value)].optional else place

    for deal in world.take([d for d in world.free() if place_of(d)], count):
        place = place_of(deal)
        before, dropped, change = deal.stages[place - 1 : place + 2]
        deal.changes.remove(dropped)
        world.truth.movement.skips.append(_said(world, deal, before, change))


def _visits(deal: Deal, stage: object) -> int:
    return sum(c.value == stage for c in deal.stages)


def _optional(world: World) -> None:
    """Let half of the deals pass by the stage that may be skipped: that is no jump."""
    for deal in world.free():
        log = deal.stages
        stages = world.pipelines[deal.pipeline].stages
        for place in range(1, len(log) - 1):
            value = log[place].value
            if value in (WON, LOST) or not stages[_rank(value)].optional:
                continue
            ahead = _forward(deal, place) and log[place + 1].value == _rank(value) + 1
            if ahead and _visits(deal, value) == 1 and world.words.chance(0.5):
                deal.changes.remove(log[place])
            break


def _corrected(world: World, count: int) -> None:
    """Drag a deal forward, back, and forward again within minutes of its own move."""
    found = [d for d in world.free() if _pair(d)]
    for deal in world.take(found, count):
        place = _pair(deal)
        before, change = deal.stages[place - 1 : place + 1]
        for minutes, value in ((2, before.value), (5, change.value)):
            at = change.at + timedelta(minutes=minutes)
            deal.changes.append(Change(at, change.by, "stage", value))
        world.truth.movement.corrected.add(deal.id)
