"""`crm-audit rules` and `crm-audit explain`: what is judged, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.engine.rules import Rule
    from crm_audit.wording import Wording

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_rules(rules: o.RulesFolder = None, lang: o.Lang = None) -> int:
    """List every rule with its question, severity and title."""
    from crm_audit.engine.rules import load_rulebook

    language = o.gather(lang=lang).language
    book = load_rulebook(rules)
    width = max(map(len, book.rules))
    for rule in book.rules.values():
        question = book.questions[rule.question].number if rule.question else "-"
        title = rule.texts[language]["title"]
        typer.echo(f"{question}  {rule.severity:<8}  {rule.id:<{width}}  {title}")
    return 0


@app.command("show")
def show(rule: str, rules: o.RulesFolder = None, lang: o.Lang = None) -> int:
    """Show one rule: what it looks for, why, and what to do."""
    return explain(rule, rules, lang)


@app.command("check")
def check(folder: Path, lang: o.Lang = None) -> int:
    """Check a folder of rules without running them on anything."""
    from crm_audit.engine.evaluate import check_rules
    from crm_audit.engine.rules import load_rulebook
    from crm_audit.wording import Wording

    say = Wording(o.gather(lang=lang).language)
    bundled = load_rulebook().rules
    book = load_rulebook(folder)
    check_rules(book)
    own = [r for r in book.rules.values() if bundled.get(r.id) != r]
    typer.echo(say("rules_sound", n=str(len(own)), listed=", ".join(r.id for r in own)))
    return 0


def explain(rule: str, rules: o.RulesFolder = None, lang: o.Lang = None) -> int:
    """Explain a rule: what it looks for, why it matters, what to do, what to ask.

    Объяснить правило: что ищет, почему это важно, что делать, что спросить.
    """
    from crm_audit.engine.rules import load_rulebook
    from crm_audit.wording import Wording

    language = o.gather(lang=lang).language
    book = load_rulebook(rules)
    if rule not in book.rules:
        raise UsageError(f"{rule}: there is no such rule; see: crm-audit rules list")
    _print(book.rules[rule], Wording(language))
    return 0


def _print(rule: Rule, say: Wording) -> None:
    texts = rule.texts[say.language]
    typer.echo(f"{texts['title']}\n")
    rows = [
        ("rule_id", rule.id),
        ("rule_severity", rule.severity),
        ("rule_question", rule.question or "-"),
        ("rule_scope", say("scope_" + rule.scope)),
        ("rule_when", rule.when),
        ("rule_why", texts["why"]),
        ("rule_fix", texts["fix"]),
        ("rule_ask", texts["ask"]),
    ]
    rows += [
        ("rule_param", f"{n} = {p.value} ({say('origin_' + p.origin)}): {p.texts[say.language]}")
        for n, p in rule.params.items()
    ]
    for label, value in rows:
        typer.echo(f"{say(label)}: {value}")
