"""Worklists as a workbook: what stands in the cells, what may be filled in, nothing a formula."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from report_cases import ALL, HOSTILE

from crm_audit.model.report import Report
from crm_audit.reporters import ReporterOptions, render


def book(report: Report, **options: Any) -> Any:
    content = render(report, "xlsx", ReporterOptions(**options))
    assert isinstance(content, bytes)
    return openpyxl.load_workbook(BytesIO(content))


def cells(sheet: Any) -> list[Any]:
    return [c.value for row in sheet.iter_rows() for c in row if c.value is not None]


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=5, values_only=True))


def test_the_lists_of_an_audit() -> None:
    report = ALL["records_history"]()
    found = book(report)
    assert found.sheetnames == ["Топ-10", "Стоят", "Находки"]
    top, stalled, findings = (found[name] for name in found.sheetnames)
    assert len([r for r in rows(top) if isinstance(r[0], int)]) == len(report.forecast.top)
    assert len(rows(stalled)) == len(report.stalls.deals)
    assert len(rows(findings)) == len(report.findings)
    assert [r[2] for r in rows(top) if isinstance(r[0], int)] == [
        d.amount for d in report.forecast.top
    ]


def test_the_page_of_the_forecast_is_one_sheet_on_one_page() -> None:
    (sheet,) = book(ALL["inconclusive"](), forecast_only=True)
    assert sheet.title == "Top 10"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    # One page is what the format means where it says nothing.
    assert {sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight} <= {None, 1}
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_answers_can_be_written_and_decisions_chosen() -> None:
    sheet = book(ALL["inconclusive"](), forecast_only=True).active
    header = [c.value for c in sheet[4]]
    assert header[-3:] == ["What the client said", "New date", "Decision"]
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [v.formula1 for v in lists] == [
        '"go on,escalate,change the route,park until a date,close"'
    ]
    days = [v for v in sheet.data_validations.dataValidation if v.type == "date"]
    assert len(days) == 1
    assert all(sheet.cell(5, column).value is None for column in range(len(header) - 2, 18))


def test_people_are_hidden_unless_asked_for() -> None:
    report = ALL["inconclusive"]()
    deal = report.forecast.top[0].model_copy(
        update={"ask_role": "approver", "ask_name": "Greta Greyhollow", "complete": False}
    )
    report.forecast.top[0] = deal
    hidden = " ".join(map(str, cells(book(report).worksheets[0])))
    shown = " ".join(map(str, cells(book(report, show_pii=True).worksheets[0])))
    assert "Greyhollow" not in hidden
    assert "the approver: Greta Greyhollow" in shown


def test_nothing_of_an_export_becomes_a_formula_or_a_link() -> None:
    found = book(ALL["hostile"]())
    for sheet in found:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d"), cell.value
                assert cell.hyperlink is None
    assert any(text.startswith("=") for text in HOSTILE), "the case must try"


def test_an_empty_report_is_a_workbook_all_the_same() -> None:
    found = book(ALL["empty"]())
    assert len(found.sheetnames) == 3
    assert all(c.value is None for row in found.worksheets[1].iter_rows(min_row=5) for c in row)


@pytest.mark.parametrize("case", ["records_history", "empty"])
def test_the_same_report_gives_the_same_bytes(case: str) -> None:
    assert render(ALL[case](), "xlsx") == render(ALL[case](), "xlsx")
    core = book(ALL[case]()).properties
    assert core.created.year == core.modified.year == 1980
