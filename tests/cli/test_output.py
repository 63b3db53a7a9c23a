"""Where reports go: standard output alone, files, folders, closed pipes and full disks."""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from cli_run import SAMPLES, Cli, Process

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
NAMES = {
    "report.txt",
    "report.html",
    "report.md",
    "report.json",
    "junit.xml",
    "findings.csv",
    "worklists.xlsx",
}


def test_json_stands_alone_on_standard_output(cli: Cli, deals: Path) -> None:
    ran = cli("diagnose", deals, "--format", "json", "--output", "-")
    assert ran.code == 0
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    assert ran.out == cli("diagnose", deals, "--format", "json").out, "the same bytes each time"


def test_several_formats_go_into_a_folder(cli: Cli, tmp_path: Path, deals: Path) -> None:
    target = tmp_path / "deep" / "out"
    every = "terminal,html,markdown,json,junit,csv,xlsx"
    ran = cli("diagnose", deals, "--format", every, "--output", target)
    assert ran.code == 0, ran.err
    assert {p.name for p in target.iterdir()} == NAMES
    assert ran.out == b""
    assert all(str(target / name) in ran.err for name in NAMES)


def test_one_format_into_a_folder_has_its_usual_name(cli: Cli, tmp_path: Path, deals: Path) -> None:
    assert cli("diagnose", deals, "--format", "html", "--output", tmp_path).code == 0
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.html", b"<!doctype html>"),
        ("r.md", b"# "),
        ("r.json", b"{"),
        ("r.xml", b"<?xml"),
        ("r.csv", b"\xef\xbb\xbf"),
        ("r.txt", "┏".encode()),
    ],
)
def test_the_suffix_tells_the_format(
    name: str, start: bytes, cli: Cli, tmp_path: Path, deals: Path
) -> None:
    assert cli("diagnose", deals, "--output", name).code == 0
    assert (tmp_path / name).read_bytes().lower().startswith(start)


def test_the_formats_of_the_configuration_file(cli: Cli, tmp_path: Path, deals: Path) -> None:
    (tmp_path / "crm-audit.toml").write_text('format = ["json", "csv"]\n', encoding="utf-8")
    assert cli("diagnose", deals, "--output", "out").code == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.json", "findings.csv"}
    assert cli("diagnose", deals, "--output", "one.html").code == 0, "a suffix says more"


def test_quiet_says_nothing(cli: Cli, deals: Path) -> None:
    ran = cli("diagnose", deals, "--output", "r.html", "--quiet", "--fail-on", "major")
    assert (ran.code, ran.err, ran.out) == (1, "", b"")


def test_junit_is_a_suite_that_a_server_understands(cli: Cli) -> None:
    files = sorted((SAMPLES / "neglected_ru").glob("*.csv"))
    ran = cli("diagnose", *files, "--format", "junit")
    suite = ET.fromstring(ran.out)
    suites = [suite] if suite.tag == "testsuite" else suite.findall("testsuite")
    assert suites
    for one in suites:
        cases = one.findall("testcase")
        assert int(one.attrib["tests"]) == len(cases) > 0
        assert int(one.attrib["failures"]) == len(
            [c for c in cases if c.find("failure") is not None]
        )
        assert int(one.attrib.get("skipped", 0)) == len(
            [c for c in cases if c.find("skipped") is not None]
        )
        assert all(c.attrib["name"] and c.attrib["classname"] for c in cases)


def test_standard_input(process: Process, deals: Path) -> None:
    ran = process.run("diagnose", "-", "--format", "json", input=deals.read_bytes())
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["portfolio"]["deals"] == 5


def test_nothing_on_standard_input(process: Process) -> None:
    ran = process.run("diagnose", "-", input=b"")
    assert ran.returncode == 3
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.usefixtures("deals")
@pytest.mark.skipif(os.name != "posix", reason="pipes of the shell")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("diagnose deals.csv --format json --quiet", 0),
        ("diagnose deals.csv --format json --quiet --fail-on major", 1),
        ("inspect deals.csv", 0),
        ("rules list", 0),
        ("--help", 0),
    ],
)
def test_a_closed_pipe_is_silent(arguments: str, code: int, process: Process) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = process.run(*arguments.split(), stdout=writing)
    finally:
        os.close(writing)
    assert ran.stderr == b""
    assert ran.returncode == code


@pytest.mark.usefixtures("deals")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", ["diagnose deals.csv", "rules list", "--help"])
def test_a_full_disk_behind_standard_output(arguments: str, process: Process) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = process.run(*arguments.split(), stdout=full)
    assert ran.returncode == 4, ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="locales of POSIX")
@pytest.mark.parametrize("arguments", [["diagnose"], ["rules", "list", "--lang", "ru"]])
def test_a_locale_without_letters_still_gets_the_report(
    arguments: list[str], process: Process
) -> None:
    files = [str(SAMPLES / "amocrm_ru" / "leads.csv")] if "diagnose" in arguments else []
    poor = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    ran = process.run(*arguments, *files, extra=poor)
    assert ran.returncode == 0, ran.stderr
    assert "сдел" in ran.stdout.decode("utf-8").lower()
