"""The report as JSON, and the JSON Schema that it keeps to.

JSON is data for machines and is not masked: it holds what the export holds.
"""

from __future__ import annotations

from typing import Any

from crm_audit.model.report import SCHEMA, Report
from crm_audit.reporters.options import ReporterOptions


def render(report: Report, options: ReporterOptions) -> str:  # noqa: ARG001
    """The whole report; the same report gives the same bytes. A figure that is NaN is null."""
    return report.model_dump_json(by_alias=True, indent=1) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the report, generated from the models."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
    }
    return head | Report.model_json_schema(by_alias=True, mode="serialization")
