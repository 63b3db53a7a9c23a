"""The house as it is built: floors, homes of libraries, cheap imports, and what the wheel holds."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import crm_audit

ROOT = Path(__file__).resolve().parents[1]
SRC = Path(crm_audit.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = {
    "duckdb", "pandas", "numpy", "jinja2", "sqlglot", "pymorphy3", "fastexcel", "python_calamine",
    "pydantic", "charset_normalizer",
}  # fmt: skip
# Only these may ask for the time, the environment or the working folder.
ABOVE_THE_FLOORS = ("cli", "config.py")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(SRC.parent)}
    return subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True,
                          check=False, cwd=ROOT)  # fmt: skip


def test_floors_and_homes_of_libraries() -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed")
    code = (
        "from importlinter.cli import lint_imports;"
        "raise SystemExit(lint_imports(config_filename='pyproject.toml', no_cache=True))"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_every_module_is_on_a_floor() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    floors = next(c for c in contracts if c["type"] == "layers")["layers"]
    named = {m.strip().removeprefix("crm_audit.") for line in floors for m in line.split("|")}
    named |= {"reporters", "failing"}  # beside the floors, with contracts or rules of their own
    there = {p.stem for p in SRC.iterdir() if p.is_dir() or p.suffix == ".py"}
    there -= {"__init__", "__pycache__", "_data"}
    assert there - named == set()


@pytest.mark.parametrize("module", ["crm_audit", "crm_audit.cli", "crm_audit.cli.app"])
def test_importing_is_cheap(module: str) -> None:
    done = python(
        "-c", f"import sys, {module}; print(*{{m.partition('.')[0] for m in sys.modules}})"
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & HEAVY == set()


def test_no_clock_and_no_environment_below_the_command_line() -> None:
    asked = re.compile(
        r"\b(?:date\.today|datetime\.now|datetime\.today|time\.time|os\.environ|getenv|Path\.cwd)\b"
    )
    found = [
        f"{path.relative_to(SRC)}: {match.group()}"
        for path in sorted(SRC.rglob("*.py"))
        if path.relative_to(SRC).parts[0] not in ABOVE_THE_FLOORS
        for match in asked.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_program_in_a_folder_of_data() -> None:
    for folder in ("rules", "report_templates", "sample_exports"):
        assert [p.name for p in (ROOT / folder).rglob("*.py")] == []
        assert not (SRC / folder).exists()


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_what_the_folders_hold(tmp_path: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    done = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {n for n in archive.namelist() if ".dist-info/" not in n}
    expected = {f"crm_audit/{name}" for name in files(ROOT / "src" / "crm_audit")}
    for folder in ("rules", "report_templates", "sample_exports"):
        assert files(ROOT / folder)
        expected |= {f"crm_audit/_data/{folder}/{name}" for name in files(ROOT / folder)}
    assert held == expected
