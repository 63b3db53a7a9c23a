"""What a stalled deal waits for: a role named in the reason, the stage, then the step."""

from __future__ import annotations

from typing import Any

import pytest

from build import CONTRACT, EARLY, audit, deal
from crm_audit import texts

OLD = {"stage_entered_at": "2026-01-10", "created_at": "2026-01-01"}


def likely(**fields: Any) -> str:
    (row,) = audit([deal("1", **OLD, **fields)]).stalls.deals
    return row.likely


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Договор смотрят юристы", "legal"),
        ("Служба безопасности проверяет контрагента", "security"),
        ("Закупка не объявила тендер", "procurer"),
        ("Финдиректор не согласовал график платежей", "payer"),
        ("Нет бюджета до конца года", "payer"),
        ("Главный инженер в отпуске", "technical"),
        ("ЛПР в командировке", "approver"),
        ("Legal reviewing the contract", "legal"),
        ("Waiting for CFO approval", "payer"),
        ("No budget this year", "payer"),
        ("Risk: procurement wants a new tender", "procurer"),
        # Our own people are not the client's.
        ("Наш юрист готовит договор", None),
        ("Our legal team is drafting the contract", None),
        ("Конкурент дал скидку", None),
        ("Competitor offers a discount", None),
        ("Риск срыва сроков", None),
        ("", None),
    ],
)
def test_whose_turn_it_is(text: str, role: str | None) -> None:
    assert texts.waited_for(text) == role


def test_a_named_role_without_a_known_person_is_said_first() -> None:
    assert likely(risk="Legal reviews the contract", legal="") == (
        "waits for the client's lawyers, and nobody knows who they are"
    )
    assert likely(risk="Legal reviews the contract", legal="Ann Lee") == (
        "waits for the client's lawyers"
    )


def test_a_role_that_the_export_has_no_room_for_is_not_called_unknown() -> None:
    assert likely(risk="Legal reviews the contract") == "waits for the client's lawyers"


def test_a_reason_that_names_nobody_leaves_the_word_to_the_stage_and_the_step() -> None:
    by_stage = likely(stage=CONTRACT, risk="Slow", legal="", next_step="")
    assert "legal or security" in by_stage
    assert likely(stage=EARLY, risk="Slow", next_step="") == "there is no next step"
