"""What every judge is given: the evaluated facts of one audit and the words to speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_audit.engine.derive import Derived
from crm_audit.engine.evaluate import RuleCount
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.rules import Rulebook
from crm_audit.engine.series import Series
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.wording import Wording


@dataclass(frozen=True)
class Case:
    """One audit after evaluation. `session` holds `judged`, `moves`, `episodes` and the rest."""

    session: Session
    loaded: Sequence[Loaded]
    stage_book: StageBook
    rulebook: Rulebook
    derived: Derived
    counts: dict[str, RuleCount]
    wording: Wording
    target: float | None = None
    series: Sequence[Series] = ()

    def limit(self, threshold: str) -> float:
        """The value of a threshold."""
        return self.rulebook.value(threshold)

    def has(self, kind: str, *fields: str) -> bool:
        """Whether a table of that kind is in the audit with at least one of the fields."""
        return any(
            t.used and t.plan.kind == kind and (not fields or set(fields) & set(t.plan.mapping))
            for t in self.loaded
        )
