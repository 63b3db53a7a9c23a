"""Audits planted companies and sets what was found beside what was planted.

Run with src and tools on the path it prints precision and recall by kind over seeds 0-19.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import crm_audit
from crm_audit.audit import AuditOptions
from crm_audit.engine.load import LoadOptions
from crm_audit.model.report import Report
from planted import company
from planted.truth import Truth

SEEDS = range(20)


@dataclass
class Counts:
    """Things of one kind that were planted and found, planted and missed, found and not planted."""

    hits: int = 0
    missed: list[Any] = field(default_factory=list)
    false: list[Any] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Return the share of what was found that was planted."""
        return self.hits / (self.hits + len(self.false)) if self.hits or self.false else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what was planted that was found."""
        return self.hits / (self.hits + len(self.missed)) if self.hits or self.missed else 1.0

    def add(self, other: Counts) -> None:
        """Pool with the counts of another company."""
        self.hits += other.hits
        self.missed += other.missed
        self.false += other.false


def compare(found: Iterable[Any], planted: Iterable[Any], either: Iterable[Any] = ()) -> Counts:
    """Count what was found against what was planted; of `either` both answers are right."""
    one, two, neutral = set(found), set(planted), set(either)
    return Counts(
        len((one & two) - neutral),
        sorted(two - one - neutral, key=str),
        sorted(one - two - neutral, key=str),
    )


def by_rule(report: Report, rule: str) -> set[str]:
    """Return the deals that a rule found."""
    return {f.deal_id for f in report.findings if f.rule == rule and f.deal_id}


def moves(report: Report, truth: Truth) -> dict[str, Counts]:
    """Compare moves that are not clean, deal by deal; backward ones by the stages they join."""
    planted = truth.movement
    back = Counter((m.before, m.after) for m in planted.rollbacks)
    assert report.movement and report.movement.process
    drawn = Counter[tuple[str, str]]()
    for pipeline in report.movement.process.pipelines:
        for step in pipeline.matrix:
            if step.kind == "back":
                drawn[step.from_stage, step.to_stage] += step.moves
    return {
        "bulk moves": compare(
            by_rule(report, "moved-in-bulk"), {d for b in planted.bulk for d in b.deals}
        ),
        # The method counts any two forward moves on one day, a corrected slip of the hand included.
        "two moves on a day": compare(
            by_rule(report, "moved-same-day"),
            {m.deal for m in planted.same_day},
            planted.corrected,
        ),
        "skipped stages": compare(by_rule(report, "stage-jumped"), {m.deal for m in planted.skips}),
        "rollbacks": compare(_each(drawn), _each(back)),
    }


def _each(counted: Counter[tuple[str, str]]) -> set[tuple[str, str, int]]:
    return {(*key, n) for key, count in counted.items() for n in range(count)}


def gates(report: Report, truth: Truth) -> dict[str, Counts]:
    """Compare gates by field and stage, and facts of won deals by field."""
    found = {(gate.field, gate.stage) for gate in report.gates.discovered}
    planted = {(gate.field, gate.stage) for gate in truth.playbook.gates}
    separators = report.gates.separators
    assert separators
    return {
        "gates": compare(found, planted),
        # Activities are no part of this truth: a deal that fell silent has fewer, and is lost.
        "facts of won deals": compare(
            {one.fact for one in separators.found if one.kind != "activity"},
            {one.field for one in truth.playbook.facts},
        ),
    }


def stalls(report: Report, truth: Truth) -> dict[str, Counts]:
    """Compare deals that stand, and whether the company reacts once the limit is crossed."""
    planted = truth.standing
    found = {deal.deal_id for deal in report.stalls.deals}
    rule = report.stalls.reaction.rule if report.stalls.reaction else "unknown"
    told = {"rule": {"yes"}, "none": {"no"}, None: set()}[planted.rule]
    return {
        "stalled deals": compare(found, planted.stalled),
        "reaction to the limit": compare({rule}, told, {rule} if planted.rule is None else ()),
    }


PARTS = (moves, gates, stalls)


def measure(seed: int) -> dict[str, Counts]:
    """Write a planted company, audit it, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        truth = company.write(seed, folder)
        options = AuditOptions(limit=None, load=LoadOptions(optional_stages=truth.optional_stages))
        files = [folder / f"{table}.csv" for table in ("deals", "stage_history", "activities")]
        report = crm_audit.diagnose(*files, options=options).report
        found: dict[str, Counts] = {}
        for part in PARTS:
            found |= part(report, truth)
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
    """Lay the figures out, a kind a line."""
    lines = [f"{'kind':26} {'planted':>8} {'found':>6} {'precision':>9} {'recall':>7}"]
    for kind, counts in pooled.items():
        planted, found = counts.hits + len(counts.missed), counts.hits + len(counts.false)
        lines.append(
            f"{kind:26} {planted:8} {found:6} {counts.precision:9.3f} {counts.recall:7.3f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    everything = measure_all()
    print(table(everything))
    for name, counts in everything.items():
        for what, ones in (("missed", counts.missed), ("false", counts.false)):
            if ones:
                print(f"{name}, {what}: {ones[:12]}")
