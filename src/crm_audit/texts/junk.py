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
def fillers() -> frozenset[str]:
    """Junk for any field, lower-case and trimmed, for exact comparison in SQL.

    Holds no statuses such as «в работе»: those are junk only where a step or a reason is asked.
    Written with `е`, never `ё`.
    """
    marks = {m * n for m in "-–—.?!*_/+=,;:" for n in (1, 2, 3)}
    return frozenset({""} | marks | _listed("junk"))


def is_junk(text: str | None) -> bool:
    """Whether a text of any field says nothing at all: empty, «-», "n/a", «не указано», «ххх»."""
    return _is("junk", text)


def is_filler(text: str | None) -> bool:
    """Whether a next step, risk or reason says nothing: junk, or a bare status («в работе»)."""
    return _is("junk", text) or _is("filler", text)


def _is(name: str, text: str | None) -> bool:
    if text is None:
        return True
    low = " ".join(fold(text[:200]).split())
    if low in _listed(name):
        return True
    if name == "junk" and (_NO_LETTER.fullmatch(low) or _REPEATED.fullmatch(low.strip(_TRIM))):
        return True
    return low.strip(_TRIM) in _bare(name)
