"""Question 3: gates found in the data, and moves that are clean or not."""

from __future__ import annotations

from typing import Any

import pytest

from build import (
    CONTRACT,
    EARLY,
    OFFER,
    SPEC,
    audit,
    check,
    deal,
    deals,
    event,
    found_by,
    question,
    share,
    way,
)


def pipeline(before: int, after: int, filled: tuple[int, int], **fields: Any) -> list[Any]:
    """Deals of two stages; `filled` of those before and after the boundary have the field."""
    rows = [
        deal(f"b{i}", stage=EARLY, Survey="yes" if i < filled[0] else "-") for i in range(before)
    ]
    rows += [deal(f"a{i}", stage=SPEC, Survey="yes" if i < filled[1] else "") for i in range(after)]
    return [r | fields for r in rows]


class TestGates:
    def test_filled_in_95_percent_after_and_50_points_more_than_before(self) -> None:
        cases = {
            "all": (10, 20, (0, 20), True),
            "95 %": (10, 20, (0, 19), True),
            "90 %": (10, 20, (0, 18), False),
            "a jump of 50 points": (20, 20, (9, 19), True),
            "a jump of 45": (20, 20, (10, 19), False),
        }
        rows = []
        for name, (before, after, filled, _) in cases.items():
            listed = pipeline(before, after, filled, pipeline=name)
            rows += [r | {"deal_id": f"{name} {r['deal_id']}"} for r in listed]
        report = audit(rows)
        found = {g.pipeline: (g.field, g.stage) for g in report.gates.discovered}
        assert found == {n: ("Survey", SPEC) for n, case in cases.items() if case[3]}
        assert share(report, "gate-facts") == (0.6, 0.6, 5)

    @pytest.mark.parametrize("sides", [(9, 20), (20, 9)])
    def test_fewer_than_ten_deals_on_a_side_cannot_tell(self, sides: tuple[int, int]) -> None:
        report = audit(pipeline(*sides, (0, sides[1])))
        assert report.gates.discovered == []
        assert (report.gates.boundaries, report.gates.judged) == (1, 0)
        assert share(report, "gate-facts")[:2] == (0.0, 1.0)
        assert check(report, "gate-facts").answer == "unknown"

    def test_won_deals_are_beyond_every_stage_and_lost_ones_without_history_nowhere(self) -> None:
        rows = pipeline(10, 1, (0, 1))
        rows += [deal(f"w{i}", stage="Won", closed_at="2026-09-01", Survey="yes") for i in range(9)]
        (gate,) = audit(rows).gates.discovered
        assert (gate.deals_before, gate.deals_after) == (10, 10)
        rows += [deal(f"l{i}", stage="Lost", closed_at="2026-09-01", Survey="") for i in range(9)]
        assert audit(rows).gates.discovered == [gate]

    def test_lost_deals_that_keep_their_stage_count_nowhere_without_history(self) -> None:
        rows = pipeline(10, 10, (0, 10), status="Open")
        rows += [deal(f"l{i}", stage=SPEC, status="Lost", Survey="") for i in range(10)]
        (gate,) = audit(rows).gates.discovered
        assert (gate.deals_before, gate.deals_after) == (10, 10)

    def test_lost_deals_count_where_history_shows_how_far_they_came(self) -> None:
        rows = pipeline(1, 10, (0, 10))
        rows += [deal(f"l{i}", stage="Lost", closed_at="2026-09-01", Survey="") for i in range(9)]
        events = [e for i in range(9) for e in way(f"l{i}", ("2026-03-01 10:10", EARLY))]
        (gate,) = audit(rows, events).gates.discovered
        assert (gate.deals_before, gate.deals_after) == (10, 10)

    def test_of_two_boundaries_the_one_with_the_largest_jump(self) -> None:
        rows = [deal(f"a{i}", stage=EARLY, Survey="done" if i < 2 else "") for i in range(20)]
        rows += [deal(f"b{i}", stage=SPEC, Survey="done" if i < 19 else "") for i in range(20)]
        rows += [deal(f"c{i}", stage=OFFER, Survey="done") for i in range(20)]
        (gate,) = audit(rows).gates.discovered
        assert (gate.stage, gate.before, gate.after) == (SPEC, 0.1, 0.975)

    def test_gates_at_half_of_the_boundaries_are_enough(self) -> None:
        stages = (EARLY, SPEC, OFFER, CONTRACT)
        rows = [
            deal(f"{s}{i}", stage=s, Survey="done" if n >= 1 else "", Visa="done" if n >= 2 else "")
            for n, s in enumerate(stages)
            for i in range(10)
        ]
        report = audit(rows)
        assert {g.stage for g in report.gates.discovered} == {SPEC, OFFER}
        assert check(report, "gate-facts").answer == "yes"
        without = audit([{k: v for k, v in r.items() if k != "Visa"} for r in rows])
        assert share(without, "gate-facts") == (0.3333, 0.3333, 3)
        assert check(without, "gate-facts").answer == "no"

    def test_two_gates_at_one_boundary_are_one_boundary(self) -> None:
        rows = [
            r | {"Visa": "done" if r["stage"] == SPEC else ""} for r in pipeline(10, 10, (0, 10))
        ]
        report = audit(rows)
        assert [g.field for g in report.gates.discovered] == ["Survey", "Visa"]
        assert share(report, "gate-facts") == (1.0, 1.0, 1)

    def test_standard_fields_are_no_candidates(self) -> None:
        late = {
            "owner": "Ann",
            "source": "Web",
            "tags": "a",
            "probability": "0.5",
            "Phone": "1",
            "Contact Email": "a@b.c",
            "updated_at": "2026-09-02",
            "Modified By": "Ann",
        }
        rows = deals(10, **dict.fromkeys(late, "")) + deals(10, 50, stage=SPEC, **late)
        report = audit(rows)
        assert report.gates.discovered == []
        assert check(report, "gate-facts").answer == "unknown"
        assert report.gates.boundaries == 0

    @pytest.mark.parametrize(
        ("values", "is_gate"),
        [
            (["Standard"] * 20, False),
            (["Standard"] * 18 + ["sheet 1", "sheet 2"], False),
            (["Standard"] * 17 + ["sheet 1", "sheet 2", "sheet 3"], True),
            (["yes"] * 20, True),
            (["согласовано"] * 20, True),
            ([f"sheet {i}" for i in range(20)], True),
        ],
    )
    def test_one_value_from_a_stage_on_is_a_default_but_a_tick_is_none(
        self, values: list[str], is_gate: bool
    ) -> None:
        rows = deals(10, Survey="")
        rows += [deal(f"a{i}", stage=SPEC, Survey=value) for i, value in enumerate(values)]
        assert bool(audit(rows).gates.discovered) is is_gate

    def test_a_gate_says_that_it_is_known_from_own_data(self) -> None:
        (gate,) = audit(pipeline(10, 10, (0, 10))).gates.discovered
        assert gate.origin == "own_data"

    def test_one_open_stage_cannot_tell(self) -> None:
        rows = deals(10, Survey="") + deals(
            10, 50, stage="Won", closed_at="2026-09-01", Survey="done"
        )
        assert check(audit(rows), "gate-facts").answer == "unknown"


def moves(report: Any) -> dict[str, int]:
    return report.gates.moves.model_dump()


WAY = (EARLY, SPEC, OFFER, CONTRACT)


def walk(deal_id: str, minute: int = 7, by: str = "Ann", last: int = 4) -> list[Any]:
    """A clean way through the pipeline: a stage a month, each deal at its own minute."""
    return way(
        deal_id, *((f"2026-0{n + 1}-1{n} 10:{minute:02}", WAY[n]) for n in range(last)), by=by
    )


def pipeline_deals(*ids: str, stage: str = CONTRACT) -> list[Any]:
    """These deals, and one in every other stage, so that the order is known by the words."""
    rows = [deal(i, stage=stage, created_at="2026-01-01") for i in ids]
    return rows + [deal(f"at {s}", stage=s) for s in WAY]


class TestMoves:
    def test_without_history_there_are_no_moves_and_the_check_is_unknown(self) -> None:
        report = audit(pipeline_deals("1"))
        assert report.gates.moves is None
        assert check(report, "moves-clean").answer == "unknown"

    def test_a_stage_at_a_time_is_clean(self) -> None:
        report = audit(pipeline_deals("1", "2"), walk("1") + walk("2", 9))
        assert moves(report) == {
            "total": 6,
            "clean": 6,
            "unknown": 0,
            "bulk": 0,
            "same_day": 0,
            "jumps": 0,
            "backward": 0,
        }
        assert check(report, "moves-clean").answer == "yes"

    def test_a_jump_over_an_open_stage(self) -> None:
        events = way("1", ("2026-02-01 10:11", EARLY), ("2026-03-01 10:13", OFFER))
        report = audit(pipeline_deals("1", stage=OFFER), events)
        assert (moves(report)["jumps"], moves(report)["clean"]) == (1, 0)
        assert found_by(report, "stage-jumped") == ["1"]

    def test_won_follows_the_last_open_stage(self) -> None:
        rows = pipeline_deals("1", "2", stage="Won")
        events = walk("1") + way("1", ("2026-05-01 10:11", "Won"))
        events += walk("2", 9, last=3) + way("2", ("2026-05-02 10:12", "Won"))
        report = audit([r | {"closed_at": "2026-05-02"} for r in rows], events)
        assert moves(report)["total"] == 7
        assert found_by(report, "stage-jumped") == ["2"]

    def test_to_lost_reopened_and_unchanged_rows_are_no_moves(self) -> None:
        events = way(
            "1",
            ("2026-02-01 10:11", EARLY),
            ("2026-02-05 10:12", EARLY),
            ("2026-03-01 10:13", "Lost"),
            ("2026-04-01 10:14", EARLY),
            ("2026-05-01 10:15", SPEC),
        )
        report = audit(pipeline_deals("1", stage=SPEC), events)
        assert (moves(report)["total"], moves(report)["clean"]) == (1, 1)

    def test_backward_is_clean_and_counted_apart(self) -> None:
        events = walk("1", last=3) + way("1", ("2026-05-01 10:11", EARLY))
        report = audit(pipeline_deals("1", stage=EARLY), events)
        assert (moves(report)["total"], moves(report)["clean"], moves(report)["backward"]) == (
            3,
            3,
            1,
        )

    def test_two_forward_moves_of_a_deal_on_one_day(self) -> None:
        events = way(
            "1",
            ("2026-02-01 10:11", EARLY),
            ("2026-03-01 10:13", SPEC),
            ("2026-03-01 17:45", OFFER),
            ("2026-03-02 10:15", CONTRACT),
        )
        report = audit(pipeline_deals("1"), events)
        assert (moves(report)["same_day"], moves(report)["clean"]) == (2, 1)
        assert found_by(report, "moved-same-day") == ["1"]

    def test_a_forward_and_a_backward_move_on_one_day_are_clean(self) -> None:
        events = way(
            "1",
            ("2026-02-01 10:11", EARLY),
            ("2026-03-01 10:13", SPEC),
            ("2026-03-01 17:45", EARLY),
        )
        report = audit(pipeline_deals("1", stage=EARLY), events)
        assert (moves(report)["clean"], moves(report)["same_day"]) == (2, 0)

    def test_ties_in_time_are_ordered_by_the_rank_of_the_stage(self) -> None:
        tie = [event("1", s, "2026-03-01 10:11", changed_by="Ann") for s in (OFFER, SPEC, EARLY)]
        report = audit(pipeline_deals("1", stage=OFFER), tie)
        assert (moves(report)["total"], moves(report)["backward"], moves(report)["jumps"]) == (
            2,
            0,
            0,
        )

    @pytest.mark.parametrize(("clean", "answer"), [(9, "yes"), (8, "no")])
    def test_ninety_percent_is_the_threshold(self, clean: int, answer: str) -> None:
        ids = [str(i) for i in range(10)]
        events = []
        for n, i in enumerate(ids):
            first = (f"2026-02-{n + 10} 10:{n + 10}", EARLY)
            then = (f"2026-03-{n + 10} 10:{n + 10}", SPEC if n < clean else OFFER)
            events += way(i, first, then)
        report = audit(pipeline_deals(*ids), events)
        assert check(report, "moves-clean").answer == answer


class TestBulk:
    """Five deals or more moved by one user within 60 seconds."""

    def crowd(
        self,
        count: int,
        seconds: float,
        by: str | None = "Ann",
        at: str = "2026-05-06 10:31",
        **thresholds: float,
    ) -> Any:
        ids = [str(i) for i in range(count)]
        events = []
        for n, i in enumerate(ids):
            events += way(i, (f"2026-02-{n + 10} 10:{n + 11}", EARLY))
            second = int(n * seconds / max(count - 1, 1))
            stamp = f"2026-05-06 10:{31 + second // 60}:{second % 60:02}" if ":" in at else at
            events += [event(i, SPEC, stamp, changed_by=by or "")]
        return audit(pipeline_deals(*ids, stage=SPEC), events, thresholds=thresholds)

    def test_five_within_a_minute(self) -> None:
        report = self.crowd(5, 60)
        assert (moves(report)["bulk"], moves(report)["clean"]) == (5, 0)
        assert found_by(report, "moved-in-bulk") == ["0", "1", "2", "3", "4"]

    def test_four_are_not_enough(self) -> None:
        assert moves(self.crowd(4, 3))["bulk"] == 0

    def test_five_in_61_seconds_are_not_enough(self) -> None:
        assert moves(self.crowd(5, 61))["bulk"] == 0

    @pytest.mark.parametrize(
        ("count", "seconds", "thresholds", "found"),
        [
            (4, 3, {"bulk_deals": 4}, 4),
            (3, 3, {"bulk_deals": 4}, 0),
            (5, 3, {"bulk_deals": 6}, 0),
            (5, 600, {"bulk_seconds": 600}, 5),
            (5, 601, {"bulk_seconds": 600}, 0),
            (5, 60, {"bulk_seconds": 6}, 0),
            (5, 6, {"bulk_seconds": 6}, 5),
            (7, 900, {"bulk_seconds": 600}, 7),
            (5, 0, {"bulk_seconds": 0}, 5),
        ],
    )
    def test_what_a_crowd_is_can_be_set(
        self, count: int, seconds: float, thresholds: dict[str, float], found: int
    ) -> None:
        report = self.crowd(count, seconds, **thresholds)
        assert moves(report)["bulk"] == found
        assert len(found_by(report, "moved-in-bulk")) == found

    def test_seven_along_a_window_that_slides_are_all_bulk(self) -> None:
        assert moves(self.crowd(7, 90))["bulk"] == 7

    def test_one_deal_moved_often_is_no_crowd(self) -> None:
        steps = [(f"2026-05-06 10:31:{n:02}", WAY[n % 2]) for n in range(8)]
        report = audit(pipeline_deals("1"), way("1", *steps))
        assert moves(report)["bulk"] == 0

    def test_two_users_are_no_crowd(self) -> None:
        ids = [str(i) for i in range(6)]
        events = []
        for n, i in enumerate(ids):
            events += way(i, (f"2026-02-{n + 10} 10:{n + 11}", EARLY))
            events += way(i, (f"2026-05-06 10:31:{n:02}", SPEC), by="Ann" if n % 2 else "Bob")
        assert moves(audit(pipeline_deals(*ids, stage=SPEC), events))["bulk"] == 0

    def test_without_a_user_a_crowd_cannot_be_told(self) -> None:
        report = self.crowd(5, 3, by=None)
        assert (moves(report)["bulk"], moves(report)["unknown"], moves(report)["clean"]) == (
            0,
            5,
            0,
        )

    def days_only(self, count: int) -> Any:
        ids = [str(i) for i in range(count)]
        events = []
        for n, i in enumerate(ids):
            events += way(i, (f"2026-02-{n + 10}", EARLY), ("2026-05-06", SPEC))
        return audit(pipeline_deals(*ids, stage=SPEC), events)

    def test_without_a_time_of_day_five_on_a_day_cannot_be_told(self) -> None:
        report = self.days_only(5)
        assert (moves(report)["bulk"], moves(report)["unknown"], moves(report)["clean"]) == (
            0,
            5,
            0,
        )
        assert share(report, "moves-clean")[:2] == (0.0, 1.0)
        assert check(report, "moves-clean").answer == "unknown"

    def test_without_a_time_of_day_four_on_a_day_are_clean(self) -> None:
        assert (moves(self.days_only(4))["clean"], moves(self.days_only(4))["unknown"]) == (4, 0)

    def test_a_jump_is_not_clean_whether_in_a_crowd_or_not(self) -> None:
        ids = [str(i) for i in range(5)]
        events = []
        for n, i in enumerate(ids):
            events += way(i, (f"2026-02-{n + 10}", EARLY), ("2026-05-06", OFFER))
        report = audit(pipeline_deals(*ids, stage=OFFER), events)
        assert (moves(report)["unknown"], moves(report)["clean"]) == (0, 0)
        assert check(report, "moves-clean").answer == "no"


def test_both_halves_are_needed_for_a_yes_and_one_no_decides() -> None:
    rows = pipeline(10, 10, (0, 10))
    events = [
        e
        for i in range(10)
        for e in way(
            f"a{i}",
            (f"2026-02-{i + 10} 10:{i + 11}", EARLY),
            (f"2026-03-{i + 10} 10:{i + 11}", SPEC),
        )
    ]
    assert question(audit(rows), "gates").answer == "unknown"
    assert question(audit(rows, events), "gates").answer == "yes"
    bare = [{k: v for k, v in r.items() if k != "Survey"} for r in rows]
    assert question(audit(bare, events), "gates").answer == "unknown"
    assert question(audit(pipeline(10, 10, (10, 10)), events), "gates").answer == "no"


class TestFunnel:
    """Stages named as decisions of the client: the first layer, whatever the six answers say."""

    @pytest.mark.parametrize(
        ("stages", "grade"),
        [
            ((SPEC, "Offer accepted"), "strong"),
            ((EARLY, SPEC), "strong"),
            ((EARLY, SPEC, OFFER), "weak"),
        ],
    )
    def test_half_of_the_open_stages(self, stages: tuple[str, ...], grade: str) -> None:
        report = audit([deal(str(i), stage=s) for i, s in enumerate(stages)])
        assert {layer.id: layer.grade for layer in report.layers}["funnel"] == grade

    def test_a_funnel_of_our_own_actions_is_said_loudly(self) -> None:
        report = audit([deal("1", stage=EARLY), deal("2", stage=OFFER)])
        assert "no_client_decisions" in {w.code for w in report.warnings}
        assert found_by(report, "stage-seller-action") == [OFFER, EARLY]
