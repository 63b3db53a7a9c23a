"""What shows that a planted company writes its CRM afterwards: paths, cards, dates, copies."""

from __future__ import annotations

from counting import Counts, by_rule, compare

from crm_audit import Audit
from planted.truth import Truth


def compare_all(audit: Audit, truth: Truth) -> dict[str, Counts]:
    """Compare deals by the rule that names them, habits by the user."""
    planted, report = truth.diary, audit.report
    assert report.movement
    assert report.movement.diary
    signs = {sign.id: sign for sign in report.movement.diary.signs}
    late = by_rule(report, "created-after-signed")
    cards = audit.deals[["deal_id", "created_at", "closed_at"]].dropna()
    closed_first = set(cards.loc[cards["closed_at"] < cards["created_at"], "deal_id"])
    return {
        "path walked on the closing day": compare(
            by_rule(report, "path-walked-on-closing-day"), planted.walked_on_closing_day
        ),
        # Deals of an import are created after they closed in good faith: found, they are false.
        "created after signing": compare(late, planted.created_after_contract),
        "created after closing": compare(late & closed_first, planted.created_after_closing),
        "edits on a meeting day": compare(
            {(h.owner, h.weekday) for h in signs["meeting_day"].habits},
            {(h.owner, int(str(h.value)) + 1) for h in planted.meeting_day},
        ),
        "dates at ends of months": compare(
            {h.owner for h in signs["round_dates"].habits}, {h.owner for h in planted.month_end}
        ),
        "steps on one date": compare(
            by_rule(report, "steps-on-one-date"), {d for h in planted.one_date for d in h.deals}
        ),
        "copied steps": compare(
            by_rule(report, "next-step-copied"), {d for h in planted.copied_steps for d in h.deals}
        ),
        "edited in bulk": compare(
            by_rule(report, "edited-in-bulk"), {d for b in planted.bulk_edits for d in b.deals}
        ),
        "no move ever back": compare(
            {signs["never_back"].answer}, {"no" if truth.movement.rollbacks else "yes"}
        ),
        "records made late": compare(by_rule(report, "activity-recorded-late"), ()),
    }
