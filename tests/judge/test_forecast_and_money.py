"""Question 5 and the money: the sheet of the ten largest, and every amount under one heading."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build import (
    COMMITMENT,
    EARLY,
    SPEC,
    TALK,
    USEFUL,
    audit,
    check,
    counts,
    deal,
    deals,
    found_by,
    question,
)

FULL = {
    "amount": "1000",
    "expected_close": "2026-12-01",
    "next_step": COMMITMENT,
    "next_step_date": "2026-10-05",
    "approver": "A. Ivanov",
    "last_decision": "Approved the budget",
    "last_decision_at": "2026-09-15",
    "created_at": "2026-09-20",
}


def top(report: Any) -> list[str]:
    return [row.deal_id for row in report.forecast.top]


class TestTopTen:
    def test_the_ten_largest_open_deals_ties_by_id(self) -> None:
        rows = [deal(f"{i:02}", amount=str(100 * i)) for i in range(1, 13)]
        rows += [
            deal("tie b", amount="1200"),
            deal("tie a", amount="1200"),
            deal("none", amount=""),
        ]
        rows += [deal("won", stage="Won", amount="9999"), deal("lost", stage="Lost", amount="9999")]
        expected = ["12", "tie a", "tie b", "11", "10", "09", "08", "07", "06", "05"]
        assert top(audit(rows)) == expected

    def test_the_currency_with_the_most_open_deals_decides(self) -> None:
        rows = deals(3, amount="5", currency="USD") + deals(2, 50, amount="9000", currency="RUB")
        rows += deals(9, 100, amount="", currency="RUB")
        report = audit(rows)
        assert report.forecast.top_currency == "USD"
        assert top(report) == ["1", "2", "3"]

    def test_without_amounts_the_check_is_unknown(self) -> None:
        report = audit(deals(3))
        assert (question(report, "forecast").answer, top(report)) == ("unknown", [])

    def test_a_row_is_complete_with_all_five_facts(self) -> None:
        spoiled = {
            "full": {},
            "past": {"expected_close": "2026-09-29"},
            "no date": {"expected_close": ""},
            "no step": {"next_step": "", "next_step_date": ""},
            "undated step": {"next_step_date": ""},
            "overdue step": {"next_step_date": "2026-09-29"},
            "talk": {"next_step": TALK},
            "no approver": {"approver": "-"},
            "no decision": {"last_decision": ""},
        }
        report = audit([deal(n, **FULL | fields) for n, fields in spoiled.items()])
        false = {
            row.deal_id: [n for n, fact in row.facts.items() if not fact]
            for row in report.forecast.top
        }
        assert false == {
            "full": [],
            "past": ["close_date"],
            "no date": ["close_date"],
            "no step": ["next_step"],
            "undated step": ["next_step"],
            "overdue step": ["next_step"],
            "talk": ["next_step"],
            "no approver": ["approver"],
            "no decision": ["decision"],
        }
        assert {r.deal_id for r in report.forecast.top if r.complete} == {"full"}
        assert found_by(report, "top-deal-incomplete") == sorted(set(spoiled) - {"full"})
        assert all(row.ask for row in report.forecast.top)

    def test_our_own_task_is_a_step_here(self) -> None:
        row = deal("1", **FULL | {"next_step": "Send the proposal"})
        assert audit([row]).forecast.top[0].complete is True

    def test_today_is_not_past(self) -> None:
        row = deal("1", **FULL | {"expected_close": "2026-09-30", "next_step_date": "2026-09-30"})
        assert audit([row]).forecast.top[0].complete is True

    def test_one_false_fact_is_a_no_although_another_is_unknown(self) -> None:
        rows = [deal("1", **{k: v for k, v in FULL.items() if k != "approver"} | {"next_step": ""})]
        (row,) = audit(rows).forecast.top
        assert (row.facts["approver"], row.facts["next_step"], row.complete) == (None, False, False)

    def test_an_absent_column_alone_is_unknown(self) -> None:
        report = audit([deal("1", **{k: v for k, v in FULL.items() if k != "approver"})])
        assert report.forecast.top[0].complete is None
        assert question(report, "forecast").answer == "unknown"

    @pytest.mark.parametrize(("complete", "answer"), [(8, "yes"), (7, "no")])
    def test_eighty_percent_of_the_rows(self, complete: int, answer: str) -> None:
        rows = deals(complete, **FULL) + deals(10 - complete, 50, **FULL | {"approver": ""})
        rows += deals(20, 100, **FULL | {"amount": "1", "approver": ""})
        assert question(audit(rows), "forecast").answer == answer

    def test_facts_beside_what_the_crm_claims(self) -> None:
        rows = [
            deal("1", **FULL, probability="50%"),
            deal("2", **FULL | {"approver": ""}, probability="90%"),
            deal("3", **FULL | {"created_at": "2026-01-01", "last_decision_at": "2026-01-02",
                                "next_step": "Send the proposal"}, probability="10%"),
        ]  # fmt: skip
        found = audit(rows).forecast
        assert found.proven == {"XXX": 1000}  # the third is complete and stands still
        assert found.by_currency["XXX"].crm == 1500


def heading(report: Any, currency: str = "XXX") -> dict[str, float]:
    found = report.money[currency].model_dump()
    return {name: value for name, value in found.items() if name != "deals" and value}


STALE = {
    "created_at": "2026-01-01",
    "last_decision_at": "2026-01-02",
    "next_step_date": "2026-09-29",
}
ROLES = {"payer": "B. Li", "procurer": "C. Li", "legal": "D. Li"}


class TestLedger:
    """frozen, slipped, unproven, at_risk: the first that fits."""

    BASE = FULL | ROLES | {"probability": "10%", "close_date_moves": "0"}

    def test_each_leak_and_their_order(self) -> None:
        leaks = {
            "frozen": STALE | {"expected_close": "2026-01-01", "probability": "90%", "payer": ""},
            "slipped": {"expected_close": "2026-09-29", "probability": "90%", "payer": ""},
            "pushed": {"close_date_moves": "2", "probability": "90%", "payer": ""},
            "unproven": {"last_decision": "", "probability": "50%", "payer": ""},
            "at_risk": {"payer": ""},
            "clear": {},
        }
        rows = [
            deal(n, **self.BASE | fields | {"amount": str(10**i)})
            for i, (n, fields) in enumerate(leaks.items())
        ]
        report = audit(rows)
        assert heading(report) == {
            "frozen": 1,
            "slipped": 10 + 100,
            "unproven": 1000,
            "at_risk": 10_000,
            "clear": 100_000,
        }
        assert report.money["XXX"].deals == {
            "frozen": 1, "slipped": 2, "unproven": 1, "at_risk": 1, "clear": 1
        }  # fmt: skip

    def test_one_push_is_no_slip(self) -> None:
        assert heading(audit([deal("1", **self.BASE | {"close_date_moves": "1"})])) == {
            "clear": 1000
        }

    def test_a_commit_category_is_a_claim_whatever_the_probability(self) -> None:
        row = self.BASE | {"last_decision": "", "forecast_category": "Commit"}
        assert heading(audit([deal("1", **row)])) == {"unproven": 1000}
        row |= {"forecast_category": "Pipeline"}
        assert heading(audit([deal("1", **row)])) == {"clear": 1000}

    def test_a_deal_that_is_not_key_is_not_at_risk(self) -> None:
        small = deal("1", **self.BASE | {"payer": ""})
        late = [deal(f"k{i}", **self.BASE | {"amount": "2000"}, stage=SPEC) for i in range(4)]
        assert heading(audit([small, *late])) == {"clear": 9000}

    def test_what_cannot_be_judged_is_under_no_leak(self) -> None:
        report = audit(deals(2, amount="500"))
        assert heading(audit(deals(2, amount="500", created_at="2026-09-20"))) == {
            "not_judged": 1000
        }
        assert heading(report) == {"frozen": 1000}

    def test_lost_without_a_reason_is_apart_from_open_money(self) -> None:
        lost = {"stage": "Lost", "amount": "70", "closed_at": "2026-06-01"}
        rows = [deal("1", loss_reason="Other", **lost), deal("2", loss_reason=USEFUL, **lost)]
        rows += [deal("3", loss_reason="", **lost | {"closed_at": "2025-01-01"})]
        report = audit([*rows, deal("4", **self.BASE)])
        assert heading(report) == {"clear": 1000, "lost_without_reason": 70}

    def test_currencies_are_never_mixed(self) -> None:
        rows = [deal("1", amount="100", currency="RUB"), deal("2", amount="7", currency="USD")]
        rows += [deal("3", amount="5", currency="")]
        report = audit(rows)
        assert report.portfolio.open_amount == {"RUB": 100, "USD": 7, "XXX": 5}
        assert {c: heading(report, c) for c in report.money} == {
            "RUB": {"frozen": 100}, "USD": {"frozen": 7}, "XXX": {"frozen": 5}
        }  # fmt: skip

    def test_a_negative_amount_is_in_no_sum(self) -> None:
        report = audit([deal("1", amount="-500"), deal("2", amount="100")])
        assert report.portfolio.open_amount == {"XXX": 100}
        assert counts(report, "amount-negative")[0] == 1
        assert sum(heading(report).values()) == 100


_CELL = {
    "amount": st.sampled_from(["", "10", "250.5", "7000", "-3", "n/a"]),
    "currency": st.sampled_from(["RUB", "USD", ""]),
    "created_at": st.sampled_from(["2026-09-25", "2026-01-01", ""]),
    "expected_close": st.sampled_from(["2026-12-01", "2026-01-01", "", "soon"]),
    "next_step": st.sampled_from([COMMITMENT, TALK, ""]),
    "next_step_date": st.sampled_from(["2026-10-05", "2026-09-01", ""]),
    "approver": st.sampled_from(["A. Li", "-", ""]),
    "last_decision": st.sampled_from(["Approved", ""]),
    "last_decision_at": st.sampled_from(["2026-09-15", ""]),
    "probability": st.sampled_from(["10%", "90%", ""]),
    "stage": st.sampled_from([EARLY, SPEC, "Won", "Lost", ""]),
    "pipeline": st.sampled_from(["A", "B", ""]),
}


@given(
    columns=st.sets(st.sampled_from(sorted(set(_CELL) - {"amount", "stage"}))),
    data=st.data(),
)
@settings(max_examples=8, deadline=None)
def test_every_open_amount_stands_under_exactly_one_heading(
    columns: set[str], data: st.DataObject
) -> None:
    row = st.fixed_dictionaries(
        {name: _CELL[name] for name in sorted({"amount", "stage"} | columns)}
    )
    listed = data.draw(st.lists(row, min_size=3, max_size=14))
    listed.append(dict.fromkeys(listed[0], "") | {"amount": "10", "stage": EARLY})
    report = audit([{"deal_id": f"D{i}", "deal_name": f"N{i}"} | r for i, r in enumerate(listed)])
    open_money = dict(report.portfolio.open_amount)
    headings = {
        c: {k: v for k, v in heading(report, c).items() if k != "lost_without_reason"}
        for c in report.money
    }
    assert {c: pytest.approx(sum(h.values())) for c, h in headings.items() if h} == open_money
    in_headings = sum(
        n for m in report.money.values() for k, n in m.deals.items() if k != "lost_without_reason"
    )
    assert in_headings == report.portfolio.with_amount
    p = report.portfolio
    assert p.deals == len(listed) == p.open + p.won + p.lost + p.ignored + p.unknown
    assert check(report, "stalled").share.of == p.open
    for rule in report.rules:
        assert rule.hits <= rule.assessed
        if rule.scope == "open":
            assert rule.assessed + rule.unknown == p.open
