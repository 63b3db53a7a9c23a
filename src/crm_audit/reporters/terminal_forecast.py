"""The forecast at the terminal: a row a period, win rates by stage, the sheet of the top deals."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crm_audit.model.report import TopDeal
from crm_audit.reporters.view import NEEDS, View

_LONGEST = 600
_STAGES = 15
"""Stages that the terminal shows."""


def period_rows(view: View, table: Table) -> Table:
    """What the CRM claims, what its past supports, what facts prove: a row a period."""
    table.add_column(view.t("col_period"), ratio=3)
    for key in ("col_crm_claims", "col_past", "proven"):
        table.add_column(view.t(key), justify="right", ratio=4 if key == "col_past" else 2)
    for period in view.report.forecast.periods:
        for currency, found in period.by_currency.items():
            cells = (view.claim(found, currency), view.expected(found, currency))
            proven = view.w.money(found.proven, currency)
            table.add_row(Text(view.period_of(period)), *map(Text, (*cells, proven)))
        of = view.t("of_deals", n=view.w.number(period.deals))
        counted = f"{view.expected_deals(period)} {of}"
        name = Text(f"{view.period_of(period)}, {view.t('unit_deals')}", style="dim")
        table.add_row(name, Text("—"), Text(counted), Text("—"))
    return table


def rate_rows(view: View, table: Table) -> list[RenderableType]:
    """Win rates by stage, put into an empty table, or why there are none."""
    lead = Padding(Text(view.text(view.rates_lead(), _LONGEST), style="dim"), (0, 0, 0, 2))
    parts: list[RenderableType] = [Text(f"\n{view.t('win_rates')}", style="bold"), lead]
    rates = view.report.forecast.win_rates
    if rates is None:
        return parts
    table.add_column(view.t("col_stage"), ratio=4, overflow="fold")
    for key in ("closed_in", "won", "raw", "rate"):
        table.add_column(view.t(f"col_{key}"), justify="right", ratio=2)
    table.add_column(view.rate_range_title(), justify="right", ratio=2)
    for row in rates.stages[:_STAGES]:
        table.add_row(
            Text(view.text(view.rated_stage(row), 60)),
            Text(view.w.number(row.closed)),
            Text(view.w.number(row.won)),
            Text(view.w.percent(row.raw)),
            Text(view.w.percent(row.rate), style="bold"),
            Text(view.rate_range(row)),
        )
    return [*parts, table]


def top_table(view: View, table: Table, styles: Mapping[str, str], *, wide: bool) -> Table:
    """The largest deals with what is known of each; `wide`: what to ask has its own column."""
    table.add_column(view.t("col_number"), width=2, no_wrap=True)
    table.add_column(view.t("col_deal"), ratio=5)
    table.add_column(view.t("col_amount"), justify="right", no_wrap=True)
    for need in NEEDS:
        table.add_column(view.t(f"need_{need}"), justify="center", no_wrap=True)
    if wide:
        table.add_column(view.t("col_ask"), ratio=5)
    for place, deal in enumerate(view.report.forecast.top, 1):
        cells = [Text(str(place)), _named(view, deal, asks=not wide)]
        cells.append(Text(view.w.money(deal.amount, deal.currency)))
        for need in NEEDS:
            fact = view.need(deal.facts.get(need))
            cells.append(Text(view.t(f"mark_{fact}"), style=styles[fact]))
        if wide:
            cells.append(Text(view.t("complete") if deal.complete else _ask(view, deal)))
        table.add_row(*cells)
    return table


def _named(view: View, deal: TopDeal, *, asks: bool) -> Text:
    """The deal, where it stands, and below it what to ask unless that has a column."""
    name = Text(view.deal(deal), overflow="fold")
    parts = (view.text(deal.stage or "", 40), view.pushed(deal), view.source(deal.source))
    name.append("\n" + " · ".join(p for p in parts if p), style="dim")
    if asks and deal.ask and not deal.complete:
        name.append(f"\n→ {_ask(view, deal)}", style="cyan")
    return name


def _ask(view: View, deal: TopDeal) -> str:
    whom = view.whom(deal)
    return view.text(f"{deal.ask} — {whom}" if whom else deal.ask)
