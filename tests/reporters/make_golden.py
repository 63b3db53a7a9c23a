"""Rewrites the golden reports and both copies of the schema: `python tests/reporters/make_golden.py`.

Read the difference before you commit it: these files are what a client sees.
"""  # noqa: E501

from __future__ import annotations

import json
from pathlib import Path

from report_cases import ALL

from crm_audit import resources
from crm_audit.reporters import REPORTERS, ReporterOptions, render
from crm_audit.reporters.json_data import schema

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SCHEMAS = (
    HERE.parents[1] / "docs" / "report.schema.json",
    resources.folder("report_templates") / "report.schema.json",
)
CASES = ("records_history", "inconclusive")
SUFFIX = {
    name: reporter.suffixes[0]
    for name, reporter in REPORTERS.items()
    if name not in ("json", "xlsx")
}


def files() -> dict[Path, str]:
    """Every golden file with what it must hold; JSON is the data the cases are read from."""
    expected = {}
    for case in CASES:
        for format, suffix in SUFFIX.items():
            text = render(ALL[case](), format, ReporterOptions(width=80))
            expected[GOLDEN / f"{case}{suffix}"] = str(text)
    return expected


def schema_text() -> str:
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for path, text in files().items():
        path.write_bytes(text.encode())
    for path in SCHEMAS:
        path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
