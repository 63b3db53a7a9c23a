"""`crm-audit inspect`: how each file is read, before anything is judged."""

from __future__ import annotations

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, progress, put


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
    )

    from crm_audit.audit import inspect as look
    from crm_audit.reporters.inspection import render_json, render_text
    from crm_audit.wording import Wording

    with progress(given.say, shown=not no_progress) as step:
        found = look(files, options, step)
    say = Wording(found.language)
    render = render_json if formats == "json" else render_text
    put(render(found, say), output, say)
    return 0
