"""Fields of the card: gates, a fact that wins, and fields that only look like either."""

from __future__ import annotations

from planted.truth import Fact, Gate
from planted.world import WON, Deal, Value, World

AFTER, BEFORE = 0.985, 0.04
CHANCE = 0.45
SHARES = (0.72, 0.22)
"""How often won and lost deals have the fact that wins: odds 9 to 1 between them."""


def plant(world: World) -> None:
    """Fill the extra fields of every card and tell which of them mean something."""
    titles, playbook = world.own["deals"], world.truth.playbook
    pipeline = world.pipelines[0]
    early, late = 2, len(pipeline.stages) - 2
    for deal in world.deals:
        _gates(world, deal, early, late)
        _decoys(world, deal, early + 1)
        _facts(world, deal)
        deal.cells.setdefault("source", world.words.pick(world.own["sources"]))
    if world.has("gates"):
        for field, rank in (("gate_early", early), ("gate_late", late)):
            gate = Gate(titles[field], pipeline.name, pipeline.stages[rank].name)
            playbook.gates.append(gate)
    if world.has("fact"):
        playbook.facts.append(Fact(titles["fact"], *SHARES))
    playbook.gate_decoys |= {
        titles[f] for f in ("slow", "junk", "default", "decoy_one", "decoy_two")
    }
    playbook.fact_decoys |= {titles[f] for f in ("default", "decoy_one", "decoy_two")}


def _paper(world: World, number: str) -> str:
    return f"{number}-{world.words.between(100, 999)}"


def _fill(world: World, deal: Deal, field: str, chance: float, value: Value) -> None:
    if world.words.chance(chance):
        deal.cells[field] = value


def _gates(world: World, deal: Deal, early: int, late: int) -> None:
    """Fill both papers from their stage on; without gates, at random whatever the stage."""
    for field, rank in (("gate_early", early), ("gate_late", late)):
        chance = AFTER if deal.furthest() >= rank else BEFORE
        if not world.has("gates"):
            chance = CHANCE
        elif deal.pipeline:
            chance = BEFORE
        _fill(world, deal, field, chance, _paper(world, "AB" if rank == early else "CD"))


def _decoys(world: World, deal: Deal, rank: int) -> None:
    """Fill one field slowly, one with junk from a stage on, one by default in nine of ten."""
    words, stages = world.words, len(world.pipelines[deal.pipeline].stages)
    furthest = min(deal.furthest(), stages)
    _fill(world, deal, "slow", (furthest + 1) / (stages + 2), words.name())
    if furthest >= rank or deal.furthest() == WON:
        _fill(world, deal, "junk", AFTER, words.pick(world.own["no_value"]))
    _fill(world, deal, "default", 0.9, world.own["default_value"])


def _facts(world: World, deal: Deal) -> None:
    chance = CHANCE
    if world.has("fact") and deal.status() != "open":
        chance = SHARES[0] if deal.status() == "won" else SHARES[1]
    day = deal.created.date()
    _fill(world, deal, "fact", chance, day)
    _fill(world, deal, "decoy_one", CHANCE, _paper(world, "Q"))
    _fill(world, deal, "decoy_two", 0.3, day)
