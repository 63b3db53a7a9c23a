"""What is known of each CRM, as data: its headers, stage codes and where to export what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from crm_audit.recognise.headers import Header, parse, unwrapped
from crm_audit.recognise.plan import Kind
from crm_audit.recognise.vocabulary import Claim

_FOLDER = Path(__file__).resolve().parent
GENERIC = "generic"
ENOUGH = 3.0
"""Points a profile needs before a table counts as an export of that CRM."""

NAMED = 3.0
"""Points for the CRM's name in the name of the file."""


def _key(kind: str, header: Header) -> tuple[str | None, str]:
    """What headers of a kind are compared by: `Deal - ID` is `ID` in deals, not in activities.

    Without blanks, as `NEXTSTEP` comes out of a database that has one case for all.
    """
    own = "activity" if kind == "activities" else "deal"
    return (None if header.entity == own else header.entity), "".join(header.words)


def plain(header: str) -> str:
    """A header as signatures compare it: case and blanks aside, byte for byte."""
    bare = unwrapped(header.replace("\u00a0", " ").strip("\ufeff \"'*"))
    return " ".join(bare.lower().split())


@dataclass(frozen=True)
class Profile:
    """One CRM. `columns`: kind -> field -> headers; `stages`: status -> codes and names.

    `status`: the same for cells of its status column. `plain`: export groups that are ordinary
    columns of the list of deals, for which the way to that list is hint enough. `kinds`: kind ->
    sets of headers that together stand in no other kind of its tables.
    """

    id: str
    title: str
    signature: dict[str, float] = field(default_factory=dict)
    patterns: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    columns: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    kinds: dict[Kind, list[list[str]]] = field(default_factory=dict)
    unused: dict[str, list[str]] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)
    status: dict[str, list[str]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    export: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def _index(self) -> dict[str, dict[tuple[str | None, str], list[Claim]]]:
        found: dict[str, dict[tuple[str | None, str], list[Claim]]] = {}
        for kind, fields in self.columns.items():
            keys = found.setdefault(kind, {})
            for name, headers in fields.items():
                for i, header in enumerate(headers):
                    claim = Claim(name, 1.0 - 0.002 * i)
                    keys.setdefault(_key(kind, parse(header)), []).append(claim)
        return found

    def claims(self, kind: str, header: Header) -> list[Claim]:
        """Fields that this CRM feeds from the header."""
        return self._index.get(kind, {}).get(_key(kind, header), [])

    @cached_property
    def _unused(self) -> dict[str, frozenset[str]]:
        return {k: frozenset("".join(parse(h).words) for h in hs) for k, hs in self.unused.items()}

    def nothing(self, kind: str, header: Header) -> bool:
        """Whether a header of this CRM looks like a field and is none."""
        return "".join(header.words) in self._unused.get(kind, frozenset())

    @cached_property
    def _signature(self) -> dict[str, float]:
        return {plain(h): points for h, points in self.signature.items()}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], float]]:
        return [(re.compile(p, re.IGNORECASE), n) for p, n in self.patterns.items()]

    def kind_told(self, headers: Sequence[str]) -> Kind | None:
        """The kind of a table with headers that this CRM has in that kind only."""
        named = {plain(h) for h in headers}
        for kind, sets in self.kinds.items():
            if any({plain(h) for h in together} <= named for together in sets):
                return kind
        return None

    def fit(self, headers: Sequence[str], cells: frozenset[str], name: str = "") -> float:
        """Points for the headers, stage codes and file name that are known to be this CRM's."""
        named = {plain(h) for h in headers}
        points = sum(n for h, n in self._signature.items() if h in named)
        for pattern, n in self._patterns:
            points += n if any(pattern.search(h) for h in headers) else 0.0
        points += NAMED if any(w in name.lower() for w in self.files) else 0.0
        best = max((n for v, n in self.values.items() if v in cells), default=0.0)
        return points + best

    def export_hint(self, group: str, language: str) -> str:
        """Where to click in this CRM to export a group of fields; generic where nothing is known.

        Groups: `next_step`, `roles`, `stage_history`, `activities`, `loss_reason`, `close_date`,
        `amount`, `decisions`, `risk`, `dates`, `stage`, `all`. An unknown group gets `all`.
        """
        generic = load()[GENERIC]
        if group in generic.plain and "all" in self.export and group not in self.export:
            return self.export["all"][language]
        for source in (self.export, generic.export):
            if group in source:
                return source[group][language]
        return (self.export.get("all") or generic.export["all"])[language]


@cache
def load() -> dict[str, Profile]:
    """Every profile by its id, `generic` among them; read once."""
    found = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        profile = Profile(**tomllib.loads(path.read_text(encoding="utf-8")))
        found[profile.id] = profile
    return found


def kind_told(headers: Sequence[str]) -> Kind | None:
    """The kind of a table whose headers are known, whichever CRM it is of."""
    told = (profile.kind_told(headers) for profile in load().values())
    return next((kind for kind in told if kind), None)


def detect(headers: Sequence[str], cells: frozenset[str], name: str = "") -> list[str]:
    """Ids of the profiles that fit best: none, one, or several that fit equally well."""
    fits = {p.id: p.fit(headers, cells, name) for p in load().values() if p.id != GENERIC}
    best = max(fits.values(), default=0.0)
    return sorted(i for i, n in fits.items() if n == best) if best >= ENOUGH else []
