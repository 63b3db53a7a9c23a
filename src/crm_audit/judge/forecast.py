"""What will really close: the sheet of the largest deals, and sums that facts support."""

from __future__ import annotations

from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.judge.asking import people_of_top, whom_to_ask
from crm_audit.judge.backtest import shown_first
from crm_audit.judge.case import Case
from crm_audit.judge.closing import judge_closing
from crm_audit.judge.win_rates import judge_win_rates
from crm_audit.model.forecast import ForecastPart, TopDeal
from crm_audit.model.report import Money, Source

FACTS = {
    "amount": "amount_present",
    "close_date": "close_date_current",
    "next_step": "step_solid",
    "approver": "approver_known",
    "decision": "decision_on_record",
}
_ASK_ORDER = ("decision", "approver", "next_step", "close_date", "amount")


def judge_forecast(case: Case) -> ForecastPart:
    """The forecast of the open deals, what facts prove beside it, and the top-10 sheet."""
    closing = judge_closing(case)
    proven: Money = {}
    possible: Money = {}
    claimed: Money = {}
    deals = 0
    for currency, sure, maybe, claims, n in case.session.rows(
        "SELECT currency,"
        " sum(amount) FILTER (WHERE sheet_complete AND NOT coalesce(stalled, false)),"
        " sum(amount) FILTER ("
        " WHERE coalesce(sheet_complete, true) AND NOT coalesce(stalled, false)),"
        " sum(CAST(amount AS DECIMAL(24, 4)) * CAST(probability AS DECIMAL(5, 4))),"
        " count(*) FILTER (WHERE sheet_complete AND NOT coalesce(stalled, false))"
        " FROM judged WHERE is_open AND amount > 0 GROUP BY currency ORDER BY currency"
    ):
        proven[currency] = plain(sure) or 0.0
        possible[currency] = plain(maybe) or 0.0
        if claims is not None:
            claimed[currency] = plain(claims)
        deals += n
    rows = case.session.dicts("SELECT * FROM judged WHERE is_top ORDER BY top_place")
    people = people_of_top(case)
    last = closing.periods[-1] if closing.periods else None
    return ForecastPart(
        horizon=last.id if last else None,
        method="past" if closing.closed else "facts",
        by_currency=last.by_currency if last else {},
        periods=closing.periods,
        closed=closing.closed,
        few=closing.few,
        learned_from=list(closing.learned_from),
        notes=list(closing.notes),
        win_rates=judge_win_rates(case),
        claimed=claimed,
        proven=proven,
        possible=possible,
        proven_deals=deals,
        top_currency=case.derived.top_currency,
        top=[_top(case, row, people.get(row["deal_no"], {})) for row in rows],
        backtest=shown_first(closing.backtests, case.derived.top_currency),
        backtests=closing.backtests,
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
