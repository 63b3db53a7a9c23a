"""Roles of the client's people by position: who approves, pays, procures, can block, evaluates."""

from __future__ import annotations

from functools import cache, lru_cache

from crm_audit.texts import lexicon, words
from crm_audit.texts.labels import Label

_ORDER = (
    "other",
    "security",
    "legal",
    "payer",
    "procurer",
    "technical",
    "user",
    "champion",
    "approver",
    "rank",
)
ROLES = ("approver", "payer", "procurer", "legal", "security", "technical", "user", "champion")


@cache
def _entries() -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """First word -> [(the other words, place of the role in `_ORDER`)]."""
    table: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for place, role in enumerate(_ORDER):
        for entries in lexicon.load("roles")[role].values():
            for entry in entries:
                first, *rest = entry.replace("ё", "е").replace("&", " ").split()
                table.setdefault(first, []).append((tuple(rest), place))
    return table


@lru_cache(maxsize=100_000)
def role_label(position: str | None) -> Label:
    """The role of a position with the words that decided it.

    Words in brackets or after the position count too («Иванов И. И. (главбух)»). The longest
    phrase wins; of equal length a field of work beats a rank, and the order of `_ORDER` decides.
    """
    forms = [f for f in words.tokens(position or "") if f[0].isalpha() and f not in _LINKS]
    found = [words.word(f, ()) for f in forms]
    best: tuple[int, int] | None = None
    cues: tuple[str, ...] = ()
    for at, one in enumerate(found):
        for lemma in one.lemmas:
            for rest, place in _entries().get(lemma, ()):
                if not words.follows(rest, found, at + 1):
                    continue
                rank = (_weight(place, 1 + len(rest)), -place)
                if best is None or rank > best:
                    best, cues = rank, tuple(forms[at : at + 1 + len(rest)])
    if best is None:
        return Label("other", (), "no_role_word")
    role = _ORDER[-best[1]]
    return Label("approver" if role == "rank" else role, cues, "position")


_LINKS = frozenset(
    {"of", "the", "for", "and", "и", "по", "отдел", "отдела", "служба", "department"}
)


def _weight(place: int, length: int) -> int:
    """Length in words; a rank alone weighs nothing beside a field of work."""
    return 0 if _ORDER[place] == "rank" else length


def contact_role(position: str | None) -> str:
    """`approver`, `payer`, `procurer`, `legal`, `security`, `technical`, `user`, `champion`, `other`."""
    return role_label(position).kind
