"""Words of a text with their grammar: form, lemmas, shapes (done, will, task, noun, ...) and marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from crm_audit.texts import lexicon

_TOKEN = re.compile(r"[a-zа-я]+(?:['’][a-z]+)?|\d+|[/,;+&|()\[\]:.!?→>]|(?<=\s)[-–—](?=\s)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LATIN_LOOKALIKES = str.maketrans("aceopxykmthb", "асеорхукмтнв")
_MIXED = re.compile(r"[a-zа-я]*(?:[a-z][а-я]|[а-я][a-z])[a-zа-я]*")

_CASES = {"nomn": "nominative", "loct": "locative"}
IN_PHRASE = "in a phrase"
NEGATIONS = frozenset({"не", "ни", "not", "never", "isn't", "aren't", "wasn't", "hasn't", "didn't"})
# Words that may stand between a negation and what it denies: «не был подписан», "not yet signed".
_TRANSPARENT = frozenset(
    {"был", "была", "было", "были", "будет", "еще", "пока", "удалось", "yet", "been", "be", "was"}
    | {"is", "fully", "полностью", "ещё", "до", "конца"}
)


class Word(NamedTuple):
    """One distinct word, analysed once.

    `marks` holds for each concept the word belongs to both `concept` and `concept:shape`.
    """

    form: str
    lemmas: frozenset[str]
    shapes: frozenset[str]
    marks: frozenset[str]


@cache
def _analyser() -> Any:
    """The Russian morphology, loaded on the first Russian word (about 0.1 s)."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


def fold(text: str) -> str:
    """Lower case, `ё` as `е`, full-width and look-alike letters made plain, spaces trimmed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    low = text.lower().replace("ё", "е").strip()
    if not low.isascii() and any("a" <= c <= "z" for c in low):
        low = _MIXED.sub(lambda m: m.group().translate(_LATIN_LOOKALIKES), low)
    return low


def _shape(tag: Any) -> str:
    """How a Russian reading presents its act: the whole of what aspect and tense tell us."""
    part = tag.POS
    if part in ("PRTS", "PRTF"):
        passive = "pssv" in tag and "past" in tag
        return "done" if passive and "impf" not in tag else "now"
    if part == "VERB":
        if "impr" in tag:
            return "task"
        if "past" in tag:
            return "done" if "perf" in tag else "was"
        first = "1per" in tag
        if "futr" in tag:
            return "we_will" if first else "will"
        return "we_now" if first else "now"
    if part == "INFN":
        return "task"
    if part == "NOUN":
        return "noun"
    return "adj" if part in ("ADJF", "ADJS", "COMP") else "other"


def _russian(form: str) -> tuple[set[tuple[str, str]], set[str]]:
    readings: set[tuple[str, str]] = set()
    cases: set[str] = set()
    for parse in _analyser().parse(form)[:8]:
        if parse.score < 0.02 and readings:
            continue
        readings.add((parse.normal_form.replace("ё", "е"), _shape(parse.tag)))
        if parse.tag.POS in ("NOUN", "NPRO"):
            cases.update(_CASES[c] for c in _CASES if c in parse.tag)
        if "Name" in parse.tag or "Surn" in parse.tag or "Patr" in parse.tag:
            cases.add("name")
    return readings, cases


_ENDINGS = (
    ("ing", "ing"),
    ("ed", "done"),
    ("tion", "noun"),
    ("sion", "noun"),
    ("ment", "noun"),
    ("ance", "noun"),
)


_PLURAL = re.compile(r"[a-z]{3,}[^s]s")


def _english(form: str) -> tuple[set[tuple[str, str]], set[str]]:
    known = lexicon.english_forms().get(form)
    if known:
        return set(known), set()
    for ending, shape in _ENDINGS:
        if len(form) > len(ending) + 2 and form.endswith(ending):
            return {(form, shape)}, set()
    return {(form[:-1] if _PLURAL.fullmatch(form) else form, "other")}, set()


@lru_cache(maxsize=200_000)
def word(form: str) -> Word:
    """Analyse one folded word; every distinct word costs once."""
    cyrillic = "а" <= form[0] <= "я"
    readings, traits = _russian(form) if cyrillic else _english(form)
    index = lexicon.single_words("ru" if cyrillic else "en")
    marks: set[str] = set()
    for lemma, shape in readings:
        for concept in index.get(lemma, ()):
            marks.add(concept)
            marks.add(f"{concept}:{shape}")
    for concept in index.get(form, ()):
        marks.add(concept)
        if not any(m.startswith(f"{concept}:") for m in marks):
            marks.add(f"{concept}:noun")
    lemmas = frozenset({lemma.removeprefix("to ") for lemma, _ in readings} | {form})
    shapes = frozenset({shape for _, shape in readings} | traits)
    return Word(form, lemmas, shapes, frozenset(marks))


class Text(NamedTuple):
    """Words in order with the marks that hold for each, after negations and phrases."""

    words: tuple[Word, ...]
    marks: tuple[frozenset[str] | set[str], ...]

    def all_marks(self) -> set[str]:
        """Marks of the whole text."""
        found: set[str] = set()
        for one in self.marks:
            found |= one
        return found

    def cues(self, *wanted: str) -> tuple[str, ...]:
        """The words that carry one of the marks, as they stand in the text."""
        names = set(wanted)
        return tuple(
            w.form for w, m in zip(self.words, self.marks, strict=True) if not names.isdisjoint(m)
        )

    def part(self, start: int, stop: int) -> Text:
        """Words from `start` up to `stop`."""
        return Text(self.words[start:stop], self.marks[start:stop])


def tokens(text: str) -> list[str]:
    """Words, numbers and separators of a text, folded."""
    if "_" in text or _CAMEL.search(text):
        text = _CAMEL.sub(" ", text.replace("_", " "))
    return _TOKEN.findall(fold(text[:2000]))


def read(forms: Iterable[str]) -> Text:
    """Analyse tokens (only those that begin with a letter count as words)."""
    words = tuple(word(f) for f in forms if f[0].isalpha())
    marks: list[frozenset[str] | set[str]] = [w.marks for w in words]
    _apply_phrases(words, marks)
    _apply_negations(words, marks)
    return Text(words, tuple(marks))


def _apply_negations(words: tuple[Word, ...], marks: list[frozenset[str] | set[str]]) -> None:
    for at, one in enumerate(words):
        if one.form not in NEGATIONS:
            continue
        for after in range(at + 1, min(at + 4, len(words))):
            if words[after].form in _TRANSPARENT:
                continue
            # A phrase that contains the negation («не состоялось») has its own meaning.
            if IN_PHRASE not in marks[at]:
                marks[after] = {f"not {m}" for m in marks[after]}
            break


def _apply_phrases(words: tuple[Word, ...], marks: list[frozenset[str] | set[str]]) -> None:
    """Mark each word of a lexicon phrase with the phrase's concepts.

    A word of a phrase matches by lemma or exactly as written, and loses its meaning of its own.
    """
    for at in range(len(words) - 1):
        first = words[at]
        table = lexicon.phrases("ru" if first.form[0] >= "а" else "en")
        for lemma in first.lemmas:
            for rest, concepts in table.get(lemma, ()):
                stop = at + 1 + len(rest)
                if stop <= len(words) and all(
                    part in one.lemmas for part, one in zip(rest, words[at + 1 : stop], strict=True)
                ):
                    for i in range(at, stop):
                        kept = marks[i] if IN_PHRASE in marks[i] else ()
                        marks[i] = {*kept, *_phrase_marks(words[i], concepts)}


def _phrase_marks(one: Word, concepts: tuple[str, ...]) -> Iterator[str]:
    yield IN_PHRASE
    for concept in concepts:
        yield concept
        for shape in one.shapes:
            yield f"{concept}:{shape}"
