"""The Python API: what it takes, what it gives, and how it refuses."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crm_audit
from build import EARLY, deal, deals, to_csv
from crm_audit.errors import InputRefusedError, UsageError
from crm_audit.model.deal import Deal

SAMPLES = Path(__file__).resolve().parents[1] / "sample_exports"


@pytest.fixture(scope="module")
def audit() -> Any:
    return crm_audit.diagnose(SAMPLES / "pipedrive_en" / "deals.xlsx")


def test_views_on_the_report(audit: Any) -> None:
    assert audit.verdict is audit.report.verdict
    assert [q.number for q in audit.questions] == [1, 2, 3, 4, 5, 6]
    assert len(audit.findings) == audit.report.findings_total == len(audit.report.findings)
    assert {"rule", "deal_id", "severity", "facts"} <= set(audit.findings.columns)


def test_deals_as_a_table_and_as_models(audit: Any) -> None:
    assert len(audit.deals) == audit.report.portfolio.deals
    assert list(audit.deals.columns) == list(Deal.model_fields)
    models = list(audit.iter_deals())
    assert all(isinstance(m, Deal) for m in models)
    assert [m.deal_id for m in models] == list(audit.deals["deal_id"])


def test_columns_that_were_not_understood_stay_under_their_headers(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", deals(2, amount="5", Colour="red")), encoding="utf-8")
    (first, _) = crm_audit.diagnose(path).iter_deals()
    assert first.extra == {"Colour": "red"}


def test_as_of_is_a_date_or_its_text(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", deals(2, amount="5")), encoding="utf-8")
    for given in ("2026-10-01", dt.date(2026, 10, 1)):
        assert crm_audit.diagnose(path, as_of=given).report.as_of == dt.date(2026, 10, 1)
    with pytest.raises(UsageError, match="2026-11-01"):
        crm_audit.diagnose(path, as_of="1 October")


def test_thresholds_and_language(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", deals(2, amount="5", next_step="")), encoding="utf-8")
    found = crm_audit.diagnose(path, lang="ru", thresholds={"managed_share": 0.0})
    assert found.report.language == "ru"
    assert found.questions[0].checks[0].threshold == 0.0
    with pytest.raises(UsageError, match="threshold"):
        crm_audit.diagnose(path, thresholds={"other": 1.0})


@pytest.mark.parametrize("suffix", [".html", ".md", ".json", ".xml", ".csv", ".txt"])
def test_write_goes_by_the_suffix(audit: Any, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    audit.write(path)
    text = path.read_text(encoding="utf-8")
    assert len(text) > 500
    if suffix == ".json":
        assert json.loads(text)["schema"] == "crm-audit/report/1"


def test_refusals_are_one_line(tmp_path: Path) -> None:
    empty, other = tmp_path / "empty.csv", tmp_path / "other.csv"
    empty.write_bytes(b"")
    other.write_text("sku,colour\n1,red\n2,blue\n", encoding="utf-8")
    for path in (empty, other, tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(InputRefusedError) as caught:
            crm_audit.diagnose(path)
        assert "\n" not in str(caught.value)
        assert path.name in str(caught.value)


def test_a_frame_is_read_as_the_same_file_is(tmp_path: Path) -> None:
    rows = [
        deal("00123", amount="1500.5", expected_close="2026-12-01"),
        deal("2", amount="", stage=EARLY),
    ]
    path = tmp_path / "deals.csv"
    path.write_text(to_csv("deals", rows), encoding="utf-8")
    frame = pd.read_csv(
        path, dtype={"Deal ID": str}, parse_dates=["Created At", "Expected Close Date"]
    )
    by_file, by_frame = crm_audit.diagnose(path), crm_audit.diagnose(frame)
    assert by_frame.deals.drop(columns="extra").equals(by_file.deals.drop(columns="extra"))
    assert by_frame.questions == by_file.questions


def test_moves_are_a_frame_with_their_place_in_the_files(tmp_path: Path) -> None:
    deals, history = tmp_path / "deals.csv", tmp_path / "history.csv"
    deals.write_text("Deal ID,Deal Name,Stage,Created At\n1,A,Contract review,2026-03-01\n")
    history.write_text(
        "Deal ID,To Stage,Changed At,Changed By\n1,Qualification,2026-03-01 10:10,Ann\n"
        "1,Contract review,2026-04-01 11:20,Ann\n1,Qualification,2026-04-05 11:20,Bob\n"
        "1,Contract review,2026-05-01 12:30,Ann\n"
    )
    moves = crm_audit.diagnose(deals, history).moves
    told = moves[["deal_id", "from_stage", "to_stage", "changed_by", "input", "line", "forward"]]
    assert told.values.tolist() == [
        ["1", "Qualification", "Contract review", "Ann", 1, 3, True],
        ["1", "Contract review", "Qualification", "Bob", 1, 4, False],
        ["1", "Qualification", "Contract review", "Ann", 1, 5, True],
    ]
    assert moves["clean"].tolist() == [True, True, True]
    assert str(moves["moved_at"].iloc[0]) == "2026-04-01 11:20:00"
    assert crm_audit.diagnose(deals).moves.empty
