"""Win rates by stage and likely nothings in the reports, in both languages."""

from __future__ import annotations

import pytest
from report_cases import inconclusive, records_history

from crm_audit.model.report import Report
from crm_audit.reporters import ReporterOptions, render
from crm_audit.wording import NBSP

FORMATS = ("terminal", "markdown", "html")


def shown(report: Report, format: str) -> str:
    options = ReporterOptions(width=160, forecast_only=True)
    return " ".join(str(render(report, format, options)).replace(NBSP, " ").split())


@pytest.mark.parametrize("format", FORMATS)
def test_a_row_a_stage(format: str) -> None:
    text = shown(records_history(), format)
    assert "Доля выигранных по этапам" in text and "64 сделки" in text
    start = text.index("Доля выигранных по этапам")
    row = text[text.index("Договор на согласовании", start) :][:700]
    for figure in ("19", "18", "95 %", "72 %", "61–82 %"):
        assert figure in row
        row = row[row.index(figure) + len(figure) :]


@pytest.mark.parametrize("format", FORMATS)
def test_without_a_history_it_says_so(format: str) -> None:
    text = shown(inconclusive(), format)
    assert "Win rate by stage" in text
    assert "Cannot tell: the export has no history" in text


@pytest.mark.parametrize("format", FORMATS)
def test_several_pipelines_are_told_apart(format: str) -> None:
    report = records_history()
    assert report.forecast.win_rates
    report.forecast.win_rates.stages[0].pipeline = "Тендеры"
    assert "Новая заявка (Тендеры)" in shown(report, format)
    assert "(Тендеры)" not in shown(records_history(), format)


@pytest.mark.parametrize("format", FORMATS)
def test_a_range_of_nothing_is_said_in_words(format: str) -> None:
    report = records_history()
    month = report.forecast.periods[0]
    month.expected_deals, month.low_deals, month.high_deals = 0.2, 0, 0
    money = month.by_currency["RUB"]
    money.low = money.high = 0
    text = shown(report, format)
    assert "0,2 (скорее всего, 0)" in text
    assert text.count("(скорее всего, 0)") == 2
