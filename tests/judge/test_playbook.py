"""Conformance against the client's own gate conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import crm_audit
from build import (
    COMMITMENT,
    CONTRACT,
    EARLY,
    OFFER,
    SELLER,
    SPEC,
    audit,
    check,
    deal,
    found_by,
    person,
    question,
    rule,
    share,
    to_csv,
)
from crm_audit.errors import UsageError
from crm_audit.model.gates import GateCondition, PlaybookPart
from crm_audit.model.report import Report


def asks(stage: str = SPEC, **keys: Any) -> str:
    """A playbook of one stage."""
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in keys.items()]
    return "\n".join(["[[stage]]", f'stage = "{stage}"', *lines, ""])


def playbook(report: Report) -> PlaybookPart:
    assert report.gates.playbook is not None
    return report.gates.playbook


def condition(report: Report) -> GateCondition:
    """The only condition of a report's playbook."""
    (found,) = [c for s in playbook(report).stages for c in s.conditions]
    return found


def told(found: GateCondition) -> tuple[int, int, int]:
    return found.met, found.failed, found.unknown


ABSENT: Any = None
CELLS = {"absent": ABSENT, "empty": "", "junk": "n/a", "filler": "in progress", "filled": "sheet 7"}
FACTS: list[tuple[str, str, dict[str, Any]]] = [
    # What the playbook asks for, the column that tells it, a value that proves it.
    ('facts = ["Survey"]', "Survey", {}),
    ('facts = ["documents"]', "documents", {}),
    ('facts = ["last_decision"]', "last_decision", {}),
    ('facts = ["Last Decision"]', "last_decision", {}),
    ('facts = ["amount"]', "amount", {"filled": "1000", "junk": "0", "filler": "-"}),
    ('facts = ["expected_close"]', "expected_close", {"filled": "2026-12-01", "filler": "-"}),
    ('people = ["approver"]', "approver", {"filled": "Ada Brook", "filler": "unknown"}),
    ('people = ["legal"]', "legal", {"filled": "Ada Brook", "filler": "unknown"}),
    ('people = ["contact"]', "contact", {"filled": "Ada Brook", "filler": "unknown"}),
    ('next_step = "present"', "next_step", {"filled": COMMITMENT, "filler": "-"}),
    ('next_step = "committed"', "next_step", {"filled": COMMITMENT, "filler": SELLER}),
]


@pytest.mark.parametrize(
    ("asked", "field", "cells"), FACTS, ids=[f"{asked}" for asked, _, _ in FACTS]
)
def test_truth_table(asked: str, field: str, cells: dict[str, Any]) -> None:
    dated = {"next_step_date": "2026-12-01"} if "committed" in asked else {}
    asks_for = f'[[stage]]\nstage = "{SPEC}"\n{asked}'
    absent = condition(audit([deal(stage=SPEC)], playbook=asks_for))
    assert told(absent) == (0, 0, 1)
    assert absent.known is False
    given = {state: cells.get(state, usual) for state, usual in CELLS.items() if state != "absent"}
    rows = [deal(state, stage=SPEC, **{field: cell}, **dated) for state, cell in given.items()]
    report = audit(rows, playbook=asks_for)
    assert told(condition(report)) == (1, 3, 0)
    assert condition(report).known is True
    assert found_by(report, "gate-condition-missing") == ["empty", "filler", "junk"]


class TestDefaults:
    """One value in 90 % of the deals, ten deals or more, is no fact."""

    @pytest.mark.parametrize(
        ("same", "other", "met"),
        [(9, 1, 1), (10, 0, 0), (8, 2, 10), (9, 0, 9), (18, 2, 2), (17, 3, 20)],
    )
    def test_share_and_number(self, same: int, other: int, met: int) -> None:
        rows = [deal(f"s{i}", stage=SPEC, Survey="Standard") for i in range(same)]
        rows += [deal(f"o{i}", stage=SPEC, Survey=f"sheet {i}") for i in range(other)]
        found = condition(audit(rows, playbook=asks(facts=["Survey"])))
        assert told(found) == (met, same + other - met, 0)
        assert found.default == ("standard" if met <= other else None)
        assert found.junk == found.failed

    def test_empty_rows_count_as_rows(self) -> None:
        rows = [deal(f"s{i}", stage=SPEC, Survey="Standard" if i < 8 else "") for i in range(10)]
        assert told(condition(audit(rows, playbook=asks(facts=["Survey"])))) == (8, 2, 0)

    def test_both_figures_are_thresholds(self) -> None:
        rows = [deal(f"s{i}", stage=SPEC, Survey="Standard") for i in range(10)]
        for threshold in ({"default_share": 1.01}, {"default_rows": 11}):
            report = audit(rows, playbook=asks(facts=["Survey"]), thresholds=threshold)
            assert told(condition(report)) == (10, 0, 0)

    def test_somebody_who_stands_everywhere_was_not_found_out(self) -> None:
        rows = [deal(f"s{i}", stage=SPEC, approver="Ada Brook") for i in range(10)]
        assert told(condition(audit(rows, playbook=asks(people=["approver"])))) == (0, 10, 0)

    def test_it_is_said(self) -> None:
        rows = [deal(f"s{i}", stage=SPEC, Survey="Standard") for i in range(10)]
        report = audit(rows, playbook=asks(facts=["Survey"]))
        assert "playbook_defaults" in {w.code for w in report.warnings}


def test_a_tick_is_a_fact_in_a_column_and_none_where_a_sentence_is_asked() -> None:
    ticked = deal(stage=SPEC, Survey="yes", last_decision="yes")
    assert told(condition(audit([ticked], playbook=asks(facts=["Survey"])))) == (1, 0, 0)
    assert told(condition(audit([ticked], playbook=asks(facts=["last_decision"])))) == (0, 1, 0)


def test_people_are_known_from_contacts_too() -> None:
    rows = [deal("1", stage=SPEC), deal("2", stage=SPEC)]
    contacts = [person("1", "Ada Brook", role="", position="Chief accountant")]
    contacts += [person("2", "Bob Hill", role="", position="Driver")]
    report = audit(rows, contacts=contacts, playbook=asks(people=["payer"]))
    assert told(condition(report)) == (1, 1, 0)
    assert found_by(report, "gate-condition-missing") == ["2"]


def test_blocker_is_legal_or_security() -> None:
    rows = [
        deal("1", stage=SPEC, legal="Ada Brook", security=""),
        deal("2", stage=SPEC, legal="", security="Bob Hill"),
        deal("3", stage=SPEC, legal="", security=""),
    ]
    report = audit(rows, playbook=asks(people=["blocker"]))
    assert told(condition(report)) == (2, 1, 0)


class TestStages:
    """Which deals have come to a gate."""

    ROWS = (
        deal("early", stage=EARLY, Survey=""),
        deal("spec", stage=SPEC, Survey=""),
        deal("offer", stage=OFFER, Survey=""),
        deal("won", stage="Won", Survey="", closed_at="2026-09-01"),
    )

    def test_a_stage_and_every_one_beyond_it(self) -> None:
        report = audit(self.ROWS, playbook=asks(SPEC, facts=["Survey"]))
        assert found_by(report, "gate-condition-missing") == ["offer", "spec"]
        report = audit(self.ROWS, playbook=asks(OFFER, facts=["Survey"]))
        assert found_by(report, "gate-condition-missing") == ["offer"]

    def test_names_are_compared_without_case_and_spaces(self) -> None:
        report = audit(self.ROWS, playbook=asks(SPEC.upper() + " ", facts=["survey"]))
        assert condition(report).failed == 2

    def test_one_pipeline_is_not_the_other(self) -> None:
        rows = [
            r | {"deal_id": f"{p} {r['deal_id']}", "pipeline": p} for p in "AB" for r in self.ROWS
        ]
        report = audit(rows, playbook=asks(SPEC, pipeline="B", facts=["Survey"]))
        assert found_by(report, "gate-condition-missing") == ["B offer", "B spec"]
        report = audit(rows, playbook=asks(SPEC, facts=["Survey"]))
        assert condition(report).failed == 4

    def test_of_two_the_one_with_a_pipeline_goes_first(self) -> None:
        rows = [
            r | {"deal_id": f"{p} {r['deal_id']}", "pipeline": p} for p in "AB" for r in self.ROWS
        ]
        both = asks(SPEC, facts=["Survey"]) + asks(SPEC, pipeline="B", facts=["deal_name"])
        report = audit(rows, playbook=both)
        assert found_by(report, "gate-condition-missing") == ["A offer", "A spec"]

    def test_a_stage_that_the_export_does_not_have_is_said_and_unknown(self) -> None:
        text = asks(EARLY, facts=["deal_name"]) + asks("Pilot accepted", facts=["Survey"])
        report = audit(self.ROWS, playbook=text)
        stage = playbook(report).stages[1]
        assert stage.place == "absent"
        # Who stands before it has not passed it; of the others nobody can say.
        assert told(stage.conditions[0]) == (0, 0, 2)
        assert found_by(report, "gate-condition-missing") == []
        assert check(report, "gate-facts").answer == "unknown"
        (warning,) = [w for w in report.warnings if w.code == "playbook_absent_stages"]
        assert "Pilot accepted" in warning.text

    def test_a_deal_with_the_fact_is_fine_whether_it_passed_such_a_stage_or_not(self) -> None:
        rows = [r | {"Survey": f"sheet {r['deal_id']}"} for r in self.ROWS]
        text = asks(SPEC, facts=["deal_name"]) + asks("Pilot accepted", facts=["Survey"])
        assert check(audit(rows, playbook=text), "gate-facts").answer == "yes"

    def test_none_of_the_stages_is_nothing_to_look_at(self) -> None:
        rows = [r | {"Survey": "sheet 7"} for r in self.ROWS]
        report = audit(rows, playbook=asks("Pilot accepted", facts=["Survey"]))
        assert share(report, "gate-facts") == (None, None, 0)
        assert check(report, "gate-facts").answer == "unknown"

    def test_a_final_stage_asks_nothing_of_open_deals(self) -> None:
        report = audit(self.ROWS, playbook=asks("Won", facts=["Survey"]))
        assert playbook(report).stages[0].place == "closed"
        assert condition(report).of == 0

    def test_a_column_that_the_export_does_not_have_is_said_and_unknown(self) -> None:
        report = audit(self.ROWS, playbook=asks(facts=["Pilot protocol"]))
        assert told(condition(report)) == (0, 0, 2)
        (warning,) = [w for w in report.warnings if w.code == "playbook_absent_columns"]
        assert "Pilot protocol" in warning.text
        assert check(report, "gate-facts").answer == "unknown"


class TestCheck:
    """Question 3: 80 % of the open deals past the first stage."""

    def report(self, met: int, failed: int, unknown: int = 0) -> Report:
        rows = [deal(f"m{i}", stage=SPEC, Survey=f"sheet {i}") for i in range(met)]
        rows += [deal(f"f{i}", stage=SPEC, Survey="-") for i in range(failed)]
        rows += [deal(f"u{i}", stage=CONTRACT, Survey=f"sheet u{i}") for i in range(unknown)]
        rows += [deal("first", stage=EARLY, Survey="")]
        text = asks(SPEC, facts=["Survey"]) + asks(CONTRACT, facts=["Visa"])
        return audit([r | {"amount": 10, "currency": "USD"} for r in rows], playbook=text)

    @pytest.mark.parametrize(
        ("counts", "answer"),
        [
            ((8, 2), "yes"),
            ((7, 3), "no"),
            ((8, 1, 1), "yes"),
            ((7, 1, 2), "unknown"),
            ((7, 3, 1), "no"),
        ],
    )
    def test_three_answers(self, counts: tuple[int, ...], answer: str) -> None:
        report = self.report(*counts)
        assert check(report, "gate-facts").answer == answer
        met, total = counts[0], sum(counts)
        unknown = counts[2] if len(counts) > 2 else 0
        low, high, of = share(report, "gate-facts")
        assert (low, high, of) == (round(met / total, 4), round((met + unknown) / total, 4), total)

    def test_the_money_of_those_that_fail(self) -> None:
        report = self.report(7, 3)
        part = playbook(report)
        assert (part.deals, part.met, part.failed, part.unknown) == (10, 7, 3, 0)
        assert part.amount == question(report, "gates").amount == {"USD": 30.0}
        assert part.stages[0].conditions[0].amount == {"USD": 30.0}
        assert rule(report, "gate-condition-missing").amount == {"USD": 30.0}

    def test_the_share_is_a_threshold(self) -> None:
        rows = [deal("1", stage=SPEC, Survey="sheet 7"), deal("2", stage=SPEC, Survey="")]
        rows += [deal("3", stage=EARLY, Survey="")]
        report = audit(rows, playbook=asks(facts=["Survey"]), thresholds={"playbook_share": 0.5})
        assert check(report, "gate-facts").answer == "yes"
        assert check(report, "gate-facts").origin == "config"

    def test_a_finding_names_the_condition_and_its_stage(self) -> None:
        text = asks(SPEC, facts=["Survey"], people=["approver"]) + asks(OFFER, facts=["documents"])
        rows = [deal("1", stage=OFFER, Survey="", approver="", documents="act 5", amount=5)]
        rows += [deal("2", stage=SPEC, Survey="sheet 7", approver="Ada Brook", documents="")]
        (finding,) = [
            f for f in audit(rows, playbook=text).findings if f.rule == "gate-condition-missing"
        ]
        assert finding.facts == {
            "stage": OFFER,
            "gates_missing": f"{SPEC}: Survey; {SPEC}: the approver is named",
        }

    def test_without_a_playbook_gates_are_discovered(self) -> None:
        report = audit([deal("1", stage=SPEC, Survey="")])
        assert report.gates.playbook is None
        assert found_by(report, "gate-condition-missing") == []
        assert rule(report, "gate-condition-missing").assessed == 0


class TestLimits:
    """A limit of the playbook goes before the default and the client's own data."""

    def test_it_stalls_deals_and_says_where_it_is_from(self) -> None:
        rows = [deal("1", stage=SPEC, updated_at="2026-09-20", created_at="2026-09-20", amount=7)]
        assert audit(rows).stalls.stalled == 0
        report = audit(
            rows, playbook=asks(SPEC, limit_days=5, reaction="Decide", by="head of sales")
        )
        (stage,) = [s for s in report.stages if s.stage == SPEC]
        assert (stage.limit_days, stage.limit_origin) == (5.0, "config")
        assert [(d.deal_id, d.limit) for d in report.stalls.deals] == [("1", 5.0)]
        (told_of,) = playbook(report).stages
        assert (told_of.standing, told_of.over_limit, told_of.over_amount) == (1, 1, {"XXX": 7.0})
        assert (told_of.reaction, told_of.by) == ("Decide", "head of sales")

    def test_it_may_be_below_the_least(self) -> None:
        report = audit([deal("1", stage=SPEC)], playbook=asks(SPEC, limit_days=2.5))
        assert {s.limit_days for s in report.stages} == {2.5}

    def test_a_stage_without_one_keeps_its_own(self) -> None:
        rows = [deal("1", stage=SPEC), deal("2", stage=OFFER)]
        report = audit(rows, playbook=asks(SPEC, limit_days=5))
        origins = {s.stage: s.limit_origin for s in report.stages}
        assert origins == {SPEC: "config", OFFER: "default"}


BROKEN = [
    ('[[stage]]\nstage = "A"\nfact = ["x"]\n', 3, "no key “fact”"),
    ('[[stage]]\nfacts = ["x"]\n', 1, "no name"),
    ("# nothing\n", 1, r"no \[\[stage\]\]"),
    ('stages = 1\n[[stage]]\nstage = "A"\n', 1, "no key “stages”"),
    ('[[stage]]\nstage = "A"\n\n[[stage]]\nstage = "a "\n', 5, "line 1 already"),
    ('[[stage]]\nstage = "A"\nlimit_days = -3\n', 3, "number of days"),
    ('[[stage]]\nstage = "A"\nlimit_days = nan\n', 3, "number of days"),
    ('[[stage]]\nstage = "A"\nlimit_days = true\n', 3, "number of days"),
    ('[[stage]]\nstage = "A"\npeople = ["boss"]\n', 3, "no value “boss”"),
    ('[[stage]]\nstage = "A"\n\nnext_step = "soon"\n', 4, "no value “soon”"),
    ('[[stage]]\nstage = "A"\nfacts = [1]\n', 3, "wrong kind"),
    ('[[stage]]\nstage = "A"\n[[stage]]\nstage = "B"\nfacts = [""]\n', 5, "wrong kind"),
    ('[[stage]]\nstage = ["A"]\n', 2, "wrong kind"),
    ('[stage]\nname = "A"\n', 1, r"no \[\[stage\]\]"),
    ('[[stage]]\nstage = "A\n', 2, "no TOML"),
    ('[[stage]]\nstage = "A"\nstage = "B"\n', 3, "no TOML"),
    ('[[stage]]\nstage = "A"\nfacts = ["x"', 3, "no TOML"),
]


@pytest.mark.parametrize(("text", "line", "reason"), BROKEN)
def test_a_broken_playbook_is_one_line_with_file_and_line(
    text: str, line: int, reason: str, tmp_path: Path
) -> None:
    path, export = tmp_path / "own.toml", tmp_path / "deals.csv"
    path.write_text(text, encoding="utf-8")
    export.write_text(to_csv("deals", [deal()]), encoding="utf-8")
    with pytest.raises(UsageError, match=reason) as caught:
        crm_audit.diagnose(export, playbook=path, lang="en")
    assert f"own.toml, line {line}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    export = tmp_path / "deals.csv"
    export.write_text(to_csv("deals", [deal()]), encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_bytes('[[stage]]\nstage = "Договор"\n'.encode("cp1251"))
    with pytest.raises(UsageError, match=r"bad.toml, line 2: .*UTF-8"):
        crm_audit.diagnose(export, playbook=bad, lang="en")
    with pytest.raises(UsageError, match=r"nowhere.toml: there is no such file"):
        crm_audit.diagnose(export, playbook=tmp_path / "nowhere.toml", lang="en")
