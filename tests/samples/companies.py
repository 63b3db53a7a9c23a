"""Loads the four tables of an invented company for the plain computation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from straightforward import Audit, Deal, Row, rows

from samples import tables
from samples.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_exports"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text(encoding="utf-8"))
COLUMNS = {
    "well_run_ru": tables.WELL_RUN_RU,
    "well_run_en": tables.WELL_RUN_EN,
    "neglected_ru": tables.NEGLECTED_RU,
    "neglected_en": tables.NEGLECTED_EN,
    "workbook_ru": tables.WELL_RUN_RU,
}
FORMS = {
    "well_run_ru": ("cp1251", ";"),
    "well_run_en": ("utf-8", ","),
    "neglected_ru": ("utf-8-sig", ";"),
    "neglected_en": ("utf-8", ","),
}
FILES = ("deals.csv", "stage_history.csv", "tasks.csv", "contacts.csv")
SHEETS = ("Сделки", "История этапов", "Задачи", "Контакты")
EVENT = ["id", "before", "stage", "at", "by"]
TALK = ["talk", "id", "kind", "subject", "direction", "created", "due", "done", "is_done"]
PERSON = ["person", "id", "company", "name", "position", "role"]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M:%S")
    return "" if value is None else str(value)


def sheets(path: Path) -> dict[str, list[Row]]:
    """Read every sheet of a workbook as dictionaries of texts."""
    found = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        header, *body = sheet.iter_rows(values_only=True)
        names = [_cell(one) for one in header]
        found[sheet.title] = [dict(zip(names, map(_cell, row), strict=True)) for row in body]
    return found


def _tables(name: str) -> list[list[Row]]:
    if name == "workbook_ru":
        book = sheets(SAMPLES / name / "crm_export.xlsx")
        return [book[sheet] for sheet in SHEETS]
    return [rows(SAMPLES / name / file, *FORMS[name]) for file in FILES]


def _renamed(found: list[Row], names: list[str]) -> list[Row]:
    return [dict(zip(names, row.values(), strict=False)) for row in found]


def load(name: str) -> Audit:
    """Read a company and return its audit."""
    words = Vocabulary(name[-2:], "")
    own = words["neglected" if name.startswith("neglected") else "well_run"]
    cards, history, talks, people = _tables(name)
    deals: dict[str, Deal] = {}
    for row in cards:
        card = {COLUMNS[name][header]: value for header, value in row.items()}
        status = {own["won"]: "won", own["lost"]: "lost"}.get(card["stage"], "open")
        deals[card["id"]] = Deal(card, status)
    for row in _renamed(history, EVENT):
        deals[row["id"]].events.append(row)
    for row in _renamed(talks, TALK):
        deals[row["id"]].talks.append(row)
    roles = {text: role for role, text in words["role_names"].items()}
    for row in _renamed(people, PERSON):
        if row["role"] and roles[row["role"]] != "technical":
            deals[row["id"]].roles.add(roles[row["role"]])
    return Audit(list(deals.values()), own["stages"])
