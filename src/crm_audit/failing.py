"""Whether a report is bad enough to fail a scheduled job: `--fail-on` and `--baseline`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_audit.errors import UsageError
from crm_audit.model.report import SCHEMA, Report
from crm_audit.wording import Wording

SEVERITIES = ("critical", "major", "minor", "info")
QUESTIONS = ("next_step", "roles", "gates", "reasons", "forecast", "thresholds")
KEYWORDS = ("no", "verdict", "new")


@dataclass(frozen=True)
class Baseline:
    """The findings of an earlier audit, by their stable ids."""

    ids: frozenset[str]


def split(given: str | list[str] | None) -> list[str]:
    """The conditions of `--fail-on` or of the configuration, in their order."""
    listed = given.split(",") if isinstance(given, str) else given or []
    return list(dict.fromkeys(c.strip() for c in listed if c.strip()))


def load_baseline(path: Path, say: Wording) -> Baseline:
    """The findings of an earlier `--format json` report; UsageError if it is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or say("baseline_no_json")
        raise UsageError(say("baseline_unreadable", path=path, reason=reason)) from None
    ids = _ids(document)
    if ids is None:
        raise UsageError(say("baseline_no_report", path=path, schema=SCHEMA))
    if document.get("findings_total", 0) > len(ids):
        raise UsageError(say("baseline_cut", path=path))
    return Baseline(frozenset(ids))


def _ids(document: Any) -> list[str] | None:
    """The ids of a report's findings; None for anything that is not a report of this version."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return None
    found = document.get("findings")
    if not isinstance(found, list) or not isinstance(document.get("findings_total", 0), int):
        return None
    ids = [f.get("id") for f in found if isinstance(f, dict)]
    sound = [i for i in ids if isinstance(i, str)]
    return sound if len(sound) == len(found) else None


def check_conditions(
    conditions: list[str], rules: set[str], say: Wording, *, baseline: bool
) -> None:
    """UsageError for a condition that does not exist, or `new` without a baseline."""
    for condition in conditions:
        if condition == "new" and not baseline:
            raise UsageError(say("fail_on_new"))
        if condition not in {*KEYWORDS, *SEVERITIES, *QUESTIONS, *rules}:
            known = ", ".join((*KEYWORDS, *SEVERITIES, *QUESTIONS))
            raise UsageError(say("fail_on_unknown", condition=condition, known=known))


def new_findings(report: Report, baseline: Baseline) -> list[str]:
    """Ids of the findings that the baseline did not have; the report must hold all findings."""
    return [f.id for f in report.findings if f.id not in baseline.ids]


def compare(report: Report, baseline: Baseline) -> tuple[int, int]:
    """How many findings are new against the baseline, and how many of its are gone."""
    gone = baseline.ids - {f.id for f in report.findings}
    return len(new_findings(report, baseline)), len(gone)


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
