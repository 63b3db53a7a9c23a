"""What of the open deals closes in a month and a quarter, with a range and a check on the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm_audit.engine.evaluate import plain
from crm_audit.engine.rules import Rulebook
from crm_audit.engine.session import statements
from crm_audit.judge.backtest import judge_backtests
from crm_audit.judge.case import Case
from crm_audit.model.forecast import Backtest, Forecast, Horizon, Largest, PeriodForecast

if TYPE_CHECKING:
    from crm_audit.forecast.outlook import Outlook, Period, Sum, Terms

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Closing:
    """The forecast's part that is learned from the past."""

    periods: list[PeriodForecast]
    backtests: list[Backtest]
    closed: int = 0
    few: bool = False
    learned_from: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def terms_of(book: Rulebook) -> Terms:
    """What the rulebook's thresholds say of the forecast.

    In a steady flow of deals the share of the open ones won in a day is the win rate by the days
    that a deal lasts (Little's law). Values without a meaning move to the nearest that has one.
    """
    from crm_audit.forecast.outlook import Terms

    win = min(max(book.value("forecast_prior_win"), 0.001), 1)
    return Terms(
        prior_rate=win / max(book.value("forecast_prior_days"), 1),
        prior_spread=max(book.value("forecast_prior_spread"), 0.01),
        few=max(int(book.value("forecast_few_deals")), 1),
        share=min(max(book.value("forecast_range"), 0.01), 0.99),
        periods=max(int(book.value("forecast_periods")), 0),
    )


def judge_closing(case: Case) -> Closing:
    """The periods after the date of the audit; empty where there is no date or no open deal."""
    today = case.derived.as_of
    open_deals = case.session.value("SELECT count(*) FROM judged WHERE is_open")
    if today is None or not open_deals:
        return Closing([], [])
    from crm_audit.forecast.outlook import HORIZONS, outlook
    from crm_audit.forecast.record import cards_of, deals_of

    columns = case.session.arrays("forecast_deals")
    day = float((today - EPOCH).days)
    deals = deals_of(columns)
    if not case.derived.rewound:
        # A closing that is still to come is a slip of the pen, unless the audit looks back.
        deals.closed[deals.closed > day] = float("nan")
    found = outlook(
        deals, cards_of(case.session.arrays("forecast_cards")), day, terms_of(case.rulebook)
    )
    currencies = [
        row[0]
        for row in case.session.rows(
            "SELECT DISTINCT currency FROM judged WHERE status IN ('open', 'won', 'lost')"
            " ORDER BY currency"
        )
    ]
    maker = _Periods(case, today, open_deals, currencies, columns)
    periods = [maker.make(name, days, found.now.get(name)) for name, (days, _) in HORIZONS.items()]
    few = found.closed < case.limit("forecast_few_deals")
    return Closing(
        periods,
        judge_backtests(case, found, currencies),
        found.closed,
        few,
        ("age", *sorted(found.spells.shows)),
        tuple(_notes(case, found, few)),
    )


@dataclass(frozen=True)
class _Periods:
    """Makes the periods of one audit: figures of the forecast beside those of the cards."""

    case: Case
    today: date
    open_deals: int
    currencies: Sequence[str]
    columns: dict[str, Any]

    def make(self, name: str, days: int, found: Period | None) -> PeriodForecast:
        """The period of so many days; without `found` there was nothing to learn from."""
        sums: dict[str | None, Sum] = {}
        for s in found.sums if found else ():
            sums[None if s.currency is None else self.currencies[s.currency]] = s
        number = sums.get(None)
        horizon: Horizon = "month" if name == "month" else "quarter"
        return PeriodForecast(
            id=horizon,
            start=self.today + timedelta(days=1),
            end=self.today + timedelta(days=days),
            deals=self.open_deals,
            expected_deals=round(number.expected, 1) if number else None,
            low_deals=int(number.low) if number else None,
            high_deals=int(number.high) if number else None,
            by_currency=self._by_currency(days, sums),
        )

    def _by_currency(self, days: int, sums: dict[str | None, Sum]) -> dict[str, Forecast]:
        found: dict[str, Forecast] = {}
        for row in self.case.session.rows(statements("forecast_sums")[0], {"days": days}):
            currency, deals, planned, claimed, proven, has_dates, has_chances = row
            one = sums.get(currency)
            found[currency] = Forecast(
                expected=_money(one.expected) if one else None,
                low=_money(one.low) if one else None,
                high=_money(one.high) if one else None,
                crm=(plain(claimed) or 0.0) if has_dates and has_chances else None,
                planned=(plain(planned) or 0.0) if has_dates else None,
                proven=plain(proven) or 0.0,
                deals=deals,
                largest=_largest(self.case, one, self.columns),
            )
        return found


def _money(amount: float) -> float:
    return round(float(amount), 2)


def _largest(case: Case, found: Sum | None, columns: dict[str, Any]) -> Largest | None:
    if found is None or found.top is None:
        return None
    deal_id = case.session.value(
        "SELECT deal_id FROM judged WHERE deal_no = $1", [int(columns["deal_no"][found.top])]
    )
    return Largest(deal_id=deal_id, share=round(found.top_share, 4))


def _notes(case: Case, found: Outlook, few: bool) -> list[str]:
    """What the figures leave out or stand on."""
    say = case.wording
    notes = [say("outlook_open_only")]
    if not found.closed:
        notes.append(say("outlook_none_closed"))
    elif few:
        limit = say.number(case.limit("forecast_few_deals"))
        notes.append(say("outlook_few", n=say.count(found.closed, "noun_deal"), limit=limit))
    missing = case.session.value(
        "SELECT count(*) FROM judged WHERE is_open AND NOT coalesce(amount > 0, false)"
    )
    if missing:
        notes.append(say("outlook_no_amount", n=say.count(missing, "noun_deal")))
    ageless = case.session.value("SELECT count(*) FROM judged WHERE is_open AND created_at IS NULL")
    if ageless:
        notes.append(say("outlook_no_age", n=say.count(ageless, "noun_deal")))
    if found.spells.undated:
        notes.append(say("outlook_undated", n=say.count(found.spells.undated, "noun_deal")))
    sums = [s for p in found.now.values() for s in p.sums if s.currency is not None]
    if any(s.high and not s.low <= s.expected <= s.high for s in sums):
        notes.append(say("outlook_outside_range"))
    if "stage" not in found.spells.shows:
        notes.append(say("outlook_no_history"))
    return notes
