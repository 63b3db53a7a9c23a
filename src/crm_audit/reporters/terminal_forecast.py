"""The forecast at the terminal: three columns a period, and win rates by stage."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crm_audit.reporters.view import View

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
