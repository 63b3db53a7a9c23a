"""Who at the client is known, stage by stage: roles, deals on one person, how late each appears."""

from __future__ import annotations

from collections import defaultdict
from typing import cast, get_args

from crm_audit.engine.session import statements
from crm_audit.engine.stages import StageRow
from crm_audit.judge.case import Case
from crm_audit.judge.money import failing_amounts
from crm_audit.judge.shares import Range
from crm_audit.model.symptoms import (
    FirstSeen,
    MoneyShare,
    People,
    Role,
    RolesAtStage,
    RoleShare,
    SingleThreaded,
)

ROLES: tuple[Role, ...] = get_args(Role)
LATE: tuple[Role, ...] = ("payer", "procurer", "legal", "security")
"""The roles that show up too late in a neglected CRM (method.md, third symptom)."""

_Cells = dict[Role, dict[str, tuple[Range, Range]]]
"""Role -> currency -> deals and money."""


def judge_people(case: Case) -> People | None:
    """Roles by stage, by number and money; None where there are no open deals."""
    by_stage: dict[int | None, _Cells] = defaultdict(lambda: defaultdict(dict))
    for no, role, currency, n, yes, dark, money, money_yes, money_dark in case.session.rows(
        statements("role_stages")[0]
    ):
        pair = (Range(n, yes, dark), Range(float(money), float(money_yes), float(money_dark)))
        by_stage[no][role][currency] = pair
    if not by_stage:
        return None
    placed = [r for r in case.stage_book.rows if r.rank is not None]
    placed.sort(key=lambda r: (r.pipeline, cast(int, r.rank)))
    stages = [_row(by_stage[r.number], r) for r in placed if r.number in by_stage]
    least = case.limit("role_stage_share")
    return People(
        total=_row(_added(list(by_stage.values()))),
        stages=stages,
        first_seen=_first_seen(placed, stages, least),
        threshold=least,
        single_threaded=_single_threaded(case),
    )


def _added(parts: list[_Cells]) -> _Cells:
    total: _Cells = defaultdict(dict)
    for cells in parts:
        for role, by_currency in cells.items():
            for currency, (deals, money) in by_currency.items():
                before = total[role].get(currency, (Range(0, 0, 0), Range(0, 0, 0)))
                total[role][currency] = (_sum(before[0], deals), _sum(before[1], money))
    return total


def _sum(a: Range, b: Range) -> Range:
    return Range(a.total + b.total, a.true + b.true, a.unknown + b.unknown)


def _row(cells: _Cells, stage: StageRow | None = None) -> RolesAtStage:
    return RolesAtStage(
        pipeline=(stage.pipeline or None) if stage else None,
        stage=stage.name if stage else None,
        order=stage.rank if stage else None,
        deals=int(sum(deals.total for deals, _ in cells[ROLES[0]].values())),
        roles={role: _share(cells[role]) for role in ROLES},
    )


def _share(by_currency: dict[str, tuple[Range, Range]]) -> RoleShare:
    """The share of one role; nothing at all where no deal tells."""
    count = Range(0, 0, 0)
    for deals, _ in by_currency.values():
        count = _sum(count, deals)
    if count.unknown == count.total:
        return RoleShare(low=None, high=None)
    return RoleShare(
        low=round(count.low, 4),
        high=round(count.high, 4),
        amount={
            currency: MoneyShare(low=round(money.low, 4), high=round(money.high, 4))
            for currency, (_, money) in sorted(by_currency.items())
            if money.total
        },
    )


def _first_seen(
    placed: list[StageRow], stages: list[RolesAtStage], least: float
) -> list[FirstSeen]:
    found: list[FirstSeen] = []
    pipelines = dict.fromkeys(s.pipeline for s in stages)
    for pipeline in pipelines:
        rows = [s for s in stages if s.pipeline == pipeline]
        of = sum(1 for r in placed if (r.pipeline or None) == pipeline)
        found += [_first(pipeline, role, rows, least, of) for role in LATE]
    return found


def _first(
    pipeline: str | None, role: Role, rows: list[RolesAtStage], least: float, of: int
) -> FirstSeen:
    """The first stage at or above the share; one that may be above it hides all later ones."""
    for row in rows:
        share = row.roles[role]
        if share.low is not None and share.low >= least - 1e-6:
            return FirstSeen(
                pipeline=pipeline,
                role=role,
                answer="stage",
                stage=row.stage,
                order=row.order,
                of=of,
            )
        if share.high is None or share.high >= least - 1e-6:
            return FirstSeen(pipeline=pipeline, role=role, answer="unknown", of=of)
    return FirstSeen(pipeline=pipeline, role=role, answer="never", of=of)


def _single_threaded(case: Case) -> SingleThreaded:
    one, nobody, told, unknown = case.session.rows(
        "SELECT count(*) FILTER (WHERE single_threaded),"
        " count(*) FILTER (WHERE NOT single_threaded AND client_people = 0),"
        " count(single_threaded), count(*) FILTER (WHERE single_threaded IS NULL)"
        " FROM judged WHERE is_open"
    )[0]
    return SingleThreaded(
        deals=one if told else None,
        nobody=nobody if told else None,
        of=told,
        unknown=unknown,
        amount=failing_amounts(case, "is_open AND single_threaded"),
    )
