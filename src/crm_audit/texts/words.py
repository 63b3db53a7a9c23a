"""Reads a text into words, each with the concepts that it carries in one domain of the lexicons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from crm_audit.texts import lexicon
from crm_audit.texts.lexicon import Domain
from crm_audit.texts.morphology import analyse, is_russian

_TOKEN = re.compile(r"[a-zа-я]+|\d+|[/,;+&|()\[\]:.!?→>]|(?<=\s)[-–—](?=\s)")
_CAMEL_HINT = re.compile("[a-z][A-Z]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LATIN_LOOKALIKES = str.maketrans("aceopxykmthb", "асеорхукмтнв")
_MIXED = re.compile(r"[a-zа-я]*(?:[a-z][а-я]|[а-я][a-z])[a-zа-я]*")
_ACCENTS = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüñç’", "aaaaaeeeeiiiiooooouuuunc'")
_ACCENTED = re.compile("[\u00c0-\u00ff’]")
_MIXED_HINT = re.compile("[a-z][а-я]|[а-я][a-z]")
_SHORT_FORMS = (("n't", " not"), ("'ll", " will"), ("'re", " are"), ("'m", " am"), ("'ve", " have"))
# The dot after these ends a word, not a clause: «Согл. КП», «подг. док.», "appt. set".
_SHORTENED = re.compile(
    r"\b(согл|подг|подп|утв|отпр|опл|дог|док|тех|фин|юр|ком|предв|доп|гл|нач|зам|рук|исх|вх|макс"
    r"|мин|кол|ср|appt|mtg|neg|prop|req|reqs|tech|mgr|dept|approx|incl|est|qual|eval|impl)\.(?=\s*\w)"
)
_LONGEST = 2000

NEGATIONS = frozenset({"не", "ни", "not", "never"})
# Words that may stand between a negation and what it denies: «не был подписан», "not yet signed".
_TRANSPARENT = frozenset(
    {"был", "была", "было", "были", "будет", "еще", "пока", "удалось", "полностью", "до", "конца"}
    | {"yet", "been", "be", "was", "is", "fully"}
)
IN_PHRASE = "in a phrase"


class Word(NamedTuple):
    """One word: `marks` holds each of its concepts both as `concept` and as `concept:shape`.

    `opens` holds the phrases that begin with the word: their other words, their concepts.
    """

    form: str
    lemmas: frozenset[str]
    shapes: frozenset[str]
    marks: frozenset[str]
    opens: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


class Text(NamedTuple):
    """Words in order, with the marks that hold for each after phrases and negations.

    A denied mark has `not ` in front.
    """

    words: tuple[Word, ...]
    marks: tuple[AbstractSet[str], ...]
    every: frozenset[str]

    def all_marks(self) -> frozenset[str]:
        """Marks of the whole text."""
        return self.every

    def cues(self, *wanted: str) -> tuple[str, ...]:
        """The words that carry one of the marks."""
        names = self.every.intersection(wanted)
        if not names:
            return ()
        return tuple(
            w.form for w, m in zip(self.words, self.marks, strict=True) if not names.isdisjoint(m)
        )

    def part_has(self, stop: int, *wanted: str) -> bool:
        """Whether a word before place `stop` carries one of the marks."""
        place = self.first(*wanted)
        return place is not None and place < stop

    def first(self, *wanted: str) -> int | None:
        """Place of the first word that carries one of the marks."""
        names = self.every.intersection(wanted)
        if not names:
            return None
        return next((i for i, m in enumerate(self.marks) if not names.isdisjoint(m)), None)


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """Lower case, `ё` as `е`, full-width and look-alike letters made plain, spaces trimmed."""
    if text.isascii():
        return text.lower().strip()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if _ACCENTED.search(text):
        text = text.translate(_ACCENTS)
    low = text.lower().replace("ё", "е").strip()
    return _MIXED.sub(_plain_letters, low) if _MIXED_HINT.search(low) else low


def _plain_letters(found: re.Match[str]) -> str:
    return found.group().translate(_LATIN_LOOKALIKES)


def tokens(text: str) -> list[str]:
    """Words, numbers and separators of a text, folded."""
    if "_" in text or _CAMEL_HINT.search(text):
        text = _CAMEL.sub(" ", text.replace("_", " "))
    low = fold(text[:_LONGEST])
    if "'" in low:
        for short, full in _SHORT_FORMS:
            low = low.replace(short, full)
        low = low.replace("'s", "").replace("'d", " would")
    if "." in low:
        low = _SHORTENED.sub(r"\1 ", low)
    return _TOKEN.findall(low)


@lru_cache(maxsize=200_000)
def word(form: str, domain: Domain) -> Word:
    """One folded word with its concepts in a domain."""
    found = analyse(form)
    language = "ru" if is_russian(form) else "en"
    index = lexicon.single_words(language, domain)
    stems = lexicon.stems(language, domain)
    marks: set[str] = set()
    for lemma, shape in found.readings:
        by_stem = (stems.get(lemma[:n], ()) for n in range(3, len(lemma) + 1)) if stems else ()
        for concept in (*index.get(lemma, ()), *(c for some in by_stem for c in some)):
            marks.add(concept)
            marks.add(f"{concept}:{shape}")
    for concept in index.get(form, ()):
        if concept not in marks:
            marks.add(concept)
            marks.add(f"{concept}:noun")
    lemmas = frozenset({lemma.removeprefix("to ") for lemma, _ in found.readings} | {form})
    shapes = frozenset({shape for _, shape in found.readings}) | found.traits
    table = lexicon.phrases(language, domain)
    opens = tuple(phrase for lemma in lemmas for phrase in table.get(lemma, ()))
    return Word(form, lemmas, shapes, frozenset(marks), opens)


def read(forms: Iterable[str], domain: Domain) -> Text:
    """Analyse tokens; only those that begin with a letter count as words."""
    found = tuple(word(f, domain) for f in forms if f[0].isalpha())
    marks: list[AbstractSet[str]] = [w.marks for w in found]
    _apply_phrases(found, marks)
    _apply_negations(found, marks)
    return Text(found, tuple(marks), frozenset().union(*marks))


def follows(rest: tuple[str, ...], found: tuple[Word, ...] | list[Word], at: int) -> bool:
    """Whether the words of a phrase stand from place `at` on, as lemmas or as written."""
    if at + len(rest) > len(found):
        return False
    return all(part in found[at + i].lemmas for i, part in enumerate(rest))


def _apply_phrases(found: tuple[Word, ...], marks: list[AbstractSet[str]]) -> None:
    """Give each word of a phrase the phrase's concepts in place of its own; longest first."""
    matches = [
        (len(rest) + 1, at, concepts)
        for at, one in enumerate(found)
        for rest, concepts in one.opens
        if follows(rest, found, at + 1)
    ]
    if not matches:
        return
    taken: dict[int, int] = {}
    for length, at, concepts in sorted(matches, reverse=True):
        places = range(at, at + length)
        if any(taken.get(i, length) > length for i in places):
            continue
        for i in places:
            kept = marks[i] if i in taken else frozenset()
            marks[i] = kept | set(_phrase_marks(found[i], concepts))
            taken[i] = length


def _phrase_marks(one: Word, concepts: tuple[str, ...]) -> Iterator[str]:
    yield IN_PHRASE
    for concept in concepts:
        yield concept
        for shape in one.shapes:
            yield f"{concept}:{shape}"


def _apply_negations(found: tuple[Word, ...], marks: list[AbstractSet[str]]) -> None:
    for at, one in enumerate(found):
        if one.form not in NEGATIONS or IN_PHRASE in marks[at]:
            continue
        for after in range(at + 1, min(at + 4, len(found))):
            if found[after].form not in _TRANSPARENT:
                marks[after] = {f"not {m}" for m in marks[after]}
                break
