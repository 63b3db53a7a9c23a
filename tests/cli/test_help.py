"""Help of every command, in both languages; commands that explain, list and write settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_run import SAMPLES, Cli
from typer.main import get_command

from crm_audit.cli.app import app
from crm_audit.cli.russian import translate


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command, groups included."""
    command = command or get_command(app)
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


@pytest.mark.parametrize("path", list(commands()), ids=lambda p: " ".join(p) or "crm-audit")
def test_every_command_has_help(path: tuple[str, ...], cli: Cli) -> None:
    ran = cli(*path, "--help")
    assert ran.code == 0
    assert f"Usage: crm-audit {' '.join(path)}".rstrip() in ran.out.decode()
    assert ran.err == ""


def test_help_is_wholly_russian_too(cli: Cli) -> None:
    tree = get_command(app)
    translate(tree)

    def check(command: Any) -> None:
        assert re.search("[а-я]", command.help), command.name
        for parameter in command.params:
            text = parameter.help
            assert re.search("[а-я]", text) or "terminal" in text, (command.name, parameter.name)
        for child in getattr(command, "commands", {}).values():
            check(child)

    check(tree)
    assert "Ответить на шесть вопросов" in cli("diagnose", "--help", "--lang", "ru").out.decode()


def test_version(cli: Cli) -> None:
    from crm_audit import __version__

    assert cli("--version").out.decode().strip() == f"crm-audit {__version__}"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_rule_is_listed_and_explained(language: str, cli: Cli) -> None:
    listed = cli("rules", "list", "--lang", language).out.decode().splitlines()
    assert len(listed) > 20
    for line in listed:
        rule = line.split()[2]
        told = cli("explain", rule, "--lang", language)
        assert told.code == 0
        assert rule in told.out.decode()
        assert told.out == cli("rules", "show", rule, "--lang", language).out


@pytest.mark.parametrize("language", ["ru", "en"])
def test_init_writes_settings_that_hold(
    language: str, cli: Cli, deals: Path, tmp_path: Path
) -> None:
    assert cli("init", "--lang", language).code == 0
    path = tmp_path / "crm-audit.toml"
    written = path.read_text(encoding="utf-8")
    assert tomllib.loads(written) == {"thresholds": {}}
    assert cli("diagnose", deals, "--format", "csv").code == 0

    # Uncommented, every setting is one that crm-audit knows, and every threshold is the default.
    bare = re.sub(r"^# (?=[\w\[\"-]+( =|\])|\[)", "", written, flags=re.MULTILINE)
    settings = tomllib.loads(bare)
    assert {"lang", "fail_on", "columns", "stages", "severity", "thresholds"} <= set(settings)
    from crm_audit.engine.rules import load_rulebook

    defaults = {n: t.value for n, t in load_rulebook().thresholds.items()}
    assert settings["thresholds"] == defaults
    path.write_text(bare.replace('rules = "my_rules"', ""), encoding="utf-8")
    ran = cli("rules", "list")
    assert ran.code == 0, ran.err
    assert re.search(r"critical +next-step-missing", ran.out.decode())


def test_own_rules_are_checked_and_used(cli: Cli, tmp_path: Path, deals: Path) -> None:
    folder = tmp_path / "my_rules"
    folder.mkdir()
    texts = '{ title = "T", why = "W", fix = "F", ask = "A" }'
    (folder / "own.toml").write_text(
        '[[rule]]\nid = "big-deal"\nseverity = "info"\nscope = "open"\nwhen = "amount > limit"\n'
        f"params.limit = {{ value = 200000 }}\nru = {texts}\nen = {texts}\n",
        encoding="utf-8",
    )
    checked = cli("rules", "check", folder)
    assert (checked.code, "big-deal" in checked.out.decode()) == (0, True)
    assert cli("diagnose", deals, "--rules", folder, "--fail-on", "big-deal").code == 1
    # In a configuration file the folder is relative to the file, not to where one stands.
    (tmp_path / "crm-audit.toml").write_text('rules = "my_rules"\n', encoding="utf-8")
    assert cli("explain", "big-deal").code == 0


@pytest.mark.parametrize("sample", sorted(p.name for p in SAMPLES.iterdir() if p.is_dir()))
def test_demo_runs_every_sample(sample: str, cli: Cli, tmp_path: Path) -> None:
    ran = cli("demo", sample, "--output", "r.html")
    assert ran.code == 0, ran.err
    assert (tmp_path / "r.html").stat().st_size > 10_000
    assert sample in ran.err


def test_demo_without_an_argument_is_in_the_language_of_the_person(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "crm-audit.toml").write_text('[columns]\napprover = "ЛПР"\n', encoding="utf-8")
    assert b"records history" in cli("demo").out, "settings of another job do not disturb it"
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert "фиксирует историю" in cli("demo").out.decode()


@pytest.mark.parametrize("format", ["terminal", "json"])
def test_inspect_of_a_sound_table_that_is_not_deals(format: str, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "bread.csv"
    path.write_text("Recipe,Minutes\nBread,45\nSoup,30\n", encoding="utf-8")
    ran = cli("inspect", path, "--format", format)
    assert ran.code == 0
    assert "not" in ran.out.decode()


def test_inspect_json_has_the_shape_of_the_report(cli: Cli, deals: Path, tmp_path: Path) -> None:
    import json

    seen = json.loads(cli("inspect", deals, "--format", "json").out)
    report = json.loads(cli("diagnose", deals, "--format", "json").out)
    assert seen["inputs"] == report["inputs"]
    assert seen["stages"] == report["stages"]
    assert cli("inspect", deals, "--format", "json", "--output", "seen.json").code == 0
    assert json.loads((tmp_path / "seen.json").read_text(encoding="utf-8")) == seen


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "skipped (1 above the table, 1 blank, 1 header, 1 repeated header, 1 total)"),
        (
            "ru",
            "пропущено 5 (над таблицей 1, пустые 1, заголовок 1, повтор заголовка 1, итоги 1)",
        ),
    ],
)
def test_inspect_says_what_the_skipped_rows_were(
    lang: str, said: str, cli: Cli, tmp_path: Path
) -> None:
    header = "Deal ID,Deal Name,Stage,Amount,Created Date"
    row = "{0},Pump {0},Proposal,{0}00,2026-01-0{0}"
    lines = [
        "Pipeline of the north",
        "",
        header,
        *(row.format(n) for n in range(1, 5)),
        header,
        *(row.format(n) for n in range(5, 9)),
        "Total,,,3600,",
    ]
    path = tmp_path / "deals.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = cli("inspect", path, "--lang", lang)
    assert (ran.code, said in ran.out.decode()) == (0, True), ran.out.decode()


def test_map_and_stage_settle_what_the_headers_do_not(cli: Cli, deals: Path) -> None:
    import json

    ran = cli(
        "inspect", deals, "--format", "json", "--map", "approver=Owner", "--stage",
        "Contract review=ignore",
    )  # fmt: skip
    seen = json.loads(ran.out)
    assert seen["inputs"][0]["mapping"]["approver"]["by"] == "option"
    stage = next(s for s in seen["stages"] if s["stage"] == "Contract review")
    assert stage["status"] == "ignored"
