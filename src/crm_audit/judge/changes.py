"""What changed between exports of the same deals: counts, money, and the deals themselves."""

from __future__ import annotations

from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.judge.case import Case
from crm_audit.model.movement import Change, ChangeCount, Comparison
from crm_audit.model.parts import Source

KINDS = (
    "vanished", "left", "reopened", "back_dated", "stage", "won", "lost", "pushed", "pulled_in",
    "amount", "currency", "owner", "new", "returned",
)  # fmt: skip
"""Kinds of change in the order of the report."""


def judge_changes(case: Case, limit: int | None) -> list[Comparison]:
    """Every export against the one before it; at most `limit` changes each, largest first."""
    return [
        _comparison(case, number, seq, limit)
        for number, series in enumerate(case.series)
        for seq in range(1, len(series.exports))
    ]


def _comparison(case: Case, series: int, seq: int, limit: int | None) -> Comparison:
    earlier, later = case.series[series].exports[seq - 1 : seq + 1]
    place = [series, seq]
    by_id, alike, lowest, only_later = case.session.rows(
        "SELECT count(*) FILTER (WHERE how = 'id'), count(*) FILTER (WHERE how = 'alike'),"
        " min(CASE WHEN how = 'alike' THEN confidence END), count(*) FILTER (WHERE how = 'first')"
        " FROM lineage WHERE series = $1 AND seq = $2",
        place,
    )[0]
    counts = _counts(case, place)
    return Comparison(
        earlier=earlier.table.plan.table.label,
        later=later.table.plan.table.label,
        earlier_input=earlier.number,
        later_input=later.number,
        earlier_day=earlier.day,
        later_day=later.day,
        dated=[earlier.dated, later.dated],
        days=(later.day - earlier.day).days if later.day and earlier.day else None,
        by_id=by_id,
        alike=alike,
        lowest=lowest,
        not_sure=case.session.value(
            "SELECT count(*) FROM unsure WHERE series = $1 AND seq IN ($2 - 1, $2)", place
        ),
        only_earlier=case.session.value(
            "SELECT count(*) FROM gone WHERE series = $1 AND seq_gone = $2", place
        ),
        only_later=only_later,
        counts=counts,
        changes=_changes(case, place, limit),
        total=sum(c.deals for c in counts),
        notes=_notes(case, place),
    )


def _counts(case: Case, place: list[int]) -> list[ChangeCount]:
    counted: dict[str, ChangeCount] = {}
    for kind, currency, deals, amount, difference in case.session.rows(
        "SELECT kind, currency, count(*), sum(CASE WHEN amount > 0 THEN amount END),"
        " sum(CASE WHEN kind = 'amount' THEN difference END)"
        " FROM changes WHERE series = $1 AND seq = $2 GROUP BY kind, currency ORDER BY 1, 2",
        place,
    ):
        entry = counted.setdefault(kind, ChangeCount(kind=kind, deals=0, amount={}, difference={}))
        entry.deals += deals
        if amount:
            entry.amount[currency] = plain(amount)
        if difference:
            entry.difference[currency] = plain(difference)
    return [counted[kind] for kind in KINDS if kind in counted]


def _changes(case: Case, place: list[int], limit: int | None) -> list[Change]:
    most = f" LIMIT {int(limit)}" if limit is not None else ""
    rows = case.session.dicts(
        "SELECT * FROM changes WHERE series = $1 AND seq = $2"
        " ORDER BY amount DESC NULLS LAST, deal_id, deal_name, kind, what, was, became,"
        f" before_line, after_line{most}",
        place,
    )
    return [_change(row) for row in rows]


def _change(row: dict[str, Any]) -> Change:
    numbers = row["kind"] == "amount"
    return Change.model_construct(
        kind=row["kind"],
        what=row["what"],
        deal_id=row["deal_id"] or None,
        deal_name=row["deal_name"],
        company=row["company"],
        owner=row["owner"],
        stage=row["stage"],
        was=round(float(row["was"]), 2) if numbers else row["was"],
        became=round(float(row["became"]), 2) if numbers else row["became"],
        difference=plain(row["difference"]),
        amount=plain(row["amount"]),
        currency=row["currency"] if row["amount"] is not None else None,
        confidence=row["confidence"] if row["before_table"] is not None else None,
        seen_before=row["day_before"],
        seen_after=row["day_after"],
        before=_source(row["before_table"], row["before_line"]),
        after=_source(row["after_table"], row["after_line"]),
    )


def _source(table: int | None, line: int | None) -> Source | None:
    return None if table is None or line is None else Source(input=table, line=line)


def _notes(case: Case, place: list[int]) -> list[str]:
    """What was not counted between two exports, and why; and how uncertain matches were taken."""
    say, notes = case.wording, []
    for reason, value, deals in case.session.rows(
        "SELECT reason, value, deals FROM doubts WHERE series = $1 AND seq = $2 ORDER BY ALL",
        place,
    ):
        if deals:
            notes.append(say("doubt_" + reason, value=value or "", n=say.count(deals, "noun_deal")))
    for was, became, deals in case.session.rows(
        "SELECT b.stage, a.stage, r.deals FROM renamed AS r"
        " JOIN stages AS b ON b.stage_no = r.stage_before"
        " JOIN stages AS a ON a.stage_no = r.stage_after"
        " WHERE r.series = $1 AND r.seq = $2 ORDER BY ALL",
        place,
    ):
        n = say.count(deals, "noun_deal")
        notes.append(say("doubt_renamed", was=was, became=became, n=n))
    untold = case.session.value(
        "SELECT count(*) FROM pairs WHERE series = $1 AND seq = $2 AND NOT status_told", place
    )
    if untold:
        notes.append(say("doubt_status"))
    return notes
