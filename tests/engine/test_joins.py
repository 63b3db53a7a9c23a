"""Which ids lead from a table to the deals, and which only look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import crm_audit


def _audit(folder: Path, **files: str) -> Any:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return crm_audit.diagnose(*paths, as_of="2026-06-01").report


DEALS = (
    "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Organization,Deal - Value\n"
    + "".join(f"{n},Line {n},Proposal,Open,Plant {n},{n}000\n" for n in range(1, 41))
)


def test_the_number_of_a_person_is_no_number_of_a_deal(tmp_path: Path) -> None:
    people = "Person - ID,Person - Name,Person - Job title,Person - Organization\n" + "".join(
        f"{n},Mia Holt {n},Chief engineer,Plant {41 - n}\n" for n in range(1, 41)
    )
    found = _audit(tmp_path, deals=DEALS, people=people).inputs[1]
    assert found.kind == "contacts"
    assert found.joined_on is None or found.joined_on.column == "Person - Organization"


def test_the_number_of_a_task_is_no_number_of_a_deal(tmp_path: Path) -> None:
    tasks = "Activity - ID,Activity - Subject,Activity - Type,Activity - Due date\n" + "".join(
        f"{n},Call {n},call,2026-05-01\n" for n in range(1, 41)
    )
    found = _audit(tmp_path, deals=DEALS, tasks=tasks).inputs[1]
    assert (found.kind, found.used, found.joined_on) == ("activities", False, None)


def test_ids_of_15_and_of_18_characters_are_the_same_deal(tmp_path: Path) -> None:
    ids = [f"0065g00000ABcD{n:X}" for n in range(12)]
    report = (
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Opportunity Owner\n"
        + "".join(f"{i},Line {n},Qualification,{n}000,2026-09-01,Ada\n" for n, i in enumerate(ids))
    )
    history = "Id,OpportunityId,CreatedDate,StageName,Amount\n" + "".join(
        f"h{n}{m},{i}AAE,2026-0{m}-01T10:00:00Z,{stage},{n}000\n"
        for n, i in enumerate(ids)
        for m, stage in ((1, "Prospecting"), (2, "Qualification"))
    )
    found = _audit(tmp_path, deals=report, history=history).inputs[1]
    assert (found.kind, found.rows.imported) == ("stage_events", 24)
    assert (found.joined_on.column, found.joined_on.matched) == ("OpportunityId", 1.0)


def test_a_stage_that_means_an_outcome_is_one_where_no_column_tells(tmp_path: Path) -> None:
    head = "ID,Название сделки,Этап,Сумма,Дата создания\n"
    rows = "1,А,Реализовано,100,01.02.2026\n2,Б,Переговоры,200,01.02.2026\n3,В,Отказ,5,01.02.2026\n"
    told = {s.stage: s.status for s in _audit(tmp_path, deals=head + rows).stages}
    assert told == {"Реализовано": "won", "Переговоры": "open", "Отказ": "lost"}
    flagged = (
        "ID,Название сделки,Этап,Статус,Сумма\n1,А,Реализовано,Открыта,100\n2,Б,КП,Открыта,2\n"
    )
    told = {s.stage: s.status for s in _audit(tmp_path, deals=flagged).stages}
    assert told["Реализовано"] == "open"
