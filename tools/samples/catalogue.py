"""Every sample: what is written into its folder, and what an audit of it must answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from samples import lists_en, lists_ru, lists_salesforce, neglected, tables, well_run
from samples.files import EN_CSV, RU_CP1251, RU_CSV, Dialect, write_csv, write_workbook
from samples.world import AS_OF, Company

Expected = dict[str, Any]
QUESTIONS = ["next_step", "roles", "gates", "reasons", "forecast", "thresholds"]
ALL_YES = ["yes"] * 6
ALL_NO = ["no"] * 6


def layers(answers: list[str], decisions: bool) -> dict[str, str]:
    """Return the grades of the four layers; only the well-run cards are filled throughout."""

    def grade(chosen: list[str]) -> str:
        if "no" in chosen:
            return "weak"
        return "unknown" if "unknown" in chosen else "strong"

    return {
        "funnel": "strong" if decisions else "weak",
        "gates": grade(answers[2:3]),
        "card": grade(answers[:2]),
        "rhythm": grade(answers[3:]),
    }


def expectation(company: Company, answers: list[str], files: dict[str, Any]) -> Expected:
    """Return the known answers of a sample in one form for all."""
    no, unknown = answers.count("no"), answers.count("unknown")
    verdict = "records_history" if no >= 3 else "manages" if no + unknown <= 2 else "inconclusive"
    return {
        "as_of": AS_OF.isoformat(),
        "language": company.words.language,
        "files": files,
        "deals": company.counts(),
        "answers": dict(zip(QUESTIONS, answers, strict=True)),
        "layers": layers(answers, company.stages == company.words["well_run"]["stages"]),
        "verdict": verdict,
        "planted": company.planted,
    }


def _four_files(
    folder: Path,
    company: Company,
    columns: dict[str, str],
    dialect: Dialect,
    managed: bool,
) -> dict[str, Any]:
    made = {
        "deals.csv": ("deals", tables.deals(company, columns)),
        "stage_history.csv": ("stage_events", tables.history(company, fields=managed)),
        "tasks.csv": ("activities", tables.activities(company)),
        "contacts.csv": ("contacts", tables.contacts(company)),
    }
    files = {}
    for name, (kind, table) in made.items():
        write_csv(folder / name, table, dialect)
        files[name] = {"kind": kind, "rows": len(table.rows), "imported": len(table.rows)}
    return files


def well_run_ru(folder: Path) -> Expected:
    """A well-run company, Russian, cp1251 with semicolons."""
    company = well_run.build("ru", "well-run-ru-1")
    files = _four_files(folder, company, tables.WELL_RUN_RU, RU_CP1251, True)
    return expectation(company, ALL_YES, files)


def well_run_en(folder: Path) -> Expected:
    """A well-run company, English, UTF-8 with commas."""
    company = well_run.build("en", "well-run-en-1")
    files = _four_files(folder, company, tables.WELL_RUN_EN, EN_CSV, True)
    return expectation(company, ALL_YES, files)


def neglected_ru(folder: Path) -> Expected:
    """A neglected company, Russian, UTF-8 with a byte order mark and semicolons."""
    company = neglected.build("ru", "neglected-ru-1")
    files = _four_files(folder, company, tables.NEGLECTED_RU, RU_CSV, False)
    return expectation(company, ALL_NO, files)


def neglected_en(folder: Path) -> Expected:
    """A neglected company, English, in the column names of Salesforce."""
    company = neglected.build("en", "neglected-en-1")
    files = _four_files(folder, company, tables.NEGLECTED_EN, EN_CSV, False)
    return expectation(company, ALL_NO, files)


def amocrm_ru(folder: Path) -> Expected:
    """A list of amoCRM: no next step, no roles, no history, no planned date, no loss reason."""
    company, files = lists_ru.amocrm(folder)
    found = expectation(company, ["unknown", "unknown", "no", "unknown", "unknown", "no"], files)
    found["deals"] |= {"total": found["deals"]["total"] + 2, "ignored": 2}
    return found


def bitrix24_ru(folder: Path) -> Expected:
    """A deal list of Bitrix24: next events and planned dates mostly past, no roles."""
    company, files = lists_ru.bitrix24(folder)
    return expectation(company, ["no", "unknown", "no", "unknown", "no", "no"], files)


def hubspot_en(folder: Path) -> Expected:
    """A HubSpot export of all deals, with dates of stages: tidy, but most columns are lacking."""
    company, files = lists_en.hubspot(folder)
    return expectation(company, ["unknown", "unknown", "no", "unknown", "unknown", "yes"], files)


def salesforce_en(folder: Path) -> Expected:
    """Salesforce opportunities with history and tasks: gates hold, nothing else does."""
    company, files = lists_salesforce.write(folder)
    return expectation(company, ["no", "unknown", "yes", "no", "no", "no"], files)


def pipedrive_en(folder: Path) -> Expected:
    """A Pipedrive list as a workbook: few deals have a coming activity, and none its text."""
    company, files = lists_en.pipedrive(folder)
    return expectation(company, ["no", "unknown", "no", "unknown", "unknown", "yes"], files)


def workbook_ru(folder: Path) -> Expected:
    """One workbook of four sheets: managed, though payers and loss reasons are lacking."""
    company = well_run.build("ru", "workbook-ru-1")
    well_run.forget_payers_and_reasons(company)
    kinds = ["deals", "stage_events", "activities", "contacts"]
    sheets = [
        ("Сделки", tables.deals(company, tables.WELL_RUN_RU)),
        ("История этапов", tables.history(company)),
        ("Задачи", tables.activities(company)),
        ("Контакты", tables.contacts(company)),
    ]
    write_workbook(folder / "crm_export.xlsx", sheets)
    files = {
        f"crm_export.xlsx#{name}": {
            "kind": kind,
            "rows": len(table.rows),
            "imported": len(table.rows),
        }
        for kind, (name, table) in zip(kinds, sheets, strict=True)
    }
    return expectation(company, ["yes", "no", "yes", "no", "yes", "yes"], files)


SAMPLES: dict[str, Callable[[Path], Expected]] = {
    "neglected_ru": neglected_ru,
    "neglected_en": neglected_en,
    "well_run_ru": well_run_ru,
    "well_run_en": well_run_en,
    "amocrm_ru": amocrm_ru,
    "bitrix24_ru": bitrix24_ru,
    "workbook_ru": workbook_ru,
    "hubspot_en": hubspot_en,
    "salesforce_en": salesforce_en,
    "pipedrive_en": pipedrive_en,
}
"""The samples by the name of their folder."""
