"""Parts of the report in words: what every reporter for people says in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from crm_audit.model.report import (
    AmountShare,
    Check,
    Finding,
    Forecast,
    Input,
    Leaks,
    Param,
    Question,
    Report,
    RuleResult,
    Source,
)
from crm_audit.reporters.clean import plain
from crm_audit.reporters.gates import GateWords
from crm_audit.reporters.ledger import Accounts
from crm_audit.reporters.movement import Moving
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.outlook import Outlook
from crm_audit.reporters.privacy import Privacy
from crm_audit.reporters.sheet import Sheet
from crm_audit.reporters.symptoms import Symptoms
from crm_audit.wording import Wording

LEAKS = ("frozen", "slipped", "unproven", "at_risk", "not_judged", "clear")
"""Where open money stands, in the order in which a deal is counted."""

NEEDS = ("amount", "close_date", "next_step", "approver", "decision")
"""The five facts of a row of the top-10 sheet."""


WORST_ROWS = 10
"""Deals that a page shows under one rule."""


class View(Symptoms, Moving, GateWords, Sheet, Outlook, Accounts):
    """A report with its words; formats and arranges, never counts."""

    worst_rows = WORST_ROWS

    def __init__(self, report: Report, options: ReporterOptions) -> None:
        self.report = report
        self.options = options
        self.w = Wording(report.language)
        self.privacy = Privacy(options, self.w, self._quoted_names())

    def _quoted_names(self) -> Iterator[str]:
        """Names that headlines and warnings may quote: those of the deals the report shows."""
        worst = set(self.report.worst)
        named: list[Any] = [*self.report.forecast.top, *self.report.stalls.deals[:200]]
        named += [f for f in self.report.findings if f.id in worst]
        for row in named:
            for name in (row.deal_name, getattr(row, "company", None)):
                if name:
                    yield name

    def t(self, key: str, **values: Any) -> str:
        """The phrase `report_<key>`."""
        return self.w(f"report_{key}", **values)

    def label(self, kind: str, code: object) -> str:
        """A code in words; one without a phrase is shown as it is."""
        key = f"report_{kind}_{code}"
        return self.w(key) if self.w.has(key) else plain(str(code)).replace("_", " ")

    def text(self, text: str, longest: int | None = 300) -> str:
        """Running text of the report, safe to show."""
        return self.privacy.text(plain(text, longest))

    def clean(self, text: str) -> str:
        """Text that is no running text (an id, the own seller): cleaned, but not masked."""
        return plain(text, 120)

    def deal(self, row: Any) -> str:
        """Name of the deal of a row, else its id."""
        if row.deal_name:
            return self.privacy.deal(plain(row.deal_name, 120))
        return plain(row.deal_id or row.stage or "—", 120)

    def company(self, row: Any) -> str:
        return self.privacy.company(plain(row.company, 120)) if row.company else ""

    def days(self, n: float) -> str:
        """Days as stalls count them: calendar days, or working days where a calendar was given."""
        unit = "workdays" if self.report.stalls.calendar else "days"
        return self.t(unit, n=self.w.number(n, 0 if n == int(n) else 1))

    def money(self, row: Any) -> str:
        """Amount of a row that has `amount` and `currency`."""
        return "—" if row.amount is None else self.w.money(row.amount, row.currency or "XXX")

    def currency(self, code: str) -> str:
        return self.t("no_currency") if code == "XXX" else plain(code, 10)

    def source(self, source: Source | None) -> str:
        """`line 7`, with the file where the deals come from more than one table."""
        if source is None:
            return ""
        line = self.t("line", line=source.line)
        tables = [i for i, table in enumerate(self.report.inputs) if table.kind == "deals"]
        if tables == [source.input] or source.input >= len(self.report.inputs):
            return line
        table = self.report.inputs[source.input]
        sheet = f" / {plain(table.sheet, 40)}" if table.sheet else ""
        return f"{plain(table.name, 80)}{sheet}, {line}"

    def value(self, value: object, share: bool = False) -> str:
        """A fact or a parameter in words."""
        if value is None:
            return "—"
        if isinstance(value, bool):
            return self.t("true" if value else "false")
        if isinstance(value, int | float | Decimal):
            number = float(value)
            if share:
                return self.w.percent(number)
            return self.w.number(number, 0 if number == int(number) else 2)
        if isinstance(value, date | datetime):
            return self.w.date(value)
        if isinstance(value, list | tuple | set):
            return ", ".join(self.value(v) for v in value)
        return self._iso(plain(str(value)))

    def _iso(self, text: str) -> str:
        try:
            return self.w.date(datetime.fromisoformat(text)) if text[4:5] == "-" else text
        except ValueError:
            return text

    def facts(self, finding: Finding) -> list[tuple[str, str]]:
        """Evidence of a finding: label and value, people hidden."""
        shown = []
        for key, value in finding.facts.items():
            named = f"report_value_{key}_{value}"
            text = self.w(named) if self.w.has(named) else self.value(value)
            if isinstance(value, str):
                text = self.privacy.fact(key, text)
            shown.append((self.label("field", key), text))
        return shown

    def sample(self, field: str, text: str) -> str:
        """A sample value of a mapped column."""
        return self.privacy.fact(field, plain(text, 40))

    def row(self, text: str) -> str:
        """Text of a rejected row or cell."""
        return self.privacy.row(plain(text, 200))

    def as_of(self) -> str:
        """`as of 2026-11-01`, or that the date is not known."""
        if self.report.as_of is None:
            return self.t("as_of_none")
        return self.t("as_of", date=self.w.date(self.report.as_of))

    def crms(self) -> str:
        """Names of the CRMs that the deals come from."""
        names: dict[str, None] = {}
        for table in self.report.inputs:
            if table.kind == "deals" and table.crm != "unknown":
                names[self.label("crm", table.crm)] = None
        return ", ".join(names)

    @cached_property
    def main_currency(self) -> str:
        """The currency that the charts are drawn in."""
        amounts = self.report.portfolio.open_amount
        return self.report.forecast.top_currency or next(iter(sorted(amounts)), "XXX")

    # Questions and checks

    def verdict(self) -> str:
        """The verdict in one sentence."""
        text = self.report.verdict_text
        return self.text(text, None) if text else self.t(f"verdict_{self.report.verdict.answer}")

    def verdict_count(self) -> str:
        v = self.report.verdict
        total = len(self.report.questions)
        if not total:
            return ""
        return self.t(
            "verdict_count", yes=total - v.no_max, no=v.no_min, unknown=v.no_max - v.no_min
        )

    def decisive(self, question: Question) -> Check | None:
        """The check that the answer stands on: the first that gives the same answer."""
        same = (c for c in question.checks if c.answer == question.answer)
        return next(same, question.checks[0] if question.checks else None)

    def answer(self, answer: str) -> str:
        """`✓ Yes`: a mark and a word."""
        return f"{self.t(f'mark_{answer}')} {self.t(f'answer_{answer}')}"

    def share(self, check: Check) -> str:
        return self.w.share(check.share.low, check.share.high)

    def amount_share(self, share: AmountShare) -> str:
        return self.w.share(share.low, share.high)

    def limit(self, check: Check) -> str:
        """`≥ 90 %`."""
        return self.t(check.direction, value=self.w.percent(check.threshold))

    def threshold(self, check: Check) -> str:
        """`≥ 90 %`, with the one for money beside it where it differs."""
        limit = self.limit(check)
        if check.amount_threshold is None or check.amount_threshold == check.threshold:
            return limit
        money = self.t(check.direction, value=self.w.percent(check.amount_threshold))
        by_money = self.t("amount_threshold", value=money)
        return f"{limit}, {by_money}"

    def gauge(self, check: Check) -> str:
        """The bar of a check in words."""
        answer = self.t(f"answer_{check.answer}").lower()
        if check.share.low is None:
            return self.t("gauge_none", answer=answer)
        limit = self.limit(check)
        return self.t("gauge", share=self.share(check), threshold=limit, answer=answer)

    def fields(self, names: list[str]) -> str:
        return ", ".join(self.label("field", n) for n in names)

    # Deals, rules, money

    def need(self, value: bool | None) -> Literal["yes", "no", "unknown"]:
        """The answer that a fact is."""
        return "unknown" if value is None else "yes" if value else "no"

    def missing(self, facts: dict[str, bool | None]) -> str:
        """The facts of a top-10 row that are not in place, in words."""
        absent = [n for n in NEEDS if facts.get(n) is not True]
        return ", ".join(self.t(f"need_long_{n}") for n in absent)

    def worst(self) -> list[Finding]:
        """The findings to look at first, in their order."""
        found = {f.id: f for f in self.report.findings if f.id in set(self.report.worst)}
        return [found[i] for i in self.report.worst if i in found]

    @cached_property
    def rules(self) -> dict[str, RuleResult]:
        return {rule.id: rule for rule in self.report.rules}

    @cached_property
    def by_rule(self) -> dict[str, list[Finding]]:
        """The first findings of each rule, as many as a table shows."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.report.findings:
            group = groups.setdefault(finding.rule, [])
            if len(group) < self.options.rows:
                group.append(finding)
        return groups

    def leaks(self, leaks: Leaks) -> list[tuple[str, float]]:
        """Where open money of a currency stands; empty places left out."""
        return [(name, getattr(leaks, name)) for name in LEAKS if getattr(leaks, name)]

    def all_leaks(self, leaks: Leaks) -> list[tuple[str, float]]:
        """Leaks that hold money, the lost deals among them, and always what was not judged."""
        names = (*LEAKS[:4], "lost_without_reason", *LEAKS[4:])
        held = [(name, getattr(leaks, name)) for name in names]
        return [(name, amount) for name, amount in held if amount or name == "not_judged"]

    def param(self, param: Param) -> str:
        """Value of a threshold; a share from 0 to 1 that is a fraction reads as a percentage."""
        value = param.value
        fraction = isinstance(value, float) and 0 < value < 1
        return self.value(value, share=fraction)

    def claim(self, forecast: Forecast, currency: str) -> str:
        """What the CRM claims in a currency; a dash where it gives no probabilities."""
        return "—" if forecast.crm is None else self.w.money(forecast.crm, currency)

    def proven(self) -> str:
        """What stands on facts; a plain zero where nothing does."""
        proven = self.report.forecast.proven
        return self.w.sums(proven) if proven else self.w.money(0, self.main_currency)

    def claims(self) -> str:
        """What the CRM claims, by currency."""
        return self.w.sums(self.report.forecast.claimed)

    # Files

    def how_read(self, table: Input) -> str:
        """Kind, CRM, format, sheet, encoding, delimiter and header row of a table."""
        parts = [self.label("table", table.kind)]
        if table.kind == "deals":
            parts.append(self.label("crm", table.crm))
        parts.append(table.format.upper())
        if table.sheet:
            parts.append(self.t("sheet", name=plain(table.sheet, 60)))
        if table.encoding:
            parts.append(self.t("encoding", name=plain(table.encoding, 20)))
        if table.delimiter:
            named = {"\t": "tab", " ": "space"}.get(table.delimiter)
            shown = self.t(f"delimiter_{named}") if named else plain(table.delimiter, 10)
            parts.append(self.t("delimiter", name=shown))
        if table.header_row:
            parts.append(self.t("header_row", row=table.header_row))
        if table.joined_on:
            matched = self.w.percent(table.joined_on.matched)
            column = plain(table.joined_on.column, 60)
            parts.append(self.t("joined", column=column, matched=matched))
        return " · ".join(parts)
