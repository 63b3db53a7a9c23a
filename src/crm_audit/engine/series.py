"""Which deal tables are exports of the same deals, of what day each is, and which is judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from crm_audit.engine.session import Session
from crm_audit.readers.raw import Notice

if TYPE_CHECKING:
    from crm_audit.engine.loaded import Loaded

_SAME = 0.5
_IN_NAME = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")

Dated = Literal["given", "name", "events", "none"]
"""How the day of an export is known: `FILE@DATE`, the file's name, its own newest event."""


@dataclass(frozen=True)
class Export:
    """One deal table and the day that it shows; `by_id`: its ids are those of the one before."""

    table: Loaded
    day: date | None
    dated: Dated
    by_id: bool = True

    @property
    def number(self) -> int:
        """The number of the table in the audit."""
        return self.table.number


@dataclass(frozen=True)
class Series:
    """Exports of the same deals, oldest first; the last one is judged."""

    exports: tuple[Export, ...]


def find_series(
    session: Session, deals: Sequence[Loaded], given: Mapping[int, date], as_of: date | None
) -> list[Series]:
    """Group the deal tables, keep each group's past in tables of its own, judge its newest.

    Two tables are exports of the same deals if they share half of the smaller one's ids with the
    names or dates behind them, or half of its names with their dates, companies or amounts. With
    an `as_of`, later exports are left out where there is one of that day or before.
    """
    dated = [_dated(session, table, given) for table in deals]
    dated.sort(key=lambda e: (e.day or date.min, e.number))
    groups: list[list[Export]] = []
    for export in dated:
        for group in groups:
            same, by_id = _same_deals(session, group[-1].table, export.table)
            if same:
                group.append(Export(export.table, export.day, export.dated, by_id))
                break
        else:
            groups.append([export])
    series = [Series(tuple(_unrepeated(session, _until(g, as_of)))) for g in groups]
    _keep_past(session, series)
    _drop_unused(session, deals)
    return series


def _until(group: list[Export], as_of: date | None) -> list[Export]:
    """The exports up to a day; the oldest alone where all are later."""
    if as_of is None:
        return group
    kept = [e for e in group if e.day is None or e.day <= as_of] or group[:1]
    for export in group:
        if export not in kept:
            export.table.used = False
            export.table.warnings.append(Notice("later_export", {"day": as_of.isoformat()}))
    return kept


def _unrepeated(session: Session, group: list[Export]) -> list[Export]:
    """The exports without those that say, row by row, what the one before them says."""
    kept: list[Export] = []
    for export in group:
        if kept and _repeats(session, kept[-1].table, export.table):
            export.table.used = False
            same = kept[-1].table.plan.table.label
            export.table.warnings.append(Notice("repeated_export", {"same": same}))
        else:
            kept.append(export)
    for export in kept[:-1]:
        export.table.used = False
        newer = kept[-1].table.plan.table.label
        export.table.warnings.append(Notice("earlier_export", {"newer": newer}))
    return kept


def _repeats(session: Session, one: Loaded, other: Loaded) -> bool:
    a, b = one.plan.table, other.plan.table
    if a.sha256 == b.sha256 and a.sheet == b.sheet and a.name == b.name:
        return True
    if set(one.plan.mapping) != set(other.plan.mapping) or one.imported != other.imported:
        return False
    own = "deal_no, table_no, row_id, line"
    rows = f"SELECT * EXCLUDE ({own}) FROM deal_rows WHERE table_no"
    return not session.value(
        f"SELECT count(*) FROM ({rows} = $1 EXCEPT ALL {rows} = $2)", [one.number, other.number]
    )


def _keep_past(session: Session, series: Sequence[Series]) -> None:
    """Fill `exports` and move the rows of earlier exports out of the deals."""
    columns: dict[str, list[object]] = {
        name: []
        for name in ("series", "seq", "table_no", "day", "by_id", "newest", "has_status",
                     "has_pipeline", "lone_close", "planned_only")
    }  # fmt: skip
    lone, planned = (
        {row[0] for row in session.rows(f"SELECT table_no FROM {name}")}
        for name in ("lone_close", "planned_only")
    )
    for number, found in enumerate(series):
        if len(found.exports) == 1:
            continue
        for seq, export in enumerate(found.exports):
            row = (
                number, seq, export.number, export.day, export.by_id,
                export is found.exports[-1], "status" in export.table.plan.mapping,
                "pipeline" in export.table.plan.mapping, export.number in lone,
                export.number in planned,
            )  # fmt: skip
            for values, value in zip(columns.values(), row, strict=True):
                values.append(value)
    session.run("exports")
    session.fill("exports", columns)
    session.run("set_aside")


def _drop_unused(session: Session, deals: Sequence[Loaded]) -> None:
    for table in deals:
        if not table.used:
            for name in ("deal_rows", "stage_event_rows"):
                session.con.execute(f"DELETE FROM {name} WHERE table_no = $1", [table.number])


def _same_deals(session: Session, one: Loaded, other: Loaded) -> tuple[bool, bool]:
    """Whether two tables hold the same deals, and whether their ids say so."""
    if one.plan.crm != other.plan.crm:
        return False, False
    shared, alike, smaller = session.rows(
        "WITH a AS (SELECT * FROM deals WHERE table_no = $1 AND deal_id <> ''),"
        " b AS (SELECT * FROM deals WHERE table_no = $2 AND deal_id <> '')"
        " SELECT count(DISTINCT a.deal_id), count(DISTINCT CASE WHEN"
        " coalesce(a.deal_name = b.deal_name, false)"
        " OR coalesce(a.created_at = b.created_at, false)"
        " OR ((a.deal_name IS NULL OR b.deal_name IS NULL)"
        " AND (a.created_at IS NULL OR b.created_at IS NULL)) THEN a.deal_id END),"
        " least((SELECT count(DISTINCT deal_id) FROM a), (SELECT count(DISTINCT deal_id) FROM b))"
        " FROM a JOIN b USING (deal_id)",
        [one.number, other.number],
    )[0]
    if smaller and shared >= _SAME * smaller and alike >= _SAME * shared:
        return True, True
    for beside in ("CAST(created_at AS DATE)", "lower(trim(company))", "nullif(amount, 0)"):
        key = f"lower(trim(deal_name)) || chr(31) || CAST({beside} AS VARCHAR)"
        once = (
            f"SELECT {key} AS k FROM deals WHERE table_no = {{}} AND {key} IS NOT NULL"
            " GROUP BY 1 HAVING count(*) = 1"
        )
        shared, fewer = session.rows(
            f"WITH a AS ({once.format(one.number)}), b AS ({once.format(other.number)})"
            " SELECT (SELECT count(*) FROM a JOIN b USING (k)),"
            " (SELECT least(count(*) FILTER (WHERE table_no = $1),"
            " count(*) FILTER (WHERE table_no = $2)) FROM deals)",
            [one.number, other.number],
        )[0]
        if fewer and shared >= _SAME * fewer:
            return True, False
    return False, False


def day_of_name(name: str) -> date | None:
    """The date in the name of a file, if there is one."""
    if match := _IN_NAME.search(name):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None
    return None


def _dated(session: Session, table: Loaded, given: Mapping[int, date]) -> Export:
    if table.number in given:
        return Export(table, given[table.number], "given")
    if named := day_of_name(table.plan.table.name):
        return Export(table, named, "name")
    found: date | None = session.value(
        "SELECT CAST(max(greatest(created_at, updated_at, last_activity_at, stage_entered_at,"
        " CASE WHEN status IN ('won', 'lost') THEN closed_at END)) AS DATE)"
        " FROM deals WHERE table_no = $1",
        [table.number],
    )
    return Export(table, found, "events" if found else "none")
