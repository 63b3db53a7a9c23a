"""The invented companies of sample_exports: the report says everything that was planted in them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import crm_audit
from build import check, found_by

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text(encoding="utf-8"))
STEP_RULES = ("missing", "undated", "overdue", "empty-talk", "seller-only")
ROLE_RULES = ("approver", "payer", "procurer", "blocker")


@functools.cache
def audited(name: str) -> Any:
    return crm_audit.diagnose(*sorted((SAMPLES / name).iterdir()))


each_company = pytest.mark.parametrize("name", sorted(EXPECTED))


@each_company
def test_answers_verdict_date_and_language(name: str) -> None:
    report, expected = audited(name).report, EXPECTED[name]
    assert {q.id: q.answer for q in report.questions} == expected["answers"]
    assert report.verdict.answer == expected["verdict"]
    assert str(report.as_of) == expected["as_of"]
    assert report.language == expected["language"]
    assert {layer.id: layer.grade for layer in report.layers} == expected["layers"]


@each_company
def test_rows_and_deals(name: str) -> None:
    report, expected = audited(name).report, EXPECTED[name]
    found = report.portfolio.model_dump()
    counts = dict.fromkeys(("open", "won", "lost", "ignored", "unknown"), 0) | expected["deals"]
    assert {k: found[k] for k in counts if k != "total"} == {
        k: n for k, n in counts.items() if k != "total"
    }
    assert found["deals"] == expected["deals"]["total"]
    files = {}
    for table in report.inputs:
        rows = table.rows
        assert rows.read == rows.imported + rows.merged + rows.rejected + rows.skipped
        files[f"{table.name}#{table.sheet}" if table.sheet else table.name] = {
            "kind": table.kind,
            "imported": rows.imported,
            "merged": rows.merged,
            "rows": rows.imported + rows.merged + rows.rejected,
        }
    listed = {f.partition("#")[0] if "#" not in n else n: f for n in files for f in [n]}
    assert {n: files[n] for n in listed.values() if n in expected["files"]} == {
        n: {"merged": 0} | f for n, f in expected["files"].items()
    }


def union(report: Any, rules: list[str]) -> list[str]:
    return sorted({i for rule in rules for i in found_by(report, rule)})


def not_managed(report: Any) -> list[str]:
    return union(report, [f"next-step-{r}" for r in STEP_RULES])


def open_ids(audit: Any) -> set[str]:
    deals = audit.deals
    return set(deals[deals["status"] == "open"]["deal_id"])


def without_role(report: Any) -> list[str]:
    return union(report, [f"role-{r}-missing" for r in ROLE_RULES])


def useless(report: Any) -> list[str]:
    return union(report, ["loss-reason-missing", "loss-reason-useless"])


def top(report: Any, fact: str, *values: bool | None) -> list[str]:
    return sorted(r.deal_id for r in report.forecast.top if r.facts[fact] in values)


def moves(audit: Any, planted: dict[str, Any]) -> dict[str, Any]:
    report = audit.report
    by_rule = {
        "deals_moved_in_bulk": "moved-in-bulk",
        "deals_with_jump": "stage-jumped",
        "deals_with_same_day_moves": "moved-same-day",
    }
    seen: dict[str, Any] = {n: planted[n] for n in planted}
    for name in planted:
        if name in by_rule:
            seen[name] = found_by(report, by_rule[name])
        elif not name.startswith("deals"):
            seen[name] = getattr(report.gates.moves, name)
    if through := planted.get("deals_moved_through_on_the_closing_day"):
        seen["deals_moved_through_on_the_closing_day"] = sorted(
            set(through) & set(found_by(report, "moved-same-day"))
        )
    return seen


def episodes(audit: Any, planted: dict[str, Any]) -> dict[str, Any]:
    share = check(audit.report, "stall-decisions").share
    answered, of = len(planted["answered"]), len(planted["answered"]) + len(planted["not_answered"])
    assert (share.of, share.low) == (of, pytest.approx(answered / of, abs=1e-4))
    return planted


def lost(audit: Any) -> int:
    return audit.report.portfolio.lost - check(audit.report, "loss-reasons").share.of


def subset(planted: list[str], of: Any) -> list[str]:
    return [i for i in planted if i in of]


# What the report says about each planted thing, to be equal to what was planted.
SEEN: dict[str, Callable[[Any, Any], Any]] = {
    "stalled": lambda a, _: sorted(d.deal_id for d in a.report.stalls.deals),
    "top": lambda a, _: [r.deal_id for r in a.report.forecast.top],
    "top_currency": lambda a, _: a.report.forecast.top_currency,
    "top_incomplete": lambda a, _: [r.deal_id for r in a.report.forecast.top if not r.complete],
    "top_with_close_date_past": lambda a, _: top(a.report, "close_date", False),
    "top_with_close_date_past_or_empty": lambda a, _: top(a.report, "close_date", False),
    "without_a_managed_step": lambda a, _: not_managed(a.report),
    "with_a_managed_step": lambda a, _: sorted(open_ids(a) - set(not_managed(a.report))),
    "with_a_coming_activity": lambda a, _: sorted(
        open_ids(a) - set(union(a.report, ["next-step-missing", "next-step-overdue"]))
    ),
    "commitment_beside_seller_step": lambda a, p: subset(
        p, open_ids(a) - set(not_managed(a.report))
    ),
    "key_deals": lambda a, p: p if check(a.report, "roles-known").share.of == len(p) else [],
    "key_deals_without_a_role": lambda a, _: without_role(a.report),
    "lost_without_a_useful_reason": lambda a, _: useless(a.report),
    "lost_before_the_window": lambda a, p: p if lost(a) == len(p) else [],
    "lost_in_the_window": lambda a, _: check(a.report, "loss-reasons").share.of,
    "lost_in_the_window_with_useful_reason": lambda a, p: sorted(set(p) - set(useless(a.report))),
    "lost_with_a_useful_reason": lambda a, p: sorted(set(p) - set(useless(a.report))),
    "moves": moves,
    "stall_episodes": episodes,
    "open_with_amount": lambda a, _: a.report.portfolio.with_amount,
    "open_without_amount": lambda a, _: found_by(a.report, "amount-missing"),
    "amounts_of_deals_with_products": lambda a, p: {
        r.deal_id: r.amount for r in a.deals.itertuples() if r.deal_id in p
    },
    "technical": lambda a, _: sorted(a.deals[a.deals["status"] == "ignored"]["deal_id"]),
    "row_there_twice": lambda a, p: p if list(a.deals["deal_id"]).count(p) == 1 else None,
    "ids_that_differ_by_case": lambda a, p: subset(p, set(a.deals["deal_id"])),
    "waiting_for_a_dated_commitment": lambda a, p: subset(
        p, open_ids(a) - {d.deal_id for d in a.report.stalls.deals}
    ),
    "step_today": lambda a, p: p if p not in not_managed(a.report) else None,
    "newest_fact": lambda a, p: p if p in set(a.deals["deal_id"]) else None,
    "activity_done_in_year_2206": lambda a, p: p if a.report.as_of.year == 2026 else None,
    "untouched_for_30_days": lambda a, p: p if a.report.stalls.stalled >= p / 2 else None,
}
PLANTED = [
    (name, thing) for name in sorted(EXPECTED) for thing in sorted(EXPECTED[name]["planted"])
]


@pytest.mark.parametrize(("name", "thing"), PLANTED)
def test_planted(name: str, thing: str) -> None:
    planted = EXPECTED[name]["planted"][thing]
    seen = SEEN[thing](audited(name), planted)
    if isinstance(planted, list) and thing != "top":
        planted, seen = sorted(planted), sorted(seen)
    assert seen == planted


def test_the_share_of_a_check_is_that_of_its_findings() -> None:
    for name in ("well_run_en", "neglected_ru"):
        report = audited(name).report
        share = check(report, "next-step-managed").share
        managed = report.portfolio.open - len(not_managed(report))
        assert share.low == share.high == round(managed / report.portfolio.open, 4)


def test_an_export_without_the_columns_is_unknown_and_says_where_to_get_them() -> None:
    report = audited("amocrm_ru").report
    answers = {q.id: q.answer for q in report.questions}
    assert answers["next_step"] == answers["roles"] == "unknown"
    gaps = {g.question: g for g in report.gaps}
    assert set(gaps) >= {"next_step", "roles"}
    assert all(g.export and g.text for g in gaps.values())
