"""Worklists as a workbook to fill in: the top-10 sheet, deals that stand, all findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil, isfinite
from typing import Any

from crm_audit.model.report import Finding, Report, StalledDeal, TopDeal
from crm_audit.reporters.clean import plain
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.view import NEEDS, View

DECISIONS = ("go_on", "escalate", "change_route", "park", "close")
"""What a manager may decide at the review (method.md)."""

MOST = 100_000
"""Findings that a workbook holds; a worksheet itself ends at 1,048,576 rows."""

_LONGEST = 1_000
_MADE = datetime(1980, 1, 1)
_Column = tuple[str, float, str]
"""Phrase of the header, width in characters, format of the cells."""


def render(report: Report, options: ReporterOptions) -> bytes:
    """An XLSX workbook, the same bytes for the same report; nothing in it is a formula."""
    import xlsxwriter

    out = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, safe)
    view = View(report, options)
    # Without a date of its own the file would carry the clock.
    book.set_properties({"title": view.t("title"), "created": _MADE})
    pages = _Pages(book, view)
    pages.top()
    if not options.forecast_only:
        pages.stalled()
        pages.findings()
    book.close()
    return out.getvalue()


class _Pages:
    """The worksheets of one workbook."""

    def __init__(self, book: Any, view: View) -> None:
        self.book = book
        self.view = view
        self.report = view.report
        cell = {"valign": "top", "text_wrap": True, "font_size": 10, "border": 1}
        cell["border_color"] = "#d0d4da"
        fill = cell | {"bg_color": "#fff7d6"}
        long = "dd.mm.yyyy" if view.w.language == "ru" else "yyyy-mm-dd"
        self.formats = {
            "text": book.add_format(cell),
            "mark": book.add_format(cell | {"align": "center"}),
            "money": book.add_format(cell | {"num_format": "#,##0"}),
            "percent": book.add_format(cell | {"num_format": "0%"}),
            "date": book.add_format(cell | {"num_format": long, "align": "left"}),
            "fill": book.add_format(fill),
            "fill_date": book.add_format(fill | {"num_format": long, "align": "left"}),
        }
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "font_size": 10}
            | {"bg_color": "#e8ecf1", "border": 1, "border_color": "#d0d4da"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"font_size": 10, "font_color": "#555b66"})

    def top(self) -> None:
        """The sheet of the largest deals, one printed page, with columns to fill in."""
        v, deals = self.view, self.report.forecast.top
        columns: list[_Column] = [
            ("col_number", 4, "mark"),
            ("col_deal", 32, "text"),
            ("col_amount", 13, "money"),
            ("col_stage", 17, "text"),
            ("col_close", 11, "date"),
            ("col_pushes", 9, "mark"),
            ("col_next_step", 24, "text"),
            *((f"need_{need}", 5.5, "mark") for need in NEEDS),
            ("col_ask", 30, "text"),
            ("col_heard", 28, "fill"),
            ("col_new_close", 11, "fill_date"),
            ("col_decision", 15, "fill"),
        ]
        sheet = self._sheet("sheet_top", v.t("lead_sheet"), columns)
        if deals:
            amount = f"{v.t('col_amount')}, {v.currency(deals[0].currency)}"
            sheet.write_string(_FIRST_ROW - 1, 2, amount, self.head)
        for place, deal in enumerate(deals, 1):
            self._row(sheet, place, columns, self._top_row(place, deal), least=3)
        first, last = _FIRST_ROW, _FIRST_ROW + max(len(deals), 1) - 1
        decisions = [v.t(f"decision_{name}") for name in DECISIONS]
        end = len(columns) - 1
        sheet.data_validation(first, end, last, end, {"validate": "list", "source": decisions})
        since = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
        sheet.data_validation(first, end - 1, last, end - 1, since)
        sheet.fit_to_pages(1, 1)
        proven = f"{v.t('proven')}: {v.proven()}. {v.t('claims_open')}: {v.claims()}"
        sheet.write_string(last + 2, 0, plain(proven, _LONGEST), self.note)
        marks = ", ".join(f"{v.t(f'mark_{n}')} {v.t(f'answer_{n}')}" for n in _MARKS)
        sheet.write_string(last + 3, 0, plain(marks, _LONGEST), self.note)

    def _top_row(self, place: int, deal: TopDeal) -> Sequence[object]:
        v = self.view
        company = v.company(deal)
        where = " · ".join(p for p in (v.clean(deal.owner or ""), v.source(deal.source)) if p)
        step = v.text(deal.next_step or "")
        if deal.next_step_date:
            step = f"{step} ({v.w.date(deal.next_step_date)})".strip()
        return (
            place,
            "\n".join(p for p in (v.deal(deal), company, where) if p),
            deal.amount,
            deal.stage,
            deal.expected_close,
            deal.pushes,
            step,
            *(v.t(f"mark_{v.need(deal.facts.get(need))}") for need in NEEDS),
            "\n".join(p for p in (v.text(deal.ask), v.whom(deal)) if p),
        )

    def stalled(self) -> None:
        """Every stalled deal, with room for the decision."""
        columns: list[_Column] = [
            ("col_deal", 34, "text"),
            ("col_owner", 16, "text"),
            ("col_amount", 14, "money"),
            ("col_currency", 8, "text"),
            ("col_stage", 22, "text"),
            ("col_days", 9, "money"),
            ("col_limit", 9, "money"),
            ("col_likely", 36, "text"),
            ("col_reason", 28, "text"),
            ("col_decision", 16, "fill"),
            ("col_until", 14, "fill_date"),
        ]
        deals = self.report.stalls.deals
        sheet = self._sheet("sheet_stalled", self.view.t("lead_stalled"), columns)
        for place, deal in enumerate(deals, 1):
            self._row(sheet, place, columns, self._stalled_row(deal))
        last = _FIRST_ROW + max(len(deals), 1) - 1
        decisions = [self.view.t(f"decision_{name}") for name in DECISIONS]
        sheet.data_validation(_FIRST_ROW, 9, last, 9, {"validate": "list", "source": decisions})
        sheet.autofilter(_FIRST_ROW - 1, 0, last, len(columns) - 1)
        sheet.fit_to_pages(1, 0)

    def _stalled_row(self, deal: StalledDeal) -> Sequence[object]:
        v = self.view
        return (
            "\n".join(p for p in (v.deal(deal), v.company(deal), v.source(deal.source)) if p),
            deal.owner,
            deal.amount,
            v.currency(deal.currency) if deal.currency else None,
            deal.stage,
            deal.days,
            deal.limit,
            v.text(deal.likely),
            v.text(deal.reason or ""),
        )

    def findings(self) -> None:
        """Every finding, to filter and tick off."""
        v, found = self.view, self.report.findings[:MOST]
        columns: list[_Column] = [
            ("col_severity", 12, "text"),
            ("col_finding", 34, "text"),
            ("col_deal", 30, "text"),
            ("col_id", 14, "text"),
            ("col_owner", 16, "text"),
            ("col_amount", 14, "money"),
            ("col_currency", 8, "text"),
            ("col_stage", 18, "text"),
            ("col_facts", 34, "text"),
            ("col_fix", 40, "text"),
            ("col_rule", 22, "text"),
            ("col_line", 16, "text"),
            ("col_done", 12, "fill"),
        ]
        said = v.t("findings_total", n=v.w.number(self.report.findings_total))
        sheet = self._sheet("sheet_findings", said, columns)
        for place, finding in enumerate(found, 1):
            self._row(sheet, place, columns, self._finding_row(finding))
        last = _FIRST_ROW + max(len(found), 1) - 1
        sheet.autofilter(_FIRST_ROW - 1, 0, last, len(columns) - 1)
        sheet.fit_to_pages(1, 0)

    def _finding_row(self, finding: Finding) -> Sequence[object]:
        v = self.view
        rule = v.rules.get(finding.rule)
        return (
            v.t(f"severity_{finding.severity}"),
            v.text(rule.title) if rule else finding.rule,
            v.deal(finding),
            finding.deal_id,
            finding.owner,
            finding.amount,
            v.currency(finding.currency) if finding.currency else None,
            finding.stage,
            "; ".join(f"{label}: {value}" for label, value in v.facts(finding)),
            v.text(rule.fix) if rule else None,
            finding.rule,
            v.source(finding.source),
        )

    def _sheet(self, name: str, said: str, columns: list[_Column]) -> Any:
        """A worksheet with its title, what it is for, and its header; A4 across."""
        v = self.view
        sheet = self.book.add_worksheet(v.t(name)[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.repeat_rows(_FIRST_ROW - 1)
        sheet.freeze_panes(_FIRST_ROW, 2)
        sheet.hide_gridlines(2)
        where = " · ".join(p for p in (v.t(name), v.crms(), v.as_of()) if p)
        sheet.write_string(0, 0, plain(where, _LONGEST), self.title)
        sheet.write_string(1, 0, plain(said, _LONGEST), self.note)
        for index, (phrase, width, _) in enumerate(columns):
            sheet.set_column(index, index, width)
            sheet.write_string(_FIRST_ROW - 1, index, v.t(phrase), self.head)
        return sheet

    def _row(
        self,
        sheet: Any,
        place: int,
        columns: list[_Column],
        cells: Sequence[object],
        *,
        least: int = 1,
    ) -> None:
        """One row of `least` lines or more; columns beyond the cells are there to be filled in."""
        row = _FIRST_ROW + place - 1
        widths = [width for _, width, _ in columns]
        lines = [_lines(c, w) for c, w in zip(cells, widths, strict=False) if isinstance(c, str)]
        # Spreadsheets do not all fit the height of a row to text that is wrapped.
        sheet.set_row(row, _LINE * max([least, *lines]))
        for index, (_, _, kind) in enumerate(columns):
            value = cells[index] if index < len(cells) else None
            style = self.formats[kind]
            if value is None or value == "" or (isinstance(value, float) and not isfinite(value)):
                sheet.write_blank(row, index, None, style)
            elif isinstance(value, date):
                sheet.write_datetime(row, index, value, style)
            elif isinstance(value, int | float):
                sheet.write_number(row, index, value, style)
            else:
                text = "\n".join(plain(line, _LONGEST) for line in str(value).split("\n"))
                sheet.write_string(row, index, text, style)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column so many characters wide."""
    return sum(max(1, ceil(len(line) * 1.05 / width)) for line in text.split("\n"))


_FIRST_ROW = 4
_LINE = 13.5
"""Height of a line of text, in points."""
_MARKS = ("yes", "no", "unknown")
