"""Reporters: a Report in, text or bytes out; one dict of them, loaded when asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from crm_audit.errors import UsageError
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.output import write
from crm_audit.wording import Language, Wording

if TYPE_CHECKING:
    from crm_audit.model.report import Report

__all__ = ["REPORTERS", "ReporterOptions", "format_of", "render", "write"]


class Reporter(NamedTuple):
    """Where a format is rendered and which file names stand for it, the usual one first."""

    module: str
    suffixes: tuple[str, ...]


REPORTERS: dict[str, Reporter] = {
    "terminal": Reporter("terminal", (".txt",)),
    "html": Reporter("html", (".html", ".htm")),
    "markdown": Reporter("markdown", (".md", ".markdown")),
    "json": Reporter("json_data", (".json",)),
    "junit": Reporter("junit", (".xml",)),
    "csv": Reporter("csv_findings", (".csv",)),
    "xlsx": Reporter("xlsx", (".xlsx",)),
}
"""Every format by its name in `--format`."""


def render(report: Report, format: str, options: ReporterOptions | None = None) -> str | bytes:
    """The report in one format; computes nothing and writes nothing.

    Raises UsageError for a format that does not exist.
    """
    if format not in REPORTERS:
        text = Wording(report.language)
        raise UsageError(text("report_error_format", name=format, known=", ".join(REPORTERS)))
    module = import_module(f"crm_audit.reporters.{REPORTERS[format].module}")
    rendered: str | bytes = module.render(report, options or ReporterOptions())
    return rendered


def format_of(path: str | PurePath, language: Language = "en") -> str:
    """The format that a file name stands for (`report.html` is html), else UsageError."""
    suffix = PurePath(path).suffix.lower()
    for name, reporter in REPORTERS.items():
        if suffix in reporter.suffixes:
            return name
    known = ", ".join(reporter.suffixes[0] for reporter in REPORTERS.values())
    name = PurePath(path).name
    raise UsageError(Wording(language)("report_error_suffix", name=name, known=known))
