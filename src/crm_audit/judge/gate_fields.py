"""How the fields of the card fill up along the pipeline: what gates are found in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from crm_audit import texts
from crm_audit.engine import casts
from crm_audit.engine.column import Column
from crm_audit.engine.loaded import Loaded
from crm_audit.judge.case import Case

BEYOND = 10_000
"""The rank of what is beyond all open stages."""


@dataclass
class Fill:
    """Fill counts of one field in one pipeline, by the furthest stage of the deals."""

    deals: dict[int, int]
    filled: dict[int, int]

    def rate(self, ranks: range) -> tuple[float, int]:
        """Share of the deals in `ranks` that have the field, and how many deals these are."""
        deals = sum(n for r, n in self.deals.items() if r in ranks)
        filled = sum(n for r, n in self.filled.items() if r in ranks)
        return (filled / deals if deals else 0.0), deals


def field_fills(case: Case) -> dict[str, dict[str, Fill]]:
    """Fill counts by pipeline and field, for every column that may be a gate."""
    case.session.con.execute(_REACH)
    fills: dict[str, dict[str, Fill]] = defaultdict(dict)
    for table in case.loaded:
        if table.plan.kind != "deals" or not table.used:
            continue
        candidates = candidate_columns(table, case.rulebook.no_gate)
        if not candidates:
            continue
        filled, params = _filled(case, table, candidates)
        counts = ", ".join(f"count(*) FILTER (WHERE {sql})" for sql in filled)
        for row in case.session.rows(
            f"SELECT g.pipeline, g.reach, count(*), {counts} FROM reach AS g"
            f" JOIN {table.raw.table} AS r ON r.rowid = g.row_id"
            " JOIN deals AS d USING (deal_no) WHERE g.table_no = $table_no"
            " GROUP BY ALL ORDER BY ALL",
            params,
        ):
            pipeline, reach, deals, *numbers = row
            for index, n in zip(candidates, numbers, strict=True):
                header = table.plan.table.headers[index].strip()
                fill = fills[pipeline].setdefault(header, Fill({}, {}))
                fill.deals[reach] = fill.deals.get(reach, 0) + deals
                fill.filled[reach] = fill.filled.get(reach, 0) + n
    return fills


def is_default(case: Case, pipeline: str, header: str, rank: int) -> bool:
    """Whether one value stands in nearly every deal from a stage on: nobody found it out.

    A tick or a word for a completed act of the client says all that such a field can say, and
    the deals before the stage lack it: that is no default.
    """
    found: dict[str, int] = {}
    for table in case.loaded:
        headers = [h.strip() for h in table.plan.table.headers]
        if table.plan.kind != "deals" or not table.used or header not in headers:
            continue
        index = headers.index(header)
        fields = {i: name for name, m in table.plan.mapping.items() for i in m.columns}
        cell = f"CAST(d.{fields[index]} AS VARCHAR)" if index in fields else f"r.c{index}"
        for value, n in case.session.rows(
            f"SELECT coalesce(lower(trim({cell})), ''), count(*) FROM reach AS g"
            f" JOIN {table.raw.table} AS r ON r.rowid = g.row_id JOIN deals AS d USING (deal_no)"
            " WHERE g.table_no = $1 AND g.pipeline = $2 AND g.reach >= $3 GROUP BY 1 ORDER BY 1",
            [table.number, pipeline, rank],
        ):
            found[value] = found.get(value, 0) + n
    total = sum(found.values())
    if total < case.limit("default_rows"):
        return False
    value, most = max(found.items(), key=lambda pair: pair[1])
    done = texts.is_mark(value) or texts.stage_kind(value) == "client_decision"
    return most >= case.limit("default_share") * total - 1e-9 and not done


def _filled(case: Case, table: Loaded, columns: list[int]) -> tuple[list[str], dict[str, Any]]:
    """SQL of whether each column is filled, with its parameters."""
    listed: list[str] = []
    params: dict[str, Any] = {"table_no": table.number}
    fields = {i: name for name, m in table.plan.mapping.items() for i in m.columns}
    for index in columns:
        if index in fields:
            listed.append(f"d.{fields[index]}_filled")
            continue
        cast = casts.text([Column(case.session, table.raw.table, index)])
        listed.append(cast.filled)
        params |= cast.params
    return listed, params


def candidate_columns(table: Loaded, no_gate: dict[str, list[str]]) -> list[int]:
    """Columns that may be gates: everything but the standard fields of a CRM."""
    plan = table.plan
    standard = {d.column for d in plan.stage_dates}
    for name, match in plan.mapping.items():
        single_date = name == "expected_close" and "closed_at" not in plan.mapping
        if name in no_gate["fields"] or single_date:
            standard |= set(match.columns)
    mapped = {i for m in plan.mapping.values() for i in m.columns}
    listed = []
    for index, header in enumerate(plan.table.headers):
        lowered = header.strip().lower()
        if index in standard or not lowered:
            continue
        words = no_gate["contact_words"] + ([] if index in mapped else no_gate["words"])
        if any(is_word(w, lowered) for w in words):
            continue
        listed.append(index)
    return listed


def is_word(word: str, header: str) -> bool:
    """Whether a lower-case header has a word; one of up to three letters must stand alone."""
    if len(word) > 3:
        return word in header
    return word in header.replace("_", " ").replace("/", " ").split()


_REACH = """
CREATE OR REPLACE TABLE reach AS
WITH furthest AS (
  SELECT h.deal_no, max(s.rank) AS rank FROM history AS h JOIN stages AS s ON s.stage_no = h.to_no
  WHERE s.rank IS NOT NULL GROUP BY h.deal_no
)
SELECT d.deal_no, d.table_no, d.row_id, coalesce(trim(d.pipeline), '') AS pipeline,
  CASE WHEN d.status = 'won' THEN 10000 ELSE greatest(f.rank, s.rank) END AS reach
FROM deals AS d LEFT JOIN stages AS s USING (stage_no) LEFT JOIN furthest AS f USING (deal_no)
WHERE (d.status IN ('open', 'won') OR (d.status = 'lost' AND f.rank IS NOT NULL))
  AND NOT coalesce(s.post_sale AND d.status = 'open', false)
  AND CASE WHEN d.status = 'won' THEN 10000 ELSE greatest(f.rank, s.rank) END IS NOT NULL
"""
