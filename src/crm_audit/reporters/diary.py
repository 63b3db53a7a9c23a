"""Signs of a diary and the share of life in words: the same in every report for people."""

from __future__ import annotations

from crm_audit.model.diary import Diary, LifeDeal, LifePart, OwnerHabit, Sign
from crm_audit.reporters.view import View

ANSWERS = {"yes": "no", "no": "yes", "unknown": "unknown"}
"""The colour of an answer: a sign that says diary is no good news."""


def count(view: View, diary: Diary) -> str:
    """How many signs can be checked and how many of them say diary."""
    if not diary.told:
        return view.t("diary_none")
    return view.t("diary_count", told=diary.told, all=len(diary.signs), yes=diary.say_diary)


def life(view: View, diary: Diary) -> str:
    """The share recorded in life; empty where nothing can be looked at."""
    found = diary.life
    if found is None:
        return ""
    return view.t(
        "diary_life",
        share=view.w.share(found.low, found.high),
        events=view.w.number(found.events),
        deals=view.w.count(found.deals, "noun_deal"),
    )


def not_progress(view: View, diary: Diary | None) -> str:
    """How many deals had a bulk edit set aside as progress; empty where none."""
    if diary is None or not diary.not_progress:
        return ""
    return view.t("diary_not_progress", n=view.w.count(diary.not_progress, "noun_deal"))


def share(view: View, sign: Sign) -> str:
    """The share of records that show a sign, as a range where some cannot be told."""
    return view.w.share(sign.low, sign.high)


def threshold(view: View, sign: Sign) -> str:
    """From what on the sign says diary."""
    if sign.id == "never_back":
        return view.t("diary_moves_least", n=view.w.count(int(sign.threshold), "noun_move"))
    return view.t("diary_from", share=view.w.percent(sign.threshold))


def notes(view: View, sign: Sign) -> list[str]:
    """What stands under a sign: users found, in alphabetical order, and places in the month."""
    said = [_habit(view, habit) for habit in sign.habits]
    if sign.places:
        places = {name: sign.places.get(name, 0) for name in _PLACES}
        said.append(view.t("diary_places", **places))
    return said


_PLACES = ("month_end", "quarter_end", "first", "fifteenth")


def _habit(view: View, habit: OwnerHabit) -> str:
    values = {
        "owner": habit.owner or "—",
        "n": view.w.number(habit.n),
        "of": view.w.number(habit.of),
        "share": view.w.percent(habit.share),
        "chance": view.w.percent(habit.chance),
    }
    if habit.weekday is not None:
        return view.t("diary_habit_weekday", weekday=view.t(f"weekday_{habit.weekday}"), **values)
    ends = {"low": view.w.percent(habit.low or 0), "high": view.w.percent(habit.high or 0)}
    return view.t("diary_habit_dates", **values, **ends)


def bar(part: LifePart) -> list[tuple[str, float, float]]:
    """Name, start and length of the pieces of a bar, in per cent: in life, unknown, late."""
    sure = round(100 * part.low, 2)
    open_ = round(100 * (part.high - part.low), 2)
    pieces = (("went_on", 0.0, sure), ("open", sure, open_))
    return [*pieces, ("lost", round(sure + open_, 2), round(100 - sure - open_, 2))]


def in_life(view: View, row: LifePart | LifeDeal) -> str:
    """The share of a kind of records, or of a deal, that was recorded in life."""
    return view.w.share(row.low, row.high)
