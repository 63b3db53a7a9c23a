"""In which order the open stages of one pipeline follow each other, and what that is known from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from crm_audit.recognise.headers import fold
from crm_audit.recognise.profiles import Profile

Basis = Literal["order_column", "history", "profile", "probability", "words", "age", "appearance"]

COVERED = 0.8
"""Share of the stages that a basis must know to be used."""
PAIRS_PER_STAGE = 5
"""Deals seen in two stages that history needs, per stage of the pipeline."""
CONCORD = 0.7
"""Share of the pairs of stages in which probability must agree with the words."""
AGREEMENT = 0.6
"""Share of the observed pairs that must agree with the order found in history."""


@dataclass(frozen=True)
class StageEvidence:
    """What is known of the open stages of one pipeline; any part may be empty.

    `before[(a, b)]` counts deals that were in `a` before they first were in `b`; `probability`
    and `age_days` are medians over the deals in the stage; `phase` is the place in the chain of
    the client's decisions (1 to 12) that the words of the name suggest.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    before: Mapping[tuple[str, str], int] = field(default_factory=dict)
    probability: Mapping[str, float] = field(default_factory=dict)
    age_days: Mapping[str, float] = field(default_factory=dict)
    phase: Mapping[str, float] = field(default_factory=dict)


def stage_order(
    stages: Sequence[str], evidence: StageEvidence, profile: Profile | None = None
) -> tuple[list[str], Basis]:
    """The stages in order and the basis of it; `stages` come in the order of their appearance."""
    names = list(dict.fromkeys(stages))
    if len(names) < 2:
        return names, "appearance"
    if _knows(names, evidence.numbers):
        return _by(names, evidence.numbers, names), "order_column"
    rough = _rough(names, evidence, profile)
    if (by_history := _history(names, evidence.before, rough)) is not None:
        return by_history, "history"
    defaults = _defaults(names, profile)
    if _knows(names, defaults):
        return _by(names, defaults, rough), "profile"
    words = _words(names, evidence)
    if _knows(names, evidence.probability) and _telling(names, evidence.probability, words):
        return _by(names, evidence.probability, rough), "probability"
    if _knows(names, words, 0.5):
        return _by(names, words, rough), "words"
    if _knows(names, evidence.age_days):
        return _by(names, evidence.age_days, names), "age"
    return names, "appearance"


def _knows(names: Sequence[str], values: Mapping[str, float], share: float = COVERED) -> bool:
    known = [values[n] for n in names if n in values]
    return len(known) >= share * len(names) and len(set(known)) > 1


def _telling(names: Sequence[str], values: Mapping[str, float], words: Mapping[str, float]) -> bool:
    """Whether the values tell most stages apart and do not run against the words.

    One default for all says nothing, and neither do numbers typed at random: of the pairs that
    both tell apart, most must agree.
    """
    known = [values[n] for n in names if n in values]
    if len(set(known)) * 2 <= len(known):
        return False
    pairs = [
        (values[a] < values[b]) == (words[a] < words[b])
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if a in values and b in values and a in words and b in words
        if values[a] != values[b] and words[a] != words[b]
    ]
    return not pairs or sum(pairs) >= CONCORD * len(pairs)


@cache
def _places() -> list[tuple[float, re.Pattern[str]]]:
    path = Path(__file__).with_name("stage_places.toml")
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["places"]
    starts = {float(n): "|".join(re.escape(fold(w)) for w in ws) for n, ws in listed.items()}
    return [(n, re.compile(rf"\b(?:{w})")) for n, w in sorted(starts.items(), reverse=True)]


def usual_place(name: str) -> float | None:
    """Where a stage usually stands on the chain of client decisions (1 to 12), by its words."""
    folded = fold(name)
    return next((place for place, words in _places() if words.search(folded)), None)


def _words(names: Sequence[str], evidence: StageEvidence) -> dict[str, float]:
    """Where the words of each name usually stand, else the phase that the caller found."""
    found: dict[str, float] = {}
    for name in names:
        place = usual_place(name)
        place = evidence.phase.get(name) if place is None else place
        if place is not None:
            found[name] = place
    return found


def _by(names: Sequence[str], values: Mapping[str, float], rough: Sequence[str]) -> list[str]:
    """Sorted by value, ties as in `rough`; stages without one follow their neighbour there."""
    place = {n: i for i, n in enumerate(rough)}
    ranked = sorted((n for n in names if n in values), key=lambda n: (values[n], place[n]))
    return _insert(ranked, rough)


def _insert(ranked: list[str], rough: Sequence[str]) -> list[str]:
    for i, name in enumerate(rough):
        if name in ranked:
            continue
        earlier = [n for n in rough[:i] if n in ranked]
        ranked.insert(ranked.index(earlier[-1]) + 1 if earlier else 0, name)
    return ranked


def _defaults(names: Sequence[str], profile: Profile | None) -> dict[str, float]:
    if profile is None:
        return {}
    place = {fold(n): float(i) for i, n in reversed(list(enumerate(profile.order)))}
    found = {}
    for name in names:
        bare = fold(name).rpartition(":")[2]
        for key in (fold(name), bare):
            if key in place:
                found[name] = place[key]
                break
    return found


def _rough(names: Sequence[str], evidence: StageEvidence, profile: Profile | None) -> list[str]:
    """The best order without history: for ties and for stages that history never saw."""
    defaults = _defaults(names, profile)
    for values, share in (
        (defaults, COVERED),
        (_words(names, evidence), 0.5),
        (evidence.probability, COVERED),
    ):
        if _knows(names, values, share):
            return _by(names, values, list(names))
    return list(names)


def _history(
    names: Sequence[str], before: Mapping[tuple[str, str], int], rough: Sequence[str]
) -> list[str] | None:
    """Order by who came before whom: Borda shares, then adjacent swaps that more deals support."""
    pairs = {(a, b): n for (a, b), n in before.items() if a in names and b in names and a != b}
    if sum(pairs.values()) < PAIRS_PER_STAGE * len(names):
        return None
    place = {n: i for i, n in enumerate(rough)}
    shares: dict[str, float] = {}
    for a in names:
        seen = [
            (pairs.get((a, b), 0), pairs.get((b, a), 0))
            for b in names
            if (a, b) in pairs or (b, a) in pairs
        ]
        if seen:
            late = [after / (ahead + after) for ahead, after in seen if ahead + after]
            shares[a] = sum(late) / len(late) if late else 0.5
    if len(shares) < COVERED * len(names):
        return None
    ranked = sorted(shares, key=lambda n: (shares[n], place[n]))
    for _ in range(len(ranked)):
        swapped = False
        for i in range(len(ranked) - 1):
            a, b = ranked[i], ranked[i + 1]
            if pairs.get((b, a), 0) > pairs.get((a, b), 0):
                ranked[i], ranked[i + 1] = b, a
                swapped = True
        if not swapped:
            break
    at = {n: i for i, n in enumerate(ranked)}
    agree = sum(n for (a, b), n in pairs.items() if at.get(a, 0) < at.get(b, 0))
    return _insert(ranked, rough) if agree >= AGREEMENT * sum(pairs.values()) else None
