"""Facts that tell won deals from lost ones, and those that only seem to."""

from __future__ import annotations

from typing import Any

import pytest

from build import EARLY, SPEC, Row, audit, deal, task
from crm_audit.judge.intervals import difference
from crm_audit.model.report import Report
from crm_audit.model.separators import Separator, Separators

Shares = tuple[int, int, int]
"""Of 20 won, 20 lost and 20 open deals those that have a fact."""

CLOSED = "2026-09-01"


def rows(columns: dict[str, Shares], each: int = 20, **values: Any) -> list[Row]:
    """Won, lost and open deals; the first of each have the fact, with a value of its own."""
    found: list[Row] = []
    for place, (status, stage) in enumerate((("Won", "Won"), ("Lost", "Lost"), ("Open", EARLY))):
        for i in range(each):
            made = deal(f"{status}{i}", stage=stage, closed_at="" if status == "Open" else CLOSED)
            for column, counts in columns.items():
                text = values.get(column, f"{column} {place}{i}")
                made[column] = text if i < counts[place] else ""
            found.append(made)
    return [*found, deal("later", stage=SPEC, **dict.fromkeys(columns, ""))]


def judged(report: Report) -> Separators:
    assert report.gates.separators is not None
    return report.gates.separators


def found(report: Report) -> dict[str, Separator]:
    return {s.fact: s for s in judged(report).found}


def aside(report: Report) -> dict[str, tuple[str, int]]:
    return {s.fact: (s.why, s.more) for s in judged(report).set_aside}


class TestFound:
    REPORT = staticmethod(
        lambda: audit(
            rows(
                {
                    "Site visit": (18, 4, 11),
                    "Discount asked": (3, 17, 10),
                    "Colour": (10, 10, 10),
                    "Brochure": (12, 8, 10),
                }
            )
        )
    )

    def test_more_often_and_less_often_by_more_than_chance(self) -> None:
        assert list(found(self.REPORT())) == ["Site visit", "Discount asked"]
        assert judged(self.REPORT()).compared == 4
        assert aside(self.REPORT()) == {}

    def test_win_rates_and_the_interval_of_their_difference(self) -> None:
        visit = found(self.REPORT())["Site visit"]
        assert (visit.with_fact.won, visit.with_fact.of) == (18, 22)
        assert (visit.without.won, visit.without.of) == (2, 18)
        assert visit.difference == pytest.approx(18 / 22 - 2 / 18, abs=1e-4)
        assert (visit.low, visit.high) == pytest.approx(difference(18, 22, 2, 18), abs=1e-4)
        assert found(self.REPORT())["Discount asked"].difference < 0
        assert 0 < visit.chance < 0.01

    def test_more_comparisons_ask_for_more(self) -> None:
        # 16 of 20 and 6 of 20: chance 0.004 alone, 0.08 as one of twenty.
        alone = audit(rows({"Site visit": (16, 6, 11)}))
        assert list(found(alone)) == ["Site visit"]
        many: dict[str, Shares] = {f"Column {n}": (10, 10, 10) for n in range(19)}
        among = audit(rows({"Site visit": (16, 6, 11)} | many))
        assert (found(among), judged(among).compared) == ({}, 20)

    def test_thresholds_decide(self) -> None:
        columns = {"Site visit": (16, 6, 11)}
        for threshold in ({"separator_chance": 0.001}, {"separator_difference": 0.6}):
            assert found(audit(rows(columns), thresholds=threshold)) == {}


class TestGuard:
    """Too few deals are never a finding; what is missing is said."""

    def test_ten_with_it_and_ten_without_it(self) -> None:
        report = audit(rows({"Site visit": (9, 0, 10), "Survey": (10, 0, 10)}))
        assert aside(report) == {"Site visit": ("few", 1)}
        assert list(found(report)) == ["Survey"]

    def test_ten_won_and_ten_lost(self) -> None:
        listed = [r for r in rows({"Site visit": (18, 4, 11)}) if r["deal_id"][:4] != "Lost"]
        listed += [r for r in rows({"Site visit": (18, 4, 11)}) if r["deal_id"] in LOST_SIX]
        report = audit(listed)
        assert found(report) == {}
        assert aside(report) == {"Site visit": ("few", 6)}
        assert (judged(report).more_won, judged(report).more_lost) == (0, 4)

    def test_without_closed_deals_there_is_nothing_to_say(self) -> None:
        report = audit([r for r in rows({"Site visit": (18, 4, 11)}) if r["stage"] == EARLY])
        assert report.gates.separators is None

    def test_a_fact_of_all_or_of_nobody_is_no_fact_to_compare(self) -> None:
        report = audit(rows({"Always": (20, 20, 20), "Never": (0, 0, 3)}))
        assert (judged(report).compared, aside(report), found(report)) == (0, {}, {})


LOST_SIX = {f"Lost{i}" for i in (0, 1, 2, 3, 4, 5)}


class TestLeaks:
    """What is there because of how the deal ended separates nothing."""

    def why(self, *, name: str = "Site visit", counts: Shares = (18, 4, 11), **values: Any) -> str:
        report = audit(rows({name: counts}, **values))
        assert found(report) == {}
        return aside(report)[name][0]

    @pytest.mark.parametrize("name", ["Invoice No", "Paid on", "Дата договора", "Акт №"])
    def test_by_its_name(self, name: str) -> None:
        assert self.why(name=name) == "closing"

    def test_by_its_dates(self) -> None:
        values = {"Site visit": CLOSED}
        assert self.why(**values) == "closing"
        before = audit(rows({"Site visit": (18, 4, 11)}, **{"Site visit": "2026-07-01"}))
        assert list(found(before)) == ["Site visit"]

    def test_what_open_deals_hardly_ever_have_is_recorded_at_closing_or_on_the_way(self) -> None:
        assert self.why(counts=(18, 4, 0)) == "progress"
        late = [
            r | {"deal_id": f"late {r['deal_id']}", "stage": SPEC}
            for r in rows({"Site visit": (18, 4, 0)})
            if r["stage"] == EARLY
        ]
        report = audit(rows({"Site visit": (18, 4, 0)}) + late)
        assert aside(report)["Site visit"][0] == "closing"

    def test_all_of_the_won_and_none_of_the_lost_is_the_outcome_itself(self) -> None:
        assert self.why(counts=(20, 0, 11)) == "outcome"
        assert self.why(counts=(0, 20, 11)) == "outcome"

    def test_without_early_open_deals_nobody_knows_when_it_was_filled(self) -> None:
        listed = [r for r in rows({"Site visit": (18, 4, 11)}) if r["stage"] != EARLY]
        assert aside(audit(listed)) == {"Site visit": ("untimed", 0)}

    def test_what_lost_deals_have_that_came_far_is_filled_on_the_way(self) -> None:
        listed = rows({"Site visit": (18, 10, 11)}, each=24)
        events = []
        for r in listed:
            if r["stage"] == "Lost":
                events.append(
                    {"deal_id": r["deal_id"], "to_stage": EARLY, "changed_at": "2026-05-01"}
                )
                if r["Site visit"]:
                    far = {"to_stage": SPEC, "changed_at": "2026-06-01"}
                    events.append({"deal_id": r["deal_id"], **far})
        report = audit(listed, events)
        assert aside(report)["Site visit"][0] == "progress"

    @pytest.mark.parametrize(
        "field",
        ["next_step", "next_decision", "client_commitment", "probability", "source", "owner"],
    )
    def test_standard_fields_and_states_that_end_with_the_deal_are_out(self, field: str) -> None:
        report = audit(rows({field: (18, 4, 11)}))
        assert (found(report), aside(report)) == ({}, {})


def test_a_role_a_second_person_and_an_early_touch_of_the_client_are_facts() -> None:
    listed = rows({"approver": (18, 4, 11)})
    people = [
        {"deal_id": r["deal_id"], "name": f"{name} {r['deal_id']}", "position": "Engineer"}
        for r in listed
        for name in (("Ada", "Bob") if r["approver"] else ("Ada",))
    ]
    touches = [
        task(r["deal_id"], kind="meeting", is_done="yes", done_at=day, created_at=day)
        for r in listed
        for day in ["2026-06-10" if r["approver"] else "2026-08-20"]
    ]
    dated = [r | {"created_at": "2026-06-01"} for r in listed]
    report = audit(dated, tasks=touches, contacts=people)
    kinds = {s.fact: (s.kind, s.with_fact.won, s.with_fact.of) for s in judged(report).found}
    assert kinds == {
        "approver": ("person", 18, 22),
        "people": ("people", 18, 22),
        "client_activity": ("activity", 18, 22),
    }


def test_a_duplicate_is_no_lost_deal() -> None:
    listed = [
        r | {"loss_reason": "Duplicate" if r["deal_id"] in LOST_SIX else "Competitor won on price"}
        for r in rows({"Site visit": (18, 4, 11)})
    ]
    assert judged(audit(listed)).lost == 14


def test_pipelines_are_compared_each_with_itself() -> None:
    """A field of one pipeline with many wins tells nothing about the other."""
    here = [r | {"pipeline": "A"} for r in rows({"Site visit": (20, 10, 15)}, each=20)]
    there = [r | {"pipeline": "B", "deal_id": f"b {r['deal_id']}", "Site visit": ""} for r in here]
    few_wins = [r for r in there if not (r["stage"] == "Won" and int(r["deal_id"][5:]) >= 2)]
    report = audit(here + few_wins)
    assert {s.pipeline for s in judged(report).found} == {"A"}
