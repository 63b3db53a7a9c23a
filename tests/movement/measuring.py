"""Audits planted companies and sets what was found beside what was planted.

Run with src and tools on the path it prints precision and recall by kind, over seeds 0-19 or over
those given: `python measuring.py 100 120`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import by_diary
import by_exports
import by_history
from counting import Counts

import crm_audit
from crm_audit.audit import AuditOptions
from crm_audit.engine.load import LoadOptions
from planted import company

SEEDS = range(20)
TABLES = ("deals", "stage_history", "activities")


def measure(seed: int) -> dict[str, Counts]:
    """Write a planted company, audit it by its history and by its exports alone, and compare."""
    # What the forecast would have said in past periods has no part in any truth.
    options = AuditOptions(limit=None, thresholds={"forecast_periods": 0})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        truth = company.write(seed, folder)
        load = LoadOptions(optional_stages=truth.optional_stages)
        files = [folder / f"{table}.csv" for table in TABLES]
        audit = crm_audit.diagnose(*files, options=replace(options, load=load))
        found = by_history.compare_all(audit, truth) | by_diary.compare_all(audit, truth)
        files = [folder / "exports" / f"deals_{day}.csv" for day in truth.between.exports]
        found |= by_exports.compare_all(crm_audit.diagnose(*files, options=options), truth)
    for counts in found.values():
        counts.missed = [(seed, one) for one in counts.missed]
        counts.false = [(seed, one) for one in counts.false]
    return found


def measure_all(seeds: Iterable[int] = SEEDS) -> dict[str, Counts]:
    """Return the counts of each kind over all seeds, each company in a process of a pool."""
    pooled: dict[str, Counts] = {}
    workers = min(8, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for found in pool.map(measure, seeds):
            for kind, counts in found.items():
                pooled.setdefault(kind, Counts()).add(counts)
    return pooled


def table(pooled: dict[str, Counts]) -> str:
    """Lay the figures out, a kind a line; a kind of which nothing is planted has no recall."""
    lines = [f"{'kind':34} {'planted':>8} {'found':>6} {'precision':>9} {'recall':>7}"]
    for kind, counts in pooled.items():
        planted, found = counts.hits + len(counts.missed), counts.hits + len(counts.false)
        precision = f"{counts.precision:9.3f}" if found else f"{'-':>9}"
        recall = f"{counts.recall:7.3f}" if planted else f"{'-':>7}"
        lines.append(f"{kind:34} {planted:8} {found:6} {precision} {recall}")
    return "\n".join(lines)


if __name__ == "__main__":
    begun = time.monotonic()
    everything = measure_all(range(*map(int, sys.argv[1:])) if sys.argv[1:] else SEEDS)
    print(table(everything))
    for name, counts in everything.items():
        for what, ones in (("missed", counts.missed), ("false", counts.false)):
            if ones:
                print(f"{name}, {what}: {ones[:12]}")
    print(f"{time.monotonic() - begun:.0f} s")
