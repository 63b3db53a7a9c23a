"""Loads the four files of an invented company for the plain computation."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from straightforward import Audit, Deal, Row, rows

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_exports"
sys.path.insert(0, str(ROOT / "tools"))

from samples import tables  # noqa: E402
from samples.vocabulary import Vocabulary  # noqa: E402

EXPECTED: dict[str, Any] = json.loads((SAMPLES / "EXPECTED.json").read_text(encoding="utf-8"))
COLUMNS = {
    "well_run_ru": tables.WELL_RUN_RU,
    "well_run_en": tables.WELL_RUN_EN,
    "neglected_ru": tables.NEGLECTED_RU,
    "neglected_en": tables.NEGLECTED_EN,
}
FORMS = {
    "well_run_ru": ("cp1251", ";"),
    "well_run_en": ("utf-8", ","),
    "neglected_ru": ("utf-8-sig", ";"),
    "neglected_en": ("utf-8", ","),
}
EVENT = ["id", "before", "stage", "at", "by"]
TALK = ["talk", "id", "kind", "subject", "direction", "created", "due", "done", "is_done"]
PERSON = ["person", "id", "company", "name", "position", "role"]


def _renamed(found: list[Row], names: list[str]) -> list[Row]:
    return [dict(zip(names, row.values(), strict=False)) for row in found]


def load(name: str) -> Audit:
    """Read a company and return its audit."""
    encoding, delimiter = FORMS[name]
    language = name[-2:]
    words = Vocabulary(language, "").words["well_run" if "well" in name else "neglected"]
    deals: dict[str, Deal] = {}
    for row in rows(SAMPLES / name / "deals.csv", encoding, delimiter):
        card = {COLUMNS[name][header]: value for header, value in row.items()}
        stage = card["stage"]
        status = {words["won"]: "won", words["lost"]: "lost"}.get(stage, "open")
        deals[card["id"]] = Deal(card, status)
    for file, names, target in (
        ("stage_history.csv", EVENT, "events"),
        ("tasks.csv", TALK, "talks"),
    ):
        for row in _renamed(rows(SAMPLES / name / file, encoding, delimiter), names):
            getattr(deals[row["id"]], target).append(row)
    roles = {text: role for role, text in Vocabulary(language, "")["role_names"].items()}
    for row in _renamed(rows(SAMPLES / name / "contacts.csv", encoding, delimiter), PERSON):
        if row["role"] and roles[row["role"]] != "technical":
            deals[row["id"]].roles.add(roles[row["role"]])
    return Audit(list(deals.values()), words["stages"])
