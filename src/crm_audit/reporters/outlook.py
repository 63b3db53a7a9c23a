"""The forecast in words: ranges, comparisons, the check on the past; the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_audit.model.forecast import (
    Backtest,
    BacktestRow,
    Forecast,
    PeriodForecast,
    StageWinRate,
)
from crm_audit.model.report import Param, Report
from crm_audit.wording import Wording


class Outlook:
    """Mixed into the view: what will really close."""

    report: Report
    w: Wording

    if TYPE_CHECKING:

        def t(self, key: str, **values: object) -> str:
            """The phrase `report_<key>`, said by the view."""

        def param(self, param: Param) -> str:
            """A threshold's value, said by the view."""

        def currency(self, code: str) -> str:
            """A currency in words, said by the view."""

    def period_of(self, period: PeriodForecast) -> str:
        """`Quarter, to 2026-12-30`."""
        return self.t("until", horizon=self.t(f"horizon_{period.id}"), date=self.w.date(period.end))

    def expected(self, forecast: Forecast, currency: str) -> str:
        """`12.4m (5.0m – 21m)`; a dash where there was nothing to learn from."""
        if forecast.expected is None or forecast.low is None or forecast.high is None:
            return "—"
        expected = self.w.money(forecast.expected, currency)
        if not forecast.high:
            return self.t("likely_nothing", expected=expected)
        low, high = self.w.money(forecast.low, currency), self.w.money(forecast.high, currency)
        return self.t("ranged", expected=expected, low=low, high=high)

    def expected_deals(self, period: PeriodForecast) -> str:
        """The same for the number of deals."""
        if period.expected_deals is None or period.low_deals is None or period.high_deals is None:
            return "—"
        expected = self.w.number(period.expected_deals, 1 if period.expected_deals < 10 else 0)
        if not period.high_deals:
            return self.t("likely_nothing", expected=expected)
        low, high = self.w.number(period.low_deals), self.w.number(period.high_deals)
        return self.t("ranged", expected=expected, low=low, high=high)

    def amount_or_dash(self, amount: float | None, currency: str) -> str:
        """A sum, or a dash where the export cannot tell."""
        return "—" if amount is None else self.w.money(amount, currency)

    def tested(self, test: Backtest, value: float | None) -> str:
        """A figure of a backtest in its unit."""
        if value is None:
            return "—"
        if test.currency is not None:
            return self.w.money(value, test.currency)
        return self.w.number(value, 1 if value % 1 else 0)

    def tested_range(self, test: Backtest, row: BacktestRow) -> str:
        """The range of a row."""
        return f"{self.tested(test, row.low)} – {self.tested(test, row.high)}"

    def error(self, share: float | None) -> str:
        """An error as a share of what closed; a dash where it cannot be told."""
        return "—" if share is None else self.w.percent(share)

    def test_title(self, test: Backtest) -> str:
        """What is forecast in a backtest: periods, and money of a currency or deals."""
        unit = self.t("unit_deals") if test.currency is None else self.currency(test.currency)
        periods = self.w.count(test.periods, f"noun_{test.horizon}")
        return self.t("test_title", periods=periods, unit=unit)

    def held(self, test: Backtest) -> str:
        """`6 of 8 (75%, 95% interval 41–93%)`."""
        if test.coverage is None or test.coverage_low is None or test.coverage_high is None:
            return "—"
        return self.t(
            "held_of",
            held=test.held,
            of=test.periods,
            share=self.w.percent(test.coverage),
            low=round(test.coverage_low * 100),
            high=self.w.percent(test.coverage_high),
        )

    def pictured(self, row: BacktestRow, test: Backtest) -> str:
        """One bar of the picture in words."""
        return self.t(
            "pictured",
            date=self.w.date(row.as_of),
            range=self.tested_range(test, row),
            actual=self.tested(test, row.actual),
        )

    def largest(self, forecast: Forecast) -> str:
        """How much of the expected sum hangs on one deal; empty if it is not much."""
        found = forecast.largest
        if found is None or found.share < 0.25:
            return ""
        return self.t("largest_share", deal=found.deal_id, share=self.w.percent(found.share))

    def rated_stage(self, row: StageWinRate) -> str:
        """The stage, with its pipeline if there are several."""
        rates = self.report.forecast.win_rates
        if rates is None or len({r.pipeline for r in rates.stages}) < 2:
            return row.stage
        return f"{row.stage} ({row.pipeline or '—'})"

    def rate_range(self, row: StageWinRate) -> str:
        """`18 – 31%`."""
        return self.w.share(row.low, row.high)

    def rate_range_title(self) -> str:
        """The heading of these ranges, with the share of outcomes that they hold."""
        found = self.report.thresholds.get("forecast_range")
        return self.t("col_rate_range", share=self.param(found) if found else "—")

    def rates_lead(self) -> str:
        """What the table of win rates stands on, or why there is none."""
        rates = self.report.forecast.win_rates
        if rates is None:
            return self.t("rates_unknown")
        return self.t(
            "rates_lead",
            closed=self.w.count(rates.closed, "noun_deal"),
            pooled=self.w.percent(rates.pooled),
            weight=self.w.count(round(rates.weight), "noun_deal"),
        )
