"""What a client sees, byte for byte, and the schema that machines rely on."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from make_golden import GOLDEN, SCHEMAS, files, schema_text
from report_cases import ALL, DATA

from crm_audit.reporters import ReporterOptions, render


@pytest.mark.parametrize("path", sorted(files()), ids=lambda p: p.name)
def test_golden(path: Path) -> None:
    assert path.read_bytes().decode() == files()[path], "see tests/reporters/make_golden.py"


def test_no_golden_file_is_forgotten() -> None:
    assert set(GOLDEN.iterdir()) == set(files())


@pytest.mark.parametrize("case", ["records_history", "inconclusive", "empty"])
def test_json_is_the_report_itself(case: str) -> None:
    assert render(ALL[case](), "json") == (DATA / f"{case}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda p: p.parent.name)
def test_schema_is_that_of_the_models(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("case", ALL)
def test_every_report_keeps_to_the_schema(case: str) -> None:
    schema = json.loads(schema_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    data = json.loads(render(ALL[case](), "json"))
    assert list(validator.iter_errors(data)) == []
    assert not validator.is_valid(data | {"surprise": 1})
    assert not validator.is_valid({k: v for k, v in data.items() if k != "money"})


@pytest.mark.parametrize("format", ["terminal", "html", "markdown", "json", "junit", "csv", "xlsx"])
@pytest.mark.parametrize("case", ALL)
def test_same_report_same_bytes(case: str, format: str) -> None:
    options = ReporterOptions(width=100)
    assert render(ALL[case](), format, options) == render(ALL[case](), format, options)


def test_json_has_no_nan() -> None:
    report = ALL["records_history"]()
    report.findings[0].facts["odd"] = float("nan")
    report.findings[0].amount = float("inf")
    text = str(render(report, "json"))
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["findings"][0]["facts"]["odd"] is None
