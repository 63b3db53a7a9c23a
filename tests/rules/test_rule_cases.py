"""One runner for the cases of all bundled rules; a rule without cases fails."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from build import audit, counts, found_by
from crm_audit.engine.rules import load_rulebook

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
EXPECTED = [
    pytest.param(export, rule_id, id=f"{rule_id}: {export['name']}")
    for export in CASES["export"]
    for rule_id in export["expect"]
]


def _tables(export: dict[str, Any]) -> tuple[list[Any], ...]:
    return export["deals"], export.get("history", []), export.get("tasks", [])


def _options(export: dict[str, Any]) -> dict[str, Any]:
    return {key: export[key] for key in ("playbook", "earlier") if key in export}


@pytest.mark.parametrize(("export", "rule_id"), EXPECTED)
def test_case(export: dict[str, Any], rule_id: str) -> None:
    report = audit(*_tables(export), **_options(export))
    expected = export["expect"][rule_id]
    found = expected.get("found", [])
    assert found_by(report, rule_id) == found
    assert counts(report, rule_id) == (
        len(found),
        len(found) + expected.get("not_found", 0),
        expected.get("unknown", 0),
    )


def test_every_rule_has_a_case_found_one_not_found_and_one_that_cannot_be_told() -> None:
    seen: dict[str, set[str]] = {rule_id: set() for rule_id in load_rulebook().rules}
    for export in CASES["export"]:
        for rule_id, expected in export["expect"].items():
            seen[rule_id] |= {kind for kind, some in expected.items() if some}
    for rule_id in CASES["never_unknown"]:
        seen[rule_id].add("unknown")
    assert {r for r, kinds in seen.items() if kinds != {"found", "not_found", "unknown"}} == set()


def test_each_rule_shows_facts_that_it_has_and_says_what_to_do() -> None:
    for export in CASES["export"]:
        found = audit(*_tables(export), **_options(export)).findings
        for finding in found:
            rule = load_rulebook().rules[finding.rule]
            assert tuple(finding.facts) == rule.facts
            assert finding.question == rule.question
    for rule in load_rulebook().rules.values():
        for language in ("ru", "en"):
            assert all(rule.texts[language][k].strip() for k in ("title", "why", "fix", "ask")), (
                rule.id
            )
