"""What a person at a terminal sees: the self-check, the progress bar, colours."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from cli_run import SAMPLES, Process

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals of POSIX")

SAID = {
    "ru": ("д", "н", "?", "да", "нет", "не знаю"),
    "en": ("y", "n", "?", "yes", "NO", "don't know"),
}
TALK = {
    "ru": {
        "intro": "Шесть вопросов о CRM",
        "prompt": r"\[д/н/\?\]",
        "again": "Ответьте д, н или ",
        "verdict": "По вашим ответам вывод сделать нельзя",
        "ended": "ответы кончились раньше вопросов",
    },
    "en": {
        "intro": "Six questions about the CRM",
        "prompt": r"\[y/n/\?\]",
        "again": "Please answer y, n or ",
        "verdict": "Your answers do not settle it",
        "ended": "the answers ended before the questions",
    },
}


def _session(process: Process, *arguments: str) -> Any:
    return pexpect.spawn(
        process.command[0],
        [*process.command[1:], *arguments],
        env=process.environment | {"TERM": "xterm-256color"},
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 120),
    )


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_owner_answers_the_six_questions(language: str, process: Process) -> None:
    talk = TALK[language]
    session = _session(process, "selfcheck", "--lang", language)
    session.expect(talk["intro"])
    for number, answer in enumerate(SAID[language], 1):
        session.expect(rf"{number}\. [^\r\n]+\?\r")
        session.expect(talk["prompt"])
        if number == 2:
            session.sendline("возможно")
            session.expect(talk["again"])
            session.expect(talk["prompt"])
            session.sendline("")
            session.expect(talk["again"])
            session.expect(talk["prompt"])
        session.sendline(answer)
    session.expect(talk["verdict"])
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_owner_gives_up(language: str, process: Process) -> None:
    session = _session(process, "selfcheck", "--lang", language)
    session.expect(TALK[language]["prompt"])
    session.sendline("y")
    session.expect(TALK[language]["prompt"])
    session.sendeof()
    session.expect(TALK[language]["ended"])
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 2


def test_the_owner_interrupts(process: Process) -> None:
    session = _session(process, "selfcheck")
    session.expect(TALK["en"]["prompt"])
    session.sendintr()
    session.expect("interrupted")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 130


def test_answers_stand_beside_the_evidence(process: Process) -> None:
    files = [str(p) for p in sorted((SAMPLES / "neglected_en").glob("*.csv"))]
    session = _session(process, "selfcheck", *files, "--answers", "y,y,y,y,y,y")
    session.expect("You said: yes")
    session.expect("The data says: no")
    session.expect("By the data. The CRM does not manage sales")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


def test_a_progress_bar_on_a_terminal(process: Process) -> None:
    target = str(process.folder / "r.html")
    session = _session(process, "demo", "--output", target)
    session.expect("Reading files|Recognising columns|Loading rows|Applying rules")
    session.expect("Written")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


@pytest.mark.parametrize("option", ["--quiet", "--no-progress"])
def test_no_progress_bar_where_it_is_not_wanted(option: str, process: Process) -> None:
    files = str(SAMPLES / "amocrm_ru" / "leads.csv")
    target = str(process.folder / "r.html")
    session = _session(process, "diagnose", files, "--output", target, option)
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0
    assert "\x1b" not in session.before


def test_no_progress_bar_where_there_is_no_terminal(process: Process) -> None:
    ran = process.run("demo", extra={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert ran.returncode == 0, ran.stderr
    for stream in (ran.stdout, ran.stderr):
        assert b"\x1b" not in stream
        assert b"\r" not in stream
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal_only_where_they_are_wanted(
    no_color: str, coloured: bool, process: Process
) -> None:
    process.environment.update({"NO_COLOR": no_color} if no_color else {})
    session = _session(process, "demo", "--quiet")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", session.before)) == coloured
