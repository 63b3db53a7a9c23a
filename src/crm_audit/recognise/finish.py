"""The last touches of a plan: status from flags, joined columns, wide history, notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crm_audit.readers.raw import Notice
from crm_audit.recognise import changes, plausible, stages, wide
from crm_audit.recognise.headers import Header, bare_names, fold
from crm_audit.recognise.match import Assignment, Match
from crm_audit.recognise.plan import ColumnMatch, StageDate, TablePlan
from crm_audit.recognise.profiles import Profile
from crm_audit.recognise.vocabulary import LOOSE

_Columns = Sequence[Sequence[str]]
_BARE_DATES = ("expected_close", "created_at", "closed_at")
"""Fields that a column named no better than `Due` or `Date` may be taken for."""

_NOT_THEIR_MAIL = frozenset(("OWNER", "LAST", "COUNT", "DATE", "USER", "ACTIVITY"))
"""Concepts of a column about mails that holds no address of the client's person."""

_NOT_THE_SUM = frozenset(
    ("AMOUNT", "WEIGHTED", "BILLING", "ACTUAL", "COUNT", "PART", "RATE", "SPAN", "MRR", "TURNOVER")
)
"""Concepts of a column of money that is not the sum of the deal, or was refused as such."""


def finish(
    plan: TablePlan,
    found: Assignment,
    named: Sequence[Header],
    columns: _Columns,
    profile: Profile | None,
    *,
    fixed: dict[str, tuple[int, ...]],
) -> TablePlan:
    """The plan with its mapping, wide history, currency of the header and warnings."""
    if plan.kind == "deals":
        _state_of_a_country(found, named, columns, profile)
        _stage_or_status(found, named, columns, profile, plan.language)
        _close_date(found, named, columns, profile)
        _due_of_next_step(found, named, columns)
        _first_id(found, named, columns)
        _name_of_a_person(found, named)
        _lone_money(found, named, columns)
        _closed_when(found, named, columns)
    mapping = {n: ColumnMatch((m.column,), m.score, m.by) for n, m in found.fields.items()}
    mapping.update({n: ColumnMatch(cs, 1.0, "option") for n, cs in fixed.items()})
    flags = _flags(mapping)
    _names(mapping, "contact" if plan.kind == "deals" else "name")
    _numbered_notes(mapping, named)
    used = frozenset(i for m in mapping.values() for i in m.columns)
    history = plan.kind == "stage_events"
    field = changes.field_column(plan.table.headers, used) if history else None
    dates: tuple[StageDate, ...] = ()
    if plan.kind == "deals":
        stage = mapping.get("stage")
        seen = frozenset(fold(v) for v in columns[stage.columns[0]] if v) if stage else frozenset()
        dates = wide.find(plan.table.headers, columns, seen, used)
        for name in [n for n, m in mapping.items() if {d.column for d in dates} & set(m.columns)]:
            if mapping[name].by != "option":
                del mapping[name]
    amount = mapping.get("amount")
    head = named[amount.columns[0]] if amount else None
    return replace(
        plan,
        mapping=dict(sorted(mapping.items(), key=lambda item: item[1].columns)),
        stage_dates=dates,
        header_currency=head.currency if head else None,
        amount_scale=head.scale if head else 1,
        status_flags=flags,
        field_column=field,
        warnings=(*plan.warnings, *_notices(plan, mapping, found, fixed)),
    )


def _flags(mapping: dict[str, ColumnMatch]) -> tuple[str, ...]:
    """Feed `status` from flags where no column of statuses does; which flags those are."""
    parts = {n: mapping.pop(n) for n in ("closed", "won") if n in mapping}
    given = mapping.get("status")
    if given is not None and given.by == "option" and len(given.columns) == 2:
        return ("closed", "won")
    if not parts or given is not None:
        return ()
    mapping["status"] = ColumnMatch(
        tuple(m.columns[0] for m in parts.values()),
        min(m.confidence for m in parts.values()),
        next(iter(parts.values())).by,
    )
    return tuple(parts)


def _names(mapping: dict[str, ColumnMatch], target: str) -> None:
    """First and last name feed the person together where no full name does."""
    parts = [mapping.pop(n) for n in ("first_name", "last_name") if n in mapping]
    whole = mapping.get(target)
    if parts and (whole is None or (whole.confidence < 0.8 and len(parts) == 2)):
        mapping[target] = ColumnMatch(
            tuple(p.columns[0] for p in parts), min(p.confidence for p in parts), parts[0].by
        )


def _numbered_notes(mapping: dict[str, ColumnMatch], named: Sequence[Header]) -> None:
    notes = mapping.get("notes")
    if notes is None or notes.by == "option":
        return
    key = named[notes.columns[0]].key
    used = {i for m in mapping.values() for i in m.columns}
    more = [i for i, h in enumerate(named) if h.key == key and h.counter and i not in used]
    mapping["notes"] = replace(notes, columns=(*notes.columns, *more))


def _stage_or_status(
    found: Assignment,
    named: Sequence[Header],
    columns: _Columns,
    profile: Profile | None,
    language: str,
) -> None:
    """A lone column of statuses that holds stages is the stage column."""
    status = found.fields.get("status")
    if status is None or status.by in ("option", "profile"):
        return
    said = set(plausible.filled(columns[status.column]))
    known = sum(stages.status_of_value(v, profile) is not None for v in said)
    if "stage" in found.fields:
        if known < len(said) * 0.3:
            del found.fields["status"]
        return
    is_stage = known < len(said) * 0.6 or len(said) > 5 if said else language == "ru"
    if is_stage and "STATUS" in named[status.column].concepts:
        found.fields["stage"] = replace(status, score=round(status.score - 0.1, 3))
        del found.fields["status"]


def _state_of_a_country(
    found: Assignment, named: Sequence[Header], columns: _Columns, profile: Profile | None
) -> None:
    """A `State` among city and postcode is a place, unless its values are statuses."""
    status = found.fields.get("status")
    if status is None or status.by == "option" or named[status.column].key != "state":
        return
    said = set(plausible.filled(columns[status.column]))
    if any(stages.status_of_value(v, profile) is not None for v in said):
        return
    if any("PLACE" in h.concepts for h in named):
        del found.fields["status"]


def _due_of_next_step(found: Assignment, named: Sequence[Header], columns: _Columns) -> None:
    """A bare `Due`, `Deadline` or `Date` right after the next step is the date of that step."""
    step = found.fields.get("next_step")
    if step is None or "next_step_date" in found.fields or step.column + 1 >= len(named):
        return
    at = step.column + 1
    taken = next((n for n, m in found.fields.items() if m.column == at), None)
    bare = set(named[at].concepts) and set(named[at].concepts) <= {"DUE", "DATE"}
    if not bare or (taken is not None and taken not in _BARE_DATES):
        return
    if taken is not None and found.fields[taken].by in ("option", "profile"):
        return
    if plausible.doubt("next_step_date", columns[at]):
        return
    if taken is not None:
        del found.fields[taken]
    found.fields["next_step_date"] = Match(at, LOOSE, "name")


def _first_id(found: Assignment, named: Sequence[Header], columns: _Columns) -> None:
    """`Property ID` in front of all columns is the id where nothing else is."""
    if "deal_id" in found.fields or not named or 0 in {m.column for m in found.fields.values()}:
        return
    known = {c for c in named[0].concepts if not c.startswith("?")}
    said = plausible.filled(columns[0])
    own = named[0].unknown == 1 and "ID" in known <= {"ID", "EXTERNAL"}
    if own and len(set(said)) == len(said):
        found.fields["deal_id"] = Match(0, LOOSE, "name")


def _name_of_a_person(found: Assignment, named: Sequence[Header]) -> None:
    """A bare `Name` beside mails is the person where a company or a deal has a name of its own."""
    reach = any("EMAIL" in h.concepts and not _NOT_THEIR_MAIL & {*h.concepts} for h in named)
    if "contact" in found.fields or not reach:
        return
    used = {m.column: n for n, m in found.fields.items()}
    bare = [i for i, h in enumerate(named) if h.concepts == ("NAME",) and h.key in bare_names()]
    if len(bare) != 1 or used.get(bare[0], "deal_name") != "deal_name":
        return
    taken = found.fields.get("deal_name")
    if taken is None or taken.column == bare[0]:
        if "company" not in found.fields or (taken is not None and taken.by != "name"):
            return
        found.fields.pop("deal_name", None)
    found.fields["contact"] = Match(bare[0], LOOSE, "name")


def _lone_money(found: Assignment, named: Sequence[Header], columns: _Columns) -> None:
    """The only column of money (`Net-New Dollars`) is the amount where no name tells it."""
    if "amount" in found.fields:
        return
    used = {m.column for m in found.fields.values()}
    money = [
        i
        for i, h in enumerate(named)
        if h.currency
        and i not in used
        and not _NOT_THE_SUM & set(h.concepts)
        and not plausible.doubt("amount", columns[i])
    ]
    planned = [i for i in money if "EXPECTED" in named[i].concepts]
    for only in (money, planned):
        if len(only) == 1:
            found.fields["amount"] = Match(only[0], LOOSE, "name")
            return


def _closed_when(found: Assignment, named: Sequence[Header], columns: _Columns) -> None:
    """Beside a column of statuses, or a bare `Created`, a bare `Closed` is the date of closing."""
    closed = found.fields.get("closed")
    alike = any(h.concepts in (("CREATE",), ("MODIFY",)) for h in named)
    if closed is None or "closed_at" in found.fields or not (alike or "status" in found.fields):
        return
    said = plausible.filled(columns[closed.column])
    flags = said and plausible.share(said, "flag") >= 0.5
    if named[closed.column].concepts == ("CLOSED",) and closed.by == "name" and not flags:
        del found.fields["closed"]
        found.fields["closed_at"] = closed


def _close_date(
    found: Assignment, named: Sequence[Header], columns: _Columns, profile: Profile | None
) -> None:
    """A lone close date that open deals never have is the date of closing, else the plan."""
    pair = [n for n in ("closed_at", "expected_close") if n in found.fields]
    if len(pair) != 1:
        return
    match = found.fields[pair[0]]
    concepts = set(named[match.column].concepts) - {"DEAL", "CONTRACT"}
    if match.by in ("option", "profile") or not {"CLOSE"} <= concepts <= {"CLOSE", "DATE"}:
        return
    opened = [columns[match.column][i] for i in _open_rows(found, columns, profile)]
    if not opened and _all_ended(found, columns, profile):
        del found.fields[pair[0]]
        found.fields["closed_at"] = match
    if len(opened) < 3:
        return
    share = len(plausible.filled(opened)) / len(opened)
    if share <= 0.1 or share >= 0.5:
        del found.fields[pair[0]]
        found.fields["closed_at" if share <= 0.1 else "expected_close"] = match


def _all_ended(found: Assignment, columns: _Columns, profile: Profile | None) -> bool:
    """Whether every row, and three at least, is of a deal that was won or lost."""
    status, stage = found.fields.get("status"), found.fields.get("stage")
    told = status or stage
    cells = plausible.filled(columns[told.column]) if told else []
    by_name = stages.status_of_value if status else stages.stage_status
    ended = [by_name(v, profile) in ("won", "lost") for v in cells]
    return len(ended) >= 3 and all(ended)


def _open_rows(found: Assignment, columns: _Columns, profile: Profile | None) -> list[int]:
    status, stage = found.fields.get("status"), found.fields.get("stage")
    if status is not None:
        cells = columns[status.column]
        return [i for i, v in enumerate(cells) if stages.status_of_value(v, profile) == "open"]
    if stage is None:
        return []
    cells = columns[stage.column]
    return [
        i for i, v in enumerate(cells) if v and stages.stage_status(v, profile) in (None, "open")
    ]


def _notices(
    plan: TablePlan,
    mapping: dict[str, ColumnMatch],
    found: Assignment,
    fixed: dict[str, tuple[int, ...]],
) -> list[Notice]:
    headers = plan.table.headers
    notices = []
    for name, rivals in found.rivals.items():
        match = mapping.get(name)
        if match is None or name in fixed:
            continue
        left = [headers[i].strip() for i in rivals if i not in match.columns]
        if left:
            taken = headers[match.columns[0]].strip()
            values = {"field": name, "taken": taken, "left": ", ".join(dict.fromkeys(left))}
            same = all(fold(n) == fold(taken) for n in left)
            notices.append(Notice("recognise_same_name" if same else "recognise_rivals", values))
    if plan.kind == "deals":
        if "deal_id" not in mapping:
            notices.append(Notice("recognise_no_id"))
        told = sorted(n for n, m in mapping.items() if m.by == "values")
        if told:
            notices.append(Notice("recognise_by_values", {"fields": ", ".join(told)}))
        if "stage" not in mapping:
            notices.append(Notice("recognise_no_stage"))
        if plan.crm == "unknown" and not any(
            n.code == "recognise_several_crms" for n in plan.warnings
        ):
            notices.append(Notice("recognise_crm_unknown"))
    return notices


__all__ = ["Match", "finish"]
