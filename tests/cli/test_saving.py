"""`inspect --save` and `--rejects`: what a person corrects wins, and nothing is lost in silence."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest

from crm_audit.cli import run

DEALS = (
    "ID;Название сделки;Этап;Сумма;Закупки;Дата создания\n"
    "1;Насосная станция;Переговоры;1 200,00;Иванова Анна;01.09.2026\n"
    "2;Щит управления;КП отправлено;около миллиона;;02.09.2026\n"
    "3;Котельная;Отгрузка;300,00;;31.02.2026\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _inspect(*more: str) -> int:
    return run(["inspect", "deals.csv", "--lang", "ru", *more])


def _settings(folder: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((folder / "crm-audit.toml").read_text(encoding="utf-8"))


def test_the_mapping_and_the_stages_are_saved(folder: Path) -> None:
    assert _inspect("--save") == 0
    saved = _settings(folder)
    assert saved["columns"]["deals"]["amount"] == "Сумма"  # type: ignore[index]
    assert saved["stages"]["Переговоры"] == "open"


def test_a_corrected_line_wins_and_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _inspect("--save") == 0
    path = folder / "crm-audit.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('procurer = "Закупки"', 'procurer = ""  # это не человек')
    text = text.replace('"Отгрузка" = "open"', '"Отгрузка" = "won"')
    text = text.replace('Отгрузка = "open"', 'Отгрузка = "won"')
    path.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert _inspect("--save") == 0
    shown = capsys.readouterr().out
    assert "procurer" not in shown
    assert "не поняты, сохранены: Закупки" in shown
    assert "Отгрузка — выигрыш" in shown
    again = path.read_text(encoding="utf-8")
    assert 'procurer = ""  # это не человек' in again


def test_settings_for_a_table_that_is_not_here_are_no_mistake(folder: Path) -> None:
    (folder / "crm-audit.toml").write_text(
        '[columns.stage_events]\nto_stage = "Этап после"\n', encoding="utf-8"
    )
    assert _inspect() == 0


def test_a_field_that_does_not_exist_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "crm-audit.toml").write_text('[columns.deals]\nboss = "ID"\n', encoding="utf-8")
    assert _inspect() == 2
    assert "deals.boss" in capsys.readouterr().err


def test_every_reject_is_written_and_people_are_hidden(folder: Path) -> None:
    assert _inspect("--rejects", "rejects.csv") == 0
    with (folder / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(r["строка"], r["причина"]) for r in rows} == {
        ("3", "колонка «Сумма»: не число"),
        ("4", "колонка «Дата создания»: не дата"),
    }
    assert all("миллион" not in r["текст"] for r in rows)
    assert _inspect("--rejects", "rejects.csv", "--show-pii") == 0
    assert "около миллиона" in (folder / "rejects.csv").read_text(encoding="utf-8-sig")


TOLD = (
    "Deal - ID;Deal - Title;Deal - Stage;Deal - Status;Deal - Value;Deal - Deal created\n"
    "1;Pumps;Qualified;Open;100;2026-09-01\n"
    "2;Belts;Qualified;Won;200;2026-09-02\n"
    "3;Racks;Proposal;Lost;300;2026-09-03\n"
    "4;Doors;Proposal;Open;400;2026-09-03\n"
)


def test_saved_stages_leave_the_outcome_to_the_status_column(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "deals.csv").write_text(TOLD, encoding="utf-8")
    assert _inspect("--format", "json") == 0
    before = json.loads(capsys.readouterr().out)["stages"]
    assert {s["stage"]: s["deals"] for s in before} == {
        "Qualified": {"open": 1, "won": 1, "lost": 0},
        "Proposal": {"open": 1, "won": 0, "lost": 1},
    }
    assert _inspect("--save") == 0
    assert _settings(folder)["stages"] == {}
    text = (folder / "crm-audit.toml").read_text(encoding="utf-8")
    assert '# "Qualified" = "open"' in text
    assert _inspect("--save") == 0
    assert (folder / "crm-audit.toml").read_text(encoding="utf-8") == text
    capsys.readouterr()
    assert _inspect("--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["stages"] == before


def test_settings_that_fit_nothing_are_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "crm-audit.toml").write_text(
        '[columns.deals]\nnext_step = "Что дальше"\n[stages]\n"Реализованно" = "won"\n',
        encoding="utf-8",
    )
    assert _inspect() == 0
    assert "«Что дальше»" in capsys.readouterr().out
    assert run(["diagnose", "deals.csv", "--lang", "ru", "--format", "json"]) in (0, 1)
    said = json.loads(capsys.readouterr().out)["warnings"]
    assert [w["values"]["stages"] for w in said if w["code"] == "stages_not_here"] == [
        "Реализованно"
    ]
