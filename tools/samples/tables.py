"""The four tables of an invented company: deals, stage history, activities, contacts."""

from __future__ import annotations

from collections.abc import Callable

from samples.files import Cell, Table, money
from samples.world import Company, Deal, Event, Talk


def _close_date(_: Company, deal: Deal) -> Cell:
    return deal.closed.date() if deal.closed else deal.expected_close


def _closed_or_not(_: Company, deal: Deal) -> Cell:
    return deal.closed or "не закрыта"


def _percent(_: Company, deal: Deal) -> Cell:
    return None if deal.probability is None else round(deal.probability * 100)


SOURCES: dict[str, Callable[[Company, Deal], Cell]] = {
    "stage": lambda company, deal: company.stage_name(deal.stage),
    "pipeline": lambda company, _: company.pipeline,
    "status": lambda company, deal: company.words["status"][deal.status],
    "amount": lambda _, deal: money(deal.amount),
    "percent": _percent,
    "close_date": _close_date,
    "closed_or_not": _closed_or_not,
    "is_closed": lambda _, deal: str(deal.status != "open").upper(),
    "is_won": lambda _, deal: str(deal.status == "won").upper(),
}

WELL_RUN_RU = {
    "ID": "id",
    "Название сделки": "name",
    "Воронка": "pipeline",
    "Этап сделки": "stage",
    "Статус": "status",
    "Сумма": "amount",
    "Валюта": "currency",
    "Вероятность, %": "percent",
    "Ответственный": "owner",
    "Компания": "company",
    "Дата создания": "created",
    "Дата изменения": "updated",
    "Дата закрытия": "closed",
    "Предполагаемая дата закрытия": "expected_close",
    "Дата перехода на этап": "stage_entered",
    "Дата последней активности": "last_activity",
    "Следующий шаг": "next_step",
    "Дата следующего шага": "next_step_date",
    "Обязательство клиента": "client_commitment",
    "Ответственный со стороны клиента": "client_owner",
    "ЛПР": "approver",
    "Финансы": "payer",
    "Закупка": "procurer",
    "Юристы": "legal",
    "СБ": "security",
    "Риск": "risk",
    "Причина задержки": "stall_reason",
    "Причина отказа": "loss_reason",
    "Последнее решение клиента": "last_decision",
    "Дата последнего решения": "last_decision_at",
    "Следующее решение клиента": "next_decision",
    "Дата следующего решения": "next_decision_at",
    "Решение руководителя": "manager_decision",
    "Дата решения руководителя": "manager_decision_at",
    "Схема согласования": "route_map",
    "ТЗ (номер и дата)": "spec_no",
    "Строка инвестпрограммы": "budget_line",
    "КП с визой клиента": "offer_visa",
    "Лист согласования договора": "approval_sheet",
    "№ договора": "contract_no",
}

WELL_RUN_EN = {
    "Deal ID": "id",
    "Deal Name": "name",
    "Pipeline": "pipeline",
    "Stage": "stage",
    "Status": "status",
    "Amount": "amount",
    "Currency": "currency",
    "Probability (%)": "percent",
    "Deal Owner": "owner",
    "Company": "company",
    "Created Date": "created",
    "Last Modified Date": "updated",
    "Closed Date": "closed",
    "Expected Close Date": "expected_close",
    "Stage Entered Date": "stage_entered",
    "Last Activity Date": "last_activity",
    "Next Step": "next_step",
    "Next Step Date": "next_step_date",
    "Client Commitment": "client_commitment",
    "Client Owner": "client_owner",
    "Approver": "approver",
    "Finance": "payer",
    "Procurement": "procurer",
    "Legal": "legal",
    "Security": "security",
    "Risk": "risk",
    "Stall Reason": "stall_reason",
    "Loss Reason": "loss_reason",
    "Last Client Decision": "last_decision",
    "Last Decision Date": "last_decision_at",
    "Next Client Decision": "next_decision",
    "Next Decision Date": "next_decision_at",
    "Manager Decision": "manager_decision",
    "Manager Decision Date": "manager_decision_at",
    "Approval Map": "route_map",
    "Specification No.": "spec_no",
    "Investment Plan Line": "budget_line",
    "Quote Initialled By Client": "offer_visa",
    "Contract Approval Sheet": "approval_sheet",
    "Contract No.": "contract_no",
}

NEGLECTED_RU = {
    "ID": "id",
    "Название сделки": "name",
    "Бюджет": "amount",
    "Валюта": "currency",
    "Ответственный": "owner",
    "Дата создания сделки": "created",
    "Дата редактирования": "updated",
    "Дата закрытия": "closed_or_not",
    "Планируемая дата закрытия": "expected_close",
    "Этап сделки": "stage",
    "Воронка": "pipeline",
    "Вероятность, %": "percent",
    "Компания": "company",
    "Контакт": "contact",
    "Должность": "contact_position",
    "Дата последней активности": "last_activity",
    "Следующий шаг": "next_step",
    "Дата следующего шага": "next_step_date",
    "ЛПР": "approver",
    "Финансы": "payer",
    "Закупка": "procurer",
    "Юристы": "legal",
    "СБ": "security",
    "Риск": "risk",
    "Причина отказа": "loss_reason",
    "Документы": "documents",
    "Конкурент": "competitor",
    "№ договора": "contract_no",
    "Примечание": "notes",
}

NEGLECTED_EN = {
    "Opportunity ID": "id",
    "Opportunity Name": "name",
    "Amount": "amount",
    "Currency": "currency",
    "Opportunity Owner": "owner",
    "Created Date": "created",
    "Last Modified Date": "updated",
    "Close Date": "close_date",
    "Stage": "stage",
    "Closed": "is_closed",
    "Won": "is_won",
    "Probability (%)": "percent",
    "Account Name": "company",
    "Contact": "contact",
    "Contact Title": "contact_position",
    "Last Activity": "last_activity",
    "Next Step": "next_step",
    "Next Step Date": "next_step_date",
    "Economic Buyer": "approver",
    "Finance": "payer",
    "Procurement": "procurer",
    "Legal": "legal",
    "Security": "security",
    "Risk": "risk",
    "Loss Reason": "loss_reason",
    "Documents": "documents",
    "Competitor": "competitor",
    "Contract No.": "contract_no",
    "Description": "notes",
}

HISTORY = {
    "ru": {
        "ID сделки": "id",
        "Этап до": "before",
        "Этап после": "stage",
        "Дата перехода": "at",
        "Кто изменил": "by",
        "Ответственный": "owner",
        "Сумма": "amount",
        "Валюта": "currency",
        "Предполагаемая дата закрытия": "expected_close",
    },
    "en": {
        "Deal ID": "id",
        "From Stage": "before",
        "To Stage": "stage",
        "Changed At": "at",
        "Changed By": "by",
        "Owner": "owner",
        "Amount": "amount",
        "Currency": "currency",
        "Expected Close Date": "expected_close",
    },
}
ACTIVITIES = {
    "ru": [
        "ID дела",
        "ID сделки",
        "Тип",
        "Тема",
        "Направление",
        "Дата создания",
        "Крайний срок",
        "Дата завершения",
        "Выполнено",
        "Ответственный",
        "Контакт",
    ],
    "en": [
        "Activity ID",
        "Deal ID",
        "Type",
        "Subject",
        "Direction",
        "Created At",
        "Due Date",
        "Completed At",
        "Done",
        "Assigned To",
        "Contact",
    ],
}
CONTACTS = {
    "ru": ["ID контакта", "ID сделки", "Компания", "ФИО", "Должность", "Роль"],
    "en": ["Contact ID", "Deal ID", "Company", "Full Name", "Job Title", "Role"],
}


HISTORY_OF_MOVES = {
    "ru": {
        "ID сделки": "id",
        "Предыдущий этап": "before",
        "Новый этап": "stage",
        "Дата перехода": "at",
        "Кто изменил": "by",
    },
    "en": dict(list(HISTORY["en"].items())[:5]),
}


def deals(company: Company, columns: dict[str, str]) -> Table:
    """Return the table of deals with these columns (header -> field)."""
    return Table(
        list(columns),
        [[_field(company, deal, source) for source in columns.values()] for deal in company.deals],
    )


def _field(company: Company, deal: Deal, source: str) -> Cell:
    if source in SOURCES:
        return SOURCES[source](company, deal)
    if source in deal.__dataclass_fields__:
        value: Cell = getattr(deal, source)
        return value
    return deal.fields.get(source)


def history(company: Company, fields: bool = True) -> Table:
    """Return the stage history, oldest first; without `fields`, only who moved what and when."""
    columns = (HISTORY if fields else HISTORY_OF_MOVES)[company.words.language]
    rows = sorted(
        ((deal, event) for deal in company.deals for event in deal.events),
        key=lambda pair: (pair[1].at, pair[0].id),
    )
    return Table(
        list(columns),
        [[_event(company, deal, event, name) for name in columns.values()] for deal, event in rows],
    )


def _event(company: Company, deal: Deal, event: Event, name: str) -> Cell:
    values: dict[str, Cell] = {
        "id": deal.id,
        "before": None if event.before is None else company.stage_name(event.before),
        "stage": company.stage_name(event.stage),
        "at": event.at,
        "by": event.by,
        "owner": event.owner,
        "amount": money(event.amount),
        "currency": deal.currency,
        "expected_close": event.expected_close,
    }
    return values[name]


def activities(company: Company) -> Table:
    """Return calls, meetings, letters and tasks, oldest first."""
    words = company.words
    rows: list[tuple[Deal, Talk]] = sorted(
        ((deal, talk) for deal in company.deals for talk in deal.talks),
        key=lambda pair: (pair[1].created, pair[0].id),
    )
    return Table(
        ACTIVITIES[words.language],
        [
            [
                str(50001 + number),
                deal.id,
                words["kinds"][talk.kind],
                talk.subject,
                words["direction"].get(talk.direction),
                talk.created,
                talk.due,
                talk.done,
                words["done"]["yes" if talk.done else "no"],
                talk.owner,
                talk.contact or None,
            ]
            for number, (deal, talk) in enumerate(rows)
        ],
    )


def contacts(company: Company, roles: bool = True) -> Table:
    """Return the people at the clients; without `roles` the role stays empty."""
    words = company.words
    rows: list[list[Cell]] = []
    for deal in company.deals:
        rows += [
            [
                str(90001 + len(rows) + place),
                deal.id,
                deal.company,
                person.name,
                person.position,
                words["role_names"][person.role] if roles and person.role else None,
            ]
            for place, person in enumerate(deal.people)
        ]
    return Table(CONTACTS[words.language], rows)
