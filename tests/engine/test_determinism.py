"""The same input gives the same bytes: twice in one process, in another, with another hash seed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import crm_audit
from build import deal, deals, to_csv

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_exports"
SCRIPT = """
import hashlib, sys
import crm_audit
from crm_audit.reporters import ReporterOptions, render
for folder in sys.argv[1:]:
    from pathlib import Path
    report = crm_audit.diagnose(*sorted(Path(folder).iterdir())).report
    for name in ("json", "html", "markdown", "csv"):
        text = render(report, name, ReporterOptions())
        data = text if isinstance(text, bytes) else text.encode()
        print(Path(folder).name, name, hashlib.sha256(data).hexdigest())
"""
NAMES = ("neglected_ru",)


def run(seed: str) -> str:
    folders = [str(SAMPLES / n) for n in NAMES]
    env = os.environ | {
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(Path(crm_audit.__file__).parents[1]),
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT, *folders], env=env, capture_output=True,
                          text=True, check=True)  # fmt: skip
    return done.stdout


def test_whatever_the_hash_seed() -> None:
    first = run("1")
    assert len(first.splitlines()) == 4 * len(NAMES)
    assert run("4711") == first


@pytest.mark.parametrize("name", ["hubspot_en", "bitrix24_ru"])
def test_twice_in_one_process(name: str) -> None:
    paths = sorted((SAMPLES / name).iterdir())
    first, second = (
        hashlib.sha256(crm_audit.diagnose(*paths).report.model_dump_json().encode()).hexdigest()
        for _ in range(2)
    )
    assert first == second


def test_ids_of_findings_stay_from_export_to_export(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    rows = [deal("7", amount="5"), *deals(3, 50, amount="9")]
    old.write_text(to_csv("deals", rows), encoding="utf-8")
    new.write_text(to_csv("deals", [deal("1", amount="1"), *reversed(rows)]), encoding="utf-8")
    before, after = (
        {
            f.deal_id: f.id
            for f in crm_audit.diagnose(p, as_of="2026-09-30").report.findings
            if f.rule == "deal-stalled"
        }
        for p in (old, new)
    )
    assert before
    assert {i: after[i] for i in before} == before
