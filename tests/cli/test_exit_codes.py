"""The exit code of findings: samples x conditions x baselines, by a second plain reading."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cli_run import SAMPLES, Cli

import crm_audit
from crm_audit.model.report import Report

COMPANIES = ("neglected_en", "well_run_ru", "amocrm_ru", "no_rows")
CONDITIONS = (
    "",
    "no",
    "verdict",
    "critical",
    "major",
    "minor",
    "info",
    "next_step",
    "roles",
    "gates",
    "reasons",
    "forecast",
    "thresholds",
    "deal-stalled",
    "amount-negative",
    "new",
    "verdict,new",
    "amount-negative,critical",
)
BASELINES = ("none", "same", "fewer")
RANKS = ["critical", "major", "minor", "info"]
NO_ROWS = "Deal ID,Deal Name,Stage,Amount,Created Date\n"


def _files(company: str, folder: Path) -> list[Path]:
    if company == "no_rows":
        path = folder / "none.csv"
        path.write_text(NO_ROWS, encoding="utf-8")
        return [path]
    return sorted(p for p in (SAMPLES / company).iterdir() if p.suffix == ".csv")


@cache
def _report(company: str, folder: Path) -> Report:
    return crm_audit.diagnose(*_files(company, folder)).report


@cache
def _document(company: str, folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_report(company, folder).model_dump_json(by_alias=True))
    return document


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matrix")


def _holds(document: dict[str, Any], condition: str, baseline: str) -> bool:
    """What the contract says about one condition, read off the JSON report."""
    answers = {q["id"]: q["answer"] for q in document["questions"]}
    if condition == "no":
        return "no" in answers.values()
    if condition == "verdict":
        return bool(document["verdict"]["answer"] == "records_history")
    if condition == "new":
        return baseline == "fewer" and len(document["findings"]) > 0
    if condition in answers:
        return answers[condition] == "no"
    if condition in RANKS:
        found = [RANKS.index(r["severity"]) for r in document["rules"] if r["hits"]]
        return any(rank <= RANKS.index(condition) for rank in found)
    return any(f["rule"] == condition for f in document["findings"])


@pytest.mark.parametrize(
    ("company", "condition", "baseline"), list(product(COMPANIES, CONDITIONS, BASELINES))
)
def test_matrix(
    company: str,
    condition: str,
    baseline: str,
    *,
    cli: Cli,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = _document(company, place)
    report = _report(company, place)
    # One audit a company is enough: what differs from run to run is what is made of it.
    monkeypatch.setattr("crm_audit.audit.audit", lambda *_, **__: report)
    options: list[str | Path] = ["--fail-on", condition] if condition else []
    if baseline != "none":
        older = dict(document)
        if baseline == "fewer":
            older |= {"findings": [], "findings_total": 0}
        path = place / f"{company}-{baseline}.json"
        path.write_text(json.dumps(older), encoding="utf-8")
        options += ["--baseline", path]
    asked = condition.split(",") if condition else []
    if "new" in asked and baseline == "none":
        expected = 2
    else:
        expected = int(any(_holds(document, c, baseline) for c in asked))

    ran = cli("diagnose", *_files(company, place), "--format", "csv", *options)

    assert ran.code == expected, ran.err
    said = [line for line in ran.err.splitlines() if "--fail-on" in line or "Failed on" in line]
    assert bool(said) == (expected != 0)


def test_the_matrix_has_both_outcomes(place: Path) -> None:
    """Guards the matrix itself: each kind of condition is met somewhere and not met elsewhere."""
    for condition in ("no", "verdict", "critical", "next_step", "deal-stalled"):
        outcomes = {_holds(_document(c, place), condition, "none") for c in COMPANIES}
        assert outcomes == {True, False}, condition


def test_known_answers(place: Path) -> None:
    answers = {c: _document(c, place)["verdict"]["answer"] for c in COMPANIES}
    assert answers == {
        "neglected_en": "records_history",
        "well_run_ru": "manages",
        "amocrm_ru": "inconclusive",
        "no_rows": "inconclusive",
    }


def test_same_export_has_nothing_new(cli: Cli, tmp_path: Path, place: Path) -> None:
    baseline = tmp_path / "audit.json"
    files = _files("neglected_en", place)
    assert cli("diagnose", *files, "--output", baseline).code == 0

    again = cli("diagnose", *files, "--baseline", baseline, "--fail-on", "new", "-f", "junit")

    assert again.code == 0
    assert "0 new findings, 0 gone" in again.err


def test_changed_export_has_new_findings(cli: Cli, tmp_path: Path, deals: Path) -> None:
    baseline = tmp_path / "audit.json"
    assert cli("diagnose", deals, "--output", baseline, "--as-of", "2026-09-25").code == 0
    text = deals.read_text(encoding="utf-8")
    worse = tmp_path / "worse.csv"
    # The step of deal 1 is emptied: one deal got worse, the others stayed as they were.
    worse.write_text(text.replace("Send the offer,2026-10-05", ","), encoding="utf-8")

    ran = cli(
        "diagnose", worse, "--baseline", baseline, "--fail-on", "new", "--as-of", "2026-09-25",
        "--format", "json",
    )  # fmt: skip

    assert ran.code == 1
    before = {f["id"] for f in json.loads(baseline.read_text(encoding="utf-8"))["findings"]}
    fresh = [f for f in json.loads(ran.out)["findings"] if f["id"] not in before]
    assert {f["deal_id"] for f in fresh} == {"1"}
    assert "next-step-missing" in {f["rule"] for f in fresh}


def test_conditions_of_the_configuration_file_hold(cli: Cli, tmp_path: Path, deals: Path) -> None:
    (tmp_path / "crm-audit.toml").write_text('fail_on = ["major"]\n', encoding="utf-8")
    assert cli("diagnose", deals, "-f", "csv").code == 1
    assert cli("diagnose", deals, "-f", "csv", "--fail-on", "amount-negative").code == 0
