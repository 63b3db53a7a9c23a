"""Next steps: the client's commitment, a joint step, the seller's task, or empty talk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from crm_audit.texts import dates, junk, words
from crm_audit.texts.labels import Label
from crm_audit.texts.lexicon import STEPS
from crm_audit.texts.morphology import is_russian
from crm_audit.texts.steps_en import english
from crm_audit.texts.steps_ru import russian
from crm_audit.texts.words import Text

_OWNER_WORDS = frozenset({"owner", "responsible", "ответственный", "отв", "исполнитель"})
# A full stop behind a whole word and before a capital: not the one of «гл. инженер» or «И. И.».
_SENTENCES = re.compile(r"(?<=[^\W\d_]{4}[.!?])\s+(?=[A-ZА-ЯЁ])")
_KNOWN = 0.25
"""Share of known words from which texts are English: 0.4 to 0.8 in sources of English next steps,
below 0.2 in German, French, Spanish, Portuguese, Italian and Polish ones."""
_ENOUGH = 12
"""Words without which the language of texts is not asked."""
_LOOKED_AT = 3_000
_BOTH = frozenset({"both", "joint", "оба", "обе", "совместно"})


@lru_cache(maxsize=100_000)
def next_step_label(text: str | None, *, has_date: bool = False) -> Label:
    """Label a next step with the words that decided it. Rules in order: method.md, Texts.

    `has_date` says that the date stands in a column of its own.
    """
    if junk.is_filler(text):
        return Label("empty_talk", (), "filler")
    sentences = _SENTENCES.split(text or "")
    if len(sentences) > 1:
        return _of_sentences(sentences, has_date)
    forms = words.tokens(text or "")
    found = words.read(forms, STEPS)
    if not found.words:
        return Label("empty_talk", (), "filler")
    dated = has_date or dates.has_date(text)
    owner = _owner(forms)
    if owner is not None:
        return _by_owner(owner, found, dated)
    cyrillic = sum(1 for w in found.words if is_russian(w.form))
    if cyrillic * 2 >= len(found.words):
        return russian(found, dated)
    return english(found, forms, dated)


def _of_sentences(sentences: list[str], has_date: bool) -> Label:
    """The step among sentences: the last that says more than a status."""
    found = [next_step_label(one, has_date=has_date) for one in sentences]
    return next((one for one in reversed(found) if one.kind != "empty_talk"), found[-1])


def next_step_kind(text: str | None, *, has_date: bool = False) -> str:
    """`client_commitment`, `joint_step`, `seller_task` or `empty_talk`."""
    return next_step_label(text, has_date=has_date).kind


def unread_steps(texts: Iterable[str]) -> set[str]:
    """Those of a CRM's next steps that are neither Russian nor English: nobody can label them.

    All texts in Latin letters are looked at together, as one alone says too little of its language;
    of very many, the first few thousand.
    """
    latin = [text for text in texts if _is_latin(text) and not junk.is_filler(text)]
    known = total = 0
    for text in latin[:_LOOKED_AT]:
        found = words.read(words.tokens(text), STEPS)
        known += sum(bool(marks) for marks in found.marks)
        total += len(found.words)
    return set(latin) if total >= _ENOUGH and known < _KNOWN * total else set()


def _is_latin(text: str) -> bool:
    letters = [is_russian(sign) for sign in text if sign.isalpha()]
    return sum(letters) * 2 < len(letters)


def _owner(forms: list[str]) -> str | None:
    """`client`, `we` or `both` from "Owner: Buyer" or «Отв.: клиент» inside the text."""
    for at, form in enumerate(forms):
        if form not in _OWNER_WORDS or ":" not in forms[at + 1 : at + 3]:
            continue
        named = next((f for f in forms[at + 1 : at + 4] if f[0].isalpha()), None)
        if named is None:
            continue
        if named in _BOTH:
            return "both"
        marks = words.word(named, STEPS).marks
        if "our_people" in marks:
            return "we"
        if "client" in marks or "party" in marks:
            return "client"
    return None


def _by_owner(owner: str, text: Text, dated: bool) -> Label:
    if owner == "we":
        return Label("seller_task", text.cues("our_people"), "our_task")
    cues = text.cues("client", "both", "party")
    if owner == "client":
        return Label("client_commitment", cues, "client_acts")
    if dated or "gathering" in text.all_marks():
        return Label("joint_step", cues, "both_sides")
    return Label("empty_talk", cues, "nothing_promised")
