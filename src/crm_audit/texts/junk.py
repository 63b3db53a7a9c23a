"""Texts that carry no information: junk for any field, fillers where a reason or step is asked."""

from __future__ import annotations

import re
from functools import cache

from crm_audit.texts import lexicon
from crm_audit.texts.words import fold

# Marks alone, a repeated character («ххх», "aaa", "..."), or digits of one kind («000»).
_NO_LETTER = re.compile(r"[\W_]*", re.UNICODE)
_REPEATED = re.compile(r"([xхaаzыqйфsw])\1{2,}")
_TRIM = " \t\r\n.,;:!?*\"'«»“”…-–—_"


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(
        fold(text) for texts in lexicon.load("fillers")[name].values() for text in texts
    )


@cache
def _bare(name: str) -> frozenset[str]:
    return frozenset(text.strip(_TRIM) for text in _listed(name))


@cache
def _longest() -> int:
    """Length of the longest text listed; what is longer is neither junk nor filler."""
    return max(len(text) for name in ("junk", "filler") for text in _listed(name))


def _folded(text: str) -> str:
    return " ".join(fold(text[:200]).split())


@cache
def fillers() -> frozenset[str]:
    """Junk for any field, lower-case and trimmed, for exact comparison in SQL.

    Holds no statuses such as «в работе»: those are junk only where a step or a reason is asked.
    Written with `е`, never `ё`.
    """
    marks = {m * n for m in "-–—.?!*_/+=,;:" for n in (1, 2, 3)}
    return frozenset({""} | marks | _listed("junk"))


def is_junk(text: str | None) -> bool:
    """Whether a text of any field says nothing at all: empty, «-», "n/a", «не указано», «ххх»."""
    return text is None or _is_junk(_folded(text))


def is_filler(text: str | None) -> bool:
    """Whether a next step, risk or reason says nothing: junk, or a bare status («в работе»)."""
    if text is None:
        return True
    low = _folded(text)
    if _is_junk(low):
        return True
    if len(low) > _longest() + len(_TRIM):
        return False
    return low in _listed("filler") or low.strip(_TRIM) in _bare("filler")


def is_mark(text: str) -> bool:
    """Whether a text ticks a box: «да», "done", «получено»."""
    return _folded(text) in _listed("mark")


def _is_junk(low: str) -> bool:
    if _NO_LETTER.fullmatch(low) or low in _listed("junk"):
        return True
    bare = low.strip(_TRIM)
    return bare in _bare("junk") or _REPEATED.fullmatch(bare) is not None
