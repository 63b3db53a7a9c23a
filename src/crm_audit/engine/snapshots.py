"""Several exports of the same deals compared: what changed, and what that adds to the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from crm_audit.engine.loaded import Loaded
from crm_audit.engine.matching import match_deals
from crm_audit.engine.rules import Rulebook
from crm_audit.engine.series import Series, day_of_name
from crm_audit.engine.session import Session


def compare(
    session: Session,
    series: Sequence[Series],
    loaded: Sequence[Loaded],
    given: dict[int, date],
    book: Rulebook,
) -> None:
    """Compare every export with the one before it.

    Leaves `changes`, fills `gone_facts` (deals that the newest export lacks) and `deal_changes`
    (one row a judged deal), and adds to `stage_events` what no history of the deal tells.
    """
    if all(len(found.exports) == 1 for found in series):
        return
    session.con.execute(
        "CREATE TABLE compare_params AS SELECT $clock AS clock_hours, $share AS filter_share",
        {"clock": book.value("clock_hours"), "share": book.value("filter_share")},
    )
    _histories(session, series, loaded, given)
    session.run("sightings")
    match_deals(session, series, book.value("match_least"), book.value("match_margin"))
    for step in ("pairs", "doubts", "changes", "deal_changes", "seen_moves", "closings"):
        session.run(step)


def _histories(
    session: Session, series: Sequence[Series], loaded: Sequence[Loaded], given: dict[int, date]
) -> None:
    """Which export each history table goes with, and which fields it has.

    That of its workbook, else the last one up to its own day, else the newest.
    """
    session.con.execute(
        "CREATE TABLE event_tables (table_no INTEGER, series INTEGER, seq INTEGER);"
        "CREATE TABLE event_fields (table_no INTEGER, has_close BOOLEAN, has_owner BOOLEAN,"
        " has_amount BOOLEAN)"
    )
    rows: list[tuple[int, int, int]] = []
    tables = [t for t in loaded if t.plan.kind == "stage_events" and t.used]
    for table in tables:
        day = given.get(table.number) or day_of_name(table.plan.table.name)
        for number, found in enumerate(series):
            last = len(found.exports) - 1
            book = [
                seq
                for seq, export in enumerate(found.exports)
                if export.table.plan.table.sha256 == table.plan.table.sha256
            ]
            until = [
                seq
                for seq, export in enumerate(found.exports)
                if day is not None and export.day is not None and export.day <= day
            ]
            seq = book[0] if book else until[-1] if until else 0 if day is not None else last
            rows.append((table.number, number, seq))
    session.fill(
        "event_tables",
        {name: [row[i] for row in rows] for i, name in enumerate(("table_no", "series", "seq"))},
    )
    fields = {
        "has_close": "expected_close",
        "has_owner": "owner",
        "has_amount": "amount",
    }
    session.fill(
        "event_fields",
        {"table_no": [t.number for t in tables]}
        | {name: [field in t.plan.mapping for t in tables] for name, field in fields.items()},
    )
