"""Shares with a low and a high end: the truth tables of answers by number and by money."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import COMMITMENT, audit, check, deal, deals, question, share
from crm_audit.judge.questions import judge_verdict
from crm_audit.judge.shares import Measure, Range, all_of, answer, answer_of

ANSWERS = ("yes", "no", "unknown")


@pytest.mark.parametrize(
    ("true", "unknown", "at_least", "at_most"),
    [
        # of 10, with a threshold of 90 % for at_least and 20 % for at_most
        (10, 0, "yes", "no"),
        (9, 0, "yes", "no"),
        (9, 1, "yes", "no"),
        (8, 0, "no", "no"),
        (8, 1, "unknown", "no"),
        (8, 2, "unknown", "no"),
        (0, 10, "unknown", "unknown"),
        (2, 0, "no", "yes"),
        (2, 1, "no", "unknown"),
        (1, 1, "no", "yes"),
        (3, 0, "no", "no"),
        (0, 0, "no", "yes"),
    ],
)
def test_low_and_high_end_against_the_threshold(
    true: int, unknown: int, at_least: str, at_most: str
) -> None:
    found = Range(10, true, unknown)
    assert answer_of(found, 0.9, "at_least") == at_least
    assert answer_of(found, 0.2, "at_most") == at_most


@pytest.mark.parametrize("direction", ["at_least", "at_most"])
def test_nothing_to_look_at_is_unknown(direction: str) -> None:
    assert answer_of(Range(0, 0, 0), 0.9, direction) == "unknown"


@given(
    total=st.integers(1, 60), data=st.data(), threshold=st.sampled_from([0.15, 0.5, 0.8, 0.9, 1.0])
)
def test_the_answer_is_certain_exactly_if_every_way_of_filling_in_agrees(
    total: int, data: st.DataObject, threshold: float
) -> None:
    true = data.draw(st.integers(0, total))
    unknown = data.draw(st.integers(0, total - true))
    for direction in ("at_least", "at_most"):
        ways = {
            answer_of(Range(total, true + extra, 0), threshold, direction)
            for extra in range(unknown + 1)
        }
        expected = ways.pop() if len(ways) == 1 else "unknown"
        assert answer_of(Range(total, true, unknown), threshold, direction) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], "unknown"),
        (["yes"], "yes"),
        (["yes", "yes"], "yes"),
        (["yes", "unknown"], "unknown"),
        (["yes", "no"], "no"),
        (["unknown", "no"], "no"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_yes_needs_all_and_no_needs_one(answers: list[str], expected: str) -> None:
    assert all_of(answers) == expected


GOOD, BAD, DARK = Range(100, 95, 0, 10), Range(100, 20, 0, 10), Range(100, 20, 80, 10)


@pytest.mark.parametrize(
    ("count", "money", "expected"),
    [
        (GOOD, GOOD, "yes"),
        (GOOD, BAD, "no"),
        (BAD, GOOD, "no"),
        (GOOD, DARK, "unknown"),
        (DARK, BAD, "no"),
    ],
)
def test_number_and_money(count: Range, money: Range, expected: str) -> None:
    found = Measure(Range(10, count.true / 10, count.unknown / 10), {"RUB": money})
    assert answer(found, 0.9, "at_least", 0.9) == expected


class TestWhichCurrenciesCount:
    def test_fewer_than_half_of_the_deals_with_an_amount_leaves_the_number_alone(self) -> None:
        assert Measure(Range(10, 9, 0), {"RUB": Range(1, 0, 0, 4)}).by_money == {}
        assert list(Measure(Range(10, 9, 0), {"RUB": Range(1, 0, 0, 5)}).by_money) == ["RUB"]

    def test_a_single_currency_counts_whatever_its_number(self) -> None:
        assert list(Measure(Range(2, 2, 0), {"RUB": Range(1, 0, 0, 2)}).by_money) == ["RUB"]

    def test_of_several_those_with_five_deals(self) -> None:
        found = Measure(
            Range(20, 20, 0),
            {"RUB": Range(9, 9, 0, 10), "USD": Range(9, 9, 0, 5), "EUR": Range(9, 0, 0, 4)},
        )
        assert list(found.by_money) == ["RUB", "USD"]
        assert answer(found, 0.9, "at_least", 0.9) == "yes"

    def test_the_worst_currency_decides_and_nothing_is_added_up(self) -> None:
        found = Measure(
            Range(20, 20, 0), {"RUB": Range(1e9, 1e9, 0, 10), "USD": Range(100, 20, 0, 5)}
        )
        assert answer(found, 0.9, "at_least", 0.9) == "no"
        assert found.amount_shares()["USD"].low == 0.2


class TestInTheReport:
    """Question 1 is asked by number and money; a managed step is COMMITMENT dated ahead."""

    MANAGED = {"next_step": COMMITMENT, "next_step_date": "2026-10-05"}  # noqa: RUF012

    def test_nine_small_deals_of_ten_are_enough_by_number_and_not_by_money(self) -> None:
        rows = deals(9, **self.MANAGED, amount="100", currency="RUB")
        report = audit([*rows, deal("10", amount="900", currency="RUB")])
        found = check(report, "next-step-managed")
        assert share(report, "next-step-managed") == (0.9, 0.9, 10)
        assert found.amount_share["RUB"].low == 0.5
        assert (found.answer, found.decided_by) == ("no", "count_and_amount")

    def test_with_few_amounts_the_number_alone_decides_and_that_is_said(self) -> None:
        rows = deals(9, **self.MANAGED, amount="", currency="RUB")
        report = audit([*rows, deal("10", amount="900", currency="RUB")])
        found = check(report, "next-step-managed")
        assert (found.answer, found.decided_by, found.amount_share) == ("yes", "count", {})
        assert found.note

    def test_a_deal_without_an_amount_is_left_out_of_the_money(self) -> None:
        rows = deals(9, **self.MANAGED, amount="100", currency="RUB")
        found = check(audit([*rows, deal("10", amount="")]), "next-step-managed")
        assert found.amount_share["RUB"].low == 1.0
        assert found.answer == "yes"

    def test_the_worst_of_two_currencies_decides(self) -> None:
        rows = deals(50, **self.MANAGED, amount="100", currency="RUB")
        rows += deals(5, 100, next_step="", amount="1", currency="USD")
        found = check(audit(rows), "next-step-managed")
        assert found.share.low == pytest.approx(50 / 55, abs=1e-4)
        assert {c: s.low for c, s in found.amount_share.items()} == {"RUB": 1.0, "USD": 0.0}
        assert found.answer == "no"

    def test_a_currency_with_four_deals_does_not_decide(self) -> None:
        rows = deals(50, **self.MANAGED, amount="100", currency="RUB")
        rows += deals(4, 100, next_step="", amount="1", currency="USD")
        found = check(audit(rows), "next-step-managed")
        assert (list(found.amount_share), found.answer) == (["RUB"], "yes")

    def test_no_open_deals_answer_nothing(self) -> None:
        report = audit([deal("1", stage="Won", closed_at="2026-09-01", next_step="")])
        assert {q.id: q.answer for q in report.questions} == dict.fromkeys(
            ("next_step", "roles", "gates", "reasons", "forecast", "thresholds"), "unknown"
        )
        found = check(report, "next-step-managed")
        assert (found.decided_by, found.share.low, found.share.of) == (
            "nothing_to_look_at",
            None,
            0,
        )
        assert question(report, "next_step").reason


def test_the_verdict_over_all_729_combinations() -> None:
    """Certain only if every way of answering what is unknown gives the same verdict."""
    for answers in itertools.product(ANSWERS, repeat=6):
        ways = [["yes", "no"] if a == "unknown" else [a] for a in answers]
        counts = {way.count("no") for way in itertools.product(*ways)}
        verdicts = {"records_history" if n >= 3 else "manages" for n in counts}
        expected = verdicts.pop() if len(verdicts) == 1 else "inconclusive"
        verdict = judge_verdict(list(answers), 3)
        assert verdict.answer == expected, answers
        assert (verdict.no_min, verdict.no_max) == (min(counts), max(counts)), answers
