"""The bundled rules would pass the allow-list that the rules of strangers have to pass."""

from __future__ import annotations

from crm_audit import resources
from crm_audit.engine.evaluate import check_rules
from crm_audit.engine.rules import load_rulebook


def test_bundled_rules_pass_as_a_strangers_rules() -> None:
    book = load_rulebook(resources.folder("rules"))
    assert not any(rule.bundled for rule in book.rules.values())
    assert set(book.rules) == set(load_rulebook().rules)
    check_rules(book)
