"""Every bad run says one clear line in the language of the run and has the contract's exit code."""

from __future__ import annotations

import os
import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_run import DEALS, SAMPLES, Cli

RUNS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("bad_runs.toml").read_text(encoding="utf-8")
)["run"]

TASKS = "Task ID,Subject,Due Date,Status\n1,Call the client,2026-09-01,Completed\n"
BAD_RULE = '[[rule]]\nid = "own-rule"\nseverity = "loud"\nscope = "open"\nwhen = "true"\n'
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


def _forbid(path: Path, mode: int, what: int) -> None:
    path.chmod(mode)
    if os.access(path, what):
        pytest.skip("permissions do not bind this user")


def _locked(path: Path) -> None:
    path.write_text(DEALS, encoding="utf-8")
    _forbid(path, 0, os.R_OK)


def _locked_folder(path: Path) -> None:
    path.mkdir()
    _forbid(path, 0o500, os.W_OK)


def _cut_workbook(path: Path) -> None:
    whole = (SAMPLES / "pipedrive_en" / "deals.xlsx").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _encrypted(path: Path) -> None:
    # An OLE2 container that holds the stream of an encrypted package and nothing to decrypt.
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(OLE2 + bytes(504) + name + bytes(1024 - len(name)))


def _link(path: Path) -> None:
    path.with_name("elsewhere.html").write_text("mine", encoding="utf-8")
    path.symlink_to("elsewhere.html")


def _write(content: str | bytes) -> Callable[[Path], None]:
    data = content.encode("utf-8") if isinstance(content, str) else content

    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


MAKERS: dict[str, Callable[[Path], None]] = {
    "<deals>": _write(DEALS),
    "<tasks>": _write(TASKS),
    "<bad rule>": _write(BAD_RULE),
    "<nested>": _write("[" * 100_000),
    "<noise>": _write(random.Random(7).randbytes(4096)),
    "<folder>": lambda path: path.mkdir(),
    "<locked>": _locked,
    "<locked folder>": _locked_folder,
    "<cut workbook>": _cut_workbook,
    "<encrypted>": _encrypted,
    "<link>": _link,
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("case", RUNS, ids=[c["name"].replace(" ", "-") for c in RUNS])
def test_a_bad_run_says_what_is_wrong(
    case: dict[str, Any],
    language: str,
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", {"en": "en_US.UTF-8", "ru": "ru_RU.UTF-8"}[language])
    for name, content in case.get("files", {}).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        MAKERS.get(content, _write(content))(path)
    before = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))

    # What is said after the headers were read follows them, unless an option says otherwise.
    chosen = ["--lang", language] if case["code"] > 2 else []
    ran = cli(*case["args"], *chosen)

    assert ran.code == case["code"], ran.err
    assert "Traceback" not in ran.err
    assert ran.out == b""
    lines = ran.err.splitlines()
    expected = {"two": 2, "many": len(lines)}.get(case.get("lines", ""), 1)
    assert len(lines) == expected, ran.err
    assert re.search(case[language], ran.complaint), ran.err
    if case.get("lines") == "two":
        assert lines[1].endswith("--help")
    # Nothing is written, not even half of it.
    assert sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*")) == before


def test_a_bug_is_one_line_without_the_clients_data(
    cli: Cli, deals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("Boiler house Nord")

    monkeypatch.setattr("crm_audit.audit.audit", broken)

    ran = cli("diagnose", deals)
    assert ran.code == 70
    assert len(ran.err.splitlines()) == 1
    assert "KeyError" in ran.err
    assert "Boiler" not in ran.err

    shown = cli("diagnose", deals, "--debug")
    assert shown.code == 70
    assert "Traceback" in shown.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(MemoryError(), 3), (OSError(28, "No space left on device"), 4)],
    ids=["memory", "disk"],
)
def test_trouble_of_the_machine(
    error: BaseException, code: int, cli: Cli, deals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("crm_audit.audit.audit", fails)
    ran = cli("diagnose", deals)
    assert (ran.code, len(ran.err.splitlines())) == (code, 1)
