"""A log of changed fields beside the deals: only what is said about the stage is their history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import crm_audit

DEALS = {
    "salesforce": """\
Id,Name,StageName,Amount,CloseDate,CreatedDate,IsClosed,IsWon,OwnerId
A1,Pumps,Negotiation,1000,2026-12-01,2026-01-02,false,false,U1
A2,Belts,Closed Won,2000,2026-05-01,2026-01-05,true,true,U1
A3,Racks,Prospecting,3000,2026-12-20,2026-02-05,false,false,U2
""",
    "hubspot": """\
hs_object_id,dealname,dealstage,amount,closedate,createdate,hubspot_owner_id
A1,Pumps,Negotiation,1000,2026-12-01,2026-01-02,U1
A2,Belts,Closed Won,2000,2026-05-01,2026-01-05,U1
A3,Racks,Prospecting,3000,2026-12-20,2026-02-05,U2
""",
    "amocrm": """\
ID,Название сделки,Этап сделки,Бюджет,Дата создания сделки,Ответственный
A1,Насосы,Согласование договора,1000,02.01.2026,Анна Ким
A2,Ремни,Успешно реализовано,2000,05.01.2026,Анна Ким
A3,Стеллажи,Первичный контакт,3000,05.02.2026,Олег Лис
""",
}
LOGS = {
    "salesforce": """\
Id,OpportunityId,CreatedById,CreatedDate,Field,OldValue,NewValue
1,A1,U1,2026-01-02,created,,
2,A1,U1,2026-02-02,StageName,Prospecting,Qualification
3,A1,U1,2026-02-10,Amount,500,1000
4,A1,U1,2026-03-02,StageName,Qualification,Negotiation
5,A2,U1,2026-03-05,StageName,Prospecting,Closed Won
6,A2,U1,2026-03-05,CloseDate,2026-06-01,2026-05-01
""",
    "hubspot": """\
objectId,propertyName,value,timestamp
A1,amount,500,2026-01-02
A1,dealstage,Qualification,2026-02-02
A1,dealstage,Negotiation,2026-03-02
A2,dealstage,Closed Won,2026-03-05
A2,closedate,2026-05-01,2026-03-05
A3,dealname,Racks,2026-02-05
""",
    "amocrm": """\
Дата,Автор,Объект,Событие,Значение до,Значение после
02.02.2026,Анна Ким,A1,Изменение этапа продажи,Первичный контакт,Переговоры
10.02.2026,Анна Ким,A1,Изменение бюджета,500,1000
02.03.2026,Анна Ким,A1,Изменение этапа продажи,Переговоры,Согласование договора
05.03.2026,Анна Ким,A2,Изменение этапа продажи,Первичный контакт,Успешно реализовано
05.03.2026,Олег Лис,A3,Новая задача,,Позвонить
06.03.2026,Олег Лис,A3,Изменение ответственного,Анна Ким,Олег Лис
""",
}


def _diagnose(folder: Path, deals: str, log: str) -> Any:
    for name, text in (("deals.csv", deals), ("log.csv", log)):
        (folder / name).write_text(text, encoding="utf-8")
    return crm_audit.diagnose(folder / "deals.csv", folder / "log.csv", as_of="2026-03-10")


def _log(audited: Any) -> Any:
    return next(t for t in audited.report.inputs if t.name == "log.csv")


def _stages(audited: Any) -> set[str]:
    return {stage.stage for stage in audited.report.stages}


@pytest.mark.parametrize("crm", list(LOGS))
def test_only_changes_of_the_stage_are_history(crm: str, tmp_path: Path) -> None:
    audited = _diagnose(tmp_path, DEALS[crm], LOGS[crm])
    log = _log(audited)
    assert (log.kind, log.crm) == ("stage_events", crm)
    assert (log.rows.read, log.rows.imported, log.rows.skipped) == (7, 3, 4)
    (said,) = [w for w in log.warnings if w.code == "other_fields"]
    assert said.values["n"] == 3
    assert not _stages(audited) & {"500", "1000", "2026-05-01", "Позвонить", "Олег Лис"}


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [("Field", "Move", 2), ("Event", "Moved by automation", 2), ("Field", "Step", 2)],
)
def test_a_log_of_one_field_is_about_the_stage_whatever_it_is_called(
    field: str, value: str, kept: int, tmp_path: Path
) -> None:
    log = f"""\
Deal ID,{field},Old value,New value,Changed at
A1,{value},Prospecting,Qualification,2026-02-02
A1,{value},Qualification,Negotiation,2026-03-02
"""
    found = _log(_diagnose(tmp_path, DEALS["salesforce"], log))
    assert (found.kind, found.rows.imported) == ("stage_events", kept)
    assert not [w for w in found.warnings if w.code == "other_fields"]


def test_new_values_called_a_stage_need_no_name_of_the_field(tmp_path: Path) -> None:
    log = """\
Deal ID,Event,From stage,To stage,Changed at
A1,by hand,Prospecting,Qualification,2026-02-02
A1,by robot,Qualification,Negotiation,2026-03-02
"""
    found = _log(_diagnose(tmp_path, DEALS["salesforce"], log))
    assert (found.kind, found.rows.imported, found.rows.skipped) == ("stage_events", 2, 1)


def test_a_log_without_a_change_of_stage_gives_no_history(tmp_path: Path) -> None:
    log = """\
Deal ID,Field,Old value,New value,Changed at
A1,Amount,500,1000,2026-02-02
A1,Owner,U2,U1,2026-03-02
"""
    audited = _diagnose(tmp_path, DEALS["salesforce"], log)
    found = _log(audited)
    assert (found.rows.read, found.rows.imported, found.rows.skipped) == (3, 0, 3)
    assert not _stages(audited) & {"1000", "U1"}


def test_an_id_of_the_row_names_no_field(tmp_path: Path) -> None:
    log = """\
id,Deal ID,Old value,New value,Changed at
1,A1,Prospecting,Qualification,2026-02-02
2,A1,Qualification,Negotiation,2026-03-02
"""
    found = _log(_diagnose(tmp_path, DEALS["salesforce"], log))
    assert (found.kind, found.rows.imported, found.rows.skipped) == ("stage_events", 2, 1)
