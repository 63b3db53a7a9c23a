"""`crm-audit demo`: the main job on a bundled, invented export."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import COMPLETE, check_place, deliver, formats_of, progress, tell


def demo(
    sample: Annotated[
        str | None,
        typer.Argument(metavar="SAMPLE", help="A bundled sample; default: a neglected company."),
    ] = None,
    output: o.Output = None,
    formats: o.Formats = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> int:
    """Run the main job on a bundled export of an invented company."""
    from crm_audit import resources

    given = o.settings(lang, bundled=True)
    say = given.say
    wanted = formats_of(formats, None, output, say)
    check_place(output, wanted, say)
    folder = resources.folder("sample_exports")
    samples = tuple(sorted(p.name for p in folder.iterdir() if p.is_dir()))
    name = o.one_of(sample or f"neglected_{say.language}", "demo", samples, say)
    files = sorted(str(p) for p in (folder / name).iterdir() if p.suffix in (".csv", ".xlsx"))
    options = o.gather(given, everything=bool(COMPLETE & set(wanted)))

    from crm_audit.audit import audit
    from crm_audit.wording import Wording

    with progress(say, shown=not quiet) as step:
        report = audit(files, options, step)
    say = Wording(report.language)
    for path in deliver(report, wanted, output, say, show_pii=False):
        tell(say("written", path=path), quiet=quiet)
    tell(say("demo_invented", name=name), quiet=quiet)
    return 0
