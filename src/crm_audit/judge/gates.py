"""Conditions between stages: fields that are filled from a stage on, and how deals were moved."""

from __future__ import annotations

from crm_audit.judge.case import Case
from crm_audit.judge.gate_fields import BEYOND, Fill, field_fills, is_default
from crm_audit.judge.playbook import judge_playbook
from crm_audit.judge.separators import judge_separators
from crm_audit.model.gates import Gate, Gates, Moves

_SLACK = 1e-9


def judge_gates(case: Case) -> Gates:
    """Discover gates in the data and count the moves, as method.md defines both."""
    fills = field_fills(case)
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
            _, after = sample.rate(range(k, BEYOND + 1))
            judged += before >= least and after >= least
        for header, fill in fields.items():
            gate = _best_gate(case, (pipeline, header), fill, depth[pipeline], names)
            if gate is not None:
                found.append(gate)
    found.sort(key=lambda g: (g.pipeline or "", g.stage, g.field))
    return Gates(
        discovered=found,
        boundaries=boundaries,
        judged=judged,
        moves=_moves(case),
        moves_source=case.wording("moves_from_history") if case.derived.has_history else None,
        playbook=judge_playbook(case),
        separators=judge_separators(case, found),
    )


def _judged_pipelines(
    case: Case, fills: dict[str, dict[str, Fill]], depth: dict[str, int]
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
    place: tuple[str, str],
    fill: Fill,
    depth: int,
    names: dict[tuple[str, int], str],
) -> Gate | None:
    """The boundary at which a field (pipeline, header) jumps most, if it is a gate there."""
    pipeline, header = place
    best: tuple[float, int, Gate] | None = None
    least = case.limit("gate_deals")
    for k in range(2, depth + 1):
        before, deals_before = fill.rate(range(1, k))
        after, deals_after = fill.rate(range(k, BEYOND + 1))
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
            best = (jump, k, gate)
    if best is None or is_default(case, pipeline, header, best[1]):
        return None
    return best[2]


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
