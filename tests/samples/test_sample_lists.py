"""The known answers of the list exports follow from what their columns can tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median

import pytest
from companies import EXPECTED, SAMPLES, sheets
from straightforward import Row, moment
from test_sample_files import grid

AS_OF = date(2026, 9, 30)
LONGEST_DEFAULT, SHORTEST_LIMIT = 60, 14
FILES = {
    "amocrm_ru": "leads.csv",
    "bitrix24_ru": "deals.csv",
    "hubspot_en": "hubspot-crm-exports-all-deals-2026-09-30.csv",
    "salesforce_en": "opportunity.csv",
}
KEY = {
    "amocrm_ru": "ID",
    "bitrix24_ru": "ID",
    "hubspot_en": "Record ID",
    "pipedrive_en": "Deal - ID",
    "salesforce_en": "Id",
}
NO_CANDIDATE = {
    "amocrm_ru": "ID,Название сделки,Бюджет ,Этап сделки,Воронка,Теги,Дата закрытия",
    "bitrix24_ru": "ID,Название сделки,Сумма,Стадия сделки,Валюта,Вероятность,Сделка закрыта",
    "hubspot_en": "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Closed Lost Reason",
    "pipedrive_en": "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Lost reason,"
    "Deal - Won time,Deal - Lost time,Deal - Closed on",
}
STAGES = {
    "amocrm_ru": ["Первичный контакт", "Переговоры", "Принимают решение", "Согласование договора"],
    "bitrix24_ru": [
        "Новая",
        "Подготовка документов",
        "Счёт на предоплату",
        "В работе",
        "Финальный счёт",
    ],
    "hubspot_en": [
        "Appointment Scheduled",
        "Qualified To Buy",
        "Presentation Scheduled",
        "Decision Maker Bought-In",
        "Contract sent",
    ],
    "pipedrive_en": [
        "Qualified",
        "Contact Made",
        "Demo Scheduled",
        "Proposal Made",
        "Negotiations Started",
    ],
    "salesforce_en": [
        "Qualification",
        "Needs Analysis",
        "Value Proposition",
        "Proposal/Price Quote",
        "Negotiation/Review",
    ],
}
STAGE_COLUMN = {
    "amocrm_ru": "Этап сделки",
    "bitrix24_ru": "Стадия сделки",
    "hubspot_en": "Deal Stage",
    "pipedrive_en": "Deal - Stage",
    "salesforce_en": "StageName",
}
WON = {"Успешно реализовано", "Сделка успешна", "Closed Won"}


def read(sample: str) -> list[Row]:
    """Return the rows of a list, each deal once; of repeated headers the first counts."""
    if sample == "pipedrive_en":
        found = sheets(SAMPLES / sample / "deals.xlsx")["Deals"]
    else:
        header, *body = grid(f"{sample}/{FILES[sample]}")
        first = [place for place, name in enumerate(header) if name not in header[:place]]
        found = [{header[place]: row[place] for place in first} for row in body]
    return list({row[KEY[sample]]: row for row in found}.values())


def live(sample: str, deals: list[Row]) -> list[Row]:
    """Return the open deals: those in an open stage, and open by status where there is one."""
    column = STAGE_COLUMN[sample]
    return [
        deal
        for deal in deals
        if deal[column] in STAGES[sample] and deal.get("Deal - Status", "Open") == "Open"
    ]


def on(text: str) -> date:
    """Read a day."""
    found = moment(text) or datetime.strptime(text[:10], "%Y-%m-%d")
    return found.date()


def amount(row: Row, column: str) -> float:
    """Read an amount, nothing as zero."""
    return float(row[column] or 0)


def stalled_ids(sample: str, column: str) -> tuple[list[str], float]:
    """Return the deals untouched for long by that date column, and their share of money."""
    deals = live(sample, read(sample))
    days = {row[KEY[sample]]: (AS_OF - on(row[column])).days for row in deals}
    money = {
        "amocrm_ru": "Бюджет ",
        "bitrix24_ru": "Сумма",
        "pipedrive_en": "Deal - Value",
    }[sample]
    assert all(each < SHORTEST_LIMIT or each > LONGEST_DEFAULT + 10 for each in days.values()), days
    found = sorted(key for key, each in days.items() if each > LONGEST_DEFAULT)
    part = sum(amount(row, money) for row in deals if row[KEY[sample]] in found)
    return found, part / sum(amount(row, money) for row in deals)


@pytest.mark.parametrize(
    ("sample", "column"),
    [
        ("amocrm_ru", "Дата редактирования"),
        ("bitrix24_ru", "Дата изменения"),
        ("pipedrive_en", "Deal - Last activity date"),
    ],
)
def test_stalled_by_the_last_touch(sample: str, column: str) -> None:
    found, money = stalled_ids(sample, column)
    assert found == sorted(EXPECTED[sample]["planted"]["stalled"])
    count = len(found) / EXPECTED[sample]["deals"]["open"]
    if EXPECTED[sample]["answers"]["thresholds"] == "yes":
        assert count < 0.1
        assert money < 0.1
    else:
        assert count > 0.3


@pytest.mark.parametrize("sample", sorted(NO_CANDIDATE))
def test_no_field_is_a_gate(sample: str) -> None:
    stages, column = STAGES[sample], STAGE_COLUMN[sample]
    ranked = [
        (len(stages) if row[column] in WON or row.get("Deal - Status") == "Won" else rank, row)
        for row in read(sample)
        for rank, stage in enumerate([*stages, *WON])
        if row[column] == stage and row.get("Deal - Status") != "Lost"
    ]
    fields = [
        name
        for name in ranked[0][1]
        if name not in NO_CANDIDATE[sample].split(",") and not name.startswith("Date e")
    ]
    assert sum(any(row[name] for _, row in ranked) for name in fields) >= 3
    for stage in range(1, len(stages)):
        before = [row for rank, row in ranked if rank < stage]
        beyond = [row for rank, row in ranked if rank >= stage]
        assert min(len(before), len(beyond)) >= 10
        for name in fields:
            early = sum(bool(row[name]) for row in before) / len(before)
            after = sum(bool(row[name]) for row in beyond) / len(beyond)
            assert after - early < 0.4, name


def test_bitrix24_steps_and_planned_dates() -> None:
    deals = live("bitrix24_ru", read("bitrix24_ru"))
    coming = [
        row
        for row in deals
        if row["Дата планируемого события"] and on(row["Дата планируемого события"]) >= AS_OF
    ]
    assert len(coming) / len(deals) < 0.25
    past = EXPECTED["bitrix24_ru"]["planted"]["top_with_close_date_past"]
    assert len(past) == 8
    for row in deals:
        if row["ID"] in past:
            assert on(row["Предполагаемая дата закрытия"]) < AS_OF


def test_pipedrive_coming_activities() -> None:
    deals = live("pipedrive_en", read("pipedrive_en"))
    planted = EXPECTED["pipedrive_en"]["planted"]
    coming = sorted(
        row["Deal - ID"]
        for row in deals
        if row["Deal - Next activity date"] and on(row["Deal - Next activity date"]) >= AS_OF
    )
    assert coming == planted["with_a_coming_activity"]
    assert len(coming) / len(deals) < 0.6
    largest = sorted(
        (row for row in deals if row["Deal - Value"]),
        key=lambda row: (-float(row["Deal - Value"]), row["Deal - ID"]),
    )
    top = [row["Deal - ID"] for row in largest[:10]]
    assert top == planted["top"]
    assert set(top) <= set(coming)
    assert all(on(row["Deal - Expected close date"]) > AS_OF for row in largest[:10])


def stage_dates(row: Row) -> list[date]:
    """Return the days of a HubSpot row when stages were entered, in order of stages."""
    return [on(value) for name, value in row.items() if name.startswith("Date entered") and value]


def test_hubspot_is_tidy() -> None:
    deals = read("hubspot_en")
    stages = STAGES["hubspot_en"]
    won = [row for row in deals if row["Deal Stage"] in WON]
    limits = {}
    for stage in stages:
        entered, left = (
            f'Date {verb} "{stage} (Sales Pipeline)"' for verb in ("entered", "exited")
        )
        limits[stage] = 2 * median((on(row[left]) - on(row[entered])).days for row in won)
        assert max((on(row[left]) - on(row[entered])).days for row in won) < limits[stage] + 10
    stalled = {
        row["Record ID"]: (AS_OF - max(stage_dates(row))).days - limits[row["Deal Stage"]]
        for row in live("hubspot_en", deals)
        if (AS_OF - max(stage_dates(row))).days > limits[row["Deal Stage"]]
    }
    assert sorted(stalled) == sorted(EXPECTED["hubspot_en"]["planted"]["stalled"])
    assert all(4 <= beyond < 13 for beyond in stalled.values())
    money = sum(amount(row, "Amount") for row in live("hubspot_en", deals))
    still = sum(amount(row, "Amount") for row in deals if row["Record ID"] in stalled)
    assert still / money < 0.1
    for row in live("hubspot_en", deals):
        assert on(row["Close Date"]) > AS_OF
    for row in deals:
        dates = sorted(stage_dates(row))
        assert len(set(dates)) == len(dates)


def test_salesforce_gates_hold_and_the_rest_does_not() -> None:
    deals = read("salesforce_en")
    header, *events = grid("salesforce_en/opportunity_history.csv")
    rank = {stage: place for place, stage in enumerate([*STAGES["salesforce_en"], "Closed Won"])}
    reached: dict[str, int] = {}
    last: dict[str, date] = {}
    moves = jumps = 0
    way: dict[str, int] = {}
    for row in events:
        event = dict(zip(header, row, strict=True))
        key, stage = event["OpportunityId"], event["StageName"]
        if stage in rank:
            reached[key] = max(reached.get(key, 0), rank[stage])
            last[key] = on(event["CreatedDate"])
            if key in way:
                moves += 1
                jumps += rank[stage] - way[key] > 1
            way[key] = rank[stage]
    planted = EXPECTED["salesforce_en"]["planted"]
    assert (moves, jumps) == (planted["moves"]["total"], planted["moves"]["jumps"])
    assert jumps / moves < 0.03
    gates = list(deals[0])[-5:]
    for stage, gate in enumerate(gates, start=1):
        beyond = [row for row in deals if reached[row["Id"]] >= stage]
        before = [row for row in deals if reached[row["Id"]] < stage]
        assert min(len(before), len(beyond)) >= 10
        assert sum(bool(row[gate]) for row in beyond) / len(beyond) > 0.96
        assert not any(row[gate] for row in before)
    open_deals = live("salesforce_en", deals)
    stalled = [row["Id"] for row in open_deals if (AS_OF - last[row["Id"]]).days > 90]
    assert sorted(stalled) == sorted(planted["stalled"])
    assert all(
        (AS_OF - last[row["Id"]]).days < 21 for row in open_deals if row["Id"] not in stalled
    )
    assert len(stalled) / len(open_deals) > 0.3
    year_ago = AS_OF - timedelta(days=365)
    lost = [
        row["Id"]
        for row in deals
        if row["StageName"] == "Closed Lost" and on(row["CloseDate"]) > year_ago
    ]
    assert len(set(lost) & set(planted["lost_with_a_useful_reason"])) / len(lost) < 0.4
    past = [row["Id"] for row in open_deals if on(row["CloseDate"]) < AS_OF]
    assert len(set(past) & set(planted["top"])) == 6
    assert sum(bool(row["NextStep"]) for row in open_deals) / len(open_deals) < 0.7
