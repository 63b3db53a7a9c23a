"""What differs between the dated exports of a planted company, told without any history."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from counting import Counts, compare

from crm_audit import Audit
from crm_audit.model.movement import Change
from planted.truth import Between, Shift, Truth

KINDS = {
    "stage changes": ("stage", "moved"),
    "close dates pushed": ("pushed", "pushed"),
    "close dates pulled in": ("pulled_in", "pulled"),
    "changed amounts": ("amount", "amounts"),
    "changed owners": ("owner", "owners"),
    "reopened deals": ("reopened", "reopened"),
    "creation dated back": ("created_at", "created_rewritten"),
    "closing dated back": ("closed_at", "closed_rewritten"),
    "closed before it was seen open": ("closed_before", "closed_before_seen_open"),
    "vanished deals": ("vanished", "vanished"),
    "new deals": ("new deal", "appeared"),
}
"""By kind of the table: the kind of change in the report, and the list of the truth."""
DATED = ("created_at", "closed_at", "closed_before")
UNPLANTED = ("currency", "left", "returned", "stage_entered_at", "new", "history")
"""Kinds of change of which no company has any."""


def compare_all(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare by deal, day of the later export, and both values where there are any."""
    found = _found(audit, truth.between)
    counts = {
        title: compare(found[kind], {_planted(one, kind) for one in getattr(truth.between, told)})
        for title, (kind, told) in KINDS.items()
    }
    # A reopened deal changed its stage as well, as a lost one did: it is counted as both.
    counts["stage changes"] = compare(
        found["stage"],
        {_planted(one, "stage") for one in (*truth.between.moved, *truth.between.reopened)},
    )
    counts["other changes"] = compare({c for kind in UNPLANTED for c in found[kind]}, ())
    torn = {deal for kind in ("vanished", "new deal") for deal, *_ in found[kind]}
    torn -= {one.deal for one in (*truth.between.vanished, *truth.between.appeared)}
    counts["deals spelled otherwise"] = compare(
        truth.between.respelled - torn, truth.between.respelled
    )
    return counts


def _found(audit: Audit, planted: Between) -> dict[str, set[tuple[Any, ...]]]:
    movement = audit.report.movement
    assert movement
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for comparison in movement.changes:
        earlier, later = comparison.earlier_day, comparison.later_day
        assert earlier
        assert later
        for change in comparison.changes:
            kind = change.what or {"new": "new deal"}.get(change.kind, change.kind)
            deal = change.deal_id or planted.names[later if change.after else earlier].get(
                str(change.deal_name)
            )
            found[kind].add((deal, later, *_values(change, kind)))
    return found


def _values(change: Change, kind: str) -> tuple[Any, ...]:
    if kind in ("vanished", "new deal", "reopened"):
        return ()
    return (change.became,) if kind == "closed_before" else (change.was, change.became)


def _planted(shift: Shift, kind: str) -> tuple[Any, ...]:
    key = shift.deal, shift.later
    if kind in ("vanished", "new deal", "reopened"):
        return key
    values = (shift.after,) if kind == "closed_before" else (shift.before, shift.after)
    return *key, *map(_shown, values)


def _shown(value: object) -> object:
    """A value as the report has it: moments by their day."""
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else value
