"""Settings: where they are found, what they may say, and how a wrong one is refused."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from crm_audit.config import Config, load_config
from crm_audit.errors import UsageError
from crm_audit.wording import Wording

SAY = Wording("en")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_is_an_empty_configuration(tmp_path: Path) -> None:
    found = load_config(None, tmp_path, SAY)
    assert (found.get("lang"), found.get("thresholds", {}), found.rules) == (None, {}, None)


def test_the_nearest_file_upwards_wins(tmp_path: Path) -> None:
    _write(tmp_path / "crm-audit.toml", 'lang = "ru"')
    near = _write(tmp_path / "a" / "crm-audit.toml", 'lang = "en"')
    (tmp_path / "a" / "b").mkdir()
    assert load_config(None, tmp_path / "a" / "b", SAY).path == near


def test_a_file_of_its_own_comes_before_a_project_file(tmp_path: Path) -> None:
    _write(tmp_path / "pyproject.toml", '[tool.crm-audit]\nlang = "ru"')
    assert load_config(None, tmp_path, SAY).get("lang") == "ru"
    _write(tmp_path / "crm-audit.toml", 'lang = "en"')
    assert load_config(None, tmp_path, SAY).get("lang") == "en"


@pytest.mark.parametrize("text", ["", "[tool.other]\nx = 1", "tool = 3", "tool = [", "\x00"])
def test_a_project_file_without_our_section_is_passed_over(text: str, tmp_path: Path) -> None:
    _write(tmp_path / "crm-audit.toml", 'lang = "ru"')
    _write(tmp_path / "a" / "pyproject.toml", text)
    assert load_config(None, tmp_path / "a", SAY).get("lang") == "ru"


def test_a_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "crm-audit.toml"
    path.write_bytes(b'\xef\xbb\xbflang = "ru"\n')
    assert load_config(path, tmp_path, SAY).get("lang") == "ru"


def test_the_folder_of_rules_is_relative_to_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path / "a" / "crm-audit.toml", 'rules = "own"')
    assert load_config(path, tmp_path, SAY).rules == tmp_path / "a" / "own"
    assert Config(path, {"rules": "/srv/rules"}).rules == Path("/srv/rules")


def test_every_setting(tmp_path: Path) -> None:
    text = """
lang = "ru"
as_of = 2026-11-01
format = ["html", "json"]
fail_on = "verdict,critical"
rules = "own"
crm = "amocrm"
encoding = "cp1251"
delimiter = ";"
sheet = "Deals"
day_first = true
show_pii = false
optional_stages = ["Pilot"]
[columns]
approver = "Decision maker"
payer = ["Finance", "CFO"]
[stages]
Archive = "ignore"
[thresholds]
managed_share = 0.8
verdict_no = 2
[severity]
deal-stalled = "critical"
"""
    found = load_config(_write(tmp_path / "x.toml", text), tmp_path, SAY)
    assert found.get("as_of") == date(2026, 11, 1)
    assert found.get("columns") == {"approver": "Decision maker", "payer": ["Finance", "CFO"]}
    assert found.get("thresholds") == {"managed_share": 0.8, "verdict_no": 2}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lang = 3", "lang"),
        ("as_of = 3", "as_of"),
        ("format = [1]", "format"),
        ("fail_on = true", "fail_on"),
        ("day_first = 'yes'", "day_first"),
        ("optional_stages = 'Pilot'", "optional_stages"),
        ("columns = ['a']", "columns"),
        ("[columns]\napprover = 3", "columns.approver"),
        ("[columns]\napprover = [3]", "columns.approver"),
        ("[stages]\nArchive = true", "stages.Archive"),
        ("[thresholds]\nmanaged_share = true", "thresholds.managed_share"),
        ("[thresholds]\nmanaged_share = nan", "thresholds.managed_share"),
        ("[thresholds]\nmanaged_share = inf", "thresholds.managed_share"),
        ("[severity]\ndeal-stalled = 1", "severity.deal-stalled"),
        ("colour = 1", "colour"),
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_wrong_setting_is_named(text: str, named: str, language: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "crm-audit.toml", text)
    with pytest.raises(UsageError) as caught:
        load_config(path, tmp_path, Wording("ru" if language == "ru" else "en"))
    line = str(caught.value)
    assert str(path) in line
    assert f"“{named}”" in line or f"«{named}»" in line
    assert "\n" not in line


def test_a_number_that_is_no_number_never_gets_through(tmp_path: Path) -> None:
    found = load_config(_write(tmp_path / "x.toml", "[thresholds]\na = 1e300"), tmp_path, SAY)
    assert math.isfinite(found.get("thresholds")["a"])


@pytest.mark.parametrize("text", ["lang = ", "a = " + "[" * 5000, "lang = 'ru'\nlang = 'en'"])
def test_a_file_that_is_no_toml(text: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "crm-audit.toml", text)
    with pytest.raises(UsageError, match=r"cannot be read"):
        load_config(None, tmp_path, SAY)
    path.unlink()
    path.write_bytes(b"lang = '\xff'")
    with pytest.raises(UsageError, match=r"cannot be read"):
        load_config(None, tmp_path, SAY)
