"""What will really close, through the report: a range, three columns, a backtest, the unknown."""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import crm_audit
from build import AS_OF, audit, deal, event

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from closing import exports
from closing.arrays import arrays
from closing.ways import make_company
from crm_audit.wording import NBSP

TODAY = date.fromisoformat(AS_OF)


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def closed(count: int, won: int, **fields: Any) -> list[dict[str, Any]]:
    """Closed deals spread over two years, some of them won."""
    dice = random.Random(4)
    rows = []
    for i in range(count):
        start = dice.randint(120, 720)
        rows.append(
            deal(
                f"c{i}",
                stage="Closed Won" if i < won else "Closed Lost",
                created_at=day(start),
                closed_at=day(start - dice.randint(20, 110)),
                **fields,
            )
        )
    return rows


def noted(forecast: Any, words: str) -> bool:
    """Whether a note says that."""
    return any(words in note.replace(NBSP, " ") for note in forecast.notes)


def still(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [deal(f"o{i}", created_at=day(20 + 9 * i), **fields) for i in range(count)]


class TestWhatIsSaid:
    def test_two_periods_with_ranges_and_the_quarter_in_front(self) -> None:
        found = audit(closed(60, 20, amount="500") + still(15, amount="1000")).forecast
        month, quarter = found.periods
        assert (month.id, quarter.id, found.horizon, found.method) == (
            "month", "quarter", "quarter", "past",
        )  # fmt: skip
        assert month.end == TODAY + timedelta(days=30)
        assert found.by_currency == quarter.by_currency
        money = quarter.by_currency["XXX"]
        assert None not in (money.low, money.expected, money.high)
        assert 0 <= money.low <= money.expected <= money.high <= 15_000
        assert quarter.expected_deals is not None and month.expected_deals is not None
        assert quarter.expected_deals > month.expected_deals
        assert not found.few and found.closed == 60

    def test_the_crm_claims_what_is_planned_in_the_period(self) -> None:
        soon, later = day(-20), day(-60)
        rows = [
            deal("1", amount="1000", probability="50%", expected_close=soon),
            deal("2", amount="1000", probability="90%", expected_close=later),
            deal("3", amount="1000", probability="10%", expected_close=day(5)),
        ]
        month, quarter = audit(closed(30, 10) + rows).forecast.periods
        assert (month.by_currency["XXX"].crm, month.by_currency["XXX"].planned) == (500, 1000)
        assert (quarter.by_currency["XXX"].crm, quarter.by_currency["XXX"].planned) == (1400, 2000)

    def test_no_probabilities_or_dates_is_no_claim(self) -> None:
        (_, quarter) = audit(closed(30, 10) + still(5, amount="10")).forecast.periods
        assert quarter.by_currency["XXX"].crm is None
        assert quarter.by_currency["XXX"].planned is None

    def test_currencies_stand_apart(self) -> None:
        rows = still(8, amount="1000", currency="USD")
        rows += [r | {"deal_id": f"e{r['deal_id']}", "currency": "EUR"} for r in rows]
        found = audit(closed(40, 15, currency="USD", amount="5") + rows).forecast
        assert set(found.by_currency) == {"USD", "EUR"}
        assert found.periods[1].deals == 16
        usd, eur = found.by_currency["USD"], found.by_currency["EUR"]
        assert usd.expected == pytest.approx(eur.expected)
        assert usd.deals == eur.deals == 8

    def test_deals_without_an_amount_are_counted_and_said(self) -> None:
        rows = [*still(6, amount="1000"), deal("bare", amount="")]
        found = audit(closed(30, 10, amount="1") + rows).forecast
        assert found.periods[1].deals == 7
        assert found.periods[1].by_currency["XXX"].deals == 6
        assert noted(found, "1 deal without an amount")

    def test_one_deal_that_weighs_most_is_named(self) -> None:
        rows = [*still(6, amount="10"), deal("whale", amount="100000", created_at=day(60))]
        largest = audit(closed(30, 10, amount="1") + rows).forecast.by_currency["XXX"].largest
        assert largest is not None
        assert (largest.deal_id, largest.share > 0.9) == ("whale", True)

    def test_a_mean_outside_its_range_is_explained(self) -> None:
        rows = [*still(6, amount="10"), deal("whale", amount="100000", created_at=day(60))]
        found = audit(closed(60, 10, amount="1") + rows).forecast
        money = found.by_currency["XXX"]
        assert None not in (money.expected, money.high) and 0 < money.high < money.expected
        assert noted(found, "may lie outside the range")
        usual = audit(closed(60, 20, amount="500") + still(15, amount="1000")).forecast
        assert not noted(usual, "may lie outside the range")

    def test_where_most_likely_nothing_closes_no_range_is_made_up(self) -> None:
        rows = [*still(1, amount="10"), deal("whale", amount="100000", created_at=day(60))]
        report = audit(closed(60, 10, amount="1") + rows)
        month = report.forecast.periods[0]
        assert (month.low_deals, month.high_deals) == (0, 0)
        assert 0 < (month.expected_deals or 0) < 1
        assert "(most likely 0)" in report.headlines[0].text.replace(NBSP, " ")


class TestWhatIsUnknown:
    def test_no_closed_deal_is_unknown_and_not_zero(self) -> None:
        report = audit(still(5, amount="1000"))
        found = report.forecast
        assert (found.method, found.closed, found.backtest) == ("facts", 0, None)
        money = found.by_currency["XXX"]
        assert (money.expected, money.low, money.high) == (None, None, None)
        assert found.periods[0].expected_deals is None
        assert noted(found, "unknown")
        assert "will close" not in report.headlines[0].text

    def test_few_closed_deals_say_so_and_widen(self) -> None:
        few = audit(closed(6, 2, amount="1") + still(20, amount="1000"))
        many = audit(closed(90, 30, amount="1") + still(20, amount="1000"))
        assert few.forecast.few and not many.forecast.few
        assert noted(few.forecast, "6 deals closed")
        assert "only 6 deals closed" in few.headlines[0].supports[0].replace(NBSP, " ")
        width = []
        for report in (few, many):
            money = report.forecast.by_currency["XXX"]
            assert money.low is not None and money.high is not None and money.expected
            width.append((money.high - money.low) / money.expected)
        assert width[0] > width[1]

    def test_closed_nobody_knows_when(self) -> None:
        rows = closed(20, 8) + [
            {k: v for k, v in r.items() if k != "closed_at"} | {"deal_id": f"u{i}"}
            for i, r in enumerate(closed(3, 1))
        ]
        found = audit(rows + still(5)).forecast
        assert found.closed == 20
        assert noted(found, "3 deals closed nobody knows when")

    def test_no_open_deals_is_no_forecast(self) -> None:
        found = audit(closed(20, 8)).forecast
        assert (found.horizon, found.periods, found.backtest) == (None, [], None)


class TestBacktest:
    def test_a_plain_list_counts_deals_and_says_what_it_cannot_compare(self) -> None:
        rows = closed(200, 80, amount="5", probability="50%", expected_close=day(-10))
        found = audit(rows + still(20, amount="1000", probability="50%")).forecast
        assert {b.unit for b in found.backtests} == {"deals"}
        test = next(b for b in found.backtests if b.horizon == "month")
        assert (test.wape_crm, test.wape_planned) == (None, None)
        assert [u.baseline for u in test.unsupported] == ["crm", "planned"]
        assert all(row.crm is None and row.planned is None for row in test.rows)
        assert test.wape is not None and test.wape_usual is not None
        assert test.held == sum(r.low <= r.actual <= r.high for r in test.rows)
        assert test.coverage_low is not None and test.coverage_high is not None
        assert test.coverage_low < (test.coverage or 0) <= test.coverage_high
        assert all(r.until <= TODAY for r in test.rows)
        assert sum(b.won for b in test.bins) == sum(r.actual for r in test.rows)

    def test_a_later_future_changes_no_row_of_the_past(self) -> None:
        """What happened after a day is changed; rows that ended before it stay as they are."""
        company = make_company(3004)
        cut = company.today - 200
        true, other = (self._rows(company, cut, spoil) for spoil in (False, True))
        assert true and true == other

    @staticmethod
    def _rows(company: Any, cut: int, spoil: bool) -> list[Any]:
        rows, history = [], []
        for d in company.deals:
            if d.created > company.today:
                continue
            late = spoil and d.closed > cut
            shown = [e for e in d.events if e.day <= (cut if late else company.today)]
            if not shown:
                continue
            card = shown[-1]
            ended = card.stage in (100, -1)
            rows.append(
                deal(
                    f"D{d.number}",
                    stage=exports.stage_name(company, card.stage),
                    amount="" if card.amount is None else f"{card.amount * (9 if late else 1):.2f}",
                    created_at=exports.day_of(d.created),
                    closed_at=exports.day_of(d.closed) if ended else "",
                )
            )
            history += [
                event(
                    f"D{d.number}",
                    exports.stage_name(company, e.stage),
                    exports.day_of(e.day),
                    amount="" if e.amount is None else f"{e.amount:.2f}",
                    expected_close="" if e.planned is None else exports.day_of(e.planned),
                )
                for e in shown
            ]
        report = audit(rows, history, as_of=exports.day_of(company.today))
        test = next(
            b for b in report.forecast.backtests if b.horizon == "month" and b.unit == "deals"
        )
        limit = exports.day_of(cut)
        return [r for r in test.rows if r.until.isoformat() <= limit]

    def test_files_and_arrays_tell_the_same(self, tmp_path: Path) -> None:
        from crm_audit.engine.rules import load_rulebook
        from crm_audit.forecast.outlook import outlook
        from crm_audit.judge.closing import terms_of

        company = make_company(3006)
        exports.write(company, company.today, tmp_path)
        report = crm_audit.diagnose(
            tmp_path / "deals.csv", tmp_path / "stage_history.csv",
            as_of=exports.day_of(company.today),
        ).report  # fmt: skip
        first = (exports.FIRST - date(1970, 1, 1)).days
        found = outlook(*arrays(company, company.today, first), float(company.today + first),
                        terms_of(load_rulebook()))  # fmt: skip
        for period in report.forecast.periods:
            sums = found.now[period.id].sums
            assert period.expected_deals == pytest.approx(sums[0].expected, abs=0.06)
            assert period.by_currency["RUB"].expected == pytest.approx(sums[1].expected, rel=1e-6)
            # The bounds are drawn, in another order of the stages.
            assert period.by_currency["RUB"].high == pytest.approx(sums[1].high, rel=0.15)
        assert report.forecast.backtest is not None
        assert report.forecast.backtest.unit == "amount"
        assert report.forecast.backtest.wape_crm is not None

    def test_the_first_screen_says_how_it_did(self) -> None:
        report = audit(closed(200, 80, amount="5") + still(20, amount="1000"))
        line = report.headlines[0]
        assert line.id == "will_close"
        assert "will close in the next quarter" in line.text
        assert "Checked on your own past" in line.supports[0]
        assert "80% of the time" in line.supports[0]
