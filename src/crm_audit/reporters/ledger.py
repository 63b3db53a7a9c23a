"""The money ledger and the checks of the pipeline in words: the same in every report for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_audit.model.ledger import Coverage, LedgerRow
from crm_audit.model.report import Report
from crm_audit.wording import Wording


class Accounts:
    """Mixed into the view: what leaks cost, and whether the pipeline can give what is asked."""

    report: Report
    w: Wording

    if TYPE_CHECKING:

        def t(self, key: str, **values: object) -> str:
            """The phrase `report_<key>`, said by the view."""

    def ledger(self, currency: str) -> dict[str, LedgerRow]:
        """The rows of one currency by leak."""
        part = self.report.ledger
        return {row.leak: row for row in part.rows if row.currency == currency} if part else {}

    def month_more(self) -> str:
        """What a month more of standing costs, in one sentence; empty where the past is silent."""
        month = self.report.ledger.month if self.report.ledger else None
        if month is None:
            return ""
        known = {
            "resumed": self.w.percent(month.resumed.share),
            "resumed_of": self.w.count(month.resumed.of, "noun_deal"),
            "stood": self.w.percent(month.stood.share),
            "stood_of": self.w.count(month.stood.of, "noun_deal"),
        }
        if not month.cost:
            return self.t("month_unsure", **known)
        return self.t("month_cost", cost=self.w.sums(month.cost), **known)

    def not_counted(self) -> str:
        """Deals without an amount, and money that could not be judged."""
        part = self.report.ledger
        if part is None or not (part.without_amount or part.not_judged):
            return ""
        parts = []
        if part.without_amount:
            deals = self.w.count(part.without_amount, "noun_deal")
            parts.append(self.t("not_counted_deals", deals=deals))
        if part.not_judged:
            parts.append(self.t("not_counted_money", amount=self.w.sums(part.not_judged)))
        return self.t("not_counted", what="; ".join(parts))

    def sanity(self) -> list[tuple[str, str]]:
        """The checks that the export supports: label and sentence."""
        return list(self._sanity()) if self.report.sanity else []

    def _sanity(self) -> Iterator[tuple[str, str]]:
        part, w = self.report.sanity, self.w
        assert part is not None
        own = self.report.ledger.rate if self.report.ledger else None
        if own is not None:
            said = self.t(
                "sanity_rate_is",
                share=w.percent(own.share),
                range=w.share(own.low, own.high),
                won=w.number(own.true),
                closed=w.number(own.of),
            )
            yield self.t("sanity_rate"), said
        if part.cycle:
            said = "; ".join(
                self.t(
                    f"sanity_cycle_{row.size}",
                    amount=w.money(row.up_to or 0, part.currency or "XXX"),
                    median=w.number(row.median_days),
                    late=w.number(row.p90_days),
                    deals=w.count(row.deals, "noun_deal"),
                )
                for row in part.cycle
            )
            yield self.t("sanity_cycle"), said
        for row in part.coverage:
            if row.needed is not None:
                yield self.t("sanity_coverage"), self._coverage(row)
        if part.slips is not None:
            share = w.share(part.slips.low, part.slips.high)
            of = w.number(part.slips.of)
            yield self.t("sanity_slips"), self.t("sanity_slips_are", share=share, of=of)
        if part.month_end is not None:
            closings = part.month_end.closings
            said = self.t(
                "sanity_month_end_is",
                days=w.count(part.month_end.days, "noun_day"),
                share=w.percent(closings.share),
                range=w.share(closings.low, closings.high),
                won=w.number(closings.true),
                closed=w.number(closings.of),
                chance=w.percent(part.month_end.by_chance),
            )
            yield self.t("sanity_month_end"), said
        if part.parked is not None and part.parked.deals:
            said = self.t(
                "sanity_parked_own" if part.parked.own_data else "sanity_parked_default",
                after=w.date(part.parked.after),
                n=w.number(part.parked.deals),
                of=w.number(part.parked.of),
                amount=w.sums(part.parked.amount),
            )
            yield self.t("sanity_parked"), said

    def _coverage(self, row: Coverage) -> str:
        w = self.w
        known = {
            "open": w.money(row.open, row.currency),
            "needed": w.number(row.needed or 0, 1),
            "folklore": w.number(row.folklore, 1),
        }
        if row.times is None or row.target is None:
            return self.t("sanity_needed", **known)
        return self.t(
            "sanity_covered",
            times=w.number(row.times, 1),
            target=w.money(row.target, row.currency),
            **known,
        )
