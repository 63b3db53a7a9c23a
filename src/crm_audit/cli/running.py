"""Running an audit for a person: progress on standard error, reports to their places."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crm_audit.errors import OutputError, UsageError

if TYPE_CHECKING:
    from crm_audit.model.report import Input, Report
    from crm_audit.wording import Wording

NAMES = {
    "terminal": "report.txt",
    "html": "report.html",
    "markdown": "report.md",
    "json": "report.json",
    "junit": "junit.xml",
    "csv": "findings.csv",
    "xlsx": "worklists.xlsx",
}
COMPLETE = frozenset(["json", "junit", "csv", "xlsx"])
"""Formats for programs and lists to work through: they hold every finding."""
_STEPS = ("read", "recognise", "load", "evaluate", "judge")


@contextmanager
def progress(say: Wording, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error; nothing where that is no terminal."""
    if not shown or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

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


def formats_of(
    given: str | None, configured: str | list[str] | None, output: str | None, say: Wording
) -> list[str]:
    """The formats asked for: by name, by the suffix of the output, by the file, else terminal."""
    from crm_audit.reporters import REPORTERS, format_of

    source: str | list[str] | None = given
    to_file = output not in (None, "-") and not Path(output or "").is_dir()
    if source is None and to_file and (Path(output or "").suffix or configured is None):
        return [format_of(output or "", say.language)]
    if source is None:
        source = configured or "terminal"
    listed = [n.strip() for n in (source.split(",") if isinstance(source, str) else source)]
    known = ", ".join(REPORTERS)
    for name in listed:
        if name not in REPORTERS:
            raise UsageError(say("use_one_of", option="--format", value=name, known=known))
    if len(listed) > 1 and output in (None, "-"):
        raise UsageError(say("formats_need_folder"))
    return list(dict.fromkeys(listed))


def check_place(output: str | None, formats: list[str], say: Wording) -> None:
    """Refuse a place where nothing can be written before the long work begins."""
    if output in (None, "-"):
        return
    target = Path(output or "")
    try:
        if len(formats) > 1 and target.exists() and not target.is_dir():
            raise UsageError(say("formats_need_folder_not_file", path=target))
        folder = target if len(formats) > 1 or target.is_dir() else target.parent
        while len(formats) > 1 and not folder.exists():
            folder = folder.parent  # made by deliver()
        if not folder.is_dir():
            raise OutputError(say("output_no_folder", path=target, folder=folder))
        if not os.access(folder, os.W_OK):
            raise OutputError(say("output_no_permission", folder=folder))
    except (OSError, ValueError) as error:
        raise OutputError(say("output_no_folder", path=target, folder=target.parent)) from error


def deliver(
    report: Report,
    formats: list[str],
    output: str | None,
    say: Wording,
    *,
    show_pii: bool,
    forecast_only: bool = False,
) -> list[Path]:
    """Render the report and put each format in its place; returns the files written.

    Everything is rendered before the first file is written.
    """
    from crm_audit.reporters import ReporterOptions, render, write

    to_terminal = output in (None, "-") and sys.stdout.isatty()
    options = ReporterOptions(
        show_pii=show_pii,
        forecast_only=forecast_only,
        color=to_terminal and not os.environ.get("NO_COLOR"),
        width=shutil.get_terminal_size((100, 40)).columns if to_terminal else 100,
    )
    rendered = {name: render(report, name, options) for name in formats}
    if output in (None, "-"):
        for content in rendered.values():
            to_stdout(content, say)
        return []
    target = Path(output or "")
    if len(formats) > 1:
        _make_folder(target, say)
    written: list[Path] = []
    for name, content in rendered.items():
        path = target / NAMES[name] if target.is_dir() else target
        write(content, path, say.language)
        written.append(path)
    return written


def put(text: str, output: str | None, say: Wording) -> None:
    """One text to its place: a file, or standard output."""
    if output in (None, "-"):
        to_stdout(text, say)
        return
    from crm_audit.reporters import write

    write(text, Path(output or ""), say.language)


def put_rejects(inputs: Sequence[Input], path: Path, say: Wording, *, show_pii: bool) -> Path:
    """Write the rows and cells that could not be imported; returns the file written."""
    from crm_audit.reporters import ReporterOptions, write
    from crm_audit.reporters.rejects_csv import render

    write(render(inputs, ReporterOptions(show_pii=show_pii), say), path, say.language)
    return path


def to_stdout(content: str | bytes, say: Wording) -> None:
    """Bytes, or text as UTF-8, to standard output; a reader that leaves early is no trouble."""
    from crm_audit.cli.trouble import drop_output

    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        drop_output()
        raise OutputError(say("stdout_failed", reason=error.strerror or "")) from error


def tell(line: str, *, quiet: bool) -> None:
    """One line to the person, on standard error."""
    if not quiet:
        print(line, file=sys.stderr)


def _make_folder(folder: Path, say: Wording) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(say("output_not_made", folder=folder, reason=error.strerror)) from error
