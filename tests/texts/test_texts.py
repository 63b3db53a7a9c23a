"""Context, phases, fillers, explanations and properties of crm_audit.texts."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_audit import texts
from crm_audit.wording import Wording

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def test_the_crm_status_wins() -> None:
    assert texts.stage_kind("Переговоры", status="won") == "won"
    assert texts.stage_kind("Успешно реализовано", status="lost") == "lost"
    assert texts.stage_kind("Closed Won", status="open") == "state_vague"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, None, "won"),
        ("Успешно реализовано", None, "lost"),
        (None, "Успешно реализовано", "lost"),
        ("Оплата", "Отгрузка", "state_vague"),
    ],
)
def test_neighbours_settle_a_stage_that_only_says_closed(
    before: str | None, after: str | None, kind: str
) -> None:
    assert texts.stage_kind("Закрыто", before=before, after=after) == kind


def test_a_date_in_its_own_column_makes_a_promise() -> None:
    text = "Заказчик рассмотрит спецификацию"
    assert texts.next_step_kind(text) == "empty_talk"
    assert texts.next_step_kind(text, has_date=True) == "client_commitment"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kickoff meeting — Owner: Both", "joint_step"),
        ("Owner: Both", "empty_talk"),
        ("Send pricing — Owner: Vendor", "seller_task"),
        ("Share drawings — Owner: Buyer, 12 March", "client_commitment"),
    ],
)
def test_owner_named_in_the_text(text: str, kind: str) -> None:
    assert texts.next_step_kind(text) == kind


@pytest.mark.parametrize(
    ("name", "two"),
    [
        ("КП отправлено / согласовано", True),
        ("Договор согласован и подписан", True),
        ("Отправка и согласование КП", True),
        ("Proposal sent / accepted", True),
        ("Договор подписан", False),
        ("Proposal/Price Quote", False),
        ("Закрыто и не реализовано", False),
        ("", False),
    ],
)
def test_two_events_in_one_name(name: str, two: bool) -> None:
    assert texts.two_events(name) is two


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("КП отправлено / согласовано", "seller_action"),
        ("Встреча проведена, ТЗ получено", "client_decision"),
        ("ТЗ согласовано, КП отправлено", "seller_action"),
        ("Договор согласован, ожидание оплаты", "state_vague"),
    ],
)
def test_alternatives_take_the_weakest_event_and_sequences_the_last(name: str, kind: str) -> None:
    assert texts.stage_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("Квалификация", 1),
        ("Qualification", 1),
        ("Needs Analysis", 1),
        ("Выход на ЛПР", 3),
        ("Identify Decision Makers", 3),
        ("Составление ТЗ", 4),
        ("Пилот", 5),
        ("POC", 5),
        ("Защита бюджета", 6),
        ("КП отправлено", 7),
        ("Proposal/Price Quote", 7),
        ("Переговоры", 8),
        ("Negotiation/Review", 8),
        ("Участие в тендере", 8),
        ("Согласование договора", 9),
        ("Contract Sent", 9),
        ("Договор подписан", 10),
        ("Closed Won", None),
        ("Awaiting signature", 10),
        ("Оплата", 11),
        ("Invoice sent", 11),
        ("Акт подписан", 12),
        ("Отгрузка", 12),
        ("В работе", None),
    ],
)
def test_phase(name: str, phase: int | None) -> None:
    assert texts.stage_phase(name) == phase


def test_a_decision_is_proposed_for_our_actions_and_vague_stages_only() -> None:
    assert "КП" in str(texts.client_decision_name("КП отправлено", "ru"))
    assert "offer" in str(texts.client_decision_name("Proposal Sent", "en"))
    assert "договор" in str(texts.client_decision_name("Согласование договора", "ru"))
    assert texts.client_decision_name("Договор подписан", "ru") is None
    assert texts.client_decision_name("В работе", "ru") is None
    assert texts.client_decision_name("Closed Lost", "en") is None


def test_every_proposed_name_is_a_client_decision_itself() -> None:
    chain = resources.files("crm_audit.texts") / "lexicons" / "chain.toml"
    phases = tomllib.loads(chain.read_text(encoding="utf-8"))["phase"]
    assert [phase["number"] for phase in phases] == list(range(1, 13))
    for phase in phases:
        for name in phase["name"].values():
            assert texts.stage_kind(name) == "client_decision", name


@pytest.mark.parametrize(
    ("name", "post_sale"),
    [
        ("Отгружено", True),
        ("Производство", True),
        ("Монтаж и пусконаладка", True),
        ("Сервис", True),
        ("Shipped", True),
        ("Installation", True),
        ("Расчёт доставки, КП", False),
        ("Договор подписан", False),
        ("Оплачено", False),
        ("Proposal", False),
    ],
)
def test_post_sale(name: str, post_sale: bool) -> None:
    assert texts.is_post_sale(name) is post_sale


def test_fillers_say_nothing_in_any_field() -> None:
    junk = texts.fillers()
    assert {"", "-", "—", "n/a", "нет", ".", "?", "xxx", "tbd", "не указано", "уточнить"} <= junk
    assert "в работе" not in junk
    assert all(entry == entry.strip().lower() for entry in junk)
    assert all(texts.is_filler(entry) for entry in junk)


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "-", "...", "Н/Д", "В работе", "TBD", "ххххх", "aaa", "Нет.", "«уточнить»"],
)
def test_filler(text: str | None) -> None:
    assert texts.is_filler(text)


@pytest.mark.parametrize("text", ["Отправить КП", "Иванов", "ООО", "Send quote", "12", "Ян"])
def test_not_a_filler(text: str) -> None:
    assert not texts.is_junk(text)


def test_explanation_is_one_line_with_the_cue_words() -> None:
    label = texts.stage_label("Согласование договора")
    assert texts.explain(label, Wording("ru")) == (
        "неясное состояние: действие клиента ещё идёт («согласование»)"
    )
    assert texts.explain(texts.role_label("CFO"), Wording("en")) == (
        "finance: by the position (“cfo”)"
    )


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="абвгдеёжзклмнопрстуя не.,/-12", max_size=60)))
def test_any_text_gets_a_label_and_an_explanation(text: str) -> None:
    for label in (
        texts.stage_label(text),
        texts.next_step_label(text),
        texts.loss_reason_label(text),
        texts.role_label(text),
    ):
        for language in ("ru", "en"):
            line = texts.explain(label, Wording(language))
            assert line and "\n" not in line
    assert texts.stage_phase(text) in (None, *range(1, 13))
    assert {texts.is_post_sale(text), texts.two_events(text)} <= {True, False}
    assert texts.has_date(text) in (True, False)
    assert texts.is_filler(text) or not texts.is_junk(text)


@pytest.mark.parametrize("decorated", ["  {}  ", "{}!", "1. {}", "[{}]", "{} ✅", "«{}»"])
@pytest.mark.parametrize("name", ["Договор подписан", "КП отправлено", "Contract signed"])
def test_decoration_does_not_change_a_stage(name: str, decorated: str) -> None:
    assert texts.stage_kind(decorated.format(name)) == texts.stage_kind(name)
    assert texts.stage_kind(name.upper()) == texts.stage_kind(name)


def test_import_is_cheap_and_english_needs_no_russian_morphology() -> None:
    code = (
        "import sys; from crm_audit import texts; texts.stage_kind('Proposal sent');"
        "texts.next_step_kind('Send quote'); sys.exit('pymorphy3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("file", "column", "label", "floor"),
    [
        ("stage_names.csv", "stage_name", texts.stage_kind, 0.97),
        ("next_steps.csv", "text", texts.next_step_kind, 0.96),
        ("loss_reasons.csv", "reason", texts.loss_reason_kind, 0.96),
    ],
)
def test_accuracy_on_the_shared_labels(file: str, column: str, label: object, floor: float) -> None:
    path = _SHARED / file
    if not path.is_file():
        pytest.skip("the shared labelled data are not here")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["ambiguous"] == "0"]
    rows = [row for row in rows if row.get("kind", "deal_stage") == "deal_stage"]
    assert callable(label)
    right = sum(label(row[column]) == row["label"] for row in rows)
    assert right / len(rows) >= floor
