"""`crm-audit forecast`: what will really close, and the sheet to settle it in ten minutes."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, deliver, formats_of, progress, tell
from crm_audit.errors import UsageError

FORMATS = ("terminal", "html", "markdown", "json", "xlsx")
MOST = 50
"""Deals on a sheet that still fits a printed page."""


def forecast(
    files: o.Files,
    *,
    top: Annotated[
        int | None, typer.Option("--top", help="Deals on the sheet, the largest; default: 10.")
    ] = None,
    target: Annotated[
        float | None,
        typer.Option("--target", help="Money asked of the coming period, beside the open money."),
    ] = None,
    output: o.Output = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", "-f", help="terminal, html, markdown, json, xlsx; with commas."),
    ] = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    config: o.ConfigFile = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    calendar: o.Calendar = None,
    show_pii: o.ShowPii = False,
    quiet: o.Quiet = False,
    no_progress: o.NoProgress = False,
) -> int:
    """Forecast on facts: the largest deals, what each lacks, and whom to ask what."""
    given = o.settings(lang, config)
    say = given.say
    wanted = formats_of(formats, None, output, say)
    for name in wanted:
        o.one_of(name, "--format", FORMATS, say)
    check_place(output, wanted, say)
    if top is not None and not 1 <= top <= MOST:
        raise UsageError(say("use_number_from_to", option="--top", value=top, low=1, high=MOST))
    options = o.gather(
        given,
        as_of=as_of,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
        calendar=calendar,
        top=top,
        target=target,
        everything="json" in wanted,
    )

    from crm_audit.audit import audit
    from crm_audit.wording import Wording

    with progress(say, shown=not (quiet or no_progress)) as step:
        report = audit(files, options, step)
    say = Wording(report.language)
    shown = show_pii or bool(given.config.get("show_pii"))
    written = deliver(report, wanted, output, say, show_pii=shown, forecast_only=True)
    if written and report.headlines:
        tell(report.headlines[0].text, quiet=quiet)
    for path in written:
        tell(say("written", path=path), quiet=quiet)
    return 0
