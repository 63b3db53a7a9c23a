"""`crm-audit rules` and `crm-audit explain`: what is judged, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import to_stdout
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.engine.rules import Rule
    from crm_audit.wording import Wording

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")]


@app.command("list")
def list_rules(
    rules: o.RulesFolder = None, lang: o.Lang = None, config: o.ConfigFile = None
) -> int:
    """List every rule with its question, severity and title."""
    given = o.settings(lang, config)
    book = given.rulebook(rules)
    width = max(map(len, book.rules))
    lines = []
    for rule in book.rules.values():
        question = book.questions[rule.question].number if rule.question else "-"
        title = rule.texts[given.say.language]["title"]
        lines.append(f"{question}  {rule.severity:<8}  {rule.id:<{width}}  {title}\n")
    to_stdout("".join(lines), given.say)
    return 0


@app.command("show")
def show(
    rule: RuleId, rules: o.RulesFolder = None, lang: o.Lang = None, config: o.ConfigFile = None
) -> int:
    """Show one rule: what it looks for, why, and what to do."""
    return explain(rule, rules, lang, config)


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of rules.")],
    lang: o.Lang = None,
    config: o.ConfigFile = None,
) -> int:
    """Check a folder of rules without running them on anything."""
    from crm_audit.engine.evaluate import check_rules

    given = o.settings(lang, config)
    bundled = given.rulebook().rules
    book = given.rulebook(folder)
    check_rules(book)
    own = [r.id for r in book.rules.values() if bundled.get(r.id) != r]
    to_stdout(given.say("rules_sound", n=len(own), listed=", ".join(own)) + "\n", given.say)
    return 0


def explain(
    rule: RuleId, rules: o.RulesFolder = None, lang: o.Lang = None, config: o.ConfigFile = None
) -> int:
    """Explain a rule: what it looks for, why it matters, what to do, what to ask."""
    given = o.settings(lang, config)
    book = given.rulebook(rules)
    if rule not in book.rules:
        raise UsageError(given.say("no_such_rule", rule=rule))
    to_stdout(_described(book.rules[rule], given.say), given.say)
    return 0


def _described(rule: Rule, say: Wording) -> str:
    texts = rule.texts[say.language]
    rows = [
        ("rule_id", rule.id),
        ("rule_severity", rule.severity),
        ("rule_question", _question(rule, say)),
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
    lines = [texts["title"], "", *(f"{say(label)}: {value}" for label, value in rows)]
    return "\n".join(lines) + "\n"


def _question(rule: Rule, say: Wording) -> str:
    return f"{say('question_' + rule.question)} ({rule.question})" if rule.question else "—"
