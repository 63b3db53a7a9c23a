"""Counts of what was found against what was planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crm_audit.model.report import Report


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
