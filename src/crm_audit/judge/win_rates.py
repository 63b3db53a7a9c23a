"""How often deals that were in a stage were won in the end, by the client's own closed deals."""

from __future__ import annotations

from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.judge.intervals import shrunk
from crm_audit.model.forecast import StageWinRate, WinRates


def judge_win_rates(case: Case) -> WinRates | None:
    """Win rates by stage; None where no history tells the stages of a closed deal."""
    rows = case.session.dicts(statements("win_rates")[0])
    if not rows:
        return None
    closed, won = rows[0]["all_closed"], rows[0]["all_won"]
    weight = max(case.limit("forecast_few_deals"), 1)
    share = min(max(case.limit("forecast_range"), 0.01), 0.99)
    stages = []
    for row in rows:
        # Half a deal of each kind keeps the pooled rate away from never and always (Jeffreys).
        rate, low, high = shrunk(
            row["won"], row["closed"], (won + 0.5) / (closed + 1), weight, share
        )
        stages.append(
            StageWinRate(
                pipeline=row["pipeline"] or None,
                stage=row["stage"],
                order=row["order"],
                closed=row["closed"],
                won=row["won"],
                raw=round(row["won"] / row["closed"], 4),
                rate=round(rate, 4),
                low=round(low, 4),
                high=round(high, 4),
            )
        )
    return WinRates(
        closed=closed, won=won, pooled=round(won / closed, 4), weight=weight, stages=stages
    )
