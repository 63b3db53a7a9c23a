"""Where movement was seen: history tables, dates of stages, columns of the deals, activities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from crm_audit.engine.loaded import Loaded
from crm_audit.judge.case import Case
from crm_audit.judge.changes import judge_changes
from crm_audit.judge.diary import judge_diary
from crm_audit.judge.process import judge_process
from crm_audit.model.movement import Movement, MovementGap, MovementSource
from crm_audit.recognise import profiles

Kind = Literal[
    "history", "stage_dates", "stage_entered", "updated", "last_activity", "activities", "snapshots"
]
Use = Literal["moves", "pushes", "reactions", "limits", "stalls"]

_COLUMNS: tuple[tuple[Kind, str], ...] = (
    ("stage_entered", "stage_entered_at"),
    ("updated", "updated_at"),
    ("last_activity", "last_activity_at"),
)
_BASES: dict[Kind, tuple[str, ...]] = {
    "history": ("stage_event",),
    "stage_dates": ("stage_event",),
    "stage_entered": ("stage_event",),
    "activities": ("activity", "last_activity"),
    "last_activity": ("last_activity",),
    "updated": ("updated",),
    "snapshots": ("stage_event",),
}
_SEEN = {
    "events": (
        "SELECT table_no, deal_no, changed_at AS moment FROM stage_events WHERE seen IS NULL"
    ),
    "snapshots": (
        "SELECT table_no, deal_no, changed_at AS moment FROM stage_events"
        " WHERE seen IN ('move', 'fields')"
    ),
    "activities": (
        "SELECT table_no, deal_no, coalesce(done_at, happened_at, created_at) AS moment"
        " FROM activities"
    ),
    **{field: f"SELECT table_no, deal_no, {field} AS moment FROM deals" for _, field in _COLUMNS},
}


def judge_movement(case: Case, limit: int | None) -> Movement | None:
    """Every source of movement, changes between exports, the process and the signs of a diary.

    None without deals. Lists of deals hold at most `limit`.
    """
    if not case.session.value("SELECT count(*) FROM deals"):
        return None
    sources = list(_sources(case))
    return Movement(
        sources=sources,
        changes=judge_changes(case, limit),
        gaps=_gaps(case, sources),
        process=judge_process(case),
        diary=judge_diary(case, limit),
    )


def _sources(case: Case) -> Iterator[MovementSource]:
    seen = {
        (name, row[0]): row[1:]
        for name, query in _SEEN.items()
        for row in case.session.rows(
            "SELECT table_no, count(*), count(DISTINCT deal_no), CAST(min(moment) AS DATE),"
            f" CAST(max(moment) AS DATE) FROM ({query}) AS seen CROSS JOIN params AS p"
            " WHERE CAST(moment AS DATE) <= p.as_of AND deal_no IS NOT NULL GROUP BY table_no"
        )
    }
    judged_by = {row[0] for row in case.session.rows("SELECT DISTINCT progress_basis FROM stalls")}
    for table in case.loaded:
        for kind, name in _kinds(table):
            found = seen.get((name, table.number))
            if found is None:
                continue
            events, deals, first, last = found
            yield MovementSource(
                kind=kind,
                table=table.plan.table.label,
                input=table.number,
                events=events,
                deals=deals,
                first=first,
                last=last,
                used_for=_uses(case, table, kind, judged_by),
            )


def _kinds(table: Loaded) -> Iterator[tuple[Kind, str]]:
    if table.plan.kind == "stage_events":
        yield "history", "events"
    elif table.plan.kind == "activities":
        yield "activities", "activities"
    elif table.plan.kind == "deals":
        if table.plan.stage_dates:
            yield "stage_dates", "events"
        yield from _COLUMNS
        yield "snapshots", "snapshots"


def _uses(case: Case, table: Loaded, kind: Kind, judged_by: set[str | None]) -> list[Use]:
    uses: list[Use] = []
    if kind == "snapshots":
        told: dict[Use, str] = {"moves": "seen = 'move'", "pushes": "pushed", "reactions": "true"}
        uses += [
            use
            for use, where in told.items()
            if case.session.value(
                "SELECT count(*) FROM stage_events"
                f" WHERE table_no = $1 AND seen IN ('move', 'fields') AND {where}",
                [table.number],
            )
        ]
    if kind in ("history", "stage_dates"):
        uses.append("moves")
        if "expected_close" in table.plan.mapping and kind == "history":
            uses.append("pushes")
        uses.append("reactions")
        if case.session.value("SELECT count(*) FROM stage_times"):
            uses.append("limits")
    if judged_by & set(_BASES[kind]):
        uses.append("stalls")
    return uses


def _gaps(case: Case, sources: list[MovementSource]) -> list[MovementGap]:
    crm = next((t.plan.crm for t in case.loaded if t.plan.kind == "deals"), "unknown")
    known = profiles.load()
    profile = known.get(crm) or known[profiles.GENERIC]
    absent: list[Literal["stage_history", "activities", "snapshots"]] = []
    kinds = {s.kind for s in sources}
    if not kinds & {"history", "stage_dates"}:
        absent.append("stage_history")
    if not case.has("activities"):
        absent.append("activities")
    if all(len(s.exports) == 1 for s in case.series):
        absent.append("snapshots")
    return [
        MovementGap(
            kind=kind,
            text=case.wording("movement_gap_" + kind),
            export=profile.export_hint(
                "all" if kind == "snapshots" else kind, case.wording.language
            ),
        )
        for kind in absent
    ]
