"""`crm-audit inspect`: how each file is read, before anything is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, progress, put, put_rejects, tell
from crm_audit.config import FILE
from crm_audit.errors import OutputError

if TYPE_CHECKING:
    from crm_audit.model.report import Inspection
    from crm_audit.wording import Wording


def inspect(
    files: o.Files,
    *,
    output: o.Output = None,
    formats: o.PlainFormat = "terminal",
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    config: o.ConfigFile = None,
    rules: o.RulesFolder = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    rejects: o.Rejects = None,
    save: Annotated[
        bool, typer.Option("--save", help="Write the mapping and the stages into crm-audit.toml.")
    ] = False,
    show_pii: o.ShowPii = False,
    no_progress: o.NoProgress = False,
) -> int:
    """Show how each file is read: format, CRM, columns, stages, and what is missing."""
    given = o.settings(lang, config)
    o.one_of(formats, "--format", ("terminal", "json"), given.say)
    check_place(output, [formats], given.say)
    options = o.gather(
        given,
        as_of=as_of,
        rules=rules,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
        all_rejects=rejects is not None,
    )

    from crm_audit.audit import inspect as look
    from crm_audit.reporters.inspection import render_json, render_text
    from crm_audit.wording import Wording

    with progress(given.say, shown=not no_progress) as step:
        found = look(files, options, step)
    say = Wording(found.language)
    render = render_json if formats == "json" else render_text
    put(render(found, say), output, say)
    if rejects is not None:
        put_rejects(found.inputs, rejects, say, show_pii=show_pii)
    if save:
        tell(say("written", path=_save(found, given.config.path or Path(FILE), say)), quiet=False)
    return 0


def _save(found: Inspection, path: Path, say: Wording) -> Path:
    """Put what was found into the settings file, keeping all that stands there."""
    from crm_audit.reporters import write
    from crm_audit.reporters.mapping_toml import render

    path = path if path.name == FILE else path.with_name(FILE)
    try:
        existing = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except OSError as error:
        raise OutputError(say("output_unreadable", path=path, reason=error.strerror)) from error
    write(render(found, existing, say), path, say.language)
    return path
