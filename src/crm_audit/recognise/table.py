"""The way from one raw table to its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crm_audit.errors import UsageError
from crm_audit.model.deal import TABLES
from crm_audit.readers.raw import Notice, RawTable
from crm_audit.recognise import byvalues, finish, headers, kinds, profiles
from crm_audit.recognise.match import Assignment, Match, assign
from crm_audit.recognise.plan import Kind, RecogniseOptions, TablePlan
from crm_audit.recognise.vocabulary import WEAK
from crm_audit.wording import Wording

STAGE_FIELDS = ("pipeline", "stage", "stage_name", "order", "is_final", "is_success")
_BESIDE = ("contacts", "not_deals")
"""Kinds whose columns may stand beside a deal in one table, which is of deals then."""
_SAMPLE = 200
_CELL = 60


def fields_of(kind: str) -> tuple[str, ...]:
    """Names of the fields that a mapping of this kind may have."""
    if kind == "stages":
        return STAGE_FIELDS
    model = TABLES.get(kind)
    return tuple(n for n in model.model_fields if n != "extra") if model else ()


def plans(
    tables: Sequence[RawTable], options: RecogniseOptions, wording: Wording
) -> list[TablePlan]:
    """Plan every table; options are checked against all tables together.

    History, tasks and contacts that say nothing of their CRM are taken for that of the deals.
    """
    _check(tables, options, wording)
    found = [_plan(table, options) for table in tables]
    crms = {p.crm for p in found if p.kind == "deals"}
    if len(crms) == 1:
        (crm,) = crms
        found = [p if p.crm != "unknown" else replace(p, crm=crm) for p in found]
    return _with_lost_columns(found, options)


def _with_lost_columns(plans: list[TablePlan], options: RecogniseOptions) -> list[TablePlan]:
    """A notice for each column that the settings name for tables of a kind and none of them has."""
    found = list(plans)
    for scoped, columns in options.columns.items():
        kind, _ = _scope(scoped)
        of_kind = [i for i, plan in enumerate(plans) if plan.kind == kind]
        for column in columns:
            headers_of_kind = [plans[i].table.headers for i in of_kind]
            if column and of_kind and all(_find(h, column) is None for h in headers_of_kind):
                said = Notice("recognise_column_not_here", {"field": scoped, "column": column})
                first = found[of_kind[0]]
                found[of_kind[0]] = replace(first, warnings=(*first.warnings, said))
    return found


def _check(tables: Sequence[RawTable], options: RecogniseOptions, wording: Wording) -> None:
    known = sorted({f for kind in kinds.KINDS for f in fields_of(kind)})
    for scoped, columns in options.columns.items():
        kind, name = _scope(scoped)
        if name not in (known if kind is None else fields_of(kind)):
            raise UsageError(
                wording("recognise_unknown_field", field=scoped, known=", ".join(known))
            )
        for column in columns:
            # Settings saved for a table that is not here now are no mistake.
            if (
                column
                and kind is None
                and not any(_find(t.headers, column) is not None for t in tables)
            ):
                there = ", ".join(dict.fromkeys(h.strip() for t in tables for h in t.headers if h))
                raise UsageError(wording("recognise_unknown_column", column=column, known=there))
    if options.crm is not None and options.crm not in (*profiles.load(), "unknown"):
        known_crm = ", ".join(sorted(set(profiles.load()) - {profiles.GENERIC}))
        raise UsageError(wording("recognise_unknown_crm", crm=options.crm, known=known_crm))


def _find(names: Sequence[str], column: str) -> int | None:
    """Index of a column by its header: byte for byte, else by its plain form."""
    if column in names:
        return list(names).index(column)
    wanted = profiles.plain(column)
    return next((i for i, h in enumerate(names) if profiles.plain(h) == wanted), None)


def _fixed(table: RawTable, options: RecogniseOptions, kind: str) -> dict[str, tuple[int, ...]]:
    found = {}
    for scoped, columns in options.columns.items():
        only, name = _scope(scoped)
        if only not in (None, kind):
            continue
        places = [i for c in columns if (i := _find(table.headers, c)) is not None]
        if name in fields_of(kind) and places and len(places) == len(columns):
            found[name] = tuple(places)
    return found


def _scope(scoped: str) -> tuple[str | None, str]:
    """`deals.owner` is the owner of deals; `owner` alone that of every table."""
    kind, _, name = scoped.rpartition(".")
    return (kind or None), name


def _without_refused(plan: TablePlan, options: RecogniseOptions) -> TablePlan:
    """The plan less the fields of which the user said that no column is them."""
    refused = {
        name
        for scoped, columns in options.columns.items()
        for kind, name in [_scope(scoped)]
        if columns == ("",) and kind in (None, plan.kind)
    }
    kept = {name: match for name, match in plan.mapping.items() if name not in refused}
    return plan if len(kept) == len(plan.mapping) else replace(plan, mapping=kept)


def _plan(table: RawTable, options: RecogniseOptions) -> TablePlan:
    width = len(table.headers)
    sample = table.sample[:_SAMPLE]
    columns = [[r[i] if i < len(r) else "" for r in sample] for i in range(width)]
    headed = table.headed
    named = [headers.parse(h if headed else "") for h in table.headers]
    crm, notices = _crm(table, columns, options)
    profile = profiles.load().get(crm)
    fixed = {kind: _fixed(table, options, kind) for kind in kinds.KINDS}
    maps: dict[str, Assignment] = {
        kind: assign(kind, named, columns, profile, fixed[kind]) for kind in kinds.KINDS
    }
    _id_of_another(maps["stage_events"], named)
    if not table.headed and not any(fixed.values()):
        maps["deals"] = byvalues.headless(columns)
        kind: Kind = "deals" if len(maps["deals"].fields) >= 3 else "not_deals"
    else:
        _stage_by_values(maps["deals"], columns)
        told = None if any(fixed.values()) else profiles.kind_told(table.headers)
        if told in _BESIDE and maps["deals"].count("stage", "pipeline", "probability", least=0.9):
            told = None
        kind = told or kinds.choose(maps, named, table.name, columns)
    language: str = headers.language_of(table.headers)
    plan = TablePlan(
        table=table,
        kind=kind,
        crm=crm,
        language="ru" if language == "ru" else "en",
        mapping={},
        warnings=tuple(notices),
    )
    if kind == "not_deals":
        return plan
    plan = finish.finish(plan, maps[kind], named, columns, profile, fixed=fixed[kind])
    return _without_refused(plan, options)


def _id_of_another(found: Assignment, named: Sequence[headers.Header]) -> None:
    """`Seller ID` of what moved from stage to stage is that of the deal, if nothing else is.

    The bare id of a row is the last to be that.
    """
    moved = found.count("to_stage", "changed_at", least=0.6) == 2
    told = found.fields.get("deal_id")
    bare = told is not None and named[told.column].concepts == ("ID",)
    if not (moved and found.count("from_stage", "left_at", least=0.8)) or (told and not bare):
        return
    used = {m.column for m in found.fields.values()}
    for i, header in enumerate(named):
        own = header.unknown == 1 and len(header.concepts) == 2 and "ID" in header.concepts
        if own and i not in used:
            found.fields["deal_id"] = Match(i, WEAK, "name")
            return


def _stage_by_values(found: Assignment, columns: Sequence[Sequence[str]]) -> None:
    """Look for the stage among the columns that nothing claims, where no name told it."""
    if found.count("stage", "status", "closed") or not found.count("deal_id", "deal_name"):
        return
    used = {m.column for m in found.fields.values()}
    stage = byvalues.find_stage(columns, [i for i in range(len(columns)) if i not in used])
    if stage is not None:
        found.fields["stage"] = stage


def _crm(
    table: RawTable, columns: Sequence[Sequence[str]], options: RecogniseOptions
) -> tuple[str, list[Notice]]:
    if options.crm is not None:
        return ("unknown" if options.crm == profiles.GENERIC else options.crm), []
    cells = frozenset(v.strip() for c in columns for v in c[:_CELL] if 0 < len(v) < 60)
    found = profiles.detect(table.headers, cells, table.name)
    if len(found) == 1:
        return found[0], []
    if len(found) > 1:
        names = ", ".join(profiles.load()[i].title for i in found)
        return "unknown", [Notice("recognise_several_crms", {"crms": names})]
    return "unknown", []
