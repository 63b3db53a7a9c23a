"""`crm-audit diagnose`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import (
    COMPLETE,
    check_place,
    deliver,
    formats_of,
    progress,
    put_rejects,
    tell,
)

if TYPE_CHECKING:
    from crm_audit.failing import Baseline
    from crm_audit.model.report import Report
    from crm_audit.wording import Wording


def diagnose(
    files: o.Files,
    *,
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
    playbook: o.PlaybookFile = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    calendar: o.Calendar = None,
    rejects: o.Rejects = None,
    show_pii: o.ShowPii = False,
    quiet: o.Quiet = False,
    no_progress: o.NoProgress = False,
) -> int:
    """Answer the six questions from exports of a CRM, with findings, stalls and money."""
    from crm_audit import failing

    given = o.settings(lang, config)
    say = given.say
    wanted = formats_of(formats, given.config.get("format"), output, say)
    check_place(output, wanted, say)
    conditions = failing.split(fail_on if fail_on is not None else given.config.get("fail_on"))
    earlier = failing.load_baseline(baseline, say) if baseline else None
    if conditions:
        known = set(given.rulebook(rules).rules)
        failing.check_conditions(conditions, known, say, baseline=earlier is not None)
    options = o.gather(
        given,
        as_of=as_of,
        rules=rules,
        playbook=playbook,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
        calendar=calendar,
        everything=bool(COMPLETE & set(wanted)) or earlier is not None,
        all_rejects=rejects is not None,
    )

    from crm_audit.audit import audit
    from crm_audit.wording import Wording

    with progress(say, shown=not (quiet or no_progress)) as step:
        report = audit(files, options, step)
    say = Wording(report.language)
    shown = show_pii or bool(given.config.get("show_pii"))
    written = deliver(report, wanted, output, say, show_pii=shown)
    if rejects is not None:
        written.append(put_rejects(report.inputs, rejects, say, show_pii=shown))
    met = failing.failed(report, conditions, earlier)
    if not quiet:
        _summarise(report, written, earlier, met, say)
    return 1 if met else 0


def _summarise(
    report: Report, written: list[Path], earlier: Baseline | None, met: list[str], say: Wording
) -> None:
    """What a person wants to know when the report itself went into a file."""
    from crm_audit.failing import compare

    if written:
        tell(report.verdict_text, quiet=False)
    for path in written:
        tell(say("written", path=path), quiet=False)
    if earlier is not None:
        fresh, gone = compare(report, earlier)
        tell(say("against_baseline", new=say.number(fresh), gone=say.number(gone)), quiet=False)
    if met:
        tell(say("failed_on", listed=", ".join(met)), quiet=False)
