"""Loads the lexicons (`lexicons/*.toml`): which words and phrases belong to which concept."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

Phrases = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]
Domain = tuple[str, ...]
STAGES: Domain = ("common", "stages", "stages_abroad")
STEPS: Domain = ("common", "steps")
REASONS: Domain = ("reasons", "reasons_abroad")
_ALL: Domain = ("common", "stages", "stages_abroad", "steps", "reasons", "reasons_abroad")
_VOWELS = "aeiou"


@cache
def load(name: str) -> dict[str, Any]:
    """One lexicon file as it stands: concept -> language -> entries."""
    path = resources.files(__package__) / "lexicons" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _entries(language: str, domain: Domain) -> dict[str, tuple[str, ...]]:
    """Entry -> its concepts, over the files of a domain."""
    found: dict[str, list[str]] = {}
    for name in domain:
        for concept, texts in load(name).items():
            for entry in texts.get(language, ()):
                found.setdefault(entry, []).append(concept)
    return {entry: tuple(concepts) for entry, concepts in found.items()}


@cache
def single_words(language: str, domain: Domain) -> dict[str, tuple[str, ...]]:
    """Lemma -> concepts. An English verb's lemma is `to <base>`."""
    table: dict[str, tuple[str, ...]] = {}
    for entry, concepts in _entries(language, domain).items():
        lemma = entry.split(",")[0] if entry.startswith("to ") else entry.replace("ё", "е")
        if entry.startswith("to ") or not (" " in entry or entry.endswith("*")):
            table[lemma] = tuple(dict.fromkeys((*table.get(lemma, ()), *concepts)))
    return table


@cache
def stems(language: str, domain: Domain) -> dict[str, tuple[str, ...]]:
    """Stem -> concepts, from entries with a star at the end (`отказ*`)."""
    return {
        entry[:-1].replace("ё", "е"): concepts
        for entry, concepts in _entries(language, domain).items()
        if entry.endswith("*")
    }


@cache
def phrases(language: str, domain: Domain) -> Phrases:
    """First word of a phrase -> (its other words, concepts)."""
    table: Phrases = {}
    for entry, concepts in _entries(language, domain).items():
        if " " in entry and not entry.startswith("to "):
            first, *rest = entry.replace("ё", "е").replace("-", " ").split()
            table.setdefault(first, []).append((tuple(rest), concepts))
    return table


@cache
def english_forms() -> dict[str, tuple[tuple[str, str], ...]]:
    """English form -> (lemma, shape): verbs with their endings, nouns with their plural."""
    forms: dict[str, set[tuple[str, str]]] = {}
    entries = _entries("en", _ALL)
    for entry in entries:
        if not entry.startswith("to "):
            continue
        base, _, irregular = (p.strip() for p in entry[3:].partition(","))
        lemma = f"to {base}"
        forms.setdefault(base, set()).add((lemma, "base"))
        forms.setdefault(_with_s(base), set()).add((lemma, "now"))
        for stem in _stems(base):
            forms.setdefault(f"{stem}ing", set()).add((lemma, "ing"))
            if not irregular:
                forms.setdefault(f"{stem}ed", set()).add((lemma, "done"))
        for past in irregular.split():
            forms.setdefault(past, set()).add((lemma, "done"))
    for entry in entries:
        if " " not in entry and not entry.endswith("*"):
            forms.setdefault(entry, set()).add((entry, "noun"))
            if len(entry) > 2:
                forms.setdefault(_with_s(entry), set()).add((entry, "noun"))
    return {form: tuple(sorted(found)) for form, found in forms.items()}


def _with_s(base: str) -> str:
    if base.endswith(("s", "x", "ch", "sh", "z", "o")):
        return f"{base}es"
    if base.endswith("y") and base[-2] not in _VOWELS:
        return f"{base[:-1]}ies"
    return f"{base}s"


def _stems(base: str) -> tuple[str, ...]:
    """Stems before -ed and -ing: `sign`, `approv`, `submit` and `submitt`, `verifi`/`verify`."""
    if base.endswith("e"):
        return (base[:-1],)
    if base.endswith("y") and base[-2] not in _VOWELS:
        return (base, f"{base[:-1]}i")
    if base[-1] not in _VOWELS + "wxy" and base[-2] in _VOWELS and len(base) > 2:
        return (base, base + base[-1])
    return (base,)
