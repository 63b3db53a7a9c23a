"""What the texts show: names of stages, copied next steps, reasons of losses."""

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
    SPEC,
    USEFUL,
    USELESS,
    audit,
    counts,
    deal,
    deals,
    task,
    to_csv,
)
from crm_audit import texts
from crm_audit.audit import AuditOptions
from crm_audit.engine.rules import load_rulebook
from crm_audit.model.report import Report
from crm_audit.model.symptoms import CopiedSteps, Losses


class TestFunnel:
    def test_share_of_open_stages_that_are_decisions(self) -> None:
        stages = (EARLY, SPEC, OFFER, CONTRACT, "Lost")
        found = audit([deal(str(i), stage=s) for i, s in enumerate(stages)]).funnel
        assert found is not None
        assert (found.stages, found.client_decision, found.share) == (4, 1, 0.25)
        assert found.seller_action + found.state_vague == 3
        assert found.threshold == 0.5

    def test_without_open_stages_there_is_none(self) -> None:
        assert audit([deal("1", stage="Lost", closed_at="2026-09-01")]).funnel is None


def copied(report: Report) -> CopiedSteps:
    assert report.copied_steps is not None
    return report.copied_steps


class TestCopiedSteps:
    def listed(self, rows: list[Any], **tables: Any) -> list[tuple[str, int, float]]:
        return [(s.text, s.deals, s.share) for s in copied(audit(rows, **tables)).texts]

    def test_one_text_however_it_is_written(self) -> None:
        cells = [
            "Ждём ответа до 12 марта 2026 г.",
            "ждем ответа до 5.04",
            "ЖДЁМ  ОТВЕТА до 7-го мая",
            "Ждём ответа до 1 октября!",
            "Ждём ответа до: 2026-10-01",
        ]
        rows = [deal(str(i), next_step=cell) for i, cell in enumerate(cells)]
        assert [(n, s) for _, n, s in self.listed(rows)] == [(5, 1.0)]
        english = [
            "Call by March 12",
            "call by 3rd of May",
            "Call by 3 Oct",
            "Call by oct. 5, 2026",
        ]
        rows = [deal(str(i), next_step=cell) for i, cell in enumerate(english * 2)]
        assert self.listed(rows) == [("Call by 3 Oct", 8, 1.0)]

    def test_other_words_are_another_step(self) -> None:
        cells = ["Call in May", "Call the lawyer", "Call in March", "Call", "Call back"]
        assert self.listed([deal(str(i), next_step=cell) for i, cell in enumerate(cells)]) == []

    @pytest.mark.parametrize(("same", "found"), [(4, False), (5, True)])
    def test_five_deals(self, same: int, found: bool) -> None:
        report = audit(deals(same, next_step="Call back"))
        assert bool(copied(report).texts) is found
        assert counts(report, "next-step-copied") == (same if found else 0, same, 0)

    @pytest.mark.parametrize(("others", "found"), [(95, True), (96, False)])
    def test_one_in_twenty_of_the_deals_that_have_a_step(self, others: int, found: bool) -> None:
        letters = [f"{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(others)]
        rows = [deal(f"o{t}", next_step=f"Step {t}") for t in letters]
        rows += deals(5, next_step="Call back") + deals(30, 50, next_step="")
        report = audit(rows)
        assert copied(report).of == others + 5
        assert bool(copied(report).texts) is found

    def test_both_numbers_are_thresholds(self) -> None:
        rows = deals(3, next_step="Call back")
        assert copied(audit(rows, thresholds={"copied_deals": 3})).deals == 3
        rows = [*deals(5, next_step="Call back"), deal("x", next_step="Send the offer")]
        assert copied(audit(rows, thresholds={"copied_share": 0.9})).deals == 0

    def test_money_each_currency_apart_and_the_usual_spelling(self) -> None:
        rows = deals(3, next_step="Call back", amount="10", currency="RUB")
        rows += deals(2, 10, next_step="CALL BACK", amount="7", currency="USD")
        (step,) = copied(audit(rows)).texts
        assert (step.text, step.kind) == ("Call back", "empty_talk")
        assert (step.deals, step.amount) == (5, {"RUB": 30, "USD": 14})
        assert copied(audit(rows)).amount == {"RUB": 30, "USD": 14}

    def test_numbers_and_marks_alone_are_no_text(self) -> None:
        assert self.listed([deal(str(i), next_step=f"12.10.{i}") for i in range(6)]) == []

    def test_subjects_of_open_tasks_are_steps(self) -> None:
        tasks = [task(str(i), subject="Call back", due_at="2026-10-05") for i in range(1, 6)]
        report = audit(deals(6), tasks=tasks)
        assert counts(report, "next-step-copied") == (5, 6, 0)

    def test_without_texts_it_cannot_be_told(self) -> None:
        dated = audit(deals(6, next_step_date="2026-10-05"))
        assert (dated.copied_steps, counts(dated, "next-step-copied")) == (None, (0, 0, 6))
        bare = audit(deals(6))
        assert (bare.copied_steps, counts(bare, "next-step-copied")) == (None, (0, 0, 6))

    def test_a_closed_deal_copies_nothing(self) -> None:
        rows = deals(4, next_step=COMMITMENT)
        rows += deals(3, 50, stage="Lost", closed_at="2026-09-01", next_step=COMMITMENT)
        assert self.listed(rows) == []


def losses(report: Report) -> Losses:
    assert report.losses is not None
    return report.losses


class TestLosses:
    def lost(self, number: int, reason: str | None, **fields: Any) -> Any:
        given = {"stage": "Lost", "closed_at": "2026-09-01", "loss_reason": reason} | fields
        return deal(str(number), **given)

    def test_each_reason_with_deals_money_kind_and_why(self) -> None:
        rows = [
            self.lost(1, USELESS, amount="10", currency="RUB"),
            self.lost(2, f" {USELESS.upper()}", amount="5", currency="USD"),
            self.lost(7, USELESS, amount="1", currency="USD"),
            self.lost(3, USEFUL, amount="7", currency="RUB"),
            self.lost(4, "n/a", amount="2", currency="RUB"),
            self.lost(5, "Duplicate", amount=""),
            self.lost(6, USELESS, closed_at="2024-09-01"),
        ]
        found = losses(audit(rows))
        assert [(r.text, r.kind, r.deals, r.amount) for r in found.reasons] == [
            (USELESS, "useless", 3, {"RUB": 10, "USD": 6}),
            ("", "missing", 1, {"RUB": 2}),
            # A duplicate is no loss.
            (USEFUL, "useful", 1, {"RUB": 7}),
        ]
        assert [bool(r.why) for r in found.reasons] == [True, False, True]
        assert (found.lost, found.unknown, found.different) == (5, 0, 2)
        assert found.kinds == {"missing": 1, "useful": 1, "useless": 3}

    def test_without_a_column_it_cannot_be_told(self) -> None:
        found = losses(audit([self.lost(1, None), self.lost(2, None)]))
        assert (found.lost, found.unknown, found.kinds, found.reasons) == (2, 2, {}, [])
        assert found.proposed == []

    def test_nothing_lost_in_the_window_is_no_part(self) -> None:
        assert audit([deal("1"), self.lost(2, USEFUL, closed_at="2024-01-01")]).losses is None

    @pytest.mark.parametrize(("useful", "proposed"), [(8, False), (7, True)])
    def test_a_list_is_proposed_below_the_threshold(self, useful: int, proposed: bool) -> None:
        rows = [self.lost(i, USEFUL if i < useful else USELESS) for i in range(10)]
        assert bool(losses(audit(rows)).proposed) is proposed

    def test_the_list_of_a_report_for_people_is_cut_and_counted(self, tmp_path: Path) -> None:
        path = tmp_path / "deals.csv"
        reasons = [f"Competitor {chr(97 + i)} won" for i in range(25)]
        path.write_text(to_csv("deals", [self.lost(i, r) for i, r in enumerate(reasons)]))
        options = AuditOptions(limit=20, language="en")
        found = losses(crm_audit.diagnose(path, options=options).report)
        assert (len(found.reasons), found.different) == (20, 25)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_proposed_reason_is_useful_by_our_own_measure(language: str) -> None:
    said = [reason[language] for reason in load_rulebook().loss_reasons.values()]
    assert len(said) >= 12
    assert [r["text"] for r in said if texts.loss_reason_kind(r["text"]) != "useful"] == []
    assert all(r["who"] for r in said)
    assert len({r["text"] for r in said}) == len(said)
