"""Findings as CSV for a spreadsheet: one row each, comma, UTF-8 with BOM, nothing a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from io import StringIO
from math import isfinite

from crm_audit.model.report import Report
from crm_audit.reporters.clean import plain
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.view import View

BOM = "\ufeff"
LONGEST = 2_000
"""Characters of one cell; a spreadsheet itself ends at 32,767."""

COLUMNS = (
    "severity", "finding", "deal", "id", "amount", "currency", "stage", "owner", "facts", "fix",
    "ask", "question", "rule", "file", "line", "hash",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What begins a formula; the wide forms do too in East Asian spreadsheets."""


def render(report: Report, options: ReporterOptions) -> str:
    """Every finding in the order of the report; people of the client are hidden."""
    view = View(report, options)
    out = StringIO()
    out.write(BOM)
    # Text with line breaks does not occur (`plain` made it one line), so the rows are lines.
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([view.t(f"col_{name}") for name in COLUMNS])
    table.writerows(_rows(view))
    return out.getvalue()


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = plain(text, LONGEST)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(view: View) -> Iterator[list[str | int]]:
    numbers = {q.id: q.number for q in view.report.questions}
    tables = view.report.inputs

    @lru_cache(maxsize=4096)
    def cell(text: str) -> str:
        """Text that many rows share: a stage, a file, the words of a rule."""
        return safe(view.text(text, LONGEST))

    for finding in view.report.findings:
        rule = view.rules.get(finding.rule)
        source = finding.source
        facts = "; ".join(f"{label}: {value}" for label, value in view.facts(finding))
        yield [
            view.t(f"severity_{finding.severity}"),
            cell(rule.title if rule else finding.rule),
            safe(view.deal(finding)),
            safe(finding.deal_id or ""),
            _number(finding.amount),
            safe(finding.currency or ""),
            cell(finding.stage or ""),
            safe(finding.owner or ""),
            safe(facts),
            cell(rule.fix if rule else ""),
            cell(rule.ask if rule else ""),
            numbers.get(finding.question, "") if finding.question else "",
            safe(finding.rule),
            cell(tables[source.input].name) if source and source.input < len(tables) else "",
            source.line if source else "",
            safe(finding.id),
        ]


def _number(amount: float | None) -> str:
    """A plain number with a point, whole where it is whole."""
    if amount is None or not isfinite(amount):
        return ""
    return str(int(amount)) if amount == int(amount) else repr(amount)
