"""Whether a limit means anything: is a deal more often acted on once it is crossed?"""

from __future__ import annotations

from crm_audit.judge.case import Case
from crm_audit.judge.intervals import difference
from crm_audit.model.parts import Answer
from crm_audit.model.stalls import Chance, Reaction


def judge_reaction(case: Case) -> Reaction | None:
    """The weekly chance of a reaction before and after the limit; None without a history.

    There is a rule if the whole interval of the rise is above zero, none if it lies below
    `reaction_jump`; else it cannot be told.
    """
    if not case.derived.has_history:
        return None
    counts = {
        after: (weeks, reacted)
        for after, weeks, reacted in case.session.rows("SELECT * FROM reaction_chance")
    }
    weeks_before, reacted_before = counts.get(False, (0, 0))
    weeks_after, reacted_after = counts.get(True, (0, 0))
    low, high = difference(reacted_after, weeks_after, reacted_before, weeks_before)
    rule: Answer = "unknown"
    if low > 0:
        rule = "yes"
    elif high < case.limit("reaction_jump"):
        rule = "no"
    before, after = _chance(weeks_before, reacted_before), _chance(weeks_after, reacted_after)
    return Reaction(
        before=before,
        after=after,
        rise_low=round(low, 4),
        rise_high=round(high, 4),
        rule=rule,
        text=_text(case, before, after, rule),
    )


def _chance(weeks: int, reacted: int) -> Chance:
    return Chance(weeks=weeks, reacted=reacted, share=round(reacted / weeks, 4) if weeks else None)


def _text(case: Case, before: Chance, after: Chance, rule: Answer) -> str:
    say = case.wording
    if before.share is None or after.share is None:
        return say("reaction_untold")
    return say(
        "reaction_" + rule,
        before=say.percent(before.share),
        after=say.percent(after.share),
        weeks_before=say.count(before.weeks, "noun_week"),
        weeks_after=say.count(after.weeks, "noun_week"),
    )
