"""Running an audit for a person: progress on standard error, reports to their places."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.cli.options import Given
    from crm_audit.model.report import Report

NAMES = {
    "terminal": "report.txt",
    "html": "report.html",
    "markdown": "report.md",
    "json": "report.json",
    "junit": "junit.xml",
    "csv": "findings.csv",
}
COMPLETE = frozenset(["json", "junit", "csv"])
"""Formats for programs: they hold every finding."""
_STEPS = ("read", "recognise", "load", "evaluate", "judge")


@contextmanager
def progress(language: str, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error; nothing where that is no terminal."""
    if not shown or not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from crm_audit.wording import Wording

    say = Wording("ru" if language == "ru" else "en")
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=len(_STEPS))

        def advance(step: str) -> None:
            bar.update(task, completed=_STEPS.index(step), description=say("step_" + step))

        yield advance


def formats_of(given: str | None, output: str | None, language: str) -> list[str]:
    """The formats asked for: by name, else by the suffix of the output, else terminal."""
    from crm_audit.reporters import REPORTERS, format_of

    if given is None:
        if output is None or output == "-":
            return ["terminal"]
        return [format_of(output, "ru" if language == "ru" else "en")]
    listed = [name.strip() for name in given.split(",") if name.strip()]
    for name in listed:
        if name not in REPORTERS:
            raise UsageError(f"--format {name}: use {', '.join(REPORTERS)}")
    if not listed:
        raise UsageError(f"--format: use {', '.join(REPORTERS)}")
    if len(listed) > 1 and (output is None or output == "-"):
        raise UsageError("--format with several formats needs --output FOLDER")
    return list(dict.fromkeys(listed))


def deliver(report: Report, formats: list[str], output: str | None, given: Given) -> list[Path]:
    """Render the report and put each format in its place; returns the files written."""
    from crm_audit.reporters import ReporterOptions, render, write

    to_terminal = output in (None, "-") and sys.stdout.isatty()
    options = ReporterOptions(
        show_pii=given.show_pii,
        color=to_terminal and "NO_COLOR" not in os.environ,
        width=None if to_terminal else 100,
    )
    if len(formats) == 1 and output in (None, "-"):
        text = render(report, formats[0], options)
        data = text.encode("utf-8") if isinstance(text, str) else text
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return []
    written: list[Path] = []
    target = Path(output or ".")
    for name in formats:
        path = target
        if len(formats) > 1:
            if target.exists() and not target.is_dir():
                raise UsageError(f"--output {target}: several formats need a folder, this is a file")
            _make_folder(target)
            path = target / NAMES[name]
        elif target.is_dir():
            path = target / NAMES[name]
        write(render(report, name, options), path)
        written.append(path)
    return written


def _make_folder(folder: Path) -> None:
    from crm_audit.errors import OutputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}") from None


def tell(line: str, *, quiet: bool) -> None:
    """One line to the person, on standard error."""
    if not quiet:
        print(line, file=sys.stderr)
