"""Reports to render: a neglected Russian CRM, an export that settles little, and extremes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_audit.model.report import Check, Report, Share, VerdictPart

DATA = Path(__file__).parent / "data"

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "[/bold] [red]x[/red] [link=file:///etc/passwd]y[/link]",
    "invoice\u202egpj.exe\u2066\u200b",
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x07",
    "{{ 7*7 }}{% raw %}${7*7}",
    "a | b `code` [text](javascript:alert(1)) http://evil.example www.evil.example",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<!--",
    "line\nbreak\r\nand\ttab\x00\x0b\ufffe",
    "+7 916 123-45-67 @SUM(A1)",
    "x" * 5_000,
)

STRANGERS = frozenset(
    {
        "approver", "ask", "column", "company", "contact", "deal_name", "export", "field",
        "from_stage", "likely", "moves_source", "name", "next_step", "owner", "payer", "pipeline",
        "reason", "samples", "sheet", "stage", "supports", "text", "title", "to_stage", "unmapped",
    }
)  # fmt: skip
"""Keys of the report whose text an export can decide, and some that it cannot."""


def load(name: str) -> Report:
    return Report.model_validate_json((DATA / f"{name}.json").read_text(encoding="utf-8"))


def records_history() -> Report:
    """A Russian amoCRM with stage history: four "no", one "yes", one unknown."""
    return load("records_history")


def inconclusive() -> Report:
    """An English list export: one "no", the rest cannot be told."""
    return load("inconclusive")


def empty() -> Report:
    """A sound table of deals without a row."""
    return load("empty")


def manages() -> Report:
    """A well-run CRM: six times yes, nothing to find."""
    report = load("inconclusive")
    checks = [
        Check(
            id=f"check-{q.number}",
            title=f"Check {q.number}",
            answer="yes",
            direction="at_least",
            threshold=0.8,
            share=Share(low=0.96, high=0.98, of=120),
        )
        for q in report.questions
    ]
    well = {"answer": "yes", "amount": {}, "needs": [], "to_yes": "", "reason": "98% are in order."}
    changed = {
        "verdict": VerdictPart(answer="manages", no_min=0, no_max=0, threshold=3),
        "questions": [
            q.model_copy(update=well | {"checks": [c]})
            for q, c in zip(report.questions, checks, strict=True)
        ],
        "gaps": [],
        "findings": [],
        "findings_total": 0,
        "worst": [],
        "rules": [r.model_copy(update={"hits": 0, "amount": {}}) for r in report.rules],
        "stalls": report.stalls.model_copy(
            update={"deals": [], "stalled": 0, "not_stalled": 29, "amount": {}}
        ),
    }
    return report.model_copy(update=changed)


def with_texts(text_at: Callable[[int], str], base: str = "records_history") -> Report:
    """A report with `text_at(n)` in every place that an export can fill."""
    count = 0

    def fill(value: Any, key: str = "") -> Any:
        nonlocal count
        if isinstance(value, dict):
            return {k: fill(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [fill(v, key) for v in value]
        if value and isinstance(value, str) and key in STRANGERS:
            count += 1
            return text_at(count)
        return value

    data = json.loads((DATA / f"{base}.json").read_text(encoding="utf-8"))
    return Report.model_validate(fill(data))


def hostile() -> Report:
    """The Russian report with hostile texts in every place that comes from an export."""
    return with_texts(lambda n: HOSTILE[n % len(HOSTILE)])


ALL: dict[str, Callable[[], Report]] = {
    f.__name__: f for f in (records_history, inconclusive, manages, empty, hostile)
}
