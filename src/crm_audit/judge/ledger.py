"""What the leaks cost: money at stake x the client's own win rate, and a month more of standing."""

from __future__ import annotations

from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.judge.intervals import Z80, difference, wilson
from crm_audit.judge.money import OPEN_LEAKS
from crm_audit.model.ledger import Ledger, LedgerRow, MonthMore, Rate
from crm_audit.model.report import Leaks, Portfolio

LEDGER_LEAKS = (*OPEN_LEAKS, "lost_without_reason")


def win_rate(case: Case) -> Rate | None:
    """Won deals of all that closed in the window, by number; None where none did."""
    won, lost = case.session.rows(
        "SELECT count(*) FILTER (WHERE status = 'won' AND closed_at BETWEEN p.window_start"
        " AND p.as_of), count(*) FILTER (WHERE is_lost_recent) FROM judged CROSS JOIN params AS p"
    )[0]
    return rate(won, won + lost)


def rate(true: int, of: int) -> Rate | None:
    """A share with its 80 % score interval; None of nothing."""
    if not of:
        return None
    low, high = wilson(true, of, Z80)
    return Rate(true=true, of=of, share=round(true / of, 4), low=round(low, 4), high=round(high, 4))


def judge_ledger(case: Case, money: dict[str, Leaks], portfolio: Portfolio) -> Ledger:
    """A row a leak and currency, with what one more month costs where the past tells it."""
    own = win_rate(case)
    rows = [
        _row(case, currency, name, leaks, own)
        for currency, leaks in sorted(money.items())
        for name in LEDGER_LEAKS
        if getattr(leaks, name) and (own is not None or name == "lost_without_reason")
    ]
    frozen = {currency: leaks.frozen for currency, leaks in money.items() if leaks.frozen}
    return Ledger(
        rate=own,
        rows=rows,
        month=_month(case, frozen),
        without_amount=portfolio.open - portfolio.with_amount,
        not_judged={c: leaks.not_judged for c, leaks in money.items() if leaks.not_judged},
    )


def ranges(ledger: Ledger) -> dict[str, dict[str, dict[str, float]]]:
    """The same by currency and leak, as the report has it beside the money."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in ledger.rows:
        found.setdefault(row.currency, {})[row.leak] = {
            "low": row.low,
            "expected": row.expected,
            "high": row.high,
        }
    return found


def _row(case: Case, currency: str, name: str, leaks: Leaks, own: Rate | None) -> LedgerRow:
    at_stake = getattr(leaks, name)
    say = case.wording
    gone = name == "lost_without_reason" or own is None
    low, share, high = (1.0, 1.0, 1.0) if gone or own is None else (own.low, own.share, own.high)
    formula = say("ledger_gone", amount=say.money(at_stake, currency))
    if own is not None and not gone:
        formula = say(
            "ledger_formula",
            amount=say.money(at_stake, currency),
            share=say.percent(own.share),
            range=say.share(own.low, own.high),
            won=say.number(own.true),
            closed=say.number(own.of),
        )
    return LedgerRow.model_validate(
        {
            "leak": name,
            "currency": currency,
            "at_stake": at_stake,
            "deals": leaks.deals.get(name, 0),
            "low": round(at_stake * low, 2),
            "expected": round(at_stake * share, 2),
            "high": round(at_stake * high, 2),
            "formula": formula,
        }
    )


def _month(case: Case, frozen: dict[str, float]) -> MonthMore | None:
    if not case.derived.has_history:
        return None
    counts = {stood: (won, n) for stood, n, won in case.session.rows(statements("stood")[0])}
    won_a, n_a = counts.get(False, (0, 0))
    won_b, n_b = counts.get(True, (0, 0))
    resumed, stood = rate(won_a, n_a), rate(won_b, n_b)
    if resumed is None or stood is None or min(n_a, n_b) < case.limit("month_deals"):
        return None
    # All of them less those that stood on is this part of the difference between the two groups.
    part = n_a / (n_a + n_b)
    low, high = difference(won_a, n_a, won_b, n_b, Z80)
    drop = part * (won_a / n_a - won_b / n_b)
    sure = low > 0
    return MonthMore(
        resumed=resumed,
        stood=stood,
        drop=round(drop, 4),
        low=round(part * low, 4),
        high=round(part * high, 4),
        cost={c: round(amount * drop, 2) for c, amount in frozen.items()} if sure else {},
    )
