"""What words of headers say beyond their concept: parts of money, ways of a move, accents."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from layout_cases import Layout, got, plan_of

import crm_audit
from crm_audit.recognise.headers import parse


def _kind(*names: str) -> str:
    return plan_of(Layout(name="x.csv", kind="deals", headers=names, mapping={})).kind


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("Valor em centavos", Decimal("0.01")),
        ("amount_cents", Decimal("0.01")),
        ("Umsatz TEUR", 1000),
        ("Value (M)", 1000000),
        ("Value", 1),
    ],
)
def test_scale_of_a_header(header: str, scale: int | Decimal) -> None:
    assert parse(header).scale == scale


def test_cents_are_read_as_parts_of_the_sum(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    lines = ["id,title,stage,value_cents", "1,Pumps,Proposal,1250050", "2,Pipes,Won,90000"]
    path.write_text("\n".join([*lines, "3,Valves,New,400"]), encoding="utf-8")
    audit = crm_audit.diagnose(path, as_of="2026-11-01")
    assert [d.amount for d in audit.iter_deals()] == [Decimal("12500.5"), Decimal(900), Decimal(4)]


@pytest.mark.parametrize(
    ("header", "concepts"),
    [
        ("De fase", ("PREVIOUS", "STAGE")),
        ("De la etapa", ("PREVIOUS", "STAGE")),
        ("Para fase", ("NEW", "STAGE")),
        ("В этап", ("NEW", "STAGE")),
        ("Étape", ("STAGE",)),
        ("Désignation", ("NAME",)),
        ("Designation", ("POSITION",)),
        ("Müşteri Adı", ("CLIENT", "NAME")),
        ("Szansa %", ("PROBABILITY", "WON")),
    ],
)
def test_concepts_of_a_header(header: str, concepts: tuple[str, ...]) -> None:
    assert parse(header).concepts == concepts


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("activities", ("Date", "Rep", "Account", "Type", "Notes")),
        ("activities", ("note_id", "deal_id", "content", "created_by", "created_at")),
        ("activities", ("visit_id", "lead_id", "visit_time", "notes", "status")),
        ("activities", ("Дата встречи", "Клиент", "Менеджер", "Итог")),
        ("stage_events", ("Deal", "Stage", "Date")),
        ("stage_events", ("ИД сделки", "Этап", "Дата перехода", "Ответственный")),
        ("contacts", ("Account Name", "Contact Name", "Title", "Department")),
        ("contacts", ("Nome", "Cargo", "Empresa", "E-mail")),
        ("deals", ("Deal Name", "Stage", "Created Date", "Region")),
        ("deals", ("Имя", "Телефон", "Источник", "Статус", "Менеджер")),
        ("not_deals", ("Region", "Product", "Quantity", "Price")),
        ("not_deals", ("Product", "Type", "Date", "Notes", "Owner")),
        ("not_deals", ("Ticket ID", "Subject", "Status", "Priority", "Created", "Agent")),
        ("not_deals", ("Invoice No", "Date", "Customer", "Amount", "Tax", "Due Date")),
    ],
)
def test_kind_of_a_few_columns(kind: str, names: tuple[str, ...]) -> None:
    assert _kind(*names) == kind


def test_deal_is_named_among_activities_by_its_own_prefix() -> None:
    names = ("Activity - Subject", "Activity - Due date", "Activity - Type", "Deal - Title")
    plan = plan_of(Layout(name="x.csv", kind="activities", headers=names, mapping={}))
    assert got(plan)["deal_id"] == ("Deal - Title",)


def test_close_date_of_ended_deals_is_the_date_of_closing() -> None:
    names = ("Deal", "Outcome", "Value", "Close date")
    rows = tuple((f"D{i}", "Won" if i % 2 else "Lost", "10", "2026-03-01") for i in range(4))
    plan = plan_of(Layout(name="x.csv", kind="deals", headers=names, mapping={}, rows=rows))
    assert got(plan)["closed_at"] == ("Close date",)
