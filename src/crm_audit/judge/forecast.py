"""What will really close: the sheet of the largest deals, and sums that facts support."""

from __future__ import annotations

from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.judge.asking import people_of_top, whom_to_ask
from crm_audit.judge.case import Case
from crm_audit.model.report import Forecast, ForecastPart, Money, Source, TopDeal

FACTS = {
    "amount": "amount_present",
    "close_date": "close_date_current",
    "next_step": "step_solid",
    "approver": "approver_known",
    "decision": "decision_on_record",
}
_ASK_ORDER = ("decision", "approver", "next_step", "close_date", "amount")


def judge_forecast(case: Case) -> ForecastPart:
    """The top-10 sheet and, by currency, what facts prove beside what the CRM claims."""
    by_currency: dict[str, Forecast] = {}
    proven: Money = {}
    deals = 0
    for currency, sure, maybe, claimed, n in case.session.rows(
        "SELECT currency,"
        " sum(amount) FILTER (WHERE sheet_complete AND NOT coalesce(stalled, false)),"
        " sum(amount) FILTER ("
        " WHERE coalesce(sheet_complete, true) AND NOT coalesce(stalled, false)),"
        " sum(CAST(amount AS DECIMAL(24, 4)) * CAST(probability AS DECIMAL(5, 4))),"
        " count(*) FILTER (WHERE sheet_complete AND NOT coalesce(stalled, false))"
        " FROM judged WHERE is_open AND amount > 0 GROUP BY currency ORDER BY currency"
    ):
        low = plain(sure) or 0.0
        proven[currency] = low
        deals += n
        by_currency[currency] = Forecast(
            expected=low, low=low, high=plain(maybe) or 0.0, crm=plain(claimed)
        )
    rows = case.session.dicts("SELECT * FROM judged WHERE is_top ORDER BY top_place")
    people = people_of_top(case)
    return ForecastPart(
        horizon=None,
        method="facts",
        by_currency=by_currency,
        proven=proven,
        proven_deals=deals,
        top_currency=case.derived.top_currency,
        top=[_top(case, row, people.get(row["deal_no"], {})) for row in rows],
    )


def _top(case: Case, row: dict[str, Any], people: dict[str, str]) -> TopDeal:
    facts = {name: row[column] for name, column in FACTS.items()}
    missing = next((n for n in _ASK_ORDER if facts[n] is False), None)
    missing = missing or next((n for n in _ASK_ORDER if facts[n] is None), None) or "complete"
    role, name = whom_to_ask(missing, people, has_people=row["client_person"] is not None)
    return TopDeal(
        deal_id=row["deal_id"],
        deal_name=row["deal_name"],
        company=row["company"],
        owner=row["owner"],
        stage=row["stage"],
        amount=plain(row["amount"]),
        currency=row["currency"],
        probability=plain(row["probability"]),
        expected_close=row["close_date"],
        next_step=row["step_text"],
        next_step_date=row["step_date"],
        pushes=row["close_date_pushes"],
        facts=facts,
        complete=row["sheet_complete"],
        ask=case.wording(f"ask_{missing}"),
        ask_role=role,
        ask_name=name,
        source=Source(input=row["table_no"], line=row["line"]),
    )
