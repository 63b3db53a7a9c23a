"""How deals pass through the stages: conversion, days, moves back and over, from stage to stage."""

from __future__ import annotations

from typing import Any

from build import CONTRACT, EARLY, OFFER, SPEC, audit, deal, event, way
from crm_audit.model.process import Process, ProcessStage


def process(*tables: list[Any], **options: Any) -> Process:
    movement = audit(*tables, **options).movement
    assert movement is not None
    assert movement.process is not None
    return movement.process


def stages(found: Process) -> dict[str, ProcessStage]:
    (pipeline,) = found.pipelines
    return {stage.stage: stage for stage in pipeline.stages}


FIVE = [
    deal("won", stage="Won", closed_at="2026-05-11"),
    deal("lost", stage="Lost", closed_at="2026-04-21"),
    deal("back", stage="Lost", closed_at="2026-06-01"),
    deal("open", stage=OFFER),
    deal("silent", stage=EARLY),
]
WAYS = [
    *way("won", ("2026-03-01", EARLY), ("2026-03-11", SPEC), ("2026-04-01", CONTRACT)),
    *way("won", ("2026-05-11", "Won")),
    *way("lost", ("2026-04-01", EARLY), ("2026-04-21", "Lost")),
    *way("back", ("2026-03-01", EARLY), ("2026-03-05", OFFER), ("2026-04-04", EARLY)),
    *way("back", ("2026-04-10", SPEC), ("2026-05-10", "Lost")),
    *way("open", ("2026-09-01", SPEC), ("2026-09-10", OFFER)),
]


class TestStages:
    def test_a_deal_went_on_if_it_ever_reached_a_later_stage_and_is_lost_at_its_furthest(
        self,
    ) -> None:
        found = stages(process(FIVE, WAYS))
        counted = {n: (s.reached, s.went_on, s.lost, s.open) for n, s in found.items()}
        assert counted == {
            EARLY: (3, 2, 1, 0),
            SPEC: (3, 3, 0, 0),
            OFFER: (2, 0, 1, 1),
            CONTRACT: (1, 1, 0, 0),
        }

    def test_open_deals_have_not_decided_and_stay_out_of_the_conversion(self) -> None:
        found = stages(process(FIVE, WAYS))
        assert [s.conversion for s in found.values()] == [0.6667, 1.0, 0.0, 1.0]
        assert found[OFFER].standing == 1
        assert found[OFFER].standing_days == 20

    def test_where_a_deal_was_lost_is_unknown_once_it_left_its_stage(self) -> None:
        left = [deal("lost", stage="Lost", closed_at="2026-04-21"), deal("open", stage=EARLY)]
        assert {s.lost_here for s in stages(process(left)).values()} == {None}
        kept = [deal("lost", stage=EARLY, status="Lost"), deal("open", stage=EARLY, status="Open")]
        assert stages(process(kept))[EARLY].lost_here == 1
        stageless = [
            deal("lost", stage="", status="Lost"),
            deal("open", stage=EARLY, status="Open"),
        ]
        assert stages(process(stageless))[EARLY].lost_here is None
        none_lost = [deal("a", stage=EARLY), deal("b", stage=OFFER)]
        assert {s.lost_here for s in stages(process(none_lost)).values()} == {0}

    def test_days_run_from_entering_to_leaving_with_repeated_stays_added_up(self) -> None:
        found = stages(process(FIVE, WAYS))
        # Qualification: 10 (won), 20 (lost), 4 + 6 (back, twice there).
        assert (found[EARLY].stays, found[EARLY].median_days) == (3, 10)
        assert found[EARLY].p90_days == 18
        # The proposal of the open deal has not ended: one completed stay of 30 days.
        assert (found[OFFER].stays, found[OFFER].median_days) == (1, 30)

    def test_moves_back_and_moves_over_a_stage(self) -> None:
        found = process(FIVE, WAYS)
        by_stage = {n: (s.rollbacks, s.skips) for n, s in stages(found).items()}
        assert by_stage == {EARLY: (0, 0), SPEC: (0, 1), OFFER: (1, 1), CONTRACT: (0, 0)}
        (pipeline,) = found.pipelines
        assert (pipeline.moves, pipeline.rollbacks, pipeline.skips) == (7, 1, 2)
        assert (pipeline.deals, pipeline.won, pipeline.lost, pipeline.open) == (4, 1, 2, 1)
        assert pipeline.without_history == 1

    def test_figures_on_few_deals_are_marked(self) -> None:
        found = process(FIVE, WAYS)
        assert (found.least, stages(found)[EARLY].few) == (10, ["conversion", "days"])
        found = process(FIVE, WAYS, thresholds={"process_least": 3})
        assert stages(found)[EARLY].few == []

    def test_the_stage_before_the_first_row_was_reached_at_creation(self) -> None:
        rows = [deal("1", stage=SPEC, created_at="2026-08-01")]
        found = stages(process(rows, [event("1", SPEC, "2026-08-11", from_stage=EARLY)]))
        assert (found[EARLY].reached, found[EARLY].median_days) == (1, 10)

    def test_the_moment_of_leaving_ends_the_last_stay_else_the_closing_date_does(self) -> None:
        rows = [
            deal("1", stage="Lost", closed_at="2026-08-31"),
            deal("2", stage="Lost", closed_at="2026-08-31"),
        ]
        events = [
            event("1", EARLY, "2026-08-01", left_at="2026-08-06"),
            event("2", EARLY, "2026-08-01"),
        ]
        found = stages(process(rows, events))
        assert (found[EARLY].stays, found[EARLY].median_days) == (2, 17.5)

    def test_a_post_sale_stage_is_beyond_all_and_has_no_row(self) -> None:
        rows = [deal("1", stage="Production")]
        found = stages(process(rows, way("1", ("2026-08-01", EARLY), ("2026-08-11", "Production"))))
        assert "Production" not in found
        assert (found[EARLY].went_on, found[EARLY].conversion) == (1, 1.0)

    def test_pipelines_stand_apart(self) -> None:
        rows = [
            deal("1", pipeline="North", stage="Lost", closed_at="2026-08-31"),
            deal("2", pipeline="South", stage=SPEC),
        ]
        events = way("1", ("2026-08-01", EARLY)) + way("2", ("2026-08-01", EARLY))
        found = process(rows, events + way("2", ("2026-08-05", SPEC)))
        assert {
            p.pipeline: [(s.reached, s.went_on, s.lost) for s in p.stages if s.reached]
            for p in found.pipelines
        } == {"North": [(1, 0, 1)], "South": [(1, 1, 0), (1, 0, 0)]}


class TestMatrix:
    def test_moves_by_owner_in_alphabetical_order_and_of_all(self) -> None:
        owners = {"won": "Zoe", "lost": "Ann", "back": "Ann", "open": "Zoe", "silent": "Bob"}
        rows = [r | {"owner": owners[r["deal_id"]]} for r in FIVE]
        found = process(rows, WAYS)
        listed = [
            (o.owner, m.from_stage, m.to_stage, m.kind, m.moves)
            for o in found.pipelines[0].by_owner
            for m in o.rows
        ]
        assert listed == [
            ("Ann", EARLY, SPEC, "forward", 1),
            ("Ann", EARLY, OFFER, "forward", 1),
            ("Ann", EARLY, "Lost", "lost", 1),
            ("Ann", SPEC, "Lost", "lost", 1),
            ("Ann", OFFER, EARLY, "back", 1),
            ("Zoe", EARLY, SPEC, "forward", 1),
            ("Zoe", SPEC, OFFER, "forward", 1),
            ("Zoe", SPEC, CONTRACT, "forward", 1),
            ("Zoe", CONTRACT, "Won", "won", 1),
        ]
        assert (EARLY, SPEC, 2) in [
            (m.from_stage, m.to_stage, m.moves) for m in found.pipelines[0].matrix
        ]
        assert (
            sum(m.moves for m in found.pipelines[0].matrix) == sum(row[-1] for row in listed) == 9
        )

    def test_reopened_deals_are_no_moves(self) -> None:
        rows = [deal("1", stage=SPEC)]
        events = way("1", ("2026-08-01", EARLY), ("2026-08-05", "Lost"), ("2026-08-09", SPEC))
        found = process(rows, events)
        assert [m.kind for m in found.pipelines[0].matrix] == ["lost", "reopened"]
        assert found.pipelines[0].moves == 0


class TestWithoutHistory:
    def test_what_the_deals_tell_and_which_export_would_tell_the_rest(self) -> None:
        rows = [
            deal("1", status="open", stage_entered_at="2026-09-20"),
            deal("2", status="open", stage_entered_at="2026-09-10"),
            deal("3", status="lost"),
        ]
        found = process(rows)
        (stage,) = stages(found).values()
        assert found.basis == "deals"
        assert found.export
        assert (stage.standing, stage.standing_days, stage.lost_here) == (2, 15, 1)
        assert {stage.reached, stage.conversion, stage.median_days, stage.skips} == {None}

    def test_no_open_stage_is_no_process(self) -> None:
        movement = audit([deal("1", stage="Won", closed_at="2026-08-01")]).movement
        assert movement is not None
        assert movement.process is None
