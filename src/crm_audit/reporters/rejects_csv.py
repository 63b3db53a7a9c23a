"""Rows and cells that could not be imported, as CSV: file, sheet, line, reason, text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from crm_audit.model.report import Input
from crm_audit.reporters.csv_findings import BOM, safe
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.privacy import Privacy
from crm_audit.wording import Wording


def render(inputs: Sequence[Input], options: ReporterOptions, say: Wording) -> str:
    """Every reject of every table; the words of a row are hidden unless people may be shown."""
    privacy = Privacy(options, say)
    out = StringIO()
    out.write(BOM)
    table = csv.writer(out, lineterminator="\r\n")
    names = ("file", "sheet", "line", "reason", "text")
    table.writerow([say("reject_" + name) for name in names])
    for read in inputs:
        for reject in (*read.rejects, *read.bad_cells):
            text = reject.text if options.show_pii else privacy.row(reject.text)
            table.writerow(
                [
                    safe(read.name),
                    safe(read.sheet or ""),
                    reject.line,
                    safe(reject.reason),
                    safe(text),
                ]
            )
    return out.getvalue()
