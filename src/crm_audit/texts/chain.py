"""The chain of client decisions: a stage's place in it, its proposed name, work after the sale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from crm_audit.texts import lexicon, words
from crm_audit.texts.lexicon import STAGES
from crm_audit.texts.stages import stage_kind


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """First word -> [(the other words, phase 1..12)]."""
    table: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for phase in lexicon.load("chain")["phase"]:
        for entry in (*phase["ru"], *phase["en"]):
            first, *rest = entry.replace("ё", "е").split()
            table.setdefault(first, []).append((tuple(rest), phase["number"]))
    return table


@lru_cache(maxsize=100_000)
def stage_phase(name: str) -> int | None:
    """Place 1..12 in the chain of client decisions that the stage is, or works on; else None.

    Outcomes and technical stages have none.

    The longest phrase decides, of equal length the later phase. Source: vocabulary of decisions.
    """
    if stage_kind(name) in ("won", "lost", "technical"):
        return None
    found = words.read(words.tokens(name), STAGES).words
    best: tuple[int, int] | None = None
    for at, one in enumerate(found):
        for lemma in one.lemmas:
            for rest, phase in _phrases().get(lemma, ()):
                if words.follows(rest, found, at + 1):
                    best = max(best or (0, 0), (len(rest), phase))
    return best[1] if best else None


@lru_cache(maxsize=100_000)
def is_post_sale(stage_name: str) -> bool:
    """Whether the stage is work after the sale: production, delivery, installation, service."""
    marks = words.read(words.tokens(stage_name), STAGES).all_marks()
    return "after_sale" in marks and "before_sale" not in marks


def client_decision_name(stage_name: str, language: Literal["ru", "en"]) -> str | None:
    """The client decision to put in place of a seller's action or a vague state; None if none fits.

    A stage that is a client decision already, an outcome or technical gets no proposal.
    """
    if stage_kind(stage_name) not in ("seller_action", "state_vague"):
        return None
    phase = stage_phase(stage_name)
    if phase is None:
        return None
    return str(lexicon.load("chain")["phase"][phase - 1]["name"][language])


@dataclass(frozen=True)
class Decision:
    """A decision of the chain: its name, what proves it, what is usually asked for at its gate."""

    number: int
    name: str
    proof: str
    facts: tuple[str, ...]
    people: tuple[str, ...]
    next_step: str


def client_decisions(language: Literal["ru", "en"]) -> tuple[Decision, ...]:
    """The whole chain of client decisions, in order."""

    def read(phase: dict[str, Any]) -> Decision:
        asks = phase["asks"]
        return Decision(
            phase["number"],
            phase["name"][language],
            phase["proof"][language],
            tuple(asks.get("facts", ())),
            tuple(asks.get("people", ())),
            asks.get("next_step", ""),
        )

    return tuple(read(phase) for phase in lexicon.load("chain")["phase"])
