"""The report's part on what will really close: forecast, range, backtest, the top-10 sheet."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Money, Part, Share01, Source

Horizon = Literal["month", "quarter"]
Baseline = Literal["crm", "planned", "usual"]
Whom = Literal[
    "approver", "payer", "procurer", "legal", "security", "technical", "contact", "nobody"
]
"""The client's person to ask; `nobody`: the deal names none, though the export has room for one."""


class Largest(Part):
    """The deal that weighs most in an expected sum."""

    deal_id: str
    share: Share01 = Field(description="its share of the expected sum")


class Forecast(Part):
    """One currency in one period: what the past supports, what the CRM claims, what facts prove."""

    expected: float | None = Field(description="mean; null: no closed deal to learn from")
    low: float | None = Field(description="low end of the range")
    high: float | None = Field(description="high end of the range")
    crm: float | None = Field(
        description="amount x probability of the deals planned in the period; null where the CRM"
        " gives no probabilities or planned dates"
    )
    planned: float | None = Field(None, description="amounts whose planned date is in the period")
    proven: float = Field(0.0, description="of these, with every fact in place and not stalled")
    deals: int = Field(0, description="open deals with an amount")
    largest: Largest | None = None


class PeriodForecast(Part):
    """What of today's open deals closes in one period; deals that come later are not in it."""

    id: Horizon
    start: date = Field(description="the first day")
    end: date = Field(description="the last day")
    deals: int = Field(description="open deals")
    expected_deals: float | None = None
    low_deals: int | None = None
    high_deals: int | None = None
    by_currency: dict[str, Forecast]


class BacktestRow(Part):
    """One past day: what would have been forecast, and what then closed of what was open."""

    as_of: date
    until: date
    deals: int = Field(description="deals open on the day (with an amount, if money is forecast)")
    expected: float
    low: float
    high: float
    actual: float
    held: bool = Field(description="whether the range held what closed")
    crm: float | None = Field(description="the CRM's claim as it stood then; null: not known")
    planned: float | None = Field(
        description="all that was planned in the period, as it stood then"
    )
    usual: float | None = Field(description="the share of open deals that periods before had won")


class CalibrationBin(Part):
    """Deals of past days by their chance, and how many of them were won."""

    low: Share01
    high: Share01
    deals: int
    expected: float
    won: int


class Unsupported(Part):
    """A comparison that the export does not allow, and why."""

    baseline: Baseline
    text: str


class Backtest(Part):
    """The method on the client's own past. WAPE: sum of absolute errors by what really closed."""

    horizon: Horizon
    unit: Literal["amount", "deals"]
    currency: str | None = None
    periods: int
    wape: float | None = Field(description="null: nothing closed")
    wape_crm: float | None = None
    wape_planned: float | None = None
    wape_usual: float | None = None
    held: int = Field(description="periods in which the range held what closed")
    coverage: Share01 | None
    coverage_low: Share01 | None = Field(None, description="95 % interval of the coverage (Wilson)")
    coverage_high: Share01 | None = None
    rows: list[BacktestRow] = []
    bins: list[CalibrationBin] = []
    unsupported: list[Unsupported] = []


class TopDeal(Part):
    deal_id: str
    deal_name: str | None = None
    company: str | None = None
    owner: str | None = None
    stage: str | None = None
    amount: float
    currency: str
    probability: float | None = None
    expected_close: date | None = None
    next_step: str | None = None
    next_step_date: date | None = None
    pushes: int | None = Field(
        None, description="times the planned date was moved later; null: nothing tells"
    )
    facts: dict[str, bool | None] = Field(
        description="amount, close_date, next_step, approver, decision"
    )
    complete: bool | None
    ask: str = Field(description="the one question to ask about this deal")
    ask_role: Whom | None = Field(None, description="whom to ask it; null: the export has nobody")
    ask_name: str | None = Field(None, description="the name of that person at the client")
    source: Source | None = None


class StageWinRate(Part):
    """Closed deals that were in an open stage, and the share of them that was won in the end."""

    pipeline: str | None
    stage: str
    order: int = Field(description="the place of the stage in its pipeline")
    closed: int = Field(description="closed deals that the history shows in this stage")
    won: int
    raw: Share01 = Field(description="won / closed")
    rate: Share01 = Field(description="drawn to the pooled rate: mean of the Beta posterior")
    low: Share01 = Field(description="low end of the range (threshold `forecast_range`)")
    high: Share01 = Field(description="high end of the range")


class WinRates(Part):
    """Win rates by stage, learned from closed deals whose history shows the stages they were in."""

    closed: int
    won: int
    pooled: Share01 = Field(description="won / closed of all of them")
    weight: float = Field(description="deals that the pooled rate counts as in each stage")
    stages: list[StageWinRate]


class ForecastPart(Part):
    horizon: Horizon | None = Field(description="the period of `by_currency`; null: no date")
    method: Literal["past", "facts"] = Field(
        description="past: learned from closed deals; facts: there are none to learn from"
    )
    by_currency: dict[str, Forecast]
    periods: list[PeriodForecast] = []
    closed: int = Field(0, description="closed deals that were learned from")
    few: bool = Field(False, description="fewer of them than a forecast should stand on")
    learned_from: list[str] = Field(
        [], description="what the export shows as it stood then: age, stage, planned, ..."
    )
    notes: list[str] = Field([], description="what must be known to read the figures")
    win_rates: WinRates | None = Field(
        None, description="null: no history tells which stages closed deals were in"
    )
    claimed: Money = Field({}, description="amount x probability of all open deals, whenever")
    proven: Money = Field({}, description="amounts of open deals with every fact in place")
    possible: Money = Field({}, description="the same if everything unknown proves true")
    proven_deals: int = 0
    top_currency: str | None = None
    top: list[TopDeal]
    backtest: Backtest | None = Field(None, description="the one shown first")
    backtests: list[Backtest] = []
