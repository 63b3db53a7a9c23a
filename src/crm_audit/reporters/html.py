"""The report as one self-contained HTML file that loads nothing and runs nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from markupsafe import Markup

from crm_audit import resources
from crm_audit.model.report import Report
from crm_audit.reporters import charts, diary, process
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.templates import environment
from crm_audit.reporters.view import LEAKS, NEEDS, View

PARTS = (
    "first", "questions", "outlook", "top", "stalls", "copied", "money", "sanity", "losses",
    "stages", "gates", "process", "diary", "people", "movement", "layers", "rules", "gaps",
    "files", "thresholds",
)  # fmt: skip
"""The parts of the page from the top, each a template of that name."""

FORECAST = ("close", "outlook", "top", "money", "sanity", "files")
"""The parts of the page of `crm-audit forecast`."""


def render(report: Report, options: ReporterOptions) -> str:
    """A page for screen, phone and A4; people of the client are hidden unless `show_pii`."""
    style = (resources.folder("report_templates") / "style.css").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    env = environment(View(report, options))
    parts = FORECAST if options.forecast_only else PARTS
    env.globals |= {
        "charts": charts,
        "diary": diary,
        "process": process,
        "LEAKS": LEAKS,
        "NEEDS": NEEDS,
    }
    env.globals["parts"] = parts
    # The style sheet is ours, not data: its bytes must be those that the policy's hash names.
    page: str = env.get_template("report.html.j2").render(style=Markup(style), digest=digest)
    return page + "\n"
