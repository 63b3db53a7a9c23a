"""Roles of the client's people by position: who approves, pays, procures, can block, evaluates."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

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


_FIELDS = frozenset({"security", "legal", "payer", "procurer", "technical", "user"})
# Words left out of positions and entries alike, and those of them that open a field of work.
_LINKS = frozenset(
    {"of", "the", "for", "and", "и", "по", "отдел", "отдела", "служба", "department"}
)
_OPENS_FIELD = frozenset({"по", "of", "for"})


class _Match(NamedTuple):
    """A phrase found in a position: sorts by length, then by the order of roles."""

    weight: int
    order: int
    at: int
    length: int

    @property
    def role(self) -> str:
        return _ORDER[-self.order]


@cache
def _entries() -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """First word -> [(the other words, place of the role in `_ORDER`)]."""
    table: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for place, role in enumerate(_ORDER):
        for entries in lexicon.load("roles")[role].values():
            for entry in entries:
                parts = entry.replace("ё", "е").replace("&", " ").split()
                first, *rest = [p for p in parts if p not in _LINKS]
                table.setdefault(first, []).append((tuple(rest), place))
    return table


@lru_cache(maxsize=100_000)
def role_label(position: str | None) -> Label:
    """The role of a position with the words that decided it.

    The longest phrase wins; of equal length a field of work beats a rank. A field named after
    «по» or "of" beats any title: «заместитель генерального директора по безопасности».
    """
    forms = [f for f in words.tokens(position or "") if f[0].isalpha()]
    kept = [f for f in forms if f not in _LINKS]
    matches = _matches(kept)
    if not matches:
        return Label("other", (), "no_role_word")
    best = max(matches)
    opens = next((i for i, f in enumerate(forms) if f in _OPENS_FIELD), None)
    if opens is not None and best.role in ("approver", "rank"):
        before = sum(1 for f in forms[:opens] if f not in _LINKS)
        fields = [m for m in matches if m.at >= before and m.role in _FIELDS]
        best = max(fields, default=best)
    role = "approver" if best.role == "rank" else best.role
    return Label(role, tuple(kept[best.at : best.at + best.length]), "position")


def _matches(kept: list[str]) -> list[_Match]:
    found = [words.word(f, ()) for f in kept]
    matches = []
    for at, one in enumerate(found):
        for lemma in one.lemmas:
            for rest, place in _entries().get(lemma, ()):
                if words.follows(rest, found, at + 1):
                    length = 1 + len(rest)
                    weight = 0 if _ORDER[place] == "rank" else length
                    matches.append(_Match(weight, -place, at, length))
    return matches


def contact_role(position: str | None) -> str:
    """One of `ROLES`, or `other`."""
    return role_label(position).kind
