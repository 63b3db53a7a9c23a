"""Absent, empty, junk, filled, unreadable: unknown, false, false, true, unknown; for each fact.

The facts are seen through the rules that they decide. Every deal of PRESENT is named after the one
fact that is filled in it, so a rule must find all deals but that one. All deals stand in the only
stage of the pipeline (so all are key) since January (so all are stalled).
"""

from __future__ import annotations

from typing import Any

import pytest

from build import COMMITMENT, EARLY, USEFUL, audit, counts, deal, found_by, person, rule, task

JUNK = ("-", "n/a", "N/A", "уточнить", "УТОЧНИТЬ", "Tbd", "N.A.", ".")
TEXT, DATE, NUMBER = "text", "date", "number"
OLD = {"created_at": "2026-01-10"}

# Fields that make one fact true, the rule that says it is false, and what kind the first is.
OPEN_FACTS: dict[str, tuple[dict[str, str], str, str]] = {
    "step": ({"next_step": COMMITMENT}, "next-step-missing", TEXT),
    "approver": ({"approver": "Ivan Petrov"}, "role-approver-missing", TEXT),
    "payer": ({"payer": "Olga Smith"}, "role-payer-missing", TEXT),
    "procurer": ({"procurer": "Petr Stone"}, "role-procurer-missing", TEXT),
    "legal": ({"legal": "Anna Reed"}, "role-blocker-missing", TEXT),
    "security": ({"security": "Oleg Ford"}, "role-blocker-missing", TEXT),
    "risk": ({"risk": "The board may freeze the investment"}, "stalled-without-reason", TEXT),
    "stall": ({"stall_reason": "The lawyer is on leave"}, "stalled-without-reason", TEXT),
    "person": ({"contact": "Maria Hill"}, "client-person-missing", TEXT),
    "client owner": ({"client_owner": "Maria Hill"}, "client-person-missing", TEXT),
    "amount": ({"amount": "1500.50"}, "amount-missing", NUMBER),
    "close date": ({"expected_close": "2026-12-15"}, "close-date-missing", DATE),
    "decision": (
        {"last_decision": "Signed the protocol", "last_decision_at": "2026-02-01"},
        "decision-missing",
        TEXT,
    ),
}  # fmt: skip
# The usual rest of the table: enough dates and numbers for their columns to be known by them.
ORDINARY = {"amount": "1000", "expected_close": "2026-12-01", "last_decision_at": "2026-02-01"}
USUAL = {f"usual {i}": ORDINARY for i in range(12)}
NAMED = {"approver", "payer", "procurer", "legal", "security"}
LOST = {"stage": "Lost", "closed_at": "2026-06-01"}
GOOD = {name: fields for name, (fields, _, _) in OPEN_FACTS.items()}
READ = {f: v for fields in GOOD.values() for f, v in fields.items()}
BAD = {DATE: "31.31.2026", NUMBER: "about two"}


def test_column_absent_is_unknown_for_every_fact() -> None:
    rows = [deal(str(i), **OLD) for i in range(3)] + [deal("lost", **OLD | LOST)]
    report = audit(rows)
    rules = {rule_id for _, rule_id, _ in OPEN_FACTS.values()}
    assert {r: counts(report, r) for r in rules} == dict.fromkeys(rules, (0, 0, 3))
    assert counts(report, "loss-reason-missing") == (0, 0, 1)
    assert report.portfolio.open_amount == {}


@pytest.fixture(scope="module")
def present() -> Any:
    """Every column there; one deal a fact where it is filled, one a kind of junk, one empty."""
    rows = [deal("empty", **OLD | dict.fromkeys(READ, ""))]
    rows += [deal(name, **OLD | fields) for name, fields in (GOOD | USUAL).items()]
    rows += [deal(f"junk {word}", **OLD | dict.fromkeys(READ, word)) for word in JUNK]
    rows += [
        deal(f"bad {name}", **OLD | {next(iter(fields)): BAD[kind]})
        for name, (fields, _, kind) in OPEN_FACTS.items()
        if kind in BAD
    ]
    return audit(rows)


@pytest.mark.parametrize("name", OPEN_FACTS)
def test_filled_is_true_empty_and_junk_are_false_unreadable_is_unknown(
    present: Any, name: str
) -> None:
    _, rule_id, kind = OPEN_FACTS[name]
    fellows = {n for n, (_, r, _) in OPEN_FACTS.items() if r == rule_id}
    fellows |= set(USUAL) if name in ("amount", "close date") else set()
    fellows |= NAMED if rule_id == "client-person-missing" else set()
    unread = {f"bad {name}"} if kind in BAD else set()
    everything = {s.deal_id for s in present.stalls.deals}
    assert everything >= {"empty", *(f"junk {w}" for w in JUNK), *GOOD}
    assert set(found_by(present, rule_id)) == everything - fellows - unread
    assert counts(present, rule_id) == (
        len(everything - fellows - unread),
        len(everything - unread),
        len(unread),
    )


def test_every_unreadable_cell_is_listed(present: Any) -> None:
    assert sorted({b.text for b in present.inputs[0].bad_cells} - set(JUNK)) == sorted(BAD.values())


def test_loss_reason_absent_empty_junk_filled() -> None:
    cells = {"empty": "", "good": USEFUL, "useless": "Other", **{f"junk {w}": w for w in JUNK}}
    rows = [deal(name, loss_reason=cell, **LOST) for name, cell in cells.items()]
    report = audit(rows)
    assert found_by(report, "loss-reason-missing") == sorted(set(cells) - {"good", "useless"})
    assert found_by(report, "loss-reason-useless") == ["useless"]
    assert counts(report, "loss-reason-missing") == (1 + len(JUNK), len(cells), 0)


def test_a_date_of_the_step_absent_empty_junk_filled_unreadable() -> None:
    dates = {"empty": "", "filled": "2026-10-05", "past": "2026-09-01", "unread": "soon enough"}
    dates |= {f"junk {w}": w for w in JUNK} | {f"usual {i}": "2026-10-06" for i in range(6)}
    rows = [deal(n, next_step=COMMITMENT, next_step_date=day) for n, day in dates.items()]
    report = audit(rows)
    undated = sorted({"empty", *(f"junk {w}" for w in JUNK)})
    assert found_by(report, "next-step-undated") == undated
    assert counts(report, "next-step-undated") == (len(undated), len(dates) - 1, 1)
    assert found_by(report, "next-step-overdue") == ["past"]
    without = audit([deal(str(i), next_step=COMMITMENT) for i in range(3)])
    assert counts(without, "next-step-undated") == (0, 0, 3)
    assert counts(without, "next-step-overdue") == (0, 0, 3)


def test_a_date_in_the_words_of_the_step_is_a_date() -> None:
    said = deal("said", next_step="Client sends the specification by 5 October 2026")
    unsaid = deal("unsaid", next_step=COMMITMENT, next_step_date="")
    assert found_by(audit([said, unsaid]), "next-step-undated") == ["unsaid"]


class TestSeveralHomesOfOneFact:
    """A fact that may stand in several places is unknown only where the export has none."""

    def test_one_home_that_is_empty_makes_false(self) -> None:
        report = audit([deal("1", **OLD, legal="", stall_reason="")])
        assert counts(report, "role-blocker-missing") == (1, 1, 0)
        assert counts(report, "stalled-without-reason") == (1, 1, 0)
        assert counts(report, "role-approver-missing") == (0, 0, 1)

    def test_contacts_with_roles_or_positions_are_a_home_of_every_role(self) -> None:
        rows = [deal("1"), deal("2")]
        people = [person("1", "Ivan Petrov", position="CEO", contact_id="c1")]
        report = audit(rows, contacts=people)
        assert found_by(report, "role-approver-missing") == ["2"]
        assert found_by(report, "role-payer-missing") == ["1", "2"]

    def test_contacts_without_role_and_position_are_no_home(self) -> None:
        people = [person("1", "Ivan Petrov", contact_id="c1", Phone="+7 900 000-00-00")]
        report = audit([deal("1"), deal("2")], contacts=people)
        assert [i.kind for i in report.inputs] == ["deals", "contacts"]
        assert counts(report, "role-approver-missing") == (0, 0, 2)

    def test_tasks_are_a_home_of_the_next_step(self) -> None:
        report = audit(
            [deal("1"), deal("2")], tasks=[task("1", due_at="2026-10-05", activity_id="t1")]
        )
        assert counts(report, "next-step-missing") == (1, 2, 0)
        assert found_by(report, "next-step-missing") == ["2"]

    def test_tasks_that_cannot_be_joined_are_no_home(self) -> None:
        strangers = [task(f"X{i}", due_at="2026-10-05", activity_id=f"t{i}") for i in range(5)]
        report = audit([deal("1"), deal("2")], tasks=strangers)
        assert report.inputs[1].used is False
        assert counts(report, "next-step-missing") == (0, 0, 2)
        assert "set_aside" in {w.code for w in report.warnings}

    def test_tasks_joined_by_a_contact_show_steps_and_prove_no_absence(self) -> None:
        rows = [deal(str(i), contact=f"Person {i}") for i in range(4)]
        tasks = [
            {
                "contact": f"Person {i}",
                "subject": COMMITMENT,
                "due_at": "2026-10-05",
                "is_done": "no",
            }
            for i in range(3)
        ]
        report = audit(rows, tasks=tasks)
        assert report.inputs[1].joined_on.deals_column == "contact"
        assert counts(report, "next-step-missing") == (0, 3, 1)


class TestDecisionOnRecord:
    """A stage alone never proves that no decision is recorded."""

    def test_unknown_without_the_column_unless_the_stage_is_a_decision(self) -> None:
        rows = [deal("1", stage=EARLY), deal("2", stage="Spec agreed")]
        assert counts(audit(rows), "decision-missing") == (0, 1, 0)
        alone = audit([deal("1", stage=EARLY), deal("2", stage=EARLY)])
        assert counts(alone, "decision-missing") == (0, 0, 2)

    def test_a_decision_in_the_history_counts(self) -> None:
        rows = [deal("1"), deal("2")]
        events = [
            {"deal_id": "1", "to_stage": "Spec agreed", "changed_at": "2026-09-02 10:10"},
            {"deal_id": "1", "to_stage": EARLY, "changed_at": "2026-09-03 10:10"},
            {"deal_id": "2", "to_stage": EARLY, "changed_at": "2026-09-03 10:20"},
        ]
        report = audit([r | {"amount": "5"} for r in rows], history=events)
        facts = {t.deal_id: t.facts["decision"] for t in report.forecast.top}
        assert facts == {"1": True, "2": None}

    def test_a_decision_counts_with_a_date_up_to_as_of(self) -> None:
        days = {"before": "2026-09-30", "after": "2026-10-01", "none": ""}
        rows = [
            deal(n, last_decision="Approved the budget", last_decision_at=day, amount="5")
            for n, day in days.items()
        ]
        facts = {t.deal_id: t.facts["decision"] for t in audit(rows).forecast.top}
        assert facts == {"before": True, "after": False, "none": False}

    def test_without_its_date_column_a_decision_cannot_be_told(self) -> None:
        rows = [deal("1", last_decision="Approved the budget", amount="5")]
        assert audit(rows).forecast.top[0].facts["decision"] is None


def test_the_amount_in_front_of_money_rules(present: Any) -> None:
    assert present.portfolio.open_amount == {"XXX": 13500.5}
    assert rule(present, "next-step-missing").amount == {"XXX": 13500.5}
    assert rule(present, "close-date-missing").amount == {"XXX": 1500.5}
