"""Files of rules: a user's own are added or take the place of ours; broken ones are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from build import COMMITMENT, deals, to_csv
from crm_audit.audit import AuditOptions, audit
from crm_audit.engine.evaluate import check_rules
from crm_audit.engine.rules import load_rulebook
from crm_audit.errors import CrmAuditError, UsageError

TEXTS = "\n".join(
    f'{lang}.{key} = "text"' for lang in ("ru", "en") for key in ("title", "why", "fix", "ask")
)
SOUND = f"""
[[rule]]
id = "large-and-silent"
severity = "major"
scope = "open"
when = "amount > least AND NOT step_present"
params.least = {{ value = 100, ru = "сумма", en = "amount" }}
facts = ["stage"]
{TEXTS}
"""


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    return tmp_path


def report(tmp_path: Path, rules: Path, **options: Any) -> Any:
    path = tmp_path / "deals.csv"
    path.write_text(
        to_csv(
            "deals",
            deals(2, amount="150", next_step="") + deals(1, 9, amount="50", next_step=COMMITMENT),
        )
    )
    return audit([path], AuditOptions(rules=rules, language="en", **options))


def test_a_rule_of_the_users_is_added_and_counted(tmp_path: Path) -> None:
    found = report(tmp_path, folder(tmp_path, SOUND))
    mine = next(r for r in found.rules if r.id == "large-and-silent")
    assert (mine.hits, mine.assessed, mine.amount) == (2, 3, {"XXX": 300})
    assert mine.params["least"].value == 100
    assert found.tool.rules_digest != load_rulebook().digest


def test_a_rule_with_a_bundled_id_takes_its_place(tmp_path: Path) -> None:
    rules = folder(tmp_path, SOUND.replace("large-and-silent", "amount-missing"))
    book = load_rulebook(rules)
    assert len(book.rules) == len(load_rulebook().rules)
    assert book.rules["amount-missing"].texts["en"]["title"] == "text"


BROKEN = {
    "not TOML": ("[[rule", "cannot be read"),
    "no rules": ("[other]\nx = 1\n", "[[rule]] tables and nothing else"),
    "something beside the rules": (SOUND + "\n[other]\nx = 1\n", "nothing else"),
    "no id": (SOUND.replace('id = "large-and-silent"', ""), "id must be"),
    "bad id": (SOUND.replace("large-and-silent", "Large!"), "id must be"),
    "unknown key": (SOUND.replace("facts =", "fact = "), "unknown key 'fact'"),
    "bad severity": (SOUND.replace('"major"', '"urgent"'), "severity must be one of"),
    "bad scope": (SOUND.replace('"open"', '"every"'), "scope must be one of"),
    "bad question": (
        SOUND.replace("severity =", 'question = "seven"\nseverity ='),
        "question must be",
    ),
    "bad layer": (SOUND.replace("severity =", "layer = 5\nseverity ="), "layer must be one of"),
    "no when": (
        SOUND.replace('when = "amount > least AND NOT step_present"', ""),
        "`when` must be",
    ),
    "facts no list": (SOUND.replace('["stage"]', '"stage"'), "`facts` must be"),
    "no English": (SOUND.replace("en.ask", "en.other"), "`en` needs the texts"),
    "bad parameter": (SOUND.replace("value = 100", "amount = 100"), "'least' needs"),
    "the same id twice": (SOUND + SOUND, "stands twice"),
    "unknown fact": (SOUND.replace("amount >", "weather >"), "no fact named 'weather'"),
    "unknown fact shown": (SOUND.replace('["stage"]', '["weather"]'), "no fact named 'weather'"),
    "a subquery": (SOUND.replace("amount >", "(SELECT 1) >"), "not allowed"),
    "SQL that does not parse": (SOUND.replace("amount >", "amount > AND"), "cannot be parsed"),
    "types that do not fit": (
        SOUND.replace("amount > least", "stage + least > 1"),
        "large-and-silent",
    ),
    "no truth": (
        SOUND.replace("amount > least AND NOT step_present", "amount + least"),
        "true or false",
    ),
    "severity no text": (SOUND.replace('"major"', "[1]"), "severity must be one of"),
    "a rule that is no table": ("rule = [1]\n", "rule 1"),
    "a threshold that is no name": (
        SOUND.replace("value = 100", "threshold = [1]"),
        "'least' needs",
    ),
    "parameters no table": (
        SOUND.replace("params.least = {", "params = [{").replace(
            'en = "amount" }', 'en = "amount" }]'
        ),
        "params",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_one_is_refused_with_file_rule_and_reason(tmp_path: Path, name: str) -> None:
    text, reason = BROKEN[name]
    rules = folder(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        check_rules(load_rulebook(rules))
    said = str(caught.value)
    assert said.startswith("mine.toml")
    assert reason in said
    assert "\n" not in said.strip()


def test_a_text_compared_with_a_number_is_refused_when_a_cell_shows_it(tmp_path: Path) -> None:
    rules = folder(tmp_path, SOUND.replace("amount > least", "stage > least"))
    with pytest.raises(UsageError, match=r"^mine.toml, rule 1 \(large-and-silent\)"):
        report(tmp_path, rules)


def test_folders_that_hold_no_rules(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UsageError, match=tmp_path.name):
            load_rulebook(place)


def test_settings_that_name_nothing() -> None:
    with pytest.raises(UsageError, match="no threshold 'managed'"):
        load_rulebook(overrides={"managed": 0.5})
    with pytest.raises(UsageError, match="no rule 'x'"):
        load_rulebook(severities={"x": "major"})
    with pytest.raises(UsageError, match="severity of amount-missing"):
        load_rulebook(severities={"amount-missing": "urgent"})


def test_a_threshold_of_the_users_is_used_and_its_origin_shown(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        to_csv("deals", deals(4, next_step="Send the proposal", next_step_date="2026-10-05"))
    )
    options = AuditOptions(language="en", thresholds={"managed_share": 0.0})
    found = audit([path], options)
    check = found.questions[0].checks[0]
    assert (check.answer, check.threshold, check.origin) == ("yes", 0.0, "config")
    assert found.thresholds["managed_share"].origin == "config"
    assert found.thresholds["roles_share"].origin == "default"


def test_every_error_is_ours() -> None:
    assert issubclass(UsageError, CrmAuditError)
