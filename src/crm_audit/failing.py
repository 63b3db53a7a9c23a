"""Whether a report is bad enough to fail a scheduled job: `--fail-on` and `--baseline`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from crm_audit.errors import UsageError
from crm_audit.model.report import SCHEMA, Report

SEVERITIES = ("critical", "major", "minor", "info")
QUESTIONS = ("next_step", "roles", "gates", "reasons", "forecast", "thresholds")
KEYWORDS = ("no", "verdict", "new")


@dataclass(frozen=True)
class Baseline:
    """The findings of an earlier audit, by their stable ids."""

    ids: frozenset[str]


def load_baseline(path: Path) -> Baseline:
    """The findings of an earlier `--format json` report; UsageError if it is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--baseline {path}: cannot be read: {error}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UsageError(f"--baseline {path}: not a report written with --format json ({SCHEMA})")
    if document.get("findings_total", 0) > len(document.get("findings", [])):
        raise UsageError(f"--baseline {path}: the report does not hold all its findings")
    return Baseline(frozenset(f["id"] for f in document["findings"]))


def check_conditions(conditions: list[str], rules: set[str], *, baseline: bool) -> None:
    """UsageError for a condition that does not exist, or `new` without a baseline."""
    for condition in conditions:
        if condition == "new" and not baseline:
            raise UsageError("--fail-on new needs --baseline FILE")
        if condition not in {*KEYWORDS, *SEVERITIES, *QUESTIONS, *rules}:
            known = ", ".join((*KEYWORDS, *SEVERITIES, *QUESTIONS))
            raise UsageError(f"--fail-on {condition}: use {known}, or the id of a rule")


def new_findings(report: Report, baseline: Baseline) -> list[str]:
    """Ids of the findings that the baseline did not have; the report must hold all findings."""
    return [f.id for f in report.findings if f.id not in baseline.ids]


def failed(report: Report, conditions: list[str], baseline: Baseline | None) -> list[str]:
    """The conditions that the report meets; empty: the job passes.

    `no`: any question answered no. `verdict`: the CRM records history. A severity: findings of it
    or above. A question: answered no. A rule: it found something. `new`: findings that the
    baseline did not have.
    """
    return [c for c in conditions if _holds(report, c, baseline)]


def _holds(report: Report, condition: str, baseline: Baseline | None) -> bool:
    if condition == "no":
        return any(q.answer == "no" for q in report.questions)
    if condition == "verdict":
        return report.verdict.answer == "records_history"
    if condition == "new":
        return baseline is not None and bool(new_findings(report, baseline))
    if condition in SEVERITIES:
        bad = SEVERITIES[: SEVERITIES.index(condition) + 1]
        return any(r.hits and r.severity in bad for r in report.rules)
    if condition in QUESTIONS:
        return any(q.id == condition and q.answer == "no" for q in report.questions)
    return any(r.id == condition and r.hits for r in report.rules)
