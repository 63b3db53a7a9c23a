"""`crm-audit inspect`: how each file is read, before anything is judged."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import progress
from crm_audit.errors import UsageError


def inspect(
    files: o.Files,
    formats: Annotated[str, typer.Option("--format", "-f", help="terminal or json.")] = "terminal",
    lang: o.Lang = None,
    config: o.ConfigFile = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    no_progress: o.NoProgress = False,
) -> int:
    """Show how each file is read: format, CRM, columns, stages, and what is missing.

    Показать, как прочитан каждый файл: формат, CRM, колонки, этапы и чего не хватает.
    """
    if formats not in ("terminal", "json"):
        raise UsageError(f"--format {formats}: use terminal or json")
    given = o.gather(
        lang=lang,
        config=config,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
    )

    from crm_audit.audit import inspect as look
    from crm_audit.reporters.inspection import render_json, render_text
    from crm_audit.wording import Wording

    with progress(given.language, shown=not no_progress) as step:
        found = look(files, given.audit, step)
    render = render_json if formats == "json" else render_text
    typer.echo(render(found, Wording(found.language)), nl=False)
    return 0
