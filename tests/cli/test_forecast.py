"""`crm-audit forecast`: the sheet of the largest deals on a page, in five formats."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from cli_run import Cli


def test_the_page_says_what_is_missing_and_whom_to_ask(cli: Cli, deals: Path) -> None:
    ran = cli("forecast", deals, "--lang", "en")
    text = ran.out.decode()
    assert ran.code == 0
    assert "What will really close" in text
    assert "Boiler house Nord" in text
    assert "Six answers" not in text


def test_the_number_of_deals(cli: Cli, deals: Path) -> None:
    found = json.loads(cli("forecast", deals, "--top", "2", "--format", "json").out)
    assert [d["deal_id"] for d in found["forecast"]["top"]] == ["2", "1"]
    assert found["thresholds"]["top_deals"]["origin"] == "config"
    whole = json.loads(cli("forecast", deals, "--format", "json").out)
    assert len(whole["forecast"]["top"]) == 3


@pytest.mark.parametrize("number", ["0", "51", "-1"])
def test_a_number_that_fits_no_page_is_refused(cli: Cli, deals: Path, number: str) -> None:
    ran = cli("forecast", deals, "--top", number, "--lang", "en")
    assert ran.code == 2
    assert "use a number from 1 to 50" in ran.complaint


def test_a_sheet_to_fill_in(cli: Cli, deals: Path, tmp_path: Path) -> None:
    target = tmp_path / "sheet.xlsx"
    ran = cli("forecast", deals, "--output", target)
    assert ran.code == 0
    assert str(target) in ran.err
    (sheet,) = openpyxl.load_workbook(target)
    assert [r[0] for r in sheet.iter_rows(min_row=5, max_row=7, values_only=True)] == [1, 2, 3]


def test_each_format_in_a_folder(cli: Cli, deals: Path, tmp_path: Path) -> None:
    every = "terminal,html,markdown,json,xlsx"
    assert cli("forecast", deals, "--format", every, "--output", tmp_path / "out").code == 0
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"report.txt", "report.html", "report.md", "report.json", "worklists.xlsx"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="top"' in page
    assert 'id="questions"' not in page


@pytest.mark.parametrize("name", ["junit", "csv", "pdf"])
def test_formats_of_an_audit_that_a_forecast_has_not(cli: Cli, deals: Path, name: str) -> None:
    ran = cli("forecast", deals, "--format", name, "--output", "x", "--lang", "en")
    assert ran.code == 2
    assert name in ran.complaint
