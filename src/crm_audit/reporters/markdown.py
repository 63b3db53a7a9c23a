"""The report as Markdown: the page in short, for a chat, a wiki or a repository."""

from __future__ import annotations

import re

from crm_audit.model.report import Report
from crm_audit.reporters import diary, process
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.templates import environment
from crm_audit.reporters.view import NEEDS, View

_SPECIAL = re.compile(r"[\\`*\[\]<>|~#&]|(?<!\w)_|_(?!\w)")
_LINK = re.compile(r"(https?|ftp)(:)(?=//)|(www)(\.)", re.IGNORECASE)
_BLOCK = re.compile(r"^(?:([-+=])|(\d{1,9})([.)])(?=\s|$))")


def render(report: Report, options: ReporterOptions) -> str:
    """Headlines, answers, top ten, stalls, money, findings, gaps and files; people hidden."""
    env = environment(View(report, options), escape)
    env.globals |= {"NEEDS": NEEDS, "process": process, "diary": diary}
    name = "forecast.md.j2" if options.forecast_only else "report.md.j2"
    text: str = env.get_template(name).render()
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no cell border, no automatic link."""
    text = _SPECIAL.sub(_entity, text)
    text = _LINK.sub(lambda m: f"{m[1]}&#58;" if m[1] else f"{m[3]}&#46;", text)
    return _BLOCK.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)


def _entity(match: re.Match[str]) -> str:
    found = match.group()
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "\\|"}.get(found, f"\\{found}")
