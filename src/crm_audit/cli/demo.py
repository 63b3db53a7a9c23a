"""`crm-audit demo`: the main job on a bundled, invented export."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import COMPLETE, deliver, formats_of, progress, tell


def demo(
    sample: Annotated[
        str | None, typer.Argument(help="A bundled sample; default: a neglected company.")
    ] = None,
    output: o.Output = None,
    formats: o.Formats = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> int:
    """Run the main job on a bundled export of an invented company.

    Показать основной отчёт на встроенной выгрузке вымышленной компании.
    """
    from crm_audit import resources
    from crm_audit.errors import UsageError

    wanted = formats_of(formats, output, lang or o.speaks())
    given = o.gather(lang=lang, everything=bool(COMPLETE & set(wanted)))
    folder = resources.folder("sample_exports")
    samples = sorted(p.name for p in folder.iterdir() if p.is_dir())
    name = sample or f"neglected_{given.language}"
    if name not in samples:
        raise UsageError(f"demo {name}: there is no such sample; use {', '.join(samples)}")
    files = sorted(str(p) for p in (folder / name).iterdir() if p.suffix in (".csv", ".xlsx"))

    from crm_audit.audit import audit
    from crm_audit.wording import Wording

    with progress(given.language, shown=not quiet) as step:
        report = audit(files, given.audit, step)
    say = Wording(report.language)
    for path in deliver(report, wanted, output, given):
        tell(say("written", path=str(path)), quiet=quiet)
    tell(say("demo_invented", name=name), quiet=quiet)
    return 0
