"""What a column header says: its words, currency, scale and the concepts they stand for."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

_LONGEST = 300
"""Characters of a header that are looked at."""
_SHORTEST = 7
"""Letters of the shortest compound that is looked at."""
_ENDING = 3
"""Letters that may follow what is known of a word."""
_FOLDER = Path(__file__).resolve().parent

_CAMEL = re.compile(r"(?<=[a-zа-я\d])(?=[A-ZА-Я])|(?<=[A-ZА-Я])(?=[A-ZА-Я](?!s\b)[a-zа-я])")
_WORD = re.compile(r"[^\W_]+|[№#%$€£₽₸₴₦₪₾֏₼₺₹]", re.UNICODE)
_API_ENDINGS = re.compile(r"(?:__c|__r|__pc)(?=$|\.)", re.IGNORECASE)
_ELISION = re.compile(r"\b(?:[dlnsmt]|qu|dell|all|nell|dall|sull)'(?=[^\W\d_])")
_MONEY = re.compile(r"\b(r|us)\$", re.IGNORECASE)
_BRACKETS = re.compile(r"^\s*(\S.*?)\s*\(([^()]*)\)\s*$", re.DOTALL)
_SLASH = re.compile(r"^\s*(\S[^/]*?)\s+/\s+([^/]*)$", re.DOTALL)
_OF_ANOTHER = frozenset(("BILLING", "COUNT", "QTY", "WEIGHTED", "PREVIOUS", "PART", "RATE"))
"""Concepts that make a sum or a date another one, wherever in the header they stand."""
_ENVELOPE = re.compile(r"^(?:properties|attributes|fields|_source)\.(?=\w)|^_(?=\w+_value$)", re.I)
"""What stands before every name in records of an API that were laid flat."""
_PATH_ID = re.compile(r"/(?:id|name|display_name)$", re.IGNORECASE)
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
"""How German is written where its umlauts cannot be, and what is left of an umlaut here."""
_LETTERS = str.maketrans("łŁıøØ", "lLioO")
"""Latin letters that are no letter with an accent."""
_LANGUAGE_OF_LETTERS = re.compile(r"[а-яА-ЯёЁіїєґІЇЄҐ]")


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_FOLDER / "headers.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Header:
    """A header taken apart.

    `words` are lower-case without accents, `concepts` their sorted concepts (`?word` for a word
    that stands for none), `entity` what a `Deal - ` like prefix names, `counter` the number of a
    repeated column (`Примечание 2`).
    """

    text: str
    words: tuple[str, ...]
    concepts: tuple[str, ...]
    entity: str | None = None
    counter: int | None = None
    currency: str | None = None
    scale: int | Decimal = 1

    @property
    def key(self) -> str:
        """The words as one string: what exact names are compared by."""
        return " ".join(self.words)

    @property
    def unknown(self) -> int:
        """How many words stand for no concept."""
        return sum(c.startswith("?") for c in self.concepts)


def fold(text: str) -> str:
    """Lower case, no accents on Latin letters, `ё` as `е`, blanks of every kind as one space.

    Only the first 300 characters count: what is longer is no name.
    """
    out = []
    for char in unicodedata.normalize("NFC", text[:_LONGEST]).translate(_LETTERS):
        base = unicodedata.normalize("NFKD", char)
        plain = base[0] if base and base[0].isascii() and base[0].isalpha() else char
        out.append(plain)
    folded = "".join(out).lower().replace("ё", "е").replace("ß", "ss")
    return " ".join(folded.replace("\u00a0", " ").replace("’", "'").split())


def unwrapped(text: str) -> str:
    """A header without what an API puts around the name of a field: `properties.amount`."""
    bare = _ENVELOPE.sub("", text)
    return bare.removesuffix("_value") if text.startswith("_") and bare != text else bare


def words_of(text: str) -> tuple[str, ...]:
    """The words of a header: camelCase, underscores and punctuation cut, endings of APIs gone."""
    bare = text.strip().strip("\ufeff\"'«»* ").strip()
    bare = unwrapped(bare)
    bare = _MONEY.sub(lambda found: " brl " if found[1] in "rR" else " usd ", bare)
    bare = _API_ENDINGS.sub("", bare)
    if "/" in bare and bare == bare.lower():
        bare = _PATH_ID.sub("", bare)
    bare = re.sub(r"^UF_CRM_(?:\d+_)?", "", bare) or bare
    for word, read in _data()["accented"].items():
        bare = re.sub(word, str(read), bare, flags=re.IGNORECASE)
    folded = _ELISION.sub(" ", fold(_CAMEL.sub(" ", bare)))
    found = _WORD.findall(folded.replace("'", ""))
    return tuple(part for word in found for part in _parts(word))


@cache
def _concept_index() -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    exact: dict[str, str] = {}
    prefixes: dict[str, list[tuple[str, str]]] = {}
    table = tomllib.loads((_FOLDER / "concepts.toml").read_text(encoding="utf-8"))
    for concept, entries in table.items():
        for entry in entries:
            word = fold(entry)
            if word.endswith("*"):
                prefixes.setdefault(word[:2], []).append((word[:-1], concept))
            else:
                exact.setdefault(word, concept)
    for found in prefixes.values():
        found.sort(key=lambda pair: -len(pair[0]))
    return exact, prefixes


@lru_cache(maxsize=4096)
def concept_of(word: str) -> str:
    """The concept of a word, or `?word`."""
    exact, prefixes = _concept_index()
    if word in exact:
        return exact[word]
    for prefix, concept in prefixes.get(word[:2], ()):
        if word.startswith(prefix):
            return concept
    return f"?{word}"


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...]:
    """A word that is written together (`closedate`, `Zieldatum`) cut into the two it is made of.

    Both must be known, and the word as a whole must not stand among the concepts itself.
    """
    exact, _ = _concept_index()
    if word in exact or len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return (word,)
    if concept_of(word).startswith("?") and (plain := _without_digraphs(word)) != word:
        return _parts(plain)
    for tail in _tails():
        stem = word.removesuffix(tail)
        if stem == word or len(stem) < 4:
            continue
        for bare in (stem, stem.removesuffix("s")):
            if _is_whole(bare):
                return bare, tail
    return (word,)


def _without_digraphs(word: str) -> str:
    """`naechster` as `nachster`, where that makes it a known word."""
    for written, letter in _DIGRAPHS:
        plain = word.replace(written, letter)
        if plain != word and not concept_of(plain).startswith("?"):
            return plain
    return word


def _is_whole(word: str) -> bool:
    """Whether a word is known up to an ending of a few letters."""
    exact, prefixes = _concept_index()
    known = prefixes.get(word[:2], ())
    return word in exact or any(
        word.startswith(prefix) and len(word) - len(prefix) <= _ENDING for prefix, _ in known
    )


@cache
def _tails() -> tuple[str, ...]:
    """Words that end compounds, the longest first."""
    return tuple(sorted(map(fold, _data()["compounds"]["tails"]), key=len, reverse=True))


@cache
def _dating() -> frozenset[str]:
    """Words that end a date without saying so: `erledigt am`, `créé le`, `ganado el`, `pago em`."""
    return frozenset(_data()["words"]["dating"])


@cache
def bare_names() -> frozenset[str]:
    """Headers, folded, that say no more than that a name stands there."""
    return frozenset(map(fold, _data()["words"]["bare_names"]))


@cache
def changed_fields() -> frozenset[tuple[str, ...]]:
    """Headers, as words, of logs of changes that name the field that was changed."""
    return frozenset(map(words_of, _data()["words"]["changed_fields"]))


@cache
def unit_prices() -> frozenset[tuple[str, ...]]:
    """Headers, as words, of the price of one piece in a line of goods."""
    return frozenset(map(words_of, _data()["words"]["unit_prices"]))


@cache
def _units() -> tuple[dict[str, str], dict[str, int | Decimal], frozenset[str], dict[str, str]]:
    data = _data()
    currencies = {fold(w): code for code, ws in data["currencies"].items() for w in ws}
    scales = {
        fold(w): int(n) if n.isdigit() else Decimal(n)
        for n, ws in data["scales"].items()
        for w in ws
    }
    ignored = frozenset(fold(w) for w in data["words"]["ignored"])
    entities = {fold(w): e for e, ws in data["entities"].items() for w in ws}
    return currencies, scales, ignored, entities


_PREFIX = re.compile(
    r"^\s*[\"«]?([\w\s]{2,30}?)(?:__c)?\s*(?:\s[-–—]\s|:{1,2})\s*(\S.*)$", re.UNICODE | re.DOTALL
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Header:
    """Take a header apart; never raises, an empty header has no words."""
    currencies, scales, ignored, entities = _units()
    entity = None
    rest = text[:_LONGEST]
    found = _PREFIX.match(rest)
    if found and (named := entities.get(fold(found.group(1)))):
        entity, rest = named, found.group(2)
    words = words_of(rest)
    counter = None
    if len(words) > 1 and words[-1].isdecimal() and len(words[-1]) <= 2:
        words, counter = words[:-1], int(words[-1])
    dated = (
        len(words) > 1 and words[-1] in _dating() and all(concept_of(w) != "OWNER" for w in words)
    )
    currency, kept = None, []
    scale: int | Decimal = 1
    if (way := _way(words)) is not None:
        words = (way, *words[1:])
    for word in words[:-1] if dated else words:
        if word in currencies and len(words) > 1:
            currency = currency or currencies[word]
        elif word in scales and len(words) > 1:
            scale = scales[word]
        elif word in ignored and len(words) > 1:
            continue
        else:
            kept.append(word)
    plain = (*kept, words[-1]) if dated and kept else tuple(kept) or words
    if entity not in (None, "deal", "activity"):
        plain = (str(entity), *plain)
    meant = {"DATE" if dated and w is plain[-1] else concept_of(w) for w in plain}
    if "%" in text and (meant <= {"WON", "CLOSE", "CLOSED"} or meant == {"DEAL"}):
        meant = {"WON", "PROBABILITY"}
    concepts = tuple(sorted(meant))
    return Header(text, plain, concepts, entity, counter, currency, scale)


def _way(words: tuple[str, ...]) -> str | None:
    """What the first word before the bare name of a stage says of it: `De fase`, `В этап`."""
    if len(words) < 2 or concept_of(words[-1]) not in ("STAGE", "STATUS"):
        return None
    known = _data()["words"]
    if not {*words[1:-1]} <= {*known["articles"]}:
        return None
    return next(
        (w for n, w in (("leaving", "from"), ("arriving", "to")) if words[0] in known[n]), None
    )


def without_remark(header: Header) -> Header | None:
    """The header less what follows its name and says nothing more of it.

    `Stage (drop-down)`, `Opportunity / Context`: what is left must be known to the last word.
    """
    found = header.unknown and (_BRACKETS.match(header.text) or _SLASH.match(header.text))
    if not found:
        return None
    rest, remark = parse(found[1]), parse(found[2])
    slash = "/" in header.text[found.end(1) : found.start(2)]
    silent = remark.unknown == len(remark.concepts) if slash else remark.unknown > 0
    return rest if silent and not rest.unknown and not _OF_ANOTHER & {*remark.concepts} else None


def language_of(headers: tuple[str, ...]) -> str:
    """`ru` if a third or more of the named columns are in Cyrillic letters, else `en`."""
    named = [h for h in headers if any(c.isalpha() for c in h[:_LONGEST])]
    cyrillic = sum(bool(_LANGUAGE_OF_LETTERS.search(h)) for h in named)
    return "ru" if named and cyrillic * 3 >= len(named) else "en"
