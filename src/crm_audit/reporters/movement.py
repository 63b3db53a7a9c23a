"""Movement in words: the same in every report for people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crm_audit.model.movement import Change, Comparison, MovementSource
from crm_audit.model.report import Report
from crm_audit.wording import Wording


class Moving:
    """Mixed into the view: where movement was seen, and what changed between exports."""

    report: Report
    w: Wording

    if TYPE_CHECKING:

        def t(self, key: str, **values: object) -> str:
            """The phrase `report_<key>`, said by the view."""

    def period(self, source: MovementSource) -> str:
        """First and last day of what was seen."""
        days = [self.w.date(day) for day in (source.first, source.last) if day is not None]
        return " – ".join(dict.fromkeys(days)) or "—"

    def used_for(self, source: MovementSource) -> str:
        """What was judged by a source."""
        uses = [self.t(f"use_{use}") for use in source.used_for]
        return ", ".join(uses) or self.t("use_nothing")

    def compared(self, found: Comparison) -> str:
        """Which exports were compared, how their deals were matched, and how surely."""
        said = self.t(
            "compared",
            earlier=self.w.date(found.earlier_day),
            later=self.w.date(found.later_day),
            days="" if found.days is None else f", {self.w.count(found.days, 'noun_day')}",
            by_id=self.w.number(found.by_id),
        )
        if found.alike:
            lowest = self.w.percent(found.lowest or 0)
            said += self.t("compared_alike", n=self.w.number(found.alike), lowest=lowest)
        said += self.t(
            "compared_alone",
            earlier=self.w.number(found.only_earlier),
            later=self.w.number(found.only_later),
        )
        if found.not_sure:
            said += self.t("compared_not_sure", n=self.w.number(found.not_sure))
        return said + "."

    def changes_in_short(self, found: Comparison) -> str:
        """Kinds of change with their numbers on one line; empty where nothing changed."""
        kinds = ", ".join(
            f"{self.t(f'change_{count.kind}')} — {self.w.number(count.deals)}"
            for count in found.counts
        )
        if not kinds:
            return ""
        days = [self.w.date(day) for day in (found.earlier_day, found.later_day)]
        return self.t("changes_line", earlier=days[0], later=days[1], kinds=kinds)

    def change_kind(self, change: Change) -> str:
        """What changed; of a date set back, which one."""
        if change.what is not None:
            return self.t(f"value_back_dated_what_{change.what}")
        return self.t(f"change_{change.kind}")

    def change_side(self, change: Change, value: str | float | None) -> str:
        """One side of a change, as its kind is written."""
        if value is None:
            return "—"
        if isinstance(value, float):
            return self.w.number(value, 0 if value == int(value) else 2)
        if change.kind in ("won", "lost", "reopened"):
            return self.t(f"value_closed_as_{value}")
        if change.kind in ("pushed", "pulled_in", "back_dated", "returned"):
            return self.w.date(date.fromisoformat(value))
        return value

    def seen_between(self, change: Change) -> str:
        """The two days between which a change happened."""
        return f"{self.w.date(change.seen_before)} – {self.w.date(change.seen_after)}"
