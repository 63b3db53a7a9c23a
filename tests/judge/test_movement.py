"""Where movement was seen: every source named, and where the missing ones are exported."""

from __future__ import annotations

from build import EARLY, SPEC, audit, deal, deals, task, way
from crm_audit.model.report import Report


def sources(report: Report) -> dict[str, tuple[int, int, list[str]]]:
    """Events, deals and uses by kind of source."""
    assert report.movement is not None
    return {s.kind: (s.events, s.deals, list(s.used_for)) for s in report.movement.sources}


def test_history_columns_and_activities_are_named_apart() -> None:
    rows = deals(2, updated_at="2026-09-20", stage_entered_at="2026-09-10")
    events = way("1", ("2026-09-01 10:11", EARLY), ("2026-09-10 10:12", SPEC))
    report = audit(
        rows,
        events,
        [task("1", kind="call", created_at="2026-09-20", done_at="2026-09-21", is_done="yes")],
    )
    assert sources(report) == {
        "stage_entered": (2, 2, ["stalls"]),
        "updated": (2, 2, []),
        "history": (2, 1, ["moves", "reactions", "stalls"]),
        "activities": (1, 1, []),
    }
    history = next(s for s in report.movement.sources if s.kind == "history")
    assert (str(history.first), str(history.last)) == ("2026-09-01", "2026-09-10")
    assert [g.kind for g in report.movement.gaps] == ["snapshots"]


def test_a_history_with_planned_dates_shows_pushes() -> None:
    events = [e | {"expected_close": "2026-12-01"} for e in way("1", ("2026-09-02", EARLY))]
    assert "pushes" in sources(audit([deal("1")], events))["history"][2]


def test_what_happens_after_the_day_of_the_audit_was_not_seen() -> None:
    rows = [deal("1", updated_at="2026-09-20"), deal("2", updated_at="2026-10-20")]
    assert sources(audit(rows))["updated"][:2] == (1, 1)


def test_a_list_with_no_dates_is_told_what_to_export() -> None:
    report = audit([{"deal_id": "1", "deal_name": "a", "stage": EARLY, "amount": "5"}])
    assert report.movement.sources == []
    assert [g.kind for g in report.movement.gaps] == [
        "stage_history",
        "activities",
        "snapshots",
    ]
    assert all(g.text and g.export for g in report.movement.gaps)
