"""Where money is lost: every amount under the first leak that fits, by currency."""

from __future__ import annotations

from crm_audit.engine.evaluate import plain
from crm_audit.judge.case import Case
from crm_audit.model.report import Leaks, Money

OPEN_LEAKS = ("frozen", "slipped", "unproven", "at_risk")


def judge_money(case: Case) -> dict[str, Leaks]:
    """Sums and deals of each leak, by currency; no deal stands under two."""
    found: dict[str, Leaks] = {}
    for currency, leak, amount, deals in case.session.rows(
        "SELECT currency, leak, sum(amount), count(*) FROM judged WHERE is_open AND amount > 0"
        " GROUP BY ALL ORDER BY ALL"
    ):
        leaks = found.setdefault(currency, Leaks())
        setattr(leaks, leak, plain(amount))
        leaks.deals[leak] = deals
    for currency, amount, deals in case.session.rows(
        "SELECT currency, sum(amount), count(*) FROM judged"
        " WHERE is_lost_recent AND NOT loss_reason_useful AND amount > 0"
        " GROUP BY currency ORDER BY currency"
    ):
        leaks = found.setdefault(currency, Leaks())
        leaks.lost_without_reason = plain(amount)
        leaks.deals["lost_without_reason"] = deals
    return found


def failing_amounts(case: Case, condition: str) -> Money:
    """Open amounts of the deals for which a condition holds, by currency."""
    return {
        currency: plain(amount)
        for currency, amount in case.session.rows(
            f"SELECT currency, sum(amount) FROM judged WHERE amount > 0 AND ({condition})"
            " GROUP BY currency ORDER BY currency"
        )
    }
