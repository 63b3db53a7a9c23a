"""Runs the command line inside the test process, in a folder and a locale of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_run import DEALS, Cli, Process, Ran

import crm_audit
from crm_audit.cli import run


@pytest.fixture
def cli(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Cli:
    """Run `crm-audit` with the arguments given, in `tmp_path`, in an English locale."""
    for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)

    def start(*arguments: str | Path) -> Ran:
        capsysbinary.readouterr()
        code = run([str(a) for a in arguments])
        caught = capsysbinary.readouterr()
        return Ran(code, caught.out, caught.err.decode("utf-8"))

    return start


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    """A small sound export."""
    path = tmp_path / "deals.csv"
    path.write_text(DEALS, encoding="utf-8")
    return path


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """`crm-audit` as a process of its own, as the installed script starts it."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "SYSTEMROOT")}
    environment = kept | {
        "LANG": "en_US.UTF-8",
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(Path(crm_audit.__file__).resolve().parents[1]),
        "PYTHONUTF8": "1",
    }
    return Process(tmp_path, temporary, environment)
