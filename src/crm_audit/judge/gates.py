"""Conditions between stages: fields that are filled from a stage on, and how deals were moved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from crm_audit.engine import casts
from crm_audit.engine.load import Loaded
from crm_audit.judge.case import Case
from crm_audit.model.report import Gate, Gates, Moves

_STANDARD_FIELDS = frozenset(
    ["deal_id", "deal_name", "pipeline", "stage", "status", "amount", "currency", "owner",
     "created_at", "updated_at", "closed_at", "stage_entered_at", "last_activity_at",
     "probability", "forecast_category", "loss_reason", "source", "tags", "close_date_moves"]
)  # fmt: skip
_STANDARD_WORDS = (
    "кем ", "создан", "изменен", "редактиров", "created", "modified", "updated", "edited",
    "телефон", "phone", "mobile", "факс", "fax", "mail", "почта", "utm", "gclid", "yclid",
    "fbclid", "_ym", "roistat", "referrer", "openstat", "owner", "ответственн", "skype", "icq",
    "jabber", "msn", "google", "source", "источник", "id", "ид", "валют", "currency", "age",
    "checksum", "closed", "закрыт", "probability", "вероятн", "forecast", "прогноз", "revenue",
    "score", "рейтинг", "rating", "days", "дней", "won", "lost", "url", "link", "сайт", "web",
)  # fmt: skip
_PHONES_AND_MAIL = ("телефон", "phone", "mobile", "факс", "fax", "mail", "почта")
_BEYOND = 10_000
_SLACK = 1e-9


@dataclass
class _Fill:
    """Fill counts of one field in one pipeline, by the furthest stage of the deals."""

    deals: dict[int, int]
    filled: dict[int, int]

    def rate(self, ranks: range) -> tuple[float, int]:
        deals = sum(n for r, n in self.deals.items() if r in ranks)
        filled = sum(n for r, n in self.filled.items() if r in ranks)
        return (filled / deals if deals else 0.0), deals


def judge_gates(case: Case) -> Gates:
    """Discover gates in the data and count the moves, as method.md defines both."""
    fills = _fills(case)
    depth: dict[str, int] = {}
    names: dict[tuple[str, int], str] = {}
    for row in case.stage_book.rows:
        if row.rank is not None:
            depth[row.pipeline] = max(depth.get(row.pipeline, 0), row.rank)
            names[(row.pipeline, row.rank)] = row.name
    found: list[Gate] = []
    boundaries = judged = 0
    for pipeline in _judged_pipelines(case, fills, depth):
        fields = fills.get(pipeline, {})
        for k in range(2, depth[pipeline] + 1):
            sample = next(iter(fields.values()), None)
            if sample is None:
                continue
            boundaries += 1
            least = case.limit("gate_deals")
            _, before = sample.rate(range(1, k))
            _, after = sample.rate(range(k, _BEYOND + 1))
            judged += before >= least and after >= least
        for header, fill in fields.items():
            gate = _best_gate(case, pipeline, header, fill, depth[pipeline], names)
            if gate is not None:
                found.append(gate)
    found.sort(key=lambda g: (g.pipeline or "", g.stage, g.field))
    return Gates(
        discovered=found,
        boundaries=boundaries,
        judged=judged,
        moves=_moves(case),
        moves_source=case.wording("moves_from_history") if case.derived.has_history else None,
    )


def _judged_pipelines(
    case: Case, fills: dict[str, dict[str, _Fill]], depth: dict[str, int]
) -> list[str]:
    """Pipelines with two open stages or more; small ones only where there is no larger one."""
    sizes: dict[str, int] = {}
    for pipeline, ranks in depth.items():
        if ranks >= 2 and fills.get(pipeline):
            sizes[pipeline] = sum(next(iter(fills[pipeline].values())).deals.values())
    large = [p for p, n in sizes.items() if n >= 2 * case.limit("gate_deals")]
    return sorted(large or sizes)


def _best_gate(
    case: Case,
    pipeline: str,
    header: str,
    fill: _Fill,
    depth: int,
    names: dict[tuple[str, int], str],
) -> Gate | None:
    """The boundary at which a field jumps most, if it is a gate there."""
    best: tuple[float, Gate] | None = None
    least = case.limit("gate_deals")
    for k in range(2, depth + 1):
        before, deals_before = fill.rate(range(1, k))
        after, deals_after = fill.rate(range(k, _BEYOND + 1))
        jump = after - before
        if deals_before < least or deals_after < least:
            continue
        if after < case.limit("gate_filled") - _SLACK:
            continue
        if jump >= case.limit("gate_jump") - _SLACK and (best is None or jump > best[0]):
            gate = Gate(
                pipeline=pipeline or None,
                field=header,
                stage=names[(pipeline, k)],
                before=round(before, 4),
                after=round(after, 4),
                deals_before=deals_before,
                deals_after=deals_after,
            )
            best = (jump, gate)
    return best[1] if best else None


def _fills(case: Case) -> dict[str, dict[str, _Fill]]:
    case.session.con.execute(_REACH)
    fills: dict[str, dict[str, _Fill]] = defaultdict(dict)
    for table in case.loaded:
        if table.plan.kind != "deals" or not table.used:
            continue
        candidates = candidate_columns(table)
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
                fill = fills[pipeline].setdefault(header, _Fill({}, {}))
                fill.deals[reach] = fill.deals.get(reach, 0) + deals
                fill.filled[reach] = fill.filled.get(reach, 0) + n
    return fills


def _filled(case: Case, table: Loaded, columns: list[int]) -> tuple[list[str], dict[str, Any]]:
    """SQL of whether each column is filled, with its parameters."""
    listed: list[str] = []
    params: dict[str, Any] = {"table_no": table.number}
    fields = {i: name for name, m in table.plan.mapping.items() for i in m.columns}
    for index in columns:
        if index in fields:
            listed.append(f"d.{fields[index]}_filled")
            continue
        cast = casts.text([casts.Column(case.session, table.raw.table, index)])
        listed.append(cast.filled)
        params |= cast.params
    return listed, params


def candidate_columns(table: Loaded) -> list[int]:
    """Columns that may be gates: everything but the standard fields of a CRM."""
    plan = table.plan
    standard = {d.column for d in plan.stage_dates}
    for name, match in plan.mapping.items():
        single_date = name == "expected_close" and "closed_at" not in plan.mapping
        if name in _STANDARD_FIELDS or single_date:
            standard |= set(match.columns)
    mapped = {i for m in plan.mapping.values() for i in m.columns}
    listed = []
    for index, header in enumerate(plan.table.headers):
        lowered = header.strip().lower()
        if index in standard or not lowered:
            continue
        words = _PHONES_AND_MAIL if index in mapped else _STANDARD_WORDS
        if any(_is_word(w, lowered) for w in words):
            continue
        listed.append(index)
    return listed


def _is_word(word: str, header: str) -> bool:
    if len(word) > 3:
        return word in header
    return word in header.replace("_", " ").replace("/", " ").split()


def _moves(case: Case) -> Moves | None:
    if not case.derived.has_history:
        return None
    row = case.session.rows(
        "SELECT count(*), count(*) FILTER (WHERE clean), count(*) FILTER (WHERE clean IS NULL),"
        " count(*) FILTER (WHERE bulk), count(*) FILTER (WHERE same_day),"
        " count(*) FILTER (WHERE forward AND jump), count(*) FILTER (WHERE NOT forward) FROM moves"
    )[0]
    names = ("total", "clean", "unknown", "bulk", "same_day", "jumps", "backward")
    return Moves(**dict(zip(names, row, strict=True)))


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
