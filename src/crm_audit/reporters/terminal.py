"""The report on a terminal: one screen of what matters first, then what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

from rich.box import HEAVY, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from crm_audit.model.movement import Comparison
from crm_audit.model.report import Question, Report
from crm_audit.reporters.clean import shorter
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.terminal_forecast import period_rows, rate_rows, top_table
from crm_audit.reporters.terminal_movement import diary_lines, stage_table
from crm_audit.reporters.view import View

STYLES = {
    "yes": "green",
    "no": "red",
    "unknown": "cyan",
    "records_history": "red",
    "manages": "green",
    "inconclusive": "cyan",
    "critical": "bold red",
    "major": "yellow",
    "minor": "",
    "info": "dim",
}
LONGEST = 600
"""Characters of one sentence."""
_PIPELINES = 2
"""Pipelines whose stages the terminal shows."""
WIDE = 110
"""Columns from which tables show what else would stand under a row."""


def render(report: Report, options: ReporterOptions) -> str:
    """Text for `options.width` columns (default 100), coloured if `options.color`.

    The person at the terminal sees the export itself, so people are not masked here.
    """
    page = _Page(View(report, replace(options, show_pii=True)), options.width or 100)
    out = StringIO()
    console = Console(
        file=out,
        width=page.width,
        force_terminal=options.color,
        color_system="standard" if options.color else None,
        no_color=not options.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in page.parts():
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


class _Page:
    def __init__(self, view: View, width: int) -> None:
        self.view = view
        self.report = view.report
        self.width = max(width, 60)
        self.wide = width >= WIDE

    def parts(self) -> Iterator[RenderableType]:
        """The page from the top: what matters first."""
        if self.view.options.forecast_only:
            page = (self._closing, self._outlook, self._rates, self._top, self._sanity)
            for part in (*page, self._rows, self._warnings):
                yield from part()
            return
        yield self._banner()
        for part in (self._headlines, self._questions, self._gaps, self._outlook, self._top):
            yield from part()
        for part in (self._worst, self._symptoms, self._movement, self._rows, self._warnings):
            yield from part()

    def _title(self, key: str) -> Text:
        return Text(f"\n{self.view.t(f'section_{key}')}", style="bold")

    def _banner(self) -> Panel:
        v, report = self.view, self.report
        lines = [Text(v.verdict(), style="bold")]
        lines.append(Text(f"{v.verdict_count()}. {self._rule()}"))
        if report.as_of_note:
            lines.append(Text(v.text(report.as_of_note, LONGEST), style="dim"))
        if not report.portfolio.open:
            lines.append(Text(v.t("no_deals")))
        where = [v.t("title"), v.crms(), v.as_of()]
        return Panel(
            Group(*lines),
            title=Text(" · ".join(p for p in where if p)),
            title_align="left",
            subtitle=Text(self._date_basis()),
            subtitle_align="right",
            border_style=STYLES[report.verdict.answer],
            box=HEAVY,
            padding=(0, 1),
        )

    def _rule(self) -> str:
        verdict = self.report.verdict
        rule = self.view.t("verdict_rule", threshold=verdict.threshold)
        if verdict.answer != "inconclusive":
            return rule
        return f"{rule} {self.view.t('verdict_range', low=verdict.no_min, high=verdict.no_max)}"

    def _date_basis(self) -> str:
        return self.view.t(f"basis_{self.report.as_of_basis}")

    def _headlines(self) -> list[RenderableType]:
        parts: list[RenderableType] = []
        for line in self.report.headlines:
            parts.append(Text(f"\n{self.view.text(line.title)}", style="bold"))
            said = Text(self.view.text(line.text, LONGEST))
            supports = [self.view.text(s, LONGEST) for s in line.supports]
            parts.append(Padding(Group(said, _bullets(supports, "dim")), (0, 0, 0, 2)))
        return parts

    def _closing(self) -> list[RenderableType]:
        """What will really close, alone: the page of the forecast."""
        v, line = self.view, self.view.closing()
        where = " · ".join(p for p in (v.t("title"), v.crms(), v.as_of()) if p)
        said = [Text(v.text(line.text, LONGEST))] if line else []
        supports = [v.text(s, LONGEST) for s in line.supports] if line else []
        body = Group(*said, _bullets(supports, "dim"))
        title = v.text(line.title) if line else v.t("section_top")
        return [Text(where, style="dim"), Text(title, style="bold"), Padding(body, (0, 0, 0, 2))]

    def _table(self) -> Table:
        return Table(
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
            expand=True,
            header_style="dim",
            show_edge=False,
        )

    def _questions(self) -> list[RenderableType]:
        v, table = self.view, self._table()
        table.add_column(v.t("col_number"), width=2, no_wrap=True)
        table.add_column(v.t("col_question"), ratio=4)
        table.add_column(v.t("col_answer"), min_width=13, no_wrap=True)
        table.add_column(v.t("col_share"), justify="right", min_width=8)
        table.add_column(v.t("col_threshold"), min_width=12, ratio=2)
        table.add_column(v.t("col_money_fail"), justify="right", max_width=22 if self.wide else 14)
        for question in self.report.questions:
            table.add_row(*self._question(question))
        return [self._title("answers"), table]

    def _question(self, question: Question) -> list[Text]:
        v = self.view
        check = v.decisive(question)
        share = Text("—")
        limit = Text("—")
        if check:
            share = Text(v.share(check))
            if check.share.low is not None:
                share.append(f"\n{v.t('of_deals', n=check.share.of)}", style="dim")
            limit = Text(v.threshold(check))
            limit.append(f"\n{v.label('origin', check.origin)}", style="dim")
        text = Text(v.t(f"short_{question.id}"))
        if self.wide and question.reason:
            text.append(f"\n{v.text(question.reason)}", style="dim")
        return [
            Text(str(question.number)),
            text,
            Text(v.answer(question.answer), style=STYLES[question.answer]),
            share,
            limit,
            Text(v.w.sums(question.amount)),
        ]

    def _gaps(self) -> list[RenderableType]:
        v = self.view
        if not self.report.gaps:
            return []
        parts: list[RenderableType] = [self._title("gaps")]
        numbers = {q.id: q.number for q in self.report.questions}
        grid = _grid()
        for gap in self.report.gaps:
            line = Text(v.text(gap.text, LONGEST))
            if gap.export:
                line.append(f"\n→ {v.text(gap.export, LONGEST)}", style="cyan")
            grid.add_row(Text(f"{numbers.get(gap.question, '·')}."), line)
        return [*parts, Padding(grid, (0, 0, 0, 2))]

    def _outlook(self) -> list[RenderableType]:
        """What the CRM claims, what its past supports, what facts prove: a row a period."""
        v, forecast = self.view, self.report.forecast
        if not forecast.periods:
            return []
        table = period_rows(v, self._table())
        notes = _bullets([v.text(note, LONGEST) for note in forecast.notes], "dim")
        return [self._title("outlook"), table, Padding(notes, (0, 0, 0, 2))]

    def _rates(self) -> list[RenderableType]:
        return rate_rows(self.view, self._table()) if self.report.forecast.periods else []

    def _top(self) -> list[RenderableType]:
        v, forecast = self.view, self.report.forecast
        if not forecast.top:
            return [self._title("top"), Text(f"  {v.t('top_none')}")]
        sums = f"{v.t('proven')}: {v.proven()} ({forecast.proven_deals})"
        return [
            self._title("top"),
            top_table(v, self._table(), STYLES, wide=self.wide),
            Text(f"  {sums}   {v.t('claims_open')}: {v.claims()}", style="bold"),
        ]

    def _sanity(self) -> list[RenderableType]:
        """Whether the pipeline can give what is asked, and what a month more of standing costs."""
        v = self.view
        lines = [f"{label}: {said}" for label, said in v.sanity()]
        lines += [line for line in (v.month_more(), v.not_counted()) if line]
        if not lines:
            return []
        said = _bullets([v.text(line, LONGEST) for line in lines])
        return [self._title("sanity"), Padding(said, (0, 0, 0, 2))]

    def _worst(self) -> list[RenderableType]:
        v, worst = self.view, self.view.worst()
        if not worst:
            return [self._title("rules"), Text(f"  {v.t('findings_none')}")]
        table = self._table()
        table.add_column(v.t("col_number"), width=2, no_wrap=True)
        table.add_column(v.t("col_severity"), no_wrap=True)
        table.add_column(v.t("col_finding"), ratio=4)
        table.add_column(v.t("col_deal"), ratio=3)
        table.add_column(v.t("col_amount"), justify="right", no_wrap=True)
        for place, finding in enumerate(worst, 1):
            rule = v.rules.get(finding.rule)
            what = Text(v.text(rule.title) if rule else finding.rule)
            what.append(f"\n{finding.rule}", style="dim")
            if self.wide and finding.facts:
                facts = "; ".join(f"{label}: {value}" for label, value in v.facts(finding))
                what.append(f" · {shorter(facts, 160)}", style="dim")
            deal = Text(v.deal(finding), overflow="fold")
            where = v.source(finding.source)
            deal.append(f"\n{where}" if where else "", style="dim")
            severity = finding.severity
            table.add_row(
                Text(str(place)),
                Text(v.t(f"severity_{severity}"), style=STYLES[severity]),
                what,
                deal,
                Text(v.money(finding)),
            )
        total = v.t("findings_total", n=v.w.number(self.report.findings_total))
        return [self._title("worst"), table, Text(f"  {total}", style="dim")]

    def _symptoms(self) -> list[RenderableType]:
        """Copied steps, playbook, separating facts, deals on one person, changes: a line each."""
        v, people, closed = self.view, self.report.people, self.report.gates.separators
        said = [
            v.copied(),
            v.playbook(),
            v.separators() if closed and closed.found else "",
            v.single_threaded() if people and people.single_threaded.deals else "",
        ]
        said += [v.changes_in_short(c) for c in self._compared()]
        lines = [v.text(line, LONGEST) for line in said if line]
        return [Padding(_bullets(lines), (0, 0, 0, 2))] if lines else []

    def _compared(self) -> list[Comparison]:
        return self.report.movement.changes[-3:] if self.report.movement else []

    def _movement(self) -> list[RenderableType]:
        """Whether the CRM is a diary, and the stages of the pipelines that have a history."""
        v, movement = self.view, self.report.movement
        parts: list[RenderableType] = []
        if movement and movement.diary:
            said, lines = diary_lines(v, movement.diary)
            below = Padding(_bullets(lines), (0, 0, 0, 2))
            parts += [self._title("diary"), Text(f"  {said}"), below]
        told = (
            [p for p in movement.process.pipelines if p.deals]
            if movement and movement.process
            else []
        )
        parts += [self._title("process")] if told else []
        for pipeline in told[:_PIPELINES]:
            parts += stage_table(v, pipeline, self._table())
        return parts

    def _rows(self) -> list[RenderableType]:
        v, table = self.view, self._table()
        table.add_column(v.t("col_file"), ratio=4, overflow="fold")
        for key in ("read", "imported", "merged", "rejected", "skipped"):
            table.add_column(v.t(f"col_{key}"), justify="right", no_wrap=self.wide)
        for entry in self.report.inputs:
            name = Text(v.text(entry.name))
            name.append(f"\n{v.how_read(entry)}", style="dim")
            if not entry.used:
                name.append(f"\n{v.t('not_used')}", style="yellow")
            rows = entry.rows
            counts = (rows.read, rows.imported, rows.merged, rows.rejected, rows.skipped)
            table.add_row(name, *(Text(v.w.number(n)) for n in counts))
        return [self._title("files"), table]

    def _warnings(self) -> list[RenderableType]:
        v = self.view
        said = [v.text(n.text or n.code, LONGEST) for n in self.report.warnings]
        for entry in self.report.inputs:
            name = v.text(entry.name, 60)
            said += [f"{name}: {v.text(n.text or n.code, LONGEST)}" for n in entry.warnings]
        if not said:
            return []
        return [self._title("warnings"), Padding(_bullets(said), (0, 0, 0, 2))]


def _grid() -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    return grid


def _bullets(lines: list[str], style: str = "") -> Table:
    """Lines behind a dot, wrapped beside it and not under it."""
    grid = _grid()
    for line in lines:
        grid.add_row(Text("·", style=style), Text(line, style=style))
    return grid
