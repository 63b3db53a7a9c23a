"""Grammar of single words, Russian and English: lemmas and shapes (done, will, task, ...)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from crm_audit.texts import lexicon

_CASES = {"nomn": "nominative", "loct": "locative", "ablt": "instrumental"}
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
    `other`; traits: `nominative`, `locative`, `instrumental`, `name`, `past` (a finite verb).
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
        shape, more = _grammar(str(parse.tag))
        traits |= more
        lemma = parse.normal_form.replace("ё", "е")
        readings.add((lemma, shape))
        if lemma.endswith(("ться", "тись")):  # «выполняется» is «выполнять» said without an actor
            readings.add((lemma[:-2], shape))
    return readings, traits


@cache
def _grammar(tag: str) -> tuple[str, frozenset[str]]:
    """Shape and traits of an OpenCorpora tag (`PRTS,perf,past,pssv neut,sing`)."""
    grammemes = frozenset(tag.replace(" ", ",").split(","))
    traits = set()
    if grammemes & {"NOUN", "NPRO"}:
        traits = {_CASES[c] for c in _CASES.keys() & grammemes}
    if grammemes >= {"VERB", "past", "perf"}:
        traits.add("past")
    if grammemes & {"Name", "Surn", "Patr"}:
        traits.add("name")
    return _shape(grammemes), frozenset(traits)


def _shape(grammemes: frozenset[str]) -> str:
    """How a Russian reading presents its act: the whole of what aspect and tense tell us."""
    if grammemes & {"PRTS", "PRTF"}:
        finished = grammemes >= {"pssv", "past"} and "impf" not in grammemes
        return "done" if finished else "now"
    if "VERB" in grammemes:
        if "impr" in grammemes:
            return "task"
        if "past" in grammemes:
            return "done" if "perf" in grammemes else "was"
        person = "we_" if "1per" in grammemes else ""
        return f"{person}will" if "futr" in grammemes else f"{person}now"
    for part, shape in (("INFN", "task"), ("NOUN", "noun")):
        if part in grammemes:
            return shape
    return "adj" if grammemes & {"ADJF", "ADJS", "COMP"} else "other"


def _english(form: str) -> set[tuple[str, str]]:
    known = lexicon.english_forms().get(form)
    if known:
        return set(known)
    for ending, shape in _ENDINGS:
        if len(form) > len(ending) + 3 and form.endswith(ending):
            return {(form, shape)}
    return {(form[:-1] if _PLURAL.fullmatch(form) else form, "other")}
