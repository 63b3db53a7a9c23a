"""Movement in words: the same in every report for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_audit.model.movement import MovementSource
from crm_audit.model.report import Report
from crm_audit.wording import Wording


class Moving:
    """Mixed into the view: where movement was seen."""

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
