"""Roles by stage, how late each appears, and deals that hang on one person at the client."""

from __future__ import annotations

from typing import Any

import pytest

from build import CONTRACT, EARLY, OFFER, SPEC, audit, deal, deals, person
from crm_audit.model.report import Report
from crm_audit.model.symptoms import People, RolesAtStage, SingleThreaded

ROLES = ("approver", "payer", "procurer", "legal", "security")


def people(report: Report) -> People:
    assert report.people is not None
    return report.people


def at(report: Report, stage: str) -> RolesAtStage:
    return next(s for s in people(report).stages if s.stage == stage)


def known(row: RolesAtStage, role: Any) -> tuple[float | None, float | None]:
    return row.roles[role].low, row.roles[role].high


def first(report: Report, role: str) -> tuple[str, str | None, int | None]:
    found = next(f for f in people(report).first_seen if f.role == role)
    return found.answer, found.stage, found.order


class TestMatrix:
    def test_each_role_by_number_and_by_money(self) -> None:
        rows = [
            deal("1", stage=EARLY, approver="A. Li", amount="100", currency="RUB"),
            deal("2", stage=EARLY, approver="", amount="300", currency="RUB"),
            deal("3", stage=EARLY, approver="n/a", amount="40", currency="USD"),
            deal("4", stage=SPEC, approver="B. Li"),
        ]
        report = audit(rows)
        early = at(report, EARLY)
        assert (early.order, early.deals) == (1, 3)
        assert known(early, "approver") == (0.3333, 0.3333)
        shares = {c: (s.low, s.high) for c, s in early.roles["approver"].amount.items()}
        assert shares == {"RUB": (0.25, 0.25), "USD": (0.0, 0.0)}
        spec = at(report, SPEC)
        assert (known(spec, "approver"), spec.roles["approver"].amount) == ((1.0, 1.0), {})
        total = people(report).total
        assert (total.stage, total.deals, known(total, "approver")) == (None, 4, (0.5, 0.5))

    def test_a_role_without_a_column_is_null_and_not_nothing(self) -> None:
        early = at(audit(deals(3, approver="A. Li", amount="10")), EARLY)
        assert known(early, "payer") == (None, None)
        assert early.roles["payer"].amount == {}

    def test_legal_and_security_stand_apart(self) -> None:
        row = people(audit([deal("1", legal="A. Li", security="")])).total
        assert (known(row, "legal"), known(row, "security")) == ((1.0, 1.0), (0.0, 0.0))

    def test_contacts_by_position_tell_every_role(self) -> None:
        cells = [person("1", "A. Li", position="CTO"), person("1", "B. Li", position="Lawyer")]
        row = people(audit(deals(2), contacts=cells)).total
        assert (known(row, "technical"), known(row, "legal")) == ((0.5, 0.5), (0.5, 0.5))
        assert known(row, "security") == (0.0, 0.0)

    def test_the_position_of_one_contact_proves_a_role_and_disproves_none(self) -> None:
        rows = [deal("1", contact="A. Li", contact_position="CFO")]
        rows += [deal("2", contact="B. Li", contact_position="CEO")]
        row = people(audit(rows)).total
        assert (known(row, "payer"), known(row, "legal")) == ((0.5, 1.0), (None, None))

    def test_one_name_in_three_roles_names_nobody(self) -> None:
        rows = [deal("1", approver="A. Li", payer="A. Li", procurer="a. li", legal="")]
        assert known(people(audit(rows)).total, "payer") == (0.0, 0.0)

    def test_only_open_deals_count_and_without_any_there_is_no_part(self) -> None:
        lost = deal("2", stage="Lost", closed_at="2026-09-01", approver="B. Li")
        assert people(audit([deal("1", approver=""), lost])).total.deals == 1
        assert audit([lost]).people is None


class TestFirstSeen:
    def rows(self, **by_stage: tuple[int, int]) -> list[Any]:
        """For each stage: deals whose payer is known, and deals whose payer is not."""
        names = {"early": EARLY, "spec": SPEC, "offer": OFFER, "contract": CONTRACT}
        listed: list[Any] = []
        for key, (yes, no) in by_stage.items():
            listed += deals(yes, 100 * len(listed) + 1, stage=names[key], payer="A. Li")
            listed += deals(no, 100 * len(listed) + 50, stage=names[key], payer="")
        return listed

    def test_the_first_stage_with_half_of_its_deals(self) -> None:
        report = audit(self.rows(early=(0, 3), spec=(1, 2), offer=(1, 1), contract=(2, 0)))
        assert first(report, "payer") == ("stage", OFFER, 3)

    def test_at_no_stage(self) -> None:
        assert first(audit(self.rows(early=(0, 3), spec=(1, 2))), "payer") == ("never", None, None)

    def test_without_a_column_it_cannot_be_told(self) -> None:
        assert first(audit(self.rows(early=(1, 0))), "legal") == ("unknown", None, None)

    def test_an_earlier_stage_of_which_little_is_known_hides_the_later_ones(self) -> None:
        rows = [deal("1", stage=EARLY, contact="B. Li", contact_position="CEO")]
        rows += [deal("2", stage=SPEC, contact="A. Li", contact_position="CFO")]
        assert first(audit(rows), "payer") == ("unknown", None, None)

    def test_each_pipeline_apart(self) -> None:
        rows = [
            deal("1", pipeline="A", stage=EARLY, payer="A. Li"),
            deal("2", pipeline="B", stage=EARLY, payer=""),
            deal("3", pipeline="B", stage=SPEC, payer="A. Li"),
        ]
        seen = [f for f in people(audit(rows)).first_seen if f.role == "payer"]
        assert [(f.pipeline, f.stage, f.order, f.of) for f in seen] == [
            ("A", EARLY, 1, 1),
            ("B", SPEC, 2, 2),
        ]

    def test_the_share_is_a_threshold(self) -> None:
        rows = self.rows(early=(1, 2))
        assert first(audit(rows), "payer")[0] == "never"
        assert first(audit(rows, thresholds={"role_stage_share": 0.3}), "payer")[0] == "stage"


class TestSingleThreaded:
    def found(self, rows: list[Any], **tables: Any) -> SingleThreaded:
        return people(audit(rows, **tables)).single_threaded

    def test_exactly_one_person_over_all_columns(self) -> None:
        rows = [
            deal("one", contact="A. Li", approver="a. li ", amount="5", currency="RUB"),
            deal("two", contact="A. Li", approver="B. Li", amount="7", currency="RUB"),
            deal("none", contact="-", approver="", amount="9", currency="RUB"),
            deal("usd", contact="C. Li", approver="", amount="3", currency="USD"),
        ]
        found = self.found(rows)
        assert (found.deals, found.nobody, found.of, found.unknown) == (2, 1, 4, 0)
        assert found.amount == {"RUB": 5, "USD": 3}

    def test_the_person_responsible_at_the_client_counts(self) -> None:
        assert self.found([deal("1", contact="A. Li", client_owner="B. Li")]).deals == 0

    def test_contacts_of_any_role(self) -> None:
        cells = [person("1", "A. Li", position="Clerk"), person("2", "A. Li", position="Clerk")]
        cells += [person("2", "B. Li", position="")]
        found = self.found(deals(3), contacts=cells)
        assert (found.deals, found.nobody, found.of) == (1, 1, 3)

    @pytest.mark.parametrize("fields", [{}, {"contact": "A. Li"}, {"approver": "A. Li"}])
    def test_an_export_with_room_for_one_name_cannot_tell(self, fields: dict[str, str]) -> None:
        found = self.found(deals(2, **fields, amount="10"))
        assert (found.deals, found.nobody, found.of, found.unknown) == (None, None, 0, 2)
        assert found.amount == {}


def test_no_name_stands_in_the_part() -> None:
    names = {role: f"Person {role}" for role in ROLES}
    report = audit(deals(2, **names, contact="Person contact", amount="4"))
    assert "Person" not in people(report).model_dump_json()
