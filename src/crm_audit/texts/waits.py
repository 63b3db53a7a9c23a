"""Whose turn it is at the client, by a reason of standing still in the manager's own words."""

from __future__ import annotations

from functools import lru_cache

from crm_audit.texts import lexicon, words
from crm_audit.texts.roles import role_label


@lru_cache(maxsize=100_000)
def waited_for(text: str | None) -> str | None:
    """The client's role that a recorded reason or risk names: `legal`, `payer` ...; None if none.

    A text that speaks of our own people («наш юрист готовит договор») names nobody there.
    """
    forms = words.tokens(text or "")
    concepts = lexicon.load("waits")
    if any(_stands(forms, entry) for entry in _entries(concepts, "ours")):
        return None
    silent = set(_entries(concepts, "silent"))
    kept = " ".join(form for form in forms if form not in silent)
    role = role_label(kept).kind
    if role != "other":
        return role
    if any(_stands(forms, entry) for entry in _entries(concepts, "payer")):
        return "payer"
    return None


def _entries(concepts: dict[str, dict[str, list[str]]], name: str) -> list[str]:
    return [entry for entries in concepts[name].values() for entry in entries]


def _stands(forms: list[str], entry: str) -> bool:
    """Whether one of the words is the entry, in its form or as its lemma."""
    return any(form == entry or entry in words.word(form, ()).lemmas for form in forms)
