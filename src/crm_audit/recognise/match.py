"""Which column feeds which field of one kind: claims by profile and name, settled by score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_audit.recognise import plausible, vocabulary
from crm_audit.recognise.headers import Header
from crm_audit.recognise.plan import MatchedBy
from crm_audit.recognise.profiles import Profile
from crm_audit.recognise.vocabulary import PATTERN, WEAK, Claim

THRESHOLD = 0.45
SAME = 0.85
"""Two claims of this score or more on one field are worth a notice."""


@dataclass(frozen=True)
class Match:
    """One column that feeds one field."""

    column: int
    score: float
    by: MatchedBy


@dataclass
class Assignment:
    """The columns of one table as fields of one kind."""

    kind: str
    fields: dict[str, Match] = field(default_factory=dict)
    rivals: dict[str, list[int]] = field(default_factory=dict)

    def score(self, name: str) -> float:
        """Score of a field, 0 where nothing feeds it."""
        found = self.fields.get(name)
        return found.score if found else 0.0

    def count(self, *names: str, least: float = 0.0) -> int:
        """How many of the fields are fed with at least that score."""
        return sum(self.score(n) > least for n in names)


def _claims(header: Header, kind: str, profile: Profile | None) -> list[tuple[Claim, MatchedBy]]:
    found: list[tuple[Claim, MatchedBy]] = []
    if profile is not None:
        found += [(c, "profile") for c in profile.claims(kind, header)]
        if profile.nothing(kind, header):
            return found
    if kind == "activities" and header.entity == "deal" and (told := _deal_of(header)):
        found.append((told, "name"))
    taken = {c.field for c, _ in found}
    foreign = header.entity not in (None, "deal" if kind != "activities" else "activity")
    if not (foreign and header.entity in ("deal", "activity")):
        found += [
            (c, "name") for c in vocabulary.load()[kind].claims(header) if c.field not in taken
        ]
    return found


def _deal_of(header: Header) -> Claim | None:
    """What `Deal - ID` and `Deal - Title` tell of the deal among activities."""
    concepts = {*header.concepts} - {"DEAL"}
    score = {"ID": PATTERN, "NAME": WEAK}.get("".join(concepts)) if len(concepts) == 1 else None
    return Claim("deal_id", score) if score else None


def assign(
    kind: str,
    headers: Sequence[Header],
    columns: Sequence[Sequence[str]],
    profile: Profile | None,
    fixed: dict[str, tuple[int, ...]],
) -> Assignment:
    """Give every column at most one field and every field at most one column, best first.

    `columns` holds the sample's values per column; `fixed` the user's own choices.
    """
    result = Assignment(kind)
    used: set[int] = set()
    for name, places in fixed.items():
        result.fields[name] = Match(places[0], 1.0, "option")
        used.update(places)
    offers: list[tuple[float, int, str, MatchedBy]] = []
    for i, header in enumerate(headers):
        if not header.words or i in used:
            continue
        said = plausible.filled(columns[i])
        fill = len(said) / len(columns[i]) if columns[i] else 0.0
        for claim, by in _claims(header, kind, profile):
            if claim.field in fixed:
                continue
            score = claim.score - plausible.doubt(claim.field, columns[i])
            if score >= THRESHOLD:
                offers.append((score + 0.001 * (fill > 0), i, claim.field, by))
    offers.sort(key=lambda o: (-o[0], o[1]))
    for score, i, name, by in offers:
        if name in result.fields:
            if score >= SAME and i not in used:
                result.rivals.setdefault(name, []).append(i)
        elif i not in used:
            result.fields[name] = Match(i, round(min(score, 1.0), 3), by)
            used.add(i)
    for name in list(result.rivals):
        result.rivals[name] = [i for i in result.rivals[name] if i not in used]
        if not result.rivals[name]:
            del result.rivals[name]
    return result
