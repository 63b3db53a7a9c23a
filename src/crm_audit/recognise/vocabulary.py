"""The names of every field, per kind of table: exact headers and patterns of concepts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from crm_audit.recognise.headers import Header, parse, without_remark

_FIELDS = Path(__file__).resolve().parent / "fields.toml"

EXACT, PATTERN, WEAK, LOOSE = 0.97, 0.95, 0.7, 0.5
_REMARK = 0.01
"""What a claim loses that a header makes without the remark behind it (`Stage (drop-down)`)."""
PSEUDO = ("closed", "won", "first_name", "last_name")
"""Names that feed a field together with others: flags feed `status`, parts of a name feed it."""


ALTERNATES = {
    "closed_at": ("expected_close", "closed"),
    "expected_close": ("closed_at",),
    "next_step": ("next_step_date",),
    "next_step_date": ("next_step",),
    "stage": ("status",),
    "status": ("stage",),
    "closed": ("closed_at",),
}
"""What a header whose exact name is known may feed besides, where its values speak for it."""


@dataclass(frozen=True)
class Claim:
    """A field that a header may feed, and how well its name says so (0 to 1)."""

    field: str
    score: float


@dataclass
class Vocabulary:
    """All names of the fields of one kind."""

    exact: dict[str, list[Claim]] = field(default_factory=dict)
    patterns: dict[tuple[str, ...], list[Claim]] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    fillers: tuple[str, ...] = ()
    nothing: frozenset[str] = frozenset()

    def claims(self, header: Header) -> list[Claim]:
        """Fields that the header may feed, the best first, one claim a field."""
        best: dict[str, float] = {}
        if header.key in self.nothing:
            return []

        def offer(claims: list[Claim], discount: float = 0.0) -> None:
            for claim in claims:
                score = claim.score - discount
                if score > best.get(claim.field, 0.0):
                    best[claim.field] = score

        exact = self.exact.get(header.key, [])
        offer(exact)
        allowed = {f for claim in exact for f in (claim.field, *ALTERNATES.get(claim.field, ()))}
        for key, discount in self._shorter(header.concepts):
            found = self.patterns.get(key, [])
            offer([c for c in found if not exact or c.field in allowed], discount)
        if header.unknown == 1 and len(header.concepts) > 2:
            known = tuple(c for c in header.concepts if not c.startswith("?"))
            for key, _ in self._shorter(known):
                offer(
                    [
                        Claim(c.field, LOOSE)
                        for c in self.patterns.get(key, [])
                        if c.field in self.loose and c.score > WEAK
                    ]
                )
        if max(best.values(), default=0.0) <= LOOSE and (rest := without_remark(header)):
            offer(self.claims(rest), _REMARK)
        ranked = [Claim(name, round(score, 4)) for name, score in best.items()]
        return sorted(ranked, key=lambda c: -c.score)

    def _shorter(self, concepts: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
        """The concepts, then without one filler, then without all of them."""
        keys = [(concepts, 0.0)]
        if len(concepts) > 1:
            there = [f for f in self.fillers if f in concepts]
            keys += [(tuple(c for c in concepts if c != f), 0.01) for f in there]
        bare = tuple(c for c in concepts if c not in self.fillers)
        if bare and (bare, 0.01) not in keys and bare != concepts:
            keys.append((bare, 0.02))
        return keys


def _expand(pattern: str) -> list[tuple[str, ...]]:
    """Every sorted set of concepts that a pattern with `?` and `|` stands for."""
    slots: list[list[str | None]] = []
    for token in pattern.split():
        choices: list[str | None] = list(token.rstrip("?").split("|"))
        slots.append([*choices, None] if token.endswith("?") else choices)
    return [tuple(sorted({c for c in combo if c})) for combo in product(*slots)]


@cache
def load() -> dict[str, Vocabulary]:
    """Vocabularies by kind; read once."""
    tables = tomllib.loads(_FIELDS.read_text(encoding="utf-8"))
    found: dict[str, Vocabulary] = {}
    for kind, fields in tables.items():
        words = Vocabulary(
            fillers=tuple(fields.pop("fillers", ())),
            nothing=frozenset(parse(text).key for text in fields.pop("nothing", ())),
        )
        for name, spec in fields.items():
            if spec.get("loose"):
                words.loose.add(name)
            for i, text in enumerate(spec.get("names", ())):
                claim = Claim(name, EXACT - min(i, 40) * 0.0005)
                words.exact.setdefault(parse(text).key, []).append(claim)
            for level, base in (("patterns", PATTERN), ("weak", WEAK)):
                for i, pattern in enumerate(spec.get(level, ())):
                    claim = Claim(name, base - min(i, 20) * 0.002)
                    for key in _expand(pattern):
                        words.patterns.setdefault(key, []).append(claim)
        found[kind] = words
    return found
