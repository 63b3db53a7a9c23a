"""Statuses of stages and deals by codes and words, and the order of stages by evidence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from layout_cases import SHARED

from crm_audit.recognise import profiles
from crm_audit.recognise.order import Basis
from crm_audit.recognise.stages import (
    StageEvidence,
    flag,
    stage_order,
    stage_status,
    status_from_flags,
    status_of_value,
)

STAGE_NAMES = SHARED / "data" / "stage_names.csv"

NAMED = {
    "won": [
        *("Успешно реализовано", "Closed Won", "closed_won", "Сделка успешна", "Закрыто - Успех"),
        *("Закрыта удачно", "G. Project Won", "Cerrado ganado", "Gewonnen", "Wygrana", "Виграно"),
        *("Fechado ganho", "Выиграли тендер, сделка успешна", "WON"),
    ],
    "lost": [
        *("Закрыто и не реализовано", "Closed Lost", "closed_lost", "Закрыта неудачно", "Отказ"),
        *("Закрыто - Провал", "L. Project Lost", "Perdida por licitación", "Verloren", "LOSE"),
        *("Отложено: клиент отказался", "Closed Lost to Competition", "Przegrana", "Програно"),
    ],
    "ignored": ["Спам", "Дубль", "Тестовые сделки", "Duplicate", "Неразобранное"],
    None: [
        *("Переговоры", "Contract Sent", "Согласование договора", "Принимают решение"),
        *("Не подписан договор", "Готов к оплате", "Proposal", "В работе", "Ожидание победителя"),
        *(
            "Closing",
            "Verbal / Almost Won",
            "Negociación",
            "Тендер",
            "",
            "   ",
            "№ 5",
            "Выиграть КП",
        ),
    ],
}


@pytest.mark.parametrize(("status", "name"), [(s, n) for s, ns in NAMED.items() for n in ns])
def test_status_by_words(status: str | None, name: str) -> None:
    assert stage_status(name) == status


@pytest.mark.parametrize(
    ("crm", "code", "status"),
    [
        ("amocrm", "142", "won"),
        ("amocrm", "143", "lost"),
        ("bitrix24", "C2:WON", "won"),
        ("bitrix24", "C14:LOSE", "lost"),
        ("bitrix24", "DT128_5:APOLOGY", None),
        ("bitrix24", "C2:NEW", "open"),
        ("hubspot", "closedwon", "won"),
        ("hubspot", "decisionmakerboughtin", "open"),
        ("dynamics", "Close", "open"),
        ("dynamics", "4-Close", "open"),
        ("odoo", "Won", "won"),
        ("espocrm", "Закрыто - Провал", "lost"),
    ],
)
def test_status_by_code(crm: str, code: str, status: str | None) -> None:
    assert stage_status(code, profiles.load()[crm]) == status


def test_word_of_the_user_wins() -> None:
    own = {"переговоры": "won", "Closed Won": "ignore", "Отказ": "nonsense"}
    assert stage_status("Переговоры", None, own) == "won"
    assert stage_status("Closed Won", None, own) == "ignored"
    assert stage_status("Отказ", None, own) is None


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("Open", "open"),
        ("В работе", "open"),
        ("Active", "open"),
        ("Closed Won", "won"),
        ("Успешные", "won"),
        ("Сделка успешна", "won"),
        ("S", "won"),
        ("Проваленные", "lost"),
        ("Провал", "lost"),
        ("F", "lost"),
        ("Canceled", "lost"),
        ("Ganado", "won"),
        ("Perdida", "lost"),
        ("Closed", None),
        ("Закрыта", None),
        ("Голубой", None),
        ("", None),
    ],
)
def test_status_of_value(value: str, status: str | None) -> None:
    assert status_of_value(value) == status


def test_flags() -> None:
    assert [flag(v) for v in ("Y", "да", "TRUE", "N", "Нет", "0", "", "часто", None)] == [
        *(True, True, True, False, False, False, None, None, None)
    ]
    assert status_from_flags(True, True) == "won"
    assert status_from_flags(True, False) == "lost"
    assert status_from_flags(False, False) == "open"
    assert status_from_flags(True, None) is None
    assert status_from_flags(False, None) == "open"
    assert status_from_flags(None, None) is None


@pytest.mark.skipif(not STAGE_NAMES.exists(), reason="the labelled stage names are not here")
def test_labelled_stage_names() -> None:
    with Path(STAGE_NAMES).open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["ambiguous"] == "0"]
    wanted = {"won": "won", "lost": "lost", "technical": "ignored"}
    wrong = [
        r["stage_name"] for r in rows if stage_status(r["stage_name"]) != wanted.get(r["label"])
    ]
    assert len(wrong) <= 0.03 * len(rows), wrong
    ends = {r["stage_name"] for r in rows if r["label"] in ("won", "lost")}
    assert not ends & set(wrong)


A, B, C, D = "Альфа", "Бета", "Гамма", "Дельта"


def _both_ways(order: list[str], forward: int, back: int) -> dict[tuple[str, str], int]:
    pairs = {}
    for i, a in enumerate(order):
        for b in order[i + 1 :]:
            pairs[a, b], pairs[b, a] = forward, back
    return pairs


@pytest.mark.parametrize(
    ("evidence", "order", "basis"),
    [
        (StageEvidence(numbers={A: 10, B: 30, C: 20, D: 40}), [A, C, B, D], "order_column"),
        (StageEvidence(before=_both_ways([D, C, B, A], 9, 2)), [D, C, B, A], "history"),
        (StageEvidence(before=_both_ways([D, C, B, A], 5, 5)), [C, A, D, B], "appearance"),
        (StageEvidence(before={(A, B): 2}), [C, A, D, B], "appearance"),
        (StageEvidence(probability={A: 0.1, B: 0.3, C: 0.5, D: 0.9}), [A, B, C, D], "probability"),
        (StageEvidence(probability=dict.fromkeys((A, B, C, D), 0.5)), [C, A, D, B], "appearance"),
        (StageEvidence(phase={B: 7, D: 10}), [C, A, B, D], "words"),
        (StageEvidence(age_days={A: 5, B: 20, C: 40, D: 90}), [A, B, C, D], "age"),
        (StageEvidence(), [C, A, D, B], "appearance"),
    ],
)
def test_order(evidence: StageEvidence, order: list[str], basis: Basis) -> None:
    assert stage_order([C, A, D, B], evidence) == (order, basis)


def test_history_wins_over_profile_and_places_unseen_stages() -> None:
    hubspot = profiles.load()["hubspot"]
    names = ["Contract Sent", "Appointment Scheduled", "Presentation Scheduled"]
    by_profile = ["Appointment Scheduled", "Presentation Scheduled", "Contract Sent"]
    assert stage_order(names, StageEvidence(), hubspot) == (by_profile, "profile")
    before = _both_ways([*names, "Site Visit", "Legal"], 20, 1)
    order, basis = stage_order(
        [*names, "Site Visit", "Legal", "Unseen"], StageEvidence(before=before), hubspot
    )
    assert basis == "history"
    assert order == [*names, "Site Visit", "Legal", "Unseen"]


def test_words_order_stages_of_one_phase() -> None:
    names = ["Needs Analysis", "Initial Offer", "Negotiation/Review", "Qualification", "Prospect"]
    ordered = ["Prospect", "Qualification", "Needs Analysis", "Initial Offer", "Negotiation/Review"]
    assert stage_order(names, StageEvidence()) == (ordered, "words")
    assert stage_order(["Engaging", "Prospecting"], StageEvidence())[0][0] == "Prospecting"


def test_probabilities_at_random_do_not_outweigh_the_words() -> None:
    names = ["Первичный контакт", "КП отправлено", "Переговоры", "Договор"]
    random = dict(zip(names, (0.6, 0.2, 0.9, 0.1), strict=True))
    assert stage_order(names, StageEvidence(probability=random)) == (names, "words")
    rising = dict(zip(names, (0.1, 0.3, 0.6, 0.9), strict=True))
    assert stage_order(names, StageEvidence(probability=rising)) == (names, "probability")


def test_order_of_one_stage_and_of_none() -> None:
    assert stage_order([], StageEvidence()) == ([], "appearance")
    assert stage_order([A, A], StageEvidence()) == ([A], "appearance")
