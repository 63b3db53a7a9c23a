"""Which row of an export is which deal of the export before: by id, else by likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_audit.engine.session import Session

if TYPE_CHECKING:
    from crm_audit.engine.series import Series

_WEIGHTS = {"name": 0.45, "company": 0.25, "created": 0.20, "amount": 0.10}
"""What each likeness weighs; a field that one of the two rows lacks weighs nothing."""

_BARE = 0.7
"""Confidence that a full likeness by one field alone may reach, before the weight of the field."""


@dataclass(frozen=True)
class Likeness:
    """What two rows are compared by."""

    name: str | None
    company: str | None
    created: date | None
    amount: Decimal | None


def match_deals(session: Session, series: Sequence[Series], least: float, margin: float) -> None:
    """Fill `lineage`: every row of every export with the deal that it is.

    A match by likeness needs a confidence of `least`, and no other row within `margin` of it on
    either side: where several fit, none is taken and both sides are noted in `unsure`.
    """
    session.con.execute("CREATE TABLE step (series INTEGER, seq INTEGER, by_id BOOLEAN)")
    for number, found in enumerate(series):
        if len(found.exports) == 1:
            continue
        session.con.execute(
            "INSERT INTO lineage SELECT deal_no, series, seq, deal_no, 'first', 1.0"
            " FROM rows_seen WHERE series = $1 AND seq = 0",
            [number],
        )
        for seq, export in enumerate(found.exports[1:], 1):
            session.con.execute("DELETE FROM step")
            session.con.execute("INSERT INTO step VALUES ($1, $2, $3)", [number, seq, export.by_id])
            session.run("match_ids")
            if session.value("SELECT count(*) FROM left_before") and session.value(
                "SELECT count(*) FROM left_after"
            ):
                session.run("match_alike")
                _match_alike(session, number, seq, least, margin)
            session.con.execute(
                "INSERT INTO lineage SELECT deal_no, series, seq, deal_no, 'first', 1.0"
                " FROM arrivals WHERE deal_no NOT IN (SELECT deal_no FROM lineage)"
            )


def _match_alike(session: Session, number: int, seq: int, least: float, margin: float) -> None:
    picked = "name_key, company_key, CAST(created_at AS DATE), amount"
    before = {
        row[0]: Likeness(*row[1:])
        for row in session.rows(
            f"SELECT entity, {picked} FROM left_before"
            " WHERE entity IN (SELECT entity FROM candidates)"
        )
    }
    after = {
        row[0]: Likeness(*row[1:])
        for row in session.rows(
            f"SELECT deal_no, {picked} FROM left_after"
            " WHERE deal_no IN (SELECT deal_no FROM candidates)"
        )
    }
    pairs = session.rows("SELECT entity, deal_no FROM candidates ORDER BY ALL")
    scored = [(likeness(before[e], after[d]), e, d) for e, d in pairs]
    matched, doubtful = one_to_one([s for s in scored if s[0] >= least], margin)
    session.fill(
        "lineage",
        {
            "entity": [e for _, e, _ in matched],
            "series": [number] * len(matched),
            "seq": [seq] * len(matched),
            "deal_no": [d for _, _, d in matched],
            "how": ["alike"] * len(matched),
            "confidence": [s for s, _, _ in matched],
        },
    )
    _note_unsure(session, doubtful)


def _note_unsure(session: Session, doubtful: list[tuple[float, int, int]]) -> None:
    """Rows that several fit, and rows whose every block was too large to look through."""
    session.con.execute(
        "INSERT INTO unsure"
        " SELECT b.series, b.seq, b.deal_no FROM left_before AS b WHERE b.entity NOT IN"
        " (SELECT entity FROM lineage AS l JOIN step AS t ON l.series = t.series AND l.seq = t.seq)"
        " AND (b.entity IN (SELECT unnest($1::BIGINT[])) OR b.entity IN (SELECT k FROM"
        " blocks_before JOIN block_sizes USING (block) WHERE NOT small))"
        " UNION ALL SELECT a.series, a.seq, a.deal_no FROM left_after AS a"
        " WHERE a.deal_no NOT IN (SELECT deal_no FROM lineage)"
        " AND (a.deal_no IN (SELECT unnest($2::BIGINT[])) OR a.deal_no IN (SELECT k FROM"
        " blocks_after JOIN block_sizes USING (block) WHERE NOT small))",
        [[e for _, e, _ in doubtful], [d for _, _, d in doubtful]],
    )


def likeness(one: Likeness, other: Likeness) -> float:
    """How surely two rows are one deal, from 0 to 1.

    The weighted likeness of what both rows have; the less they have, the less it is worth.
    """
    from rapidfuzz import fuzz

    scores: dict[str, float] = {}
    for field in ("name", "company"):
        a, b = getattr(one, field), getattr(other, field)
        if a and b:
            scores[field] = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b)) / 100
    if one.created and other.created:
        apart = abs((one.created - other.created).days)
        # A day apart may be one moment in two time zones.
        scores["created"] = 1.0 if not apart else 0.8 if apart == 1 else 0.0
    if one.amount is not None and other.amount is not None:
        a, b = float(one.amount), float(other.amount)
        near = min(a, b) / max(a, b) if min(a, b) > 0 else 0.0
        scores["amount"] = 1.0 if a == b else 0.5 * near
    if "name" not in scores:
        return 0.0
    weight = sum(_WEIGHTS[f] for f in scores)
    alike = sum(_WEIGHTS[f] * s for f, s in scores.items()) / weight
    return round(alike * (_BARE + (1 - _BARE) * weight), 4)


Scored = tuple[float, int, int]
"""Confidence, deal of before, row of now."""


def one_to_one(scored: list[Scored], margin: float) -> tuple[list[Scored], list[Scored]]:
    """The pairs taken, best first, and those left because another was too near to choose.

    A pair is taken if, of the rows still free, neither side has another within `margin` of it.
    """
    scored = sorted(scored, key=lambda s: (-s[0], s[1], s[2]))
    of_before: dict[int, list[Scored]] = defaultdict(list)
    of_after: dict[int, list[Scored]] = defaultdict(list)
    for pair in scored:
        of_before[pair[1]].append(pair)
        of_after[pair[2]].append(pair)
    taken: list[Scored] = []
    gone_before: set[int] = set()
    gone_after: set[int] = set()

    def free(pair: Scored) -> bool:
        return pair[1] not in gone_before and pair[2] not in gone_after

    waiting = scored
    while waiting:
        still: list[Scored] = []
        for pair in waiting:
            if not free(pair):
                continue
            rivals = (p for p in (*of_before[pair[1]], *of_after[pair[2]]) if p is not pair)
            if any(free(p) and p[0] > pair[0] - margin for p in rivals):
                still.append(pair)
                continue
            taken.append(pair)
            gone_before.add(pair[1])
            gone_after.add(pair[2])
        if len(still) == len(waiting):
            return taken, still
        waiting = [p for p in still if free(p)]
    return taken, []
