"""What the history of a planted company shows: moves that are not clean, gates, facts, stalls."""

from __future__ import annotations

from typing import Any

from counting import Counts, by_rule, compare

from crm_audit import Audit
from planted.truth import Move, Truth


def compare_all(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare every kind that the stage history and the cards tell."""
    return _moves(audit, truth) | _gates(audit, truth) | _stalls(audit, truth)


def _moves(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare moves by deal and moment, bulk ones by deal and user; and the deals of each rule."""
    planted = truth.movement
    rows = [
        row | {"moved_at": row["moved_at"].to_pydatetime()}
        for row in audit.moves.to_dict("records")
    ]
    flagged = {
        name: [row for row in rows if row[name] is True] for name in ("bulk", "same_day", "jump")
    }
    for name, rule in (
        ("bulk", "moved-in-bulk"),
        ("same_day", "moved-same-day"),
        ("jump", "stage-jumped"),
    ):
        assert {row["deal_id"] for row in flagged[name]} == by_rule(audit.report, rule)
    back = [_move(row) for row in rows if not row["forward"]]
    return {
        "bulk moves": compare(
            {(row["deal_id"], row["changed_by"]) for row in flagged["bulk"]},
            {(deal, bulk.by) for bulk in planted.bulk for deal in bulk.deals},
        ),
        # The method counts any two forward moves on one day, a corrected slip of the hand
        # included: the generator leaves those out of the truth, so both answers are right.
        "two moves on a day": compare(
            map(_move, flagged["same_day"]),
            planted.same_day,
            [m for m in map(_move, flagged["same_day"]) if m.deal in planted.corrected],
        ),
        "skipped stages": compare(map(_move, flagged["jump"]), planted.skips),
        "rollbacks": compare(back, planted.rollbacks),
        "all moves": compare([len(rows)], [planted.total]),
    }


def _move(row: dict[str, Any]) -> Move:
    return Move(row["deal_id"], row["moved_at"], row["from_stage"], row["to_stage"])


def _gates(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare gates by field and stage, and facts of won deals by field; decoys are false."""
    gates = audit.report.gates
    separators = gates.separators
    assert separators
    return {
        "gates": compare(
            {(gate.field, gate.stage) for gate in gates.discovered},
            {(gate.field, gate.stage) for gate in truth.playbook.gates},
        ),
        # Activities are no part of this truth: a deal that fell silent has fewer, and is lost.
        "facts of won deals": compare(
            {one.fact for one in separators.found if one.kind != "activity"},
            {one.field for one in truth.playbook.facts},
        ),
    }


def _stalls(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare deals that stand (those that only wait are false), and whether there is a rule."""
    planted, stalls = truth.standing, audit.report.stalls
    # "Cannot tell" claims nothing: it misses the rule, or that there is none, and is not false.
    found = {stalls.reaction.rule} - {"unknown"} if stalls.reaction else set()
    told = {"rule": {"yes"}, "none": {"no"}, None: set()}[planted.rule]
    return {
        "stalled deals": compare({deal.deal_id for deal in stalls.deals}, planted.stalled),
        "reaction to the limit": compare(found, told, found if planted.rule is None else ()),
    }
