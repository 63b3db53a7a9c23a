"""A playbook from the command line: proposed, edited, applied, broken."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from cli_run import DEALS, SAMPLES, Cli

from crm_audit.playbook import load_playbook
from crm_audit.wording import Wording

WELL_RUN = [str(SAMPLES / "well_run_en" / name) for name in ("deals.csv", "stage_history.csv")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_proposal_holds_the_own_stages_in_order_with_the_gates_found(
    folder: Path, cli: Cli
) -> None:
    assert cli("init", "--playbook", *WELL_RUN).code == 0
    stages = load_playbook(folder / "playbook.toml", Wording("en")).stages
    assert [s.stage for s in stages] == [
        "Need confirmed by client", "Decision route agreed", "Specification approved",
        "Budget confirmed", "Offer accepted", "Contract approved",
    ]  # fmt: skip
    asked = {s.stage: [c.name for c in s.conditions] for s in stages}
    assert asked["Specification approved"] == ["Specification No."]
    assert asked["Decision route agreed"] == [
        "Approval Map", "payer", "legal", "procurer", "security",
    ]  # fmt: skip
    ran = cli("diagnose", *WELL_RUN, "--playbook", "playbook.toml", "--format", "json")
    part = json.loads(ran.out)["gates"]["playbook"]
    assert (part["deals"], part["met"], part["failed"], part["unknown"]) == (34, 32, 2, 0)


def test_a_proposal_names_the_decision_behind_a_sellers_action(folder: Path, cli: Cli) -> None:
    assert cli("init", "--playbook", "deals.csv", "-o", "own.toml").code == 0
    text = (folder / "own.toml").read_text(encoding="utf-8")
    stages = {s["stage"]: s["decision"] for s in tomllib.loads(text)["stage"]}
    assert stages["Proposal sent"] == "Client accepted the offer: scope, price, date"
    assert "decision is a proposal" in text


@pytest.mark.parametrize("arguments", [["deals.csv"], []], ids=["proposal", "template"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_line_behind_a_mark_may_be_taken_up(
    arguments: list[str], language: str, folder: Path, cli: Cli
) -> None:
    ran = cli("init", "--playbook", *arguments, "--lang", language, "--output", "-")
    lines = ran.out.decode().splitlines()
    taken = [
        line.removeprefix("# ")
        if line.startswith(("# facts = ", "# people = ", "# next_step = ", "# limit", "# reaction"))
        else line
        for line in lines
    ]
    assert taken != lines
    path = folder / "taken.toml"
    path.write_text("\n".join(taken), encoding="utf-8")
    stages = load_playbook(path, Wording("en")).stages
    assert any(s.conditions for s in stages)
    assert all(s.limit_days and s.reaction for s in stages)
    assert cli("diagnose", "deals.csv", "--playbook", str(path), "--format", "json").code == 0


def test_the_template_is_the_chain_of_client_decisions(folder: Path, cli: Cli) -> None:
    assert cli("init", "--playbook", "--lang", "en").code == 0
    stages = load_playbook(folder / "playbook.toml", Wording("en")).stages
    assert len(stages) == 12
    assert [s.decision for s in stages[-3:]] == [
        "Client signed the contract",
        "Client paid the advance or the invoice",
        "Client accepted the delivery (act, commissioning)",
    ]


def test_an_existing_file_is_kept(folder: Path, cli: Cli) -> None:
    (folder / "playbook.toml").write_text("mine", encoding="utf-8")
    ran = cli("init", "--playbook", "deals.csv", "--lang", "en")
    assert (ran.code, "--force" in ran.complaint) == (2, True)
    assert (folder / "playbook.toml").read_text(encoding="utf-8") == "mine"
    assert cli("init", "--playbook", "deals.csv", "--force").code == 0


def test_the_settings_name_a_playbook_beside_them(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "crm-audit.toml").write_text('playbook = "own.toml"\n', encoding="utf-8")
    own = '[[stage]]\nstage = "Proposal sent"\nfacts = ["Next Step"]\n'
    (folder / "own.toml").write_text(own, encoding="utf-8")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    report = json.loads(cli("diagnose", "../deals.csv", "--format", "json").out)
    assert report["gates"]["playbook"]["name"] == "own.toml"
    found = [f for f in report["findings"] if f["rule"] == "gate-condition-missing"]
    # An empty step, and one that says “call back”.
    assert {f["deal_id"] for f in found} == {"2", "3"}
    assert {f["facts"]["gates_missing"] for f in found} == {"Proposal sent: Next Step"}


@pytest.mark.parametrize("format", ["terminal", "markdown", "html"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_report_for_people_speaks_of_it(
    format: str, language: str, folder: Path, cli: Cli
) -> None:
    own = '[[stage]]\nstage = "Proposal sent"\nfacts = ["Nowhere"]\npeople = ["contact"]\n'
    (folder / "own.toml").write_text(own, encoding="utf-8")
    ran = cli(
        "diagnose", "deals.csv", "--playbook", "own.toml", "--format", format, "--lang", language
    )
    text = " ".join(ran.out.decode().split())
    assert "own.toml: " in text
    assert "Nowhere" in text


@pytest.mark.parametrize(("language", "said"), [("en", "line 2: "), ("ru", "строка 2: ")])
def test_a_broken_one_is_one_line_and_exit_code_2(
    language: str, said: str, folder: Path, cli: Cli
) -> None:
    (folder / "bad.toml").write_text("[[stage]]\nstages = 1\n", encoding="utf-8")
    ran = cli("diagnose", "deals.csv", "--playbook", "bad.toml", "--lang", language)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.complaint
    assert len(ran.err.splitlines()) <= 2
