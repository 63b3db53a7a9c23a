"""List exports of amoCRM and Bitrix24 in Russian, true to their layouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samples import listed
from samples.files import Cell, Dialect, Table, write_csv
from samples.vocabulary import Vocabulary, header_row
from samples.world import Company, Deal, Event, at_work, days_after, days_before

AMOCRM_CSV = Dialect(moment="%d.%m.%Y %H:%M:%S", newline="\n")
BITRIX24_CSV = Dialect(
    ";",
    day="%d.%m.%Y",
    moment="%d.%m.%Y %H:%M:%S",
    quote_all=True,
    trailing_delimiter=True,
    newline="\n",
)
AMOCRM_HEADER = header_row("amocrm_ru")
BITRIX24_HEADER = header_row("bitrix24_ru")
NOTES = [
    "Интересуется сроками.\nПросил перезвонить после планёрки",
    "Первый разговор:\n- нужен расчёт\n- бюджет не назвал",
    "КП отправил на почту",
    'Говорит; что сравнивает "трёх" поставщиков, цена важна',
]
SOURCES = ["Сайт", "Выставка", "Рекомендация", "Холодный звонок"]
UNSORTED = "Неразобранное"


def amocrm(folder: Path) -> tuple[Company, dict[str, Any]]:
    """Write leads.csv; two unsorted deals are technical and one row stands there twice."""
    words = Vocabulary("ru", "amocrm-ru-1")
    shape = listed.Shape(
        stages=["Первичный контакт", "Переговоры", "Принимают решение", "Согласование договора"],
        won="Успешно реализовано",
        lost="Закрыто и не реализовано",
        pipeline="Воронка",
        open_at=[14, 8, 8, 6],
        stalled_at=[8, 4, 4, 3],
        wins=8,
        lost_at=[9, 4, 3, 1],
        priced=(4, 7),
    )
    company = listed.build(words, shape)
    rows = [_amocrm_row(company, deal, number) for number, deal in enumerate(company.deals)]
    twice = rows[17]
    rows.insert(40, twice)
    rows += _unsorted(words, company)
    write_csv(folder / "leads.csv", Table(AMOCRM_HEADER, rows), AMOCRM_CSV)
    company.planted["row_there_twice"] = twice[0]
    company.planted["technical"] = [row[0] for row in rows[-2:]]
    counts = {"kind": "deals", "rows": len(rows), "imported": len(rows) - 1, "merged": 1}
    return company, {"leads.csv": counts}


def _amocrm_row(company: Company, deal: Deal, number: int) -> list[Cell]:
    words, person = company.words, deal.people[0]
    values: dict[str, Cell] = {
        "ID": deal.id,
        "Название сделки": deal.name,
        "Бюджет ": deal.amount,
        "Ответственный": deal.owner,
        "Дата создания сделки": deal.created,
        "Кем создана сделка": None if number % 6 == 0 else deal.owner,
        "Дата редактирования": deal.updated,
        "Кем редактирована": deal.owner,
        "Дата закрытия": deal.closed or "не закрыта",
        "Теги": words.pick(["проект", "тендер, проект", ""]),
        "Примечание": words.pick(NOTES) if words.chance(0.6) else None,
        "Примечание 2": words.pick(NOTES) if words.chance(0.2) else None,
        "Этап сделки": company.stage_name(deal.stage),
        "Воронка": company.pipeline,
        "Полное имя контакта": person.name,
        "Компания контакта": deal.company,
        "Ответственный за контакт": deal.owner,
        "Компания": deal.company,
        "Рабочий телефон": f"+7 000 000-00-{number % 90 + 10}",
        "Рабочий email": f"office{number}@client{number}.example",
        "Город": words.pick(words["cities"]) if words.chance(0.8) else None,
        "Должность": person.position if words.chance(0.6) else None,
        "utm_source": "site" if words.chance(0.3) else None,
    }
    once: dict[str, Cell] = {
        "Источник": words.pick(SOURCES),
        "Товар": words.pick(words["products"]) if words.chance(0.6) else None,
    }
    return [
        values[header] if header in values else once.pop(header, None) for header in AMOCRM_HEADER
    ]


def _unsorted(words: Vocabulary, company: Company) -> list[list[Cell]]:
    """Return two fresh deals of the inbox that nobody has looked at."""
    rows = []
    for number in range(2):
        at = at_work(words, days_before(2 + number))
        deal = Deal(str(31_990_001 + number), "Заявка с сайта", "", "", "open", 0, 0, at, at)
        deal.people = company.deals[number].people
        deal.company = words.company()
        deal.owner = company.sellers[0]
        deal.events.append(Event(at, 0, deal.owner))
        row = _amocrm_row(company, deal, 500 + number)
        row[AMOCRM_HEADER.index("Этап сделки")] = UNSORTED
        rows.append(row)
    return rows


def bitrix24(folder: Path) -> tuple[Company, dict[str, Any]]:
    """Write deals.csv; five deals have products, each a row that shows only its own sum."""
    words = Vocabulary("ru", "bitrix24-ru-1")
    shape = listed.Shape(
        stages=[
            "Новая",
            "Подготовка документов",
            "Счёт на предоплату",
            "В работе",
            "Финальный счёт",
        ],
        won="Сделка успешна",
        lost="Сделка провалена",
        pipeline="Общее",
        open_at=[12, 12, 10, 8, 6],
        stalled_at=[6, 7, 6, 4, 3],
        wins=12,
        lost_at=[8, 6, 4, 2, 0],
        priced=(5, 7),
    )
    company = listed.build(words, shape)
    top = listed.largest(company)
    listed.put_in_the_past(words, top[:8])
    others = [deal for deal in listed.live(company) if deal not in top]
    listed.put_in_the_past(words, others[: len(others) * 2 // 3])
    with_products = [
        *[deal for deal in others if deal.amount][:2],
        *[deal for deal in company.deals if deal.amount and deal.status == "won"][:2],
        *[deal for deal in company.deals if deal.amount and deal.status == "lost"][:1],
    ]
    rows: list[list[Cell]] = []
    for number, deal in enumerate(company.deals):
        card = _bitrix24_card(company, deal, number)
        if deal in with_products:
            rows += _product_rows(words, deal, card)
        else:
            rows.append([card.get(header) for header in BITRIX24_HEADER])
    write_csv(folder / "deals.csv", Table(BITRIX24_HEADER, rows), BITRIX24_CSV)
    company.planted |= {
        "top": [deal.id for deal in top],
        "top_with_close_date_past": sorted(deal.id for deal in top[:8]),
        "amounts_of_deals_with_products": {deal.id: deal.amount for deal in with_products},
    }
    merged = len(rows) - len(company.deals)
    counts = {"kind": "deals", "rows": len(rows), "imported": len(rows) - merged}
    return company, {"deals.csv": {**counts, "merged": merged}}


def _bitrix24_card(company: Company, deal: Deal, number: int) -> dict[str, Cell]:
    words = company.words
    stage = company.stage_name(deal.stage)
    if deal.status == "lost" and number % 3 == 0:
        stage = "Анализ причины провала"
    card: dict[str, Cell] = {
        "ID": deal.id,
        "Название сделки": deal.name,
        "Комментарий": words.pick(NOTES) if words.chance(0.4) else None,
        "Сумма": None if deal.amount is None else float(deal.amount),
        "Компания": deal.company,
        "Контакт": deal.people[0].name if words.chance(0.85) else None,
        "Стадия сделки": stage,
        "Валюта": "RUB",
        "Вероятность": words.pick(["50", "70", "90"]) if words.chance(0.25) else None,
        "Тип": words.pick(["Продажа", "Комплексная продажа", "Сервисное обслуживание"]),
        "Сделка закрыта": "Нет" if deal.status == "open" else "Да",
        "Предполагаемая дата закрытия": deal.expected_close,
        "Дата начала": deal.created.date(),
        "Кем изменена": deal.owner,
        "Ответственный": deal.owner,
        "Дата создания": deal.created,
        "Дата изменения": deal.updated,
        "Направление": company.pipeline,
        "Кем создана": deal.owner,
        "Источник": words.pick(SOURCES),
        "Дополнительно об источнике": "форма на сайте" if words.chance(0.2) else None,
    }
    if deal.status == "open" and number % 4:
        ahead = number % 12 == 1
        due = days_after(words.between(2, 9)) if ahead else listed.past(words, deal, 10, 150)
        card["Тип события"] = words.pick(["Звонок", "Задача", "Встреча"])
        card["Описание события"] = words.pick(["Перезвонить", "Напомнить о себе", "Отправить КП"])
        card["Дата планируемого события"] = at_work(words, due)
    return card


def _product_rows(words: Vocabulary, deal: Deal, card: dict[str, Cell]) -> list[list[Cell]]:
    """Repeat the deal once for each product; the sums of the rows add up to its amount."""
    whole = deal.amount or 0
    parts = [whole * 5 // 10, whole * 3 // 10]
    parts.append(whole - sum(parts))
    names = words.random.sample(words["products"], len(parts))
    cards = [
        {**card, "Сумма": float(part), "Товар": name, "Цена": float(part), "Количество": "1"}
        for part, name in zip(parts, names, strict=True)
    ]
    return [[each.get(header) for header in BITRIX24_HEADER] for each in cards]
