"""Options, notices, names that look alike, wide history and hints of `recognise`."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from layout_cases import Layout, by_index, got, plan_of, table_of

from crm_audit.errors import UsageError
from crm_audit.model.deal import TABLES
from crm_audit.recognise import headers, profiles, recognise, vocabulary
from crm_audit.recognise.plan import RecogniseOptions
from crm_audit.recognise.table import STAGE_FIELDS
from crm_audit.wording import Wording


def _layout(*names: str, rows: tuple[tuple[str, ...], ...] = (), name: str = "x.csv") -> Layout:
    return Layout(name=name, kind="deals", headers=names, mapping={}, rows=rows)


BASE = ("ID", "Сделка", "Стадия", "Сумма")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (("Следующий шаг", "Дата следующего шага"), {"next_step": 4, "next_step_date": 5}),
        (("Дата следующего шага",), {"next_step_date": 4}),
        (("Ответственный за контакт", "Ответственный"), {"owner": 5}),
        (("Компания контакта", "Компания"), {"company": 5}),
        (("Компания контакта",), {"company": 4}),
        (("Юр. лицо", "Клиент"), {"company": 5}),
        (("Expected Revenue", "Weighted amount", "Actual Revenue", "Revenue share"), {}),
        (("Age in Days", "Rating", "contact_count", "days_in_stage", "Discount amount"), {}),
        (("Created by", "Кем создана"), {}),
        (("Телефон контакта", "Email", "Город", "utm_source", "utm_campaign"), {}),
        (("Company size", "Industry", "Annual revenue", "Website"), {}),
        (("Причина отказа (привлечение)",), {"loss_reason": 4}),
        (("Дата закрытия", "Плановая дата закрытия"), {"closed_at": 4, "expected_close": 5}),
        (("Close date", "Expected close date"), {"closed_at": 4, "expected_close": 5}),
        (("Close date",), {"expected_close": 4}),
        (("Дата закрытия",), {"closed_at": 4}),
        (("Lead source", "Source detail"), {"source": 4}),
        (("Loss_Reason__c", "Next_Step__c"), {"loss_reason": 4, "next_step": 5}),
        (("Дата договора", "№ договора"), {"contract_at": 4, "contract_no": 5}),
        (("Решение руководителя", "Решение клиента"), {"manager_decision": 4, "last_decision": 5}),
        (("ЛПР", "Телефон ЛПР", "ЛПР выявлен"), {"approver": 4}),
        (("Last activity", "Days since last activity"), {"last_activity_at": 4}),
    ],
)
def test_false_friends(more: tuple[str, ...], field: dict[str, int]) -> None:
    base = {"deal_id": 0, "deal_name": 1, "stage": 2, "amount": 3}
    assert by_index(plan_of(_layout(*BASE, *more))) == base | field


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # Money that is a part of the sum, or off it, is not the deal's, wherever the word stands.
        (("Amount (commission)",), {}),
        (("Amount (tax)", "Discount $"), {}),
        (("Cost (USD)",), {}),
        (("Amount (tax of Ruritania)",), {}),
        (("Сумма (себестоимость)", "Сумма (маржа)"), {}),
        (("Amount (converted)",), {"amount": 4}),
        (("Сумма без НДС",), {"amount": 4}),
        # A first plan is no closing day.
        (
            ("Close Date", "Close date (original)"),
            {"expected_close": 4},
        ),
        # A column that tells when it was created goes before one that may.
        (("Opened", "Create Date"), {"created_at": 5}),
        (("Opened",), {"created_at": 4}),
    ],
)
def test_a_word_beside_the_name_makes_it_another(
    names: tuple[str, ...], expected: dict[str, int]
) -> None:
    base = {"deal_id": 0, "deal_name": 1, "stage": 2, "owner": 3}
    given = _layout("Deal ID", "Deal name", "Stage", "Owner", *names)
    assert by_index(plan_of(given)) == base | expected


def test_a_number_glued_to_its_word_is_the_id_and_leaves_the_name() -> None:
    found = by_index(
        plan_of(_layout("Vorgangsnr.", "Projekt", "Kunde", "Vertriebsphase", "Auftragswert"))
    )
    assert found == {"deal_id": 0, "deal_name": 1, "company": 2, "stage": 3, "amount": 4}


@pytest.mark.parametrize(
    ("mails", "field"),
    [
        ("Email", "contact"),
        ("Owner email", "deal_name"),
        ("Email messages count", "deal_name"),
        ("Last email", "deal_name"),
    ],
)
def test_a_bare_name_is_a_person_only_beside_that_persons_mail(mails: str, field: str) -> None:
    found = by_index(plan_of(_layout("ID", "Name", "Company", "Stage", "Amount", mails)))
    assert found[field] == 1


FOREIGN = tomllib.loads(
    Path(__file__).with_name("foreign_headers.toml").read_text(encoding="utf-8")
)
CARDS = {
    "en": ("Deal ID", "Deal name", "Stage", "Amount", "Owner", "Created date", "Company"),
    "ru": ("ID сделки", "Название", "Этап", "Сумма", "Ответственный", "Дата создания", "Компания"),
}


@pytest.mark.parametrize(
    ("language", "header"), [(lang, h) for lang, names in FOREIGN.items() for h in names]
)
def test_header_that_feeds_no_field(language: str, header: str) -> None:
    card = CARDS[language]
    alone, beside = plan_of(_layout(*card)), plan_of(_layout(*card, header))
    assert (beside.kind, by_index(beside)) == ("deals", by_index(alone))


@pytest.mark.parametrize(
    ("names", "at"),
    [
        (("Next action", "Due"), 5),
        (("Следующий шаг", "Срок"), 5),
        (("Что дальше", "Дата"), 5),
        (("Next step", "Region", "Due date"), None),
        (("Next step", "Due", "Next step date"), 6),
    ],
)
def test_due_right_after_the_next_step_is_its_date(names: tuple[str, ...], at: int | None) -> None:
    assert by_index(plan_of(_layout(*BASE, *names))).get("next_step_date") == at


def test_state_among_cities_is_a_place() -> None:
    assert "status" in plan_of(_layout(*BASE, "State")).mapping
    assert "status" not in plan_of(_layout(*BASE, "City", "State", "Zip")).mapping


@pytest.mark.parametrize(
    "names",
    [
        ("Deal ID", "To Stage", "Changed At", "Amount"),
        ("opportunity_id", "from_stage", "to_stage", "from_status", "to_status", "changed_at"),
        ("ID сделки", "Было", "Стало", "Дата", "Автор"),
        ("ID сделки", "В этап", "Дата", "Сумма", "Ответственный"),
    ],
)
def test_history_needs_no_telling_file_name(names: tuple[str, ...]) -> None:
    assert plan_of(_layout(*names)).kind == "stage_events"


@pytest.mark.parametrize(("later", "kind"), [("Demo", "stage_events"), ("Lead", "deals")])
def test_rows_that_recur_with_other_stages_are_a_history(later: str, kind: str) -> None:
    rows = tuple(
        (str(deal), stage, f"2026-0{month}-15", "100")
        for deal in range(1, 5)
        for month, stage in ((1, "Lead"), (2, later))
    )
    assert plan_of(_layout("Deal ID", "Stage", "Date", "Amount", rows=rows)).kind == kind


def test_previous_stage_does_not_make_deals_a_history() -> None:
    names = (*CARDS["en"], "Previous Stage", "Last modified")
    assert plan_of(_layout(*names)).kind == "deals"


def test_values_decide_between_text_and_date() -> None:
    rows = tuple(
        ("1" + str(i), "А", "Переговоры", "5", v) for i, v in enumerate(("05.11.2026",) * 4)
    )
    assert "next_step_date" in plan_of(_layout(*BASE, "Следующий контакт", rows=rows)).mapping
    rows = tuple(("1" + str(i), "А", "Переговоры", "5", "Позвонить") for i in range(4))
    assert "next_step" in plan_of(_layout(*BASE, "Следующий контакт", rows=rows)).mapping


def test_lone_status_column_is_status_or_stage_by_its_values() -> None:
    names = ("ID", "Сделка", "Статус", "Сумма")
    won = tuple((str(i + 7), "А", v, "5") for i, v in enumerate(("В работе", "Выиграна", "Провал")))
    assert "status" in plan_of(_layout(*names, rows=won)).mapping
    kp = tuple((str(i + 7), "А", v, "5") for i, v in enumerate(("Переговоры", "КП", "Счёт", "ТЗ")))
    assert "stage" in plan_of(_layout(*names, rows=kp)).mapping


def test_stage_column_without_a_telling_name_is_found_by_its_values() -> None:
    stages = ("Первичный контакт", "Переговоры", "Принимают решение", "Успешно реализовано")
    rows = tuple((f"A{i}", f"Сделка {i}", stages[i % 4], "50") for i in range(12))
    plan = plan_of(_layout("ID", "Название сделки", "Поле 7", "Сумма", rows=rows))
    assert plan.mapping["stage"].columns == (2,)
    assert plan.mapping["stage"].by == "values"
    assert "recognise_by_values" in [n.code for n in plan.warnings]


def test_option_wins() -> None:
    options = RecogniseOptions(columns={"approver": ("Компания",), "notes": ("Риск", "ЛПР")})
    plan = plan_of(_layout(*BASE, "Компания", "Риск", "ЛПР"), options)
    assert got(plan)["approver"] == ("Компания",)
    assert got(plan)["notes"] == ("Риск", "ЛПР")
    assert plan.mapping["notes"].by == "option"
    assert "company" not in plan.mapping and "risk" not in plan.mapping


def test_options_make_a_table_deals() -> None:
    odd = _layout("aa", "bb", "cc", "dd")
    assert plan_of(odd).kind == "not_deals"
    named = RecogniseOptions(
        columns={"deal_id": ("aa",), "stage": ("bb",), "amount": ("cc",), "owner": ("dd",)}
    )
    assert plan_of(odd, named).kind == "deals"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (RecogniseOptions(columns={"deal_id": ("Нет такой",)}), "Сделка, Стадия, Сумма"),
        (RecogniseOptions(columns={"dael_id": ("ID",)}), "deal_id"),
        (RecogniseOptions(crm="siebel"), "amocrm"),
    ],
)
def test_wrong_option_names_what_is_there(options: RecogniseOptions, said: str) -> None:
    for language in ("ru", "en"):
        with pytest.raises(UsageError, match=said):
            recognise([table_of(_layout(*BASE))], options, Wording(language))


def test_crm_by_option_and_by_file_name() -> None:
    assert plan_of(_layout(*BASE)).crm == "unknown"
    assert plan_of(_layout(*BASE), RecogniseOptions(crm="odoo")).crm == "odoo"
    assert plan_of(_layout(*BASE, name="amocrm_export_leads.csv")).crm == "amocrm"


def test_history_beside_deals_is_of_their_crm() -> None:
    history = _layout("ID сделки", "Этап до", "Этап после", "Дата перехода")
    deals = _layout(*BASE, name="amocrm_export_leads.csv")
    plans = recognise([table_of(history), table_of(deals)], RecogniseOptions(), Wording("ru"))
    assert [(p.kind, p.crm) for p in plans] == [("stage_events", "amocrm"), ("deals", "amocrm")]
    assert {n: m.columns[0] for n, m in plans[0].mapping.items()} == {
        "deal_id": 0,
        "from_stage": 1,
        "to_stage": 2,
        "changed_at": 3,
    }


def test_two_crms_that_fit_equally_are_said() -> None:
    plan = plan_of(_layout(*BASE, name="from amocrm to hubspot.csv"))
    assert plan.crm == "unknown"
    assert [n.code for n in plan.warnings] == ["recognise_several_crms"]


def test_rivals_are_said() -> None:
    plan = plan_of(_layout(*BASE, "Источник", "Источник"))
    notice = next(n for n in plan.warnings if n.code == "recognise_same_name")
    assert notice.values["field"] == "source"
    plan = plan_of(_layout(*BASE, "Комментарий", "Примечание"))
    notice = next(n for n in plan.warnings if n.code == "recognise_rivals")
    assert notice.values == {"field": "notes", "taken": "Комментарий", "left": "Примечание"}


def test_filled_column_is_preferred_to_its_empty_twin() -> None:
    rows = tuple((str(i + 5), "А", "Переговоры", "5", "", "Сайт") for i in range(4))
    assert plan_of(_layout(*BASE, "Источник", "Источник", rows=rows)).mapping["source"].columns == (
        5,
    )


def test_missing_id_and_stage_are_said() -> None:
    codes = [
        n.code for n in plan_of(_layout("Клиент", "Сумма сделки", "Менеджер", "Риск")).warnings
    ]
    assert codes[:2] == ["recognise_no_id", "recognise_no_stage"]


def test_every_notice_has_its_text() -> None:
    for layout in (
        _layout(*BASE, "Источник", "Источник", "Комментарий", "Примечание"),
        _layout("Клиент", "Сумма сделки", "Менеджер", "Риск"),
        _layout(*BASE, name="amocrm hubspot.csv"),
    ):
        for notice in plan_of(layout).warnings:
            for language in ("ru", "en"):
                assert Wording(language)(notice.code, **notice.values)


def test_date_column_per_stage_and_russian_wide_history() -> None:
    rows = tuple(
        (str(i + 5), "А", s, "5", "01.02.2026", "", "03.02.2026")
        for i, s in enumerate(("Переговоры", "Договор", "Переговоры"))
    )
    names = (*BASE, "Переговоры", "Договор", "Дата перехода на этап «Договор»")
    plan = plan_of(_layout(*names, rows=rows))
    dates = [(d.column, d.stage, d.moment) for d in plan.stage_dates]
    assert dates == [(4, "Переговоры", "entered"), (6, "Договор", "entered")]


def test_plain_words_are_no_wide_history() -> None:
    assert plan_of(_layout(*BASE, "Left reason", "Entered by", "Exited")).stage_dates == ()
    dates = plan_of(_layout(*BASE, "Date entered Proposal", "Date exited Proposal")).stage_dates
    assert [(d.stage, d.moment) for d in dates] == [("Proposal", "entered"), ("Proposal", "left")]


CALLS = ("Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Amount", "Stage", "Close Date")


def test_headers_of_one_kind_only_tell_it_whatever_else_stands_there() -> None:
    assert plan_of(_layout(*CALLS)).kind == "activities"


def test_a_column_that_the_user_named_outdoes_what_the_headers_tell() -> None:
    own = RecogniseOptions(columns={"deals.deal_id": ("Id",), "deals.deal_name": ("Subject",)})
    assert plan_of(_layout(*CALLS), own).kind == "deals"


def test_people_beside_deals_in_one_table_are_columns_of_the_deals() -> None:
    people = ("First Name", "Last Name", "Email", "Contact owner", "Lifecycle Stage")
    assert plan_of(_layout("Record ID", *people)).kind == "contacts"
    deals = ("Deal Name", "Pipeline", "Deal Stage", "Amount", "Close Date", "Deal owner")
    assert plan_of(_layout("Record ID", *people, *deals)).kind == "deals"


@pytest.mark.parametrize(
    "values",
    [
        ("R$ 1.200,00", "R$12.400", "R$ 800,50"),
        ("Rs. 5,000", "Rs. 12,500", "Rs 90"),
        ("US$ 1,000.50", "US$20.00", "-US$ 5.00"),
        ("Kč 500", "Kč 1 200", "Kč 90"),
        ("руб. 500", "руб. 1 200", "руб. 90"),
        ("CHF 1'200.00", "CHF 90.00", "chf 5"),
    ],
)
def test_a_currency_before_the_number_is_no_reason_to_doubt_it(values: tuple[str, ...]) -> None:
    rows = tuple((f"D{i}", f"Deal {i}", "Proposal", v) for i, v in enumerate(values))
    assert by_index(plan_of(_layout("ID", "Name", "Stage", "Value", rows=rows)))["amount"] == 3


def test_fields_of_the_data_are_fields_of_the_models() -> None:
    extra = set(vocabulary.PSEUDO)
    for kind, words in vocabulary.load().items():
        known = set(STAGE_FIELDS if kind == "stages" else TABLES[kind].model_fields) | extra
        claimed = {c.field for cs in (*words.exact.values(), *words.patterns.values()) for c in cs}
        assert claimed <= known
        for profile in profiles.load().values():
            assert set(profile.columns.get(kind, {})) <= known, profile.id


def test_profiles() -> None:
    found = profiles.load()
    wanted = (
        *("amocrm", "bitrix24", "hubspot", "salesforce", "pipedrive", "zoho"),
        *("dynamics", "odoo", "generic"),
    )
    assert set(wanted) <= set(found)
    groups = (
        *("next_step", "roles", "stage_history", "activities", "loss_reason", "close_date"),
        *("amount", "decisions", "risk", "dates", "stage", "stall_reason", "no such group"),
    )
    for profile in found.values():
        for group in groups:
            ru, en = (profile.export_hint(group, language) for language in ("ru", "en"))
            assert ru and en and ru != en


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("CloseDate", "close date"),
        ("close_date", "close date"),
        (' "Fecha de creación"', "fecha creacion"),
        ("Дата\u00a0создания:", "дата создания"),
        ("Loss_Reason__c", "loss reason"),
        ("Opportunity.External_Id__c", "opportunity external id"),
        ("Сделка - Название", "название"),
        ("Deal - Title", "title"),
        ("Trato - Título", "titulo"),
        ("user_id/id", "user id"),
        ("Probability (%)", "probability"),
        ("Бюджет, ₽", "бюджет"),
        ("Associated Company IDs", "associated company ids"),
        ("Примечание 2", "примечание"),
        ("TASKID", "taskid"),
        ("", ""),
        ("☎", ""),
    ],
)
def test_header_key(text: str, key: str) -> None:
    assert headers.parse(text).key == key


def test_hostile_headers_and_cells_never_raise() -> None:
    odd = ("", "²", "№", "\ufeff\u202eID", "1" * 100_000, '"' * 5_000, "ID\x00", "((((", "😀 2")
    rows = tuple(tuple(odd[(i + j) % len(odd)] for j in range(i + 3)) for i in range(9))
    for header_row in (None, 1):
        layout = replace(_layout(*odd, rows=rows), more={"header_row": header_row})
        assert plan_of(layout).kind == "not_deals"
    assert plan_of(_layout()).kind == "not_deals"
