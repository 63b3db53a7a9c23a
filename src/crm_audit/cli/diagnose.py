"""`crm-audit diagnose`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import COMPLETE, deliver, formats_of, progress, tell


def diagnose(
    files: o.Files,
    output: o.Output = None,
    formats: o.Formats = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            help="Exit 1 on: no, verdict, new, a severity, a question or a rule; with commas.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="An earlier JSON report, for --fail-on new.")
    ] = None,
    config: o.ConfigFile = None,
    rules: o.RulesFolder = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    show_pii: o.ShowPii = False,
    quiet: o.Quiet = False,
    no_progress: o.NoProgress = False,
) -> int:
    """Answer the six questions from exports of a CRM, with findings, stalls and money.

    Ответить на шесть вопросов по выгрузкам CRM: находки, стоящие сделки, деньги.
    """
    from crm_audit import failing

    wanted = formats_of(formats, output, lang or o.speaks())
    everything = bool(COMPLETE & set(wanted)) or baseline is not None
    given = o.gather(
        as_of=as_of,
        lang=lang,
        config=config,
        rules=rules,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
        show_pii=show_pii,
        everything=everything,
    )
    conditions = _conditions(fail_on, given.config.get("fail_on"))
    earlier = failing.load_baseline(baseline) if baseline else None
    if conditions:
        from crm_audit.engine.rules import load_rulebook

        known = set(load_rulebook(given.audit.rules).rules)
        failing.check_conditions(conditions, known, baseline=earlier is not None)

    from crm_audit.audit import audit

    with progress(given.language, shown=not (quiet or no_progress)) as step:
        report = audit(files, given.audit, step)
    written = deliver(report, wanted, output, given)

    from crm_audit.wording import Wording

    say = Wording(report.language)
    if written:
        tell(report.verdict_text, quiet=quiet)
    for path in written:
        tell(say("written", path=str(path)), quiet=quiet)
    if earlier is not None:
        fresh = len(failing.new_findings(report, earlier))
        gone = len(earlier.ids - {f.id for f in report.findings})
        tell(say("against_baseline", new=str(fresh), gone=str(gone)), quiet=quiet)
    met = failing.failed(report, conditions, earlier)
    if met:
        tell(say("failed_on", listed=", ".join(met)), quiet=quiet)
    return 1 if met else 0


def _conditions(given: str | None, configured: str | list[str] | None) -> list[str]:
    source = given if given is not None else configured
    if source is None:
        return []
    listed = source.split(",") if isinstance(source, str) else source
    return [c.strip() for c in listed if c.strip()]
