"""Whether the CRM is a diary: twelve signs, each from data or unknown, and the share of life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.judge.habits import judge_meeting_days, judge_planned_dates
from crm_audit.judge.shares import Range, answer_of
from crm_audit.model.diary import Diary, Life, LifeDeal, LifePart, OwnerHabit, Sign, SignId
from crm_audit.model.parts import Answer, Source

Counts = Literal["moves", "deals", "edits", "activities", "steps", "dates"]

_MOST_DEALS = 1_000
"""Deals with late records that data formats get."""


@dataclass(frozen=True)
class _Counted:
    """A sign that is a share of records: what is counted, and the rule that names the deals."""

    id: SignId
    counts: Counts
    query: str
    rule: str | None
    needs: str
    """The phrase for what is missing where there is nothing to look at."""


_SHARES = (
    _Counted(
        "bulk_moves", "moves",
        "SELECT count(*) FILTER (WHERE bulk), count(*), count(*) FILTER (WHERE bulk IS NULL)"
        " FROM moves",
        "moved-in-bulk", "history",
    ),
    _Counted(
        "same_day_moves", "moves",
        "SELECT count(*) FILTER (WHERE same_day), count(*), 0 FROM moves WHERE forward",
        "moved-same-day", "history",
    ),
    _Counted(
        "jumps", "moves",
        "SELECT count(*) FILTER (WHERE jump), count(*), count(*) FILTER (WHERE jump IS NULL)"
        " FROM moves WHERE forward",
        "stage-jumped", "history",
    ),
    _Counted(
        "closing_day_path", "deals",
        "SELECT count(*) FILTER (WHERE walked), count(*), count(*) FILTER (WHERE walked IS NULL)"
        " FROM closing_paths WHERE moves > 0",
        "path-walked-on-closing-day", "history",
    ),
    _Counted(
        "created_late", "deals",
        "SELECT count(*) FILTER (WHERE late), count(*),"
        " count(*) FILTER (WHERE late IS NULL AND signed IS NOT NULL) FROM late_cards"
        " WHERE signed IS NOT NULL",
        "created-after-signed", "signed",
    ),
    _Counted(
        "bulk_edits", "deals",
        "SELECT count(*) FILTER (WHERE edited_in_bulk), count(*),"
        " count(*) FILTER (WHERE edited_in_bulk IS NULL) FROM judged"
        " WHERE deal_no IN (SELECT deal_no FROM bulk_edits)",
        "edited-in-bulk", "updated",
    ),
    _Counted(
        "late_records", "activities",
        "SELECT coalesce(sum(late), 0), coalesce(sum(checked), 0), 0 FROM late_records",
        "activity-recorded-late", "activities",
    ),
    _Counted(
        "one_date", "steps",
        "SELECT count(*) FILTER (WHERE on_one_date), count(*), 0 FROM one_dates",
        "steps-on-one-date", "step_dates",
    ),
    _Counted(
        "copied_steps", "steps",
        "SELECT count(*) FILTER (WHERE copied), count(*), 0 FROM step_copies",
        "next-step-copied", "steps",
    ),
)  # fmt: skip
_ORDER: tuple[SignId, ...] = (
    "closing_day_path", "created_late", "bulk_moves", "same_day_moves", "jumps", "never_back",
    "bulk_edits", "meeting_day", "late_records", "one_date", "copied_steps", "round_dates",
)  # fmt: skip


def judge_diary(case: Case, limit: int | None) -> Diary:
    """All signs and the share of life; lists hold at most `limit` deals."""
    case.session.run("diary")
    signs = {found.id: found for found in (_share_sign(case, sign) for sign in _SHARES)}
    signs["never_back"] = _never_back(case)
    signs["meeting_day"] = _meeting_day(case)
    signs["round_dates"] = _round_dates(case)
    case.session.run("diary_life")
    told = [signs[name] for name in _ORDER if signs[name].answer != "unknown"]
    return Diary(
        signs=[signs[name] for name in _ORDER],
        told=len(told),
        say_diary=sum(sign.answer == "yes" for sign in told),
        life=_life(case, _MOST_DEALS if limit is None else limit),
        not_progress=case.session.value(
            "SELECT count(*) FROM bulk_edits JOIN open_deals USING (deal_no)"
            " WHERE updated_bulk OR entered_bulk"
        ),
    )


def _share_sign(case: Case, sign: _Counted) -> Sign:
    n, of, unknown = map(int, case.session.rows(sign.query)[0])
    return _sign(
        case, sign.id, sign.counts, (n, of, unknown), rule=sign.rule, needs=sign.needs,
        least=int(case.limit("diary_least")),
    )  # fmt: skip


def _sign(
    case: Case,
    name: SignId,
    counts: Counts,
    counted: tuple[int, int, int],
    *,
    needs: str,
    least: int,
    rule: str | None = None,
    habits: list[OwnerHabit] | None = None,
    places: dict[str, int] | None = None,
) -> Sign:
    """A sign by the share of its records; too few or none of them cannot tell."""
    n, of, unknown = counted
    share = Range(of, n, unknown)
    # Above a threshold it says diary: the answer is "yes" where a check "at least" would be.
    answer: Answer = (
        "unknown" if of < least else answer_of(share, case.limit("diary_share"), "at_least")
    )
    if not of:
        why = case.wording("diary_needs_" + needs)
    elif of < least:
        why = case.wording("diary_few", n=of, least=least)
    else:
        number = case.wording.number
        why = case.wording(
            "diary_why_" + name,
            deals=number(case.limit("bulk_deals")),
            seconds=number(case.limit("bulk_seconds")),
        )
    return Sign(
        id=name,
        title=case.wording("diary_sign_" + name),
        answer=answer,
        counts=counts,
        n=n,
        of=of,
        unknown=unknown,
        low=round(share.low, 4) if of else None,
        high=round(share.high, 4) if of else None,
        threshold=case.limit("diary_share"),
        origin=case.rulebook.thresholds["diary_share"].origin,
        why=why,
        rule=rule,
        habits=habits or [],
        places=places or {},
    )


def _never_back(case: Case) -> Sign:
    """Not one move back in a long history: moves back are not recorded."""
    of, back = case.session.rows("SELECT count(*), count(*) FILTER (WHERE NOT forward) FROM moves")[
        0
    ]
    least = int(case.limit("never_back_moves"))
    answer: Answer = "unknown" if of < least else "no" if back else "yes"
    say = case.wording
    why = say("diary_needs_history") if not of else say("diary_few", n=of, least=least)
    if answer != "unknown":
        why = say("diary_why_never_back")
    share = round(back / of, 4) if of else None
    return Sign(
        id="never_back",
        title=say("diary_sign_never_back"),
        answer=answer,
        counts="moves",
        n=back,
        of=of,
        unknown=0,
        low=share,
        high=share,
        rule=None,
        threshold=least,
        origin=case.rulebook.thresholds["never_back_moves"].origin,
        why=why,
    )


def _meeting_day(case: Case) -> Sign:
    tested, edits, habits = judge_meeting_days(case)
    case.session.fill(
        "meeting_days",
        {"who": [h.owner for h in habits], "weekday": [h.weekday for h in habits]},
    )
    return _sign(
        case, "meeting_day", "edits", (sum(h.n for h in habits), edits if tested else 0, 0),
        needs="edits", least=int(case.limit("weekday_edits")), habits=habits,
    )  # fmt: skip


def _round_dates(case: Case) -> Sign:
    of, places, habits = judge_planned_dates(case)
    n = sum(h.n for h in habits)
    return _sign(
        case, "round_dates", "dates", (n, of, 0), needs="dates",
        least=int(case.limit("diary_least")), habits=habits, places=places,
    )  # fmt: skip


def _life(case: Case, limit: int) -> Life | None:
    parts = [
        LifePart.model_validate(row | _ends(row))
        for row in case.session.dicts(
            "SELECT part AS id, CAST(sum(events) AS BIGINT) AS events,"
            " CAST(sum(late) AS BIGINT) AS late, CAST(sum(unknown) AS BIGINT) AS unknown"
            " FROM life GROUP BY part ORDER BY part"
        )
    ]
    # Without the moves what is left would be full marks for what nobody saw.
    if "moves" not in {part.id for part in parts}:
        return None
    whole = {k: sum(getattr(p, k) for p in parts) for k in ("events", "late", "unknown")}
    deals, late_deals = case.session.rows(
        "SELECT count(DISTINCT deal_no), count(DISTINCT CASE WHEN late > 0 THEN deal_no END)"
        " FROM life"
    )[0]
    rows = case.session.dicts(f"{statements('diary_deals')[0]} LIMIT {int(limit)}")
    listed = [
        LifeDeal.model_validate(row | _ends(row) | {"source": Source(input=table, line=line)})
        for row in rows
        for table, line in [(row.pop("table_no"), row.pop("line"))]
    ]
    counted: dict[str, Any] = whole | _ends(whole)
    return Life(deals=deals, **counted, parts=parts, late_deals=late_deals, listed=listed)


def _ends(row: dict[str, Any]) -> dict[str, Any]:
    """The share recorded in life, from low (the unknown was not) to high (it was)."""
    share = Range(row["events"], row["events"] - row["late"] - row["unknown"], row["unknown"])
    return {"low": round(share.low, 4), "high": round(share.high, 4)}
