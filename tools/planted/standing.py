"""Deals that stand still, deals that wait for a date, and what the company does about stalls."""

from __future__ import annotations

import itertools
import statistics
from datetime import datetime, timedelta

from planted.world import AS_OF, LOST, WON, Change, Deal, Talk, World

FACTOR, LEAST, OWN = 2.0, 14, 10
"""The limit: twice the median of won deals, at least 14 days, full weight from 10 deals on."""
REACTED = 0.88
PATIENCE = 60
"""Mean days to a reaction in a company without a rule: the chance is the same every week."""


def plant(world: World) -> None:
    """Plant ended stalls with their reactions, then deals that stand and deals that wait."""
    world.truth.standing.limits = limits(world)
    if world.has("rule"):
        _episodes(world, True)
    elif world.has("no_rule"):
        _episodes(world, False)
    if world.has("stalled"):
        for deal in _quiet(world, world.words.between(12, 22)):
            world.truth.standing.stalled[deal.id] = deal.progress().date()
    if world.has("waiting"):
        for deal in _quiet(world, world.words.between(5, 9)):
            day = AS_OF + timedelta(days=world.words.between(6, 40))
            deal.cells |= {"next_decision": world.own["awaited"], "next_decision_at": day}
            world.truth.standing.waiting.add(deal.id)


def limits(world: World) -> dict[str, float]:
    """Return the limit of each stage in days, by the formula of the method."""
    days: dict[tuple[int, int], list[float]] = {}
    for deal in world.deals:
        if deal.status() != "won" or deal.imported:
            continue
        spent: dict[int, float] = {}
        log = deal.stages
        for here, following in itertools.pairwise(log):
            stay = (following.at - here.at).total_seconds() / 86400
            stage = int(here.value)  # type: ignore[arg-type]
            spent[stage] = spent.get(stage, 0) + stay
        for stage, stay in spent.items():
            days.setdefault((deal.pipeline, stage), []).append(stay)
    found = {}
    for number, pipeline in enumerate(world.pipelines):
        for rank, stage in enumerate(pipeline.stages):
            own = days.get((number, rank), [])
            limit = max(LEAST, FACTOR * statistics.median(own)) if own else stage.limit
            weight = len(own) / (len(own) + OWN) if len(own) < OWN else 1.0
            found[stage.name] = weight * limit + (1 - weight) * stage.limit
    return found


def _entries(deal: Deal, low: datetime, high: datetime) -> list[Change]:
    """Return forward moves into an open stage between two moments."""
    log = deal.stages
    return [
        b
        for a, b in itertools.pairwise(log)
        if b.value not in (WON, LOST) and int(b.value) > int(a.value) and low <= b.at <= high  # type: ignore[arg-type]
    ]


def _episodes(world: World, rule: bool) -> None:
    """Let lost deals fall silent in a stage until somebody reacts: by the limit, or whenever.

    All in the last twelve months, to which the method looks back, and over by the last day.
    """
    low = datetime.combine(AS_OF - timedelta(days=360), datetime.min.time())
    high = datetime.combine(AS_OF - timedelta(days=150), datetime.min.time())
    found = [d for d in world.free("lost") if _entries(d, low, high)]
    for deal in world.take(found, 90):
        entry = _entries(deal, low, high)[-1]
        deal.cut(entry.at)
        limit = world.truth.standing.limits[world.stage_name(deal, entry.value)]
        _react(world, deal, entry.at, _days_to_reaction(world, limit, rule))
        world.truth.standing.episodes += 1
    world.truth.standing.rule = "rule" if rule else "none"


def _days_to_reaction(world: World, limit: float, rule: bool) -> float:
    words = world.words
    if rule:
        if words.chance(REACTED):
            return limit + words.between(1, 9)
        return limit + words.between(25, 60)
    return min(3 + words.random.expovariate(1 / PATIENCE), 120)


def _react(world: World, deal: Deal, since: datetime, days: float) -> None:
    """Change something a manager decides on after that many days, and lose the deal later."""
    words, owner = world.words, str(deal.at("owner", since))
    at = world.moment(since.date() + timedelta(days=max(2, round(days))))
    kind = words.pick(["push", "owner", "amount", "close"])
    if kind == "push":
        planned = world.planned_close(at.date() + timedelta(days=words.between(20, 90)), owner)
        deal.changes.append(Change(at, world.manager, "expected_close", planned))
    elif kind == "owner":
        others = [s for s in world.sellers if s != owner and s not in world.weekdays]
        deal.changes.append(Change(at, world.manager, "owner", words.pick(others)))
    elif kind == "amount":
        amount = round(int(deal.at("amount", since)) * 0.87 / 100) * 100  # type: ignore[call-overload]
        deal.changes.append(Change(at, world.manager, "amount", amount))
    else:
        deal.changes.append(Change(at, world.manager, "stage", LOST))
        return
    answer = world.moment(at.date() + timedelta(days=1))
    subject = words.pick(words["well_run"]["talk"]["joint"])
    deal.talks.append(Talk(answer, "meeting", subject, owner, "joint", done=answer))
    end = world.moment(answer.date() + timedelta(days=words.between(4, 12)))
    deal.changes.append(Change(end, owner, "stage", LOST))


def _quiet(world: World, count: int) -> list[Deal]:
    """Let deals stand where they stood four to eight months ago, with our own calls at most."""
    low = datetime.combine(AS_OF - timedelta(days=250), datetime.min.time())
    high = datetime.combine(AS_OF - timedelta(days=120), datetime.min.time())
    found = [d for d in world.free() if d.status() != "won" and _entries(d, low, high)]
    chosen = world.take(found, count)
    for deal in chosen:
        deal.cut(_entries(deal, low, high)[-1].at)
        owner = world.owner(deal)
        call = world.moment(AS_OF - timedelta(days=world.words.between(8, 30)), owner)
        text = world.words.pick(world.words["well_run"]["talk"]["out"])
        deal.talks.append(Talk(call, "call", text, owner, "out", done=call))
    return chosen
