"""How often won, lost and open deals have each fact: what separators are judged from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from crm_audit.engine import casts
from crm_audit.engine.column import Column
from crm_audit.engine.gatebook import ROLES
from crm_audit.engine.loaded import Loaded
from crm_audit.judge.case import Case
from crm_audit.judge.gate_fields import candidate_columns, is_word
from crm_audit.model.deal import Deal
from crm_audit.model.separators import FactKind

EARLY_DAYS = 30
"""Days after its creation in which an activity of the client counts: the same for every deal."""


_GROUPS = {
    "first": ("first", "early"),
    "lost_early": ("lost_early", "lost"),
    "lost_late": ("lost_late", "lost"),
}


@dataclass(frozen=True)
class Fact:
    """Something that a deal has or lacks; `closing` where its name says that it is of the end.

    `header` is that of its column, where it has one.
    """

    name: str
    kind: FactKind
    closing: bool = False
    header: str = field(default="", compare=False)


@dataclass
class Tally:
    """Deals that have a fact, and deals of which it can be told, by group.

    Groups: `won`, `lost`, and open: `first` (stage), `early` and `late` (half of the pipeline); the
    lost deals of which history tells how far they came are in `lost_early` or `lost_late` too.
    `dated` counts the cells of won and lost deals that hold a date, `at_end` those of them that are
    not before the closing.
    """

    yes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    dated: int = 0
    at_end: int = 0


@dataclass(frozen=True)
class _Asked:
    """SQL of one fact over `d` (deals), `f` (facts) and `r` (raw rows), and of a date in it."""

    fact: Fact
    has: str
    day: str | None = None


def tallies(case: Case) -> dict[str, dict[Fact, Tally]]:
    """Tallies by pipeline and fact. Needs the table `reach` that `field_fills` makes."""
    found: dict[str, dict[Fact, Tally]] = defaultdict(dict)
    for table in case.loaded:
        if table.plan.kind != "deals" or not table.used:
            continue
        asked, params = _asked(case, table)
        if not asked:
            continue
        for pipeline, group, *numbers in case.session.rows(_sql(table, asked), params):
            for i, one in enumerate(asked):
                yes, told, dated, at_end = numbers[4 * i : 4 * i + 4]
                tally = found[pipeline].setdefault(one.fact, Tally())
                for name in _GROUPS.get(group, (group,)):
                    tally.yes[name] += yes
                    tally.told[name] += told
                if group == "won" or group.startswith("lost"):
                    tally.dated += dated
                    tally.at_end += at_end
    return found


def _sql(table: Loaded, asked: list[_Asked]) -> str:
    counts = ", ".join(
        f"count(*) FILTER (WHERE {one.has}), count({one.has}),"
        f" count({one.day or 'NULL'}) FILTER (WHERE {one.has}),"
        f" count(*) FILTER (WHERE {one.has} AND {one.day or 'NULL'} >= f.closed_at - 1)"
        for one in asked
    )
    return f"""
WITH depth AS (
  SELECT pipeline, max(rank) AS ranks FROM stages WHERE rank IS NOT NULL GROUP BY pipeline
),
touched AS (
  -- Deals with an activity of the client soon after they began.
  SELECT DISTINCT t.deal_no FROM touches AS t JOIN deals AS d USING (deal_no)
  WHERE t.by_client AND CAST(t.moment AS DATE) <= CAST(d.created_at AS DATE) + {EARLY_DAYS}
),
named AS (
  SELECT deal_no, count(DISTINCT lower(trim(name))) AS people FROM contacts
  WHERE deal_no IS NOT NULL AND lower(trim(name)) NOT IN (SELECT word FROM junk) GROUP BY deal_no
),
grouped AS (
  SELECT f.deal_no,
    CASE WHEN f.status = 'lost' AND f.loss_reason_kind = 'technical' THEN NULL
      WHEN f.status = 'lost' AND g.reach IS NOT NULL THEN
        CASE WHEN g.reach > w.ranks / 2.0 THEN 'lost_late' ELSE 'lost_early' END
      WHEN f.status IN ('won', 'lost') THEN f.status
      WHEN f.is_open AND f.stage_rank = 1 THEN 'first'
      WHEN f.is_open AND f.stage_rank > greatest(w.ranks / 2.0, 1) THEN 'late'
      WHEN f.is_open AND f.stage_rank IS NOT NULL THEN 'early' END AS side
  FROM judged AS f LEFT JOIN reach AS g USING (deal_no)
  LEFT JOIN depth AS w ON w.pipeline = trim(coalesce(f.pipeline, ''))
)
SELECT trim(coalesce(f.pipeline, '')) AS pipeline, s.side, {counts}
FROM grouped AS s JOIN judged AS f USING (deal_no) JOIN deals AS d USING (deal_no)
JOIN {table.raw.table} AS r ON r.rowid = d.row_id
LEFT JOIN touched AS t USING (deal_no) LEFT JOIN named AS n USING (deal_no)
LEFT JOIN deal_roles AS o USING (deal_no)
WHERE d.table_no = $table_no AND s.side IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def _asked(case: Case, table: Loaded) -> tuple[list[_Asked], dict[str, Any]]:
    """Every fact of a table: its columns, people by role, two people, a touch of the client."""
    out = case.rulebook.no_separator
    params: dict[str, Any] = {"table_no": table.number}
    asked = [_role(case, table, role) for role in ROLES if _tells_role(case, role)]
    if case.has("contacts", "name"):
        asked.append(_Asked(Fact("people", "people"), "(coalesce(n.people, 0) >= 2)"))
    if case.has("activities", "direction", "kind") and case.has("deals", "created_at"):
        lived = f"coalesce(f.closed_at, $as_of) - f.created_at >= {EARLY_DAYS}"
        touch = f"CASE WHEN {lived} THEN t.deal_no IS NOT NULL END"
        asked.append(_Asked(Fact("client_activity", "activity"), f"({touch})"))
        params["as_of"] = case.derived.as_of
    fields = {i: name for name, m in table.plan.mapping.items() for i in m.columns}
    for index in candidate_columns(table, case.rulebook.no_gate):
        header = table.plan.table.headers[index].strip()
        name = fields.get(index)
        if name in ROLES or name in out["fields"] or (name and name not in Deal.model_fields):
            continue
        low = header.lower()
        closing = name in out["closing_fields"] or any(is_word(w, low) for w in out["words"])
        if name is not None:
            day = f"CAST(d.{name} AS DATE)" if name.endswith("_at") else None
            asked.append(_Asked(Fact(name, "field", closing, header), f"d.{name}_filled", day))
            continue
        column = Column(case.session, table.raw.table, index)
        text = casts.text([column])
        params |= text.params
        moment = f"CAST({casts.date(column, trusting=True).value} AS DATE)"
        asked.append(_Asked(Fact(header, "column", closing, header), text.filled, moment))
    return asked, params


def _tells_role(case: Case, role: str) -> bool:
    return case.has("deals", role) or case.has("contacts", "role", "position")


def _role(case: Case, table: Loaded, role: str) -> _Asked:
    """A person by role, from the column or the contacts of the deal."""
    has = [f"d.{role}_filled"] if case.has("deals", role) else []
    if case.has("contacts", "role", "position"):
        has.append(f"coalesce(o.{role}, false)")
    match = table.plan.mapping.get(role)
    header = table.plan.table.headers[match.columns[0]].strip() if match else ""
    return _Asked(Fact(role, "person", header=header), f"({' OR '.join(has)})")
