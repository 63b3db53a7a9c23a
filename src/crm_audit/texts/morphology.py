"""Grammar of single words: lemmas and shapes (done, will, task, noun, ...) in Russian and English."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from crm_audit.texts import lexicon

_CASES = {"nomn": "nominative", "loct": "locative"}
_PLURAL = re.compile(r"[a-z]{3,}[^s]s")
_ENDINGS = (
    ("ing", "ing"),
    ("ed", "done"),
    ("tion", "noun"),
    ("sion", "noun"),
    ("ment", "noun"),
    ("ance", "noun"),
)


class Form(NamedTuple):
    """A word form with its readings `(lemma, shape)`, most of the grammar that the rules need.

    Shapes: `done` (perfective past or participle), `was`, `now`, `will`, `we_now`, `we_will`,
    `task` (infinitive, imperative), `base` (English verb without ending), `ing`, `noun`, `adj`,
    `other`; traits: `nominative`, `locative`, `name`, `past` (a finite verb).
    """

    form: str
    readings: tuple[tuple[str, str], ...]
    traits: frozenset[str]


@cache
def _analyser() -> Any:
    """The Russian morphology, loaded on the first Russian word (about 0.1 s)."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


def is_russian(form: str) -> bool:
    """Whether a folded word is written in Cyrillic."""
    return form[0] >= "а"


@lru_cache(maxsize=200_000)
def analyse(form: str) -> Form:
    """Grammar of one folded word; each distinct word costs once."""
    if is_russian(form):
        readings, traits = _russian(form)
    else:
        readings, traits = _english(form), set()
    return Form(form, tuple(sorted(readings)), frozenset(traits))


def _russian(form: str) -> tuple[set[tuple[str, str]], set[str]]:
    readings: set[tuple[str, str]] = set()
    traits: set[str] = set()
    for parse in _analyser().parse(form)[:8]:
        if parse.score < 0.02 and readings:
            continue
        tag = parse.tag
        lemma, shape = parse.normal_form.replace("ё", "е"), _shape(tag)
        readings.add((lemma, shape))
        if lemma.endswith(("ться", "тись")):  # «выполняется» is «выполнять» said without an actor
            readings.add((lemma[:-2], shape))
        if tag.POS in ("NOUN", "NPRO"):
            traits.update(_CASES[c] for c in _CASES if c in tag)
        if tag.POS == "VERB" and "past" in tag and "perf" in tag:
            traits.add("past")
        if "Name" in tag or "Surn" in tag or "Patr" in tag:
            traits.add("name")
    return readings, traits


def _shape(tag: Any) -> str:
    """How a Russian reading presents its act: the whole of what aspect and tense tell us."""
    part = tag.POS
    if part in ("PRTS", "PRTF"):
        finished = "pssv" in tag and "past" in tag and "impf" not in tag
        return "done" if finished else "now"
    if part == "VERB":
        if "impr" in tag:
            return "task"
        if "past" in tag:
            return "done" if "perf" in tag else "was"
        person = "we_" if "1per" in tag else ""
        return f"{person}will" if "futr" in tag else f"{person}now"
    if part == "INFN":
        return "task"
    if part == "NOUN":
        return "noun"
    return "adj" if part in ("ADJF", "ADJS", "COMP") else "other"


def _english(form: str) -> set[tuple[str, str]]:
    known = lexicon.english_forms().get(form)
    if known:
        return set(known)
    for ending, shape in _ENDINGS:
        if len(form) > len(ending) + 3 and form.endswith(ending):
            return {(form, shape)}
    return {(form[:-1] if _PLURAL.fullmatch(form) else form, "other")}
