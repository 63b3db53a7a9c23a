"""What the documents say is true: commands run, recipes work, lists are complete."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import crm_audit
from crm_audit.cli import run
from crm_audit.cli.app import app
from crm_audit.engine.evaluate import GONE_FACTS, STAGE_FACTS, fact_names
from crm_audit.engine.rules import load_rulebook
from crm_audit.model.report import Report

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_exports"
READMES = ("README.md", "README.ru.md")
DOCUMENTS = (
    *READMES,
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/scheduled.md",
    "docs/report.md",
    "docs/movement.md",
    "docs/rules.md",
    "docs/profiles.md",
    "docs/playbook.md",
    "docs/thresholds.md",
    "docs/forecast.md",
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _block(name: str, mark: str) -> str:
    """The fenced block that stands under `<!-- mark -->`."""
    match = re.search(rf"<!-- {re.escape(mark)} -->\n```\w*\n(.*?)^```", _text(name), re.M | re.S)
    assert match, f"{name}: no block marked {mark}"
    return match[1]


def _commands(name: str) -> list[str]:
    """Every line of a shell block that calls crm-audit itself."""
    lines = [line for _, body in FENCE.findall(_text(name)) for line in body.splitlines()]
    return [line for line in lines if line.startswith("crm-audit ")]


def _tree(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or get_command(app)
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _tree(child, (*path, name))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every file that the README's commands name."""
    company = SAMPLES / "neglected_en"
    shutil.copy(SAMPLES / "pipedrive_en" / "deals.xlsx", tmp_path / "export.xlsx")
    shutil.copy(SAMPLES / "amocrm_ru" / "leads.csv", tmp_path / "export.csv")
    shutil.copy(company / "deals.csv", tmp_path / "deals.csv")
    shutil.copy(company / "stage_history.csv", tmp_path / "history.csv")
    shutil.copy(company / "tasks.csv", tmp_path / "tasks.csv")
    shutil.copy(company / "contacts.csv", tmp_path / "contacts.csv")
    monkeypatch.chdir(tmp_path)
    crm_audit.diagnose("export.csv").write("before.json")
    return tmp_path


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option_is_documented(readme: str) -> None:
    text = _text(readme)
    missing = []
    for path, command in _tree():
        if path and f"crm-audit {' '.join(path)}" not in text and path != ("rules", "show"):
            missing.append(" ".join(path))
        for parameter in command.params:
            names = (*parameter.opts, *parameter.secondary_opts)
            missing += [n for n in names if n.startswith("--") and n not in text + _OWN_NAMES]
    assert not missing


_OWN_NAMES = "--version --rules"  # said in SECURITY.md and docs/rules.md


@pytest.mark.parametrize("readme", READMES)
def test_every_command_of_the_readme_runs(readme: str, files: Path) -> None:
    ran = 0
    for line in _commands(readme):
        words = shlex.split(line, comments=True)
        if words[1] == "selfcheck" and "--answers" not in words:
            continue  # asks a person: tests/cli/test_terminal.py
        code = run(words[1:])
        assert code == (1 if "verdict,critical" in words else 0), line
        ran += 1
    assert ran >= 9
    written = {p.name for p in (files / "audit").iterdir()}
    assert {"report.html", "report.json", "findings.csv", "junit.xml"} <= written


def test_the_two_readmes_say_the_same() -> None:
    def shape(name: str) -> list[str]:
        text = _text(name)
        return re.findall(r"^#+|^```\w*|^- |^\d\. |^\| [\d ,]+ \||^!\[", text, re.MULTILINE)

    english, russian = map(shape, READMES)
    assert english == russian

    def calls(name: str) -> list[str]:
        return [re.sub(r"#.*|д|н|y|n|\?|\"[^\"]*\"", "", line).strip() for line in _commands(name)]

    assert calls(READMES[0]) == calls(READMES[1])
    assert _block(READMES[0], "command: tests") == _block(READMES[1], "command: tests")


@pytest.mark.parametrize("readme", READMES)
def test_the_two_commands_are_one_line_each(readme: str) -> None:
    for mark in ("command: main job", "command: tests"):
        line = _block(readme, mark)
        assert line.count("\n") == 1
        assert line.startswith('git clone "$REPO" crm-audit && cd crm-audit && python3 -m venv')


def test_the_ci_takes_its_commands_from_the_readme() -> None:
    script = _text(".ci/run")
    assert "command: tests" in script
    assert "command: main job" in script
    assert "-m pytest" not in script


@pytest.mark.parametrize("readme", READMES)
def test_the_python_example_works(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = next(body for kind, body in FENCE.findall(_text(readme)) if kind == "python")
    shutil.copytree(SAMPLES, tmp_path / "sample_exports")
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, readme, "exec"), {})
    assert said.getvalue().startswith("inconclusive\n1 unknown\n")
    assert (tmp_path / "report.html").stat().st_size > 10_000


@pytest.mark.skipif(os.name != "posix", reason="recipes for a POSIX shell")
def test_the_cron_recipe(tmp_path: Path) -> None:
    script = tmp_path / "weekly-audit.sh"
    script.write_text(_block("docs/scheduled.md", "recipe: cron"), encoding="utf-8")
    program = tmp_path / "crm-audit"
    package = Path(crm_audit.__file__).resolve().parents[1]
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{package}" exec "{sys.executable}" -c'
        ' "from crm_audit.cli import main; main()" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    exports, reports = tmp_path / "exports", tmp_path / "reports"
    exports.mkdir()
    source = (SAMPLES / "salesforce_en" / "opportunity.csv").read_text(encoding="utf-8")
    places = {"EXPORTS": str(exports), "REPORTS": str(reports), "CRM_AUDIT": str(program)}

    def weekly() -> int:
        ran = subprocess.run(
            ["sh", str(script)], env=os.environ | places, timeout=120, check=False,
            capture_output=True,
        )  # fmt: skip
        assert b"Traceback" not in ran.stderr
        return ran.returncode

    def put(name: str, text: str, age: int) -> None:
        path = exports / name
        path.write_text(text, encoding="utf-8")
        moment = 1_790_000_000 + age
        os.utime(path, (moment, moment))

    lines = source.splitlines(keepends=True)
    put("one.csv", "".join(lines[: len(lines) // 2]), 0)
    assert weekly() == 0, "the first report has nothing to be compared with"
    assert weekly() == 0, "the same export has nothing new"
    put("two.csv", source, 100)
    assert weekly() == 1, "more deals bring new findings"
    assert weekly() == 0, "which are known the week after"
    put("three.csv", "", 200)
    before = (reports / "last.json").read_bytes()
    assert weekly() == 3, "a broken export is not a finding"
    assert (reports / "last.json").read_bytes() == before


def test_the_actions_recipe(files: Path) -> None:
    recipe = _block("docs/scheduled.md", "recipe: actions")
    match = re.search(r"- name: Audit\n +run: >\n((?: {10}.*\n)+)", recipe)
    assert match
    words = shlex.split(" ".join(match[1].split()))
    assert words[:3] == ["crm-audit", "diagnose", "exports/*.csv"]
    shutil.copy(files / "before.json", files / "audit.json")
    assert run([words[1], "export.csv", *words[3:]]) == 0
    assert {p.name for p in (files / "report").iterdir()} == {
        "report.html", "report.json", "junit.xml",
    }  # fmt: skip


def test_every_fact_is_documented() -> None:
    from crm_audit.engine.derive import derive
    from crm_audit.engine.load import Loader
    from crm_audit.engine.loaded import LoadOptions
    from crm_audit.engine.session import Session
    from crm_audit.wording import Wording

    book = load_rulebook()
    with Session() as session:
        say = Wording("en")
        loader = Loader(session, LoadOptions(), say)
        derive(session, loader.load([]), loader.book, book, None, wording=say)
        known = fact_names(session)
    text = _text("docs/rules.md").split("<!-- facts -->")[1]
    deals, stages = text.split("## Facts of a stage")
    assert re.findall(r"^\| `(\w+)` \|", deals, re.MULTILINE) == known
    stages, gone = stages.split("## Facts of a deal that is gone")
    assert set(re.findall(r"`(\w+)`", stages)) == set(STAGE_FACTS)
    assert set(re.findall(r"`(\w+)`", gone.split("##")[0])) == set(GONE_FACTS)


def test_the_example_rule_is_sound(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(_block("docs/rules.md", "example"), encoding="utf-8")
    assert run(["rules", "check", str(tmp_path)]) == 0


def test_the_example_profile_is_sound() -> None:
    from crm_audit.model.deal import TABLES
    from crm_audit.recognise.profiles import Profile

    body = next(b for kind, b in FENCE.findall(_text("docs/profiles.md")) if kind == "toml")
    profile = Profile(**tomllib.loads(body))
    for kind, fields in profile.columns.items():
        assert set(fields) <= set(TABLES[kind].model_fields)


def test_the_example_playbook_is_sound_and_every_key_is_documented(tmp_path: Path) -> None:
    from crm_audit.playbook import KEYS, NEXT_STEP, PEOPLE, load_playbook
    from crm_audit.wording import Wording

    path = tmp_path / "playbook.toml"
    path.write_text(_block("docs/playbook.md", "example"), encoding="utf-8")
    (stage,) = load_playbook(path, Wording("en")).stages
    assert len(stage.conditions) == 5
    text = _text("docs/playbook.md")
    assert all(re.search(rf"\b{key}\b", text) for key in KEYS)
    assert all(f"`{word}`" in text for word in (*PEOPLE, *NEXT_STEP))


@pytest.mark.parametrize("lines", [_commands("docs/playbook.md")])
def test_the_commands_of_the_playbook_run(lines: list[str], files: Path) -> None:
    for line in lines:
        assert run(shlex.split(line, comments=True)[1:]) == 0, line
    assert (files / "playbook.toml").exists()


def test_every_threshold_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", _text("docs/thresholds.md"), re.MULTILINE)
    book = load_rulebook()
    assert [(n, float(v)) for n, v in rows] == [(n, t.value) for n, t in book.thresholds.items()]


def test_every_field_of_the_report_is_documented() -> None:
    rows = re.findall(r"^\| (`.*?) \|", _text("docs/report.md"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    fields = {f.alias or name for name, f in Report.model_fields.items()}
    assert named == fields


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    text = FENCE.sub("", _text(document))
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert (ROOT / document).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_are_plain(document: str) -> None:
    long = [line for line in FENCE.sub("", _text(document)).splitlines() if len(line) > 400]
    assert not long
    assert not re.search(r"localhost|127\.0\.0|/home/|/root|/work/", _text(document))


def test_the_lock_names_packages_only() -> None:
    lines = _text("requirements-dev.txt").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", line) for line in pins)
    project = tomllib.loads(_text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {line.split("==")[0] for line in pins}
    assert {re.split(r"[<>=~! ;\[]", w)[0].lower() for w in wanted} <= names
