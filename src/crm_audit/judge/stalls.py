"""Which deals stand still, how long, against what limit, and what they seem to wait for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.judge.case import Case
from crm_audit.judge.reaction import judge_reaction
from crm_audit.judge.waits import WAIT_FACTS, likely_wait
from crm_audit.model.report import Source, StalledDeal, Stalls


def judge_stalls(case: Case, limit: int | None) -> Stalls:
    """Count stalled deals and list them, largest amounts first, at most `limit`."""
    stalled, standing, unknown = case.session.rows(
        "SELECT count(*) FILTER (WHERE stalled), count(*) FILTER (WHERE NOT stalled),"
        " count(*) FILTER (WHERE stalled IS NULL) FROM judged WHERE is_open"
    )[0]
    amount = {
        currency: plain(total)
        for currency, total in case.session.rows(
            "SELECT currency, sum(amount) FROM judged WHERE is_open AND stalled AND amount > 0"
            " GROUP BY currency ORDER BY currency"
        )
    }
    most = f" LIMIT {int(limit)}" if limit is not None else ""
    rows = case.session.dicts(
        "SELECT * FROM judged WHERE is_open AND stalled"
        f" ORDER BY amount DESC NULLS LAST, days_still - limit_days DESC, deal_key{most}"
    )
    own = sum(1 for days, origin in case.derived.limits.values() if origin == "own_data")
    return Stalls(
        basis=case.derived.basis,
        limit_basis=case.wording("limit_basis_own", n=own)
        if own
        else case.wording("limit_basis_default"),
        calendar=case.derived.calendar,
        stalled=stalled,
        not_stalled=standing,
        unknown=unknown,
        amount=amount,
        deals=[_deal(case, row) for row in rows],
        reaction=judge_reaction(case),
    )


def _deal(case: Case, row: dict[str, Any]) -> StalledDeal:
    return StalledDeal(
        deal_id=row["deal_id"],
        deal_name=row["deal_name"],
        company=row["company"],
        owner=row["owner"],
        pipeline=row["pipeline"],
        stage=row["stage"],
        days=row["days_still"],
        limit=row["limit_days"],
        amount=plain(row["amount"]),
        currency=row["currency"] if row["amount"] is not None else None,
        progress_at=row["progress_at"],
        progress_basis=row["progress_basis"],
        reason=(row["risk"] or row["stall_reason"]) if row["stall_reason_known"] else None,
        reason_known=row["stall_reason_known"],
        likely=case.wording(likely_wait(case, row)),
        source=Source(input=row["table_no"], line=row["line"]),
    )


def likely_waits(case: Case) -> Counter[str]:
    """How many stalled deals seem to wait for what, by phrase; those that do not tell left out."""
    facts = ", ".join(WAIT_FACTS)
    found: Counter[str] = Counter()
    for row in case.session.dicts(
        f"SELECT {facts}, count(*) AS deals FROM judged WHERE is_open AND stalled GROUP BY ALL"
    ):
        found[likely_wait(case, row)] += row["deals"]
    found.pop("wait_untold", None)
    return found
