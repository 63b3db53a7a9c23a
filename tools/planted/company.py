"""A planted company from its seed: the same seed gives the same deals, the same bytes, one truth.

Even seeds are Russian, odd ones English. Every thing that can be planted is planted in about three
seeds of five, by chance, so that for each there are companies in which nothing of it may be found.
"""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from planted import background, between, cards, diary, moves, standing, tables
from planted.truth import Truth
from planted.world import AS_OF, LANGUAGES, Pipeline, Stage, World, words_of
from samples.vocabulary import Vocabulary

THINGS = (
    *("bulk", "same_day", "skips", "rollbacks", "optional", "corrected"),
    *("walked", "after_signing", "meeting_day", "month_end", "one_date", "copied", "bulk_edits"),
    *("gates", "fact", "stalled", "waiting", "two_pipelines"),
    *("pushed", "amounts", "owners", "backdated", "reopened", "vanished", "no_ids"),
)


def things(seed: int) -> frozenset[str]:
    """Return what is planted under a seed: each thing in three seeds of five."""
    chance = random.Random(f"things {seed}")
    chosen = {name for name in THINGS if chance.random() < 0.6}
    reaction = ("rule", "no_rule", "")[seed % 3]
    return frozenset(chosen | ({reaction} - {""}))


def build(seed: int) -> World:
    """Return the company of a seed with everything planted and told."""
    language = LANGUAGES[seed % 2]
    words = Vocabulary(language, f"planted {seed}")
    own = words_of(language)
    planted = things(seed)
    truth = Truth(seed, language, AS_OF, planted)
    sellers = words.names(9)
    start = AS_OF - timedelta(days=words.between(760, 1090))
    world = World(
        truth, words, own, _pipelines(words, own, planted), sellers[:7], *sellers[7:], start
    )
    if "optional" in planted:
        truth.optional_stages = frozenset(
            s.name for p in world.pipelines for s in p.stages if s.optional
        )
    diary.choose_habits(world)
    background.populate(world, words.between(500, 620))
    for part in (moves, diary, standing):
        part.plant(world)
    diary.edit_in_bulk(world)
    between.plant(world)
    between.respell(world)
    moves.tell(world)
    between.tell(world)
    cards.plant(world)
    diary.dress(world)
    return world


def _pipelines(words: Vocabulary, own: dict[str, Any], planted: frozenset[str]) -> list[Pipeline]:
    found = []
    for given in own["pipelines"][: 2 if "two_pipelines" in planted else 1]:
        stages = [Stage(**stage) for stage in given["stages"]]
        if "optional" not in planted:
            stages = [s for s in stages if not s.optional]
        weights = [0.6 + words.random.random() for _ in stages]
        found.append(Pipeline(given["name"], stages, weights))
    return found


def write(seed: int, folder: Path) -> Truth:
    """Write the files of a seed's company into a folder and return its truth."""
    world = build(seed)
    tables.write(world, folder)
    return world.truth
