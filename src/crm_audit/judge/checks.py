"""The measured conditions of the six questions."""

from __future__ import annotations

from crm_audit.judge.case import Case
from crm_audit.judge.playbook import conforming
from crm_audit.judge.shares import Direction, Measure, Range, answer, measure
from crm_audit.model.gates import Gates
from crm_audit.model.report import Check, Share


def next_step_checks(case: Case) -> list[Check]:
    """Question 1: the next step of open deals is managed."""
    found = measure(case.session, "step_managed", "is_open")
    return [_check(case, "next-step-managed", found, "managed_share", money="managed_share")]


def role_checks(case: Case) -> list[Check]:
    """Question 2: all four roles are known in key deals."""
    found = measure(case.session, "roles_known", "is_key")
    return [_check(case, "roles-known", found, "roles_share")]


def gate_checks(case: Case, gates: Gates) -> list[Check]:
    """Question 3: the playbook's conditions or gates at the stage boundaries, and clean moves."""
    if gates.playbook is not None:
        facts, threshold = conforming(case), "playbook_share"
    else:
        found_at = {(g.pipeline, g.stage) for g in gates.discovered}
        facts = Measure(Range(gates.boundaries, len(found_at), gates.boundaries - gates.judged))
        threshold = "gate_share"
    moves = Measure(Range(0, 0, 0))
    if gates.moves is not None:
        moves = Measure(Range(gates.moves.total, gates.moves.clean, gates.moves.unknown))
    return [
        _check(case, "gate-facts", facts, threshold),
        _check(case, "moves-clean", moves, "clean_share"),
    ]


def reason_checks(case: Case) -> list[Check]:
    """Question 4: reasons of stalled deals, decisions on stalls, reasons of losses."""
    session = case.session
    stalled = measure(session, "stalled", "is_open")
    none_stalled = bool(stalled.count.total) and not (stalled.count.true or stalled.count.unknown)
    reasons = measure(session, "stall_reason_known", "is_open AND stalled")
    by_history = case.derived.has_history
    if by_history:
        total, reacted, unknown = session.rows(
            "SELECT count(*), count(*) FILTER (WHERE reacted),"
            " count(*) FILTER (WHERE reacted IS NULL) FROM episodes"
        )[0]
        decisions = Measure(Range(total, reacted, unknown))
    else:
        decisions = measure(session, "decided_after_limit", "is_open AND stalled")
    checks = [
        _check(case, "stall-reasons", reasons, "reason_share"),
        _check(case, "stall-decisions", decisions, "reaction_share"),
    ]
    if none_stalled:
        for check in checks:
            check.answer, check.decided_by = "yes", "none_stalled"
            check.note = case.wording("note_none_stalled")
    elif by_history:
        checks[1].note = case.wording("note_episodes")
    losses = measure(session, "loss_reason_useful", "is_lost_recent")
    return [*checks, _check(case, "loss-reasons", losses, "loss_share")]


def forecast_checks(case: Case) -> list[Check]:
    """Question 5: rows of the top-10 sheet that have every fact."""
    found = measure(case.session, "sheet_complete", "is_top")
    return [_check(case, "top-complete", found, "complete_share")]


def threshold_checks(case: Case) -> list[Check]:
    """Question 6: few open deals are stalled, by number and by money."""
    found = measure(case.session, "stalled", "is_open")
    check = _check(
        case, "stalled", found, "stalled_share", money="stalled_amount_share", direction="at_most"
    )
    basis = case.derived.basis
    if basis in ("updated", "created"):
        weak = case.wording("note_weak_basis", basis=case.wording(f"basis_{basis}"))
        check.note = f"{check.note}; {weak}" if check.note else weak
    return [check]


def words_of(case: Case, check_id: str) -> str:
    """The part of the names of phrases that speak of a check."""
    if check_id == "gate-facts" and case.derived.gatebook is not None:
        return "gate_playbook"
    return check_id.replace("-", "_")


def _check(
    case: Case,
    check_id: str,
    found: Measure,
    threshold: str,
    *,
    money: str | None = None,
    direction: Direction = "at_least",
) -> Check:
    limit = case.limit(threshold)
    money_limit = case.limit(money) if money else None
    by_money = found.by_money if money else {}
    note = ""
    if money and found.count.total and not by_money:
        note = case.wording("note_count_alone")
    empty = not found.count.total
    words = words_of(case, check_id)
    return Check(
        id=check_id,
        title=case.wording("check_" + words),
        answer=answer(found, limit, direction, money_limit),
        direction=direction,
        threshold=limit,
        amount_threshold=money_limit,
        origin=case.rulebook.thresholds[threshold].origin,
        share=found.share() if not empty else Share(low=None, high=None, of=0),
        amount_share=found.amount_shares() if money else {},
        decided_by="nothing_to_look_at" if empty else "count_and_amount" if by_money else "count",
        note=case.wording("note_nothing_" + words) if empty else note,
    )
