"""Rows of the top-10 sheet in words: what is missing, how often pushed, whom to ask what."""

from __future__ import annotations

from crm_audit.model.report import Headline, Report, TopDeal
from crm_audit.reporters.clean import plain
from crm_audit.reporters.privacy import Privacy
from crm_audit.wording import Wording


class Sheet:
    """What a view says of a deal on the sheet."""

    report: Report
    w: Wording
    privacy: Privacy

    def closing(self) -> Headline | None:
        """The headline of what will really close."""
        return next((h for h in self.report.headlines if h.id == "will_close"), None)

    def pushed(self, deal: TopDeal) -> str:
        """How often the planned date was moved later; empty where nothing tells or never."""
        if not deal.pushes:
            return ""
        return self.w("report_pushed", times=self.w.count(deal.pushes, "noun_time"))

    def whom(self, deal: TopDeal) -> str:
        """Role and name of the person to ask; the name is hidden as people are."""
        if deal.ask_role is None:
            return ""
        role = self.w(f"report_whom_{deal.ask_role}")
        if not deal.ask_name:
            return role
        return f"{role}: {self.privacy.fact('contact', plain(deal.ask_name, 80))}"
