"""Several exports of the same deals: the newest is judged, so that no deal counts twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from crm_audit.engine.session import Session
from crm_audit.readers.raw import Notice

if TYPE_CHECKING:
    from crm_audit.engine.loaded import Loaded

_SAME = 0.5
_IN_NAME = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")


def set_earlier_aside(
    session: Session, deals: Sequence[Loaded], given: Mapping[int, date]
) -> list[Loaded]:
    """Take out of the deals every table that a newer one repeats; the tables that remain.

    Two tables are exports of the same deals if they share half of the smaller one's ids. The date
    of an export is the one `given` by number, else in the file's name, else of its newest event.
    """
    dates = {table.number: _date(session, table, given) for table in deals}
    gone: set[int] = set()
    for one, other in combinations(deals, 2):
        if one.number in gone or other.number in gone or not _repeats(session, one, other):
            continue
        older, newer = sorted((one, other), key=lambda t: (dates[t.number] or date.min, t.number))
        gone.add(older.number)
        older.used = False
        older.warnings.append(Notice("earlier_export", {"newer": newer.plan.table.label}))
    for number in sorted(gone):
        for table in ("deal_rows", "stage_events"):
            session.con.execute(f"DELETE FROM {table} WHERE table_no = $1", [number])
    return [table for table in deals if table.number not in gone]


def _repeats(session: Session, one: Loaded, other: Loaded) -> bool:
    """Whether two tables hold the same deals: the same CRM, ids, and names or dates behind them."""
    if one.plan.crm != other.plan.crm:
        return False
    shared, alike, smaller = session.rows(
        "WITH a AS (SELECT * FROM deals WHERE table_no = $1 AND deal_id <> ''),"
        " b AS (SELECT * FROM deals WHERE table_no = $2 AND deal_id <> '')"
        " SELECT count(DISTINCT a.deal_id), count(DISTINCT CASE WHEN"
        " coalesce(a.deal_name = b.deal_name, false)"
        " OR coalesce(a.created_at = b.created_at, false)"
        " OR (a.deal_name IS NULL AND a.created_at IS NULL) THEN a.deal_id END),"
        " least((SELECT count(DISTINCT deal_id) FROM a), (SELECT count(DISTINCT deal_id) FROM b))"
        " FROM a JOIN b USING (deal_id)",
        [one.number, other.number],
    )[0]
    return bool(smaller) and shared >= _SAME * smaller and alike >= _SAME * shared


def _date(session: Session, table: Loaded, given: Mapping[int, date]) -> date | None:
    name = table.plan.table.name
    if table.number in given:
        return given[table.number]
    if match := _IN_NAME.search(name):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            pass
    found: date | None = session.value(
        "SELECT CAST(max(greatest(created_at, updated_at, last_activity_at, stage_entered_at,"
        " CASE WHEN status IN ('won', 'lost') THEN closed_at END)) AS DATE)"
        " FROM deals WHERE table_no = $1",
        [table.number],
    )
    return found
