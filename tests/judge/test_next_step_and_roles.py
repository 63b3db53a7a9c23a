"""Questions 1 and 2: the ladder of the next step, key deals, and who is known at the client."""

from __future__ import annotations

from typing import Any

import pytest

from build import (
    COMMITMENT,
    CONTRACT,
    EARLY,
    JOINT,
    OFFER,
    SELLER,
    SPEC,
    TALK,
    audit,
    counts,
    deal,
    deals,
    found_by,
    person,
    question,
    share,
    task,
)

AHEAD, TODAY, PAST = "2026-10-05", "2026-09-30", "2026-09-29"


class TestLadder:
    """Managed: present, dated, not overdue, a commitment of the client or a joint step."""

    # name: step, date, promise of the client, whether managed
    CASES = {  # noqa: RUF012
        "commitment": (COMMITMENT, AHEAD, "", True),
        "joint": (JOINT, AHEAD, "", True),
        "today": (COMMITMENT, TODAY, "", True),
        "overdue": (COMMITMENT, PAST, "", False),
        "undated": (COMMITMENT, "", "", False),
        "seller": (SELLER, AHEAD, "", False),
        "talk": (TALK, AHEAD, "", False),
        "junk": ("-", AHEAD, "", False),
        "empty": ("", "", "", False),
        "seller, promise beside": (SELLER, AHEAD, "Sends the draft contract", True),
        "seller, junk promise": (SELLER, AHEAD, "n/a", False),
    }

    @pytest.fixture
    def report(self) -> Any:
        return audit(
            [
                deal(n, next_step=step, next_step_date=day, client_commitment=promise)
                for n, (step, day, promise, _) in self.CASES.items()
            ]
        )

    def test_managed_deals_by_definition(self, report: Any) -> None:
        managed = [n for n, case in self.CASES.items() if case[3]]
        low = round(len(managed) / len(self.CASES), 4)
        assert share(report, "next-step-managed") == (low, low, len(self.CASES))

    def test_each_failure_has_its_own_finding(self, report: Any) -> None:
        # The junk step has a date, and a date alone is a step; a promise without one is talk.
        assert found_by(report, "next-step-missing") == ["empty"]
        assert found_by(report, "next-step-undated") == ["undated"]
        assert found_by(report, "next-step-overdue") == ["overdue"]
        assert found_by(report, "next-step-empty-talk") == ["talk", "undated"]
        assert found_by(report, "next-step-seller-only") == ["seller", "seller, junk promise"]


def test_an_open_task_counts_as_the_step_and_a_done_one_does_not() -> None:
    tasks = [
        task("open", due_at=AHEAD, subject=COMMITMENT),
        task("done", due_at=AHEAD, subject=COMMITMENT, is_done="yes"),
        task("late", due_at=PAST, subject=COMMITMENT),
        task(
            "meeting", due_at=AHEAD, subject="Specification with the chief engineer", kind="meeting"
        ),
    ]
    report = audit([deal(n) for n in ("open", "done", "late", "meeting", "none")], tasks=tasks)
    assert found_by(report, "next-step-missing") == ["done", "none"]
    assert found_by(report, "next-step-overdue") == ["late"]
    assert share(report, "next-step-managed")[:2] == (0.4, 0.4)


def test_the_better_of_field_and_task_is_the_step() -> None:
    report = audit(
        [deal("1", next_step=TALK, next_step_date=PAST)],
        tasks=[task("1", due_at=AHEAD, subject=COMMITMENT), task("1", due_at=PAST)],
    )
    assert share(report, "next-step-managed") == (1.0, 1.0, 1)


def test_a_person_at_the_client_is_reported_and_not_required() -> None:
    report = audit([deal("1", next_step=COMMITMENT, next_step_date=AHEAD, contact="")])
    assert counts(report, "client-person-missing") == (1, 1, 0)
    assert question(report, "next_step").answer == "yes"


@pytest.mark.parametrize(("managed", "answer"), [(9, "yes"), (8, "no")])
def test_ninety_percent_is_the_threshold(managed: int, answer: str) -> None:
    rows = deals(managed, next_step=COMMITMENT, next_step_date=AHEAD)
    rows += deals(10 - managed, 50, next_step="")
    assert question(audit(rows), "next_step").answer == answer


class TestKeyDeals:
    """Beyond half of the pipeline's open stages, or in the top quarter of four amounts or more."""

    def keys(self, rows: list[dict[str, Any]]) -> list[str]:
        # No approver is known, so the rule finds every key deal and no other.
        return found_by(audit([r | {"approver": ""} for r in rows]), "role-approver-missing")

    def test_beyond_half_of_an_even_pipeline(self) -> None:
        rows = [deal(str(i), stage=s) for i, s in enumerate((EARLY, SPEC, OFFER, CONTRACT))]
        assert self.keys(rows) == ["2", "3"]

    def test_the_middle_of_an_odd_pipeline_is_beyond_half(self) -> None:
        rows = [deal(str(i), stage=s) for i, s in enumerate((EARLY, SPEC, CONTRACT))]
        assert self.keys(rows) == ["1", "2"]

    def test_each_pipeline_has_its_own_half(self) -> None:
        rows = [deal(f"a{i}", stage=s, pipeline="A") for i, s in enumerate((EARLY, SPEC))]
        stages = (EARLY, SPEC, OFFER, CONTRACT)
        rows += [deal(f"b{i}", stage=s, pipeline="B") for i, s in enumerate(stages)]
        assert self.keys(rows) == ["a1", "b2", "b3"]

    def test_one_open_stage_makes_every_deal_key(self) -> None:
        assert self.keys(deals(3)) == ["1", "2", "3"]

    def test_top_quarter_of_four_amounts_and_not_of_three(self) -> None:
        late = deal("late", stage=SPEC)
        four = [deal(str(n), amount=str(n)) for n in (100, 200, 300, 400)]
        assert self.keys([late, *four]) == ["400", "late"]
        assert self.keys([late, *four[1:]]) == ["late"]

    def test_the_quarter_is_of_one_currency(self) -> None:
        late = deal("late", stage=SPEC)
        rows = [deal(f"r{n}", amount=str(n), currency="RUB") for n in (1000, 2000, 3000, 4000)]
        rows += [deal(f"d{n}", amount=str(n), currency="USD") for n in (10, 20, 30, 40)]
        assert self.keys([late, *rows]) == ["d40", "late", "r4000"]

    def test_at_the_percentile_counts(self) -> None:
        late = deal("late", stage=SPEC)
        rows = [deal(f"{i}", amount="500") for i in range(4)]
        assert self.keys([late, *rows]) == ["0", "1", "2", "3", "late"]


ROLES = ("approver", "payer", "procurer", "blocker")
RULES = {r: f"role-{r}-missing" for r in ROLES}


def unknown_roles(report: Any, deal_id: str) -> set[str]:
    return {r for r in ROLES if deal_id in found_by(report, RULES[r])}


class TestRoles:
    def test_role_columns_name_people(self) -> None:
        rows = [
            deal(
                "all", approver="A. Ivanov", payer="B. Smith", procurer="C. Petrov", legal="D. Lee"
            ),
            deal(
                "sec",
                approver="A. Ivanov",
                payer="B. Smith",
                procurer="C. Petrov",
                security="E. Li",
            ),
            deal("half", approver="A. Ivanov", payer="B. Smith"),
            deal("junk", approver="-", payer="n/a", procurer="уточнить", legal="."),
        ]
        report = audit(rows)
        assert unknown_roles(report, "all") == unknown_roles(report, "sec") == set()
        assert unknown_roles(report, "half") == {"procurer", "blocker"}
        assert unknown_roles(report, "junk") == set(ROLES)
        assert share(report, "roles-known") == (0.5, 0.5, 4)

    def test_contacts_by_role_and_by_position(self) -> None:
        people = [
            person("1", "A. Ivanov", role="Decision maker", position=""),
            person("1", "B. Smith", role="", position="CFO"),
            person("1", "C. Petrov", role="", position="Head of procurement"),
            person("1", "D. Lee", role="", position="Security officer"),
            person("2", "-", role="Decision maker", position=""),
            person("2", "", role="", position="CFO"),
        ]
        report = audit(deals(2), contacts=people)
        assert unknown_roles(report, "1") == set()
        assert unknown_roles(report, "2") == set(ROLES)

    def test_the_deals_own_contact_by_position(self) -> None:
        rows = [
            deal("1", contact="A. Ivanov", contact_position="CEO", approver="", payer=""),
            deal("2", contact="", contact_position="CEO", approver="", payer=""),
        ]
        report = audit(rows)
        assert "approver" not in unknown_roles(report, "1")
        assert "approver" in unknown_roles(report, "2")

    def test_one_name_in_three_groups_is_junk_and_in_two_is_not(self) -> None:
        same = {"approver": "A. Ivanov", "payer": "a. ivanov "}
        rows = [
            deal("three", **same, procurer="A. Ivanov", legal="D. Lee"),
            deal("two", **same, procurer="C. Petrov", legal="D. Lee"),
            deal(
                "legal twice", **same, procurer="C. Petrov", legal="A. Ivanov", security="A. Ivanov"
            ),
        ]
        report = audit(rows)
        assert unknown_roles(report, "three") == {"approver", "payer", "procurer"}
        assert unknown_roles(report, "two") == set()
        assert unknown_roles(report, "legal twice") == {"approver", "payer", "blocker"}
        assert found_by(report, "one-name-in-roles") == ["legal twice", "three"]

    def test_a_name_of_another_deal_does_not_make_it_junk(self) -> None:
        rows = [
            deal("1", approver="A. Ivanov", payer="", procurer="", legal=""),
            deal("2", approver="", payer="A. Ivanov", procurer="", legal=""),
            deal("3", approver="", payer="", procurer="A. Ivanov", legal=""),
        ]
        assert counts(audit(rows), "one-name-in-roles") == (0, 3, 0)

    def test_without_any_home_of_roles_nothing_is_said_of_one_name(self) -> None:
        assert counts(audit(deals(2)), "one-name-in-roles") == (0, 0, 2)

    def test_company_contacts_count_for_deals_that_name_no_contact_of_their_own(self) -> None:
        rows = [
            deal("none", company="Alpha", contact=""),
            deal("own", company="Alpha", contact="Z. Own"),
            deal("other", company="Beta", contact=""),
        ]
        people = [{"company": "Alpha", "name": "A. Ivanov", "position": "CEO"}]
        report = audit(rows, contacts=people)
        assert report.inputs[1].joined_on.deals_column == "company"
        assert found_by(report, "role-approver-missing") == ["other", "own"]

    def test_a_contact_of_its_own_in_the_table_keeps_the_companys_contacts_away(self) -> None:
        rows = [deal("1", company="Alpha"), deal("2", company="Alpha")]
        people = [
            person("1", "B. Smith", company="Alpha", position="CFO"),
            person("", "A. Ivanov", company="Alpha", position="CEO"),
        ]
        assert found_by(audit(rows, contacts=people), "role-approver-missing") == ["1"]

    @pytest.mark.parametrize(("known", "answer"), [(8, "yes"), (7, "no")])
    def test_eighty_percent_is_the_threshold(self, known: int, answer: str) -> None:
        four = {"approver": "A. Li", "payer": "B. Li", "procurer": "C. Li", "legal": "D. Li"}
        rows = deals(known, **four) + deals(10 - known, 50, approver="A. Li")
        assert question(audit(rows), "roles").answer == answer

    def test_no_column_of_a_role_is_unknown_and_one_false_role_is_a_no(self) -> None:
        assert share(audit(deals(4)), "roles-known") == (0.0, 1.0, 4)
        assert question(audit(deals(4, approver="A. Li")), "roles").answer == "unknown"
        assert question(audit(deals(4, approver="-")), "roles").answer == "no"
