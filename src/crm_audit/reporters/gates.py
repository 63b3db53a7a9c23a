"""Conditions between stages in words: the playbook, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_audit.model.gates import GateCondition, PlaybookStage
from crm_audit.model.report import Report
from crm_audit.wording import Wording

_SHOWN = 3
"""Conditions and limits that are named as the first to act on."""


class GateWords:
    """Mixed into the view: the part of the report about conditions between stages."""

    report: Report
    w: Wording

    if TYPE_CHECKING:

        def t(self, key: str, **values: object) -> str:
            """The phrase `report_<key>`, said by the view."""

        def label(self, kind: str, code: object) -> str:
            """A code in words, said by the view."""

    def playbook(self) -> str:
        """How many open deals past the first stage meet the playbook; empty without one."""
        part = self.report.gates.playbook
        if part is None:
            return ""
        if not part.deals:
            return self.t("playbook_nothing", name=part.name)
        return self.t(
            "playbook_count",
            name=part.name,
            met=self.w.number(part.met),
            of=self.w.count(part.deals, "noun_deal"),
            failed=self.w.number(part.failed),
            money=self._sum(part.amount),
            unknown=self.w.number(part.unknown),
        )

    def playbook_rows(self) -> list[tuple[PlaybookStage, GateCondition]]:
        """Every condition with its stage, in the order of the playbook."""
        part = self.report.gates.playbook
        return [(s, c) for s in part.stages for c in s.conditions] if part else []

    def condition_share(self, condition: GateCondition) -> str:
        """The share of the deals that meet a condition, from the sure to the possible."""
        of = condition.of
        if not of:
            return "—"
        return self.w.share(condition.met / of, (condition.met + condition.unknown) / of)

    def condition_note(self, stage: PlaybookStage, condition: GateCondition) -> str:
        """Why a condition cannot be told, or why filled cells do not meet it."""
        if stage.place != "open":
            return self.t(f"place_{stage.place}")
        if not condition.known:
            return self.t("condition_unknown")
        if condition.default is not None:
            return self.t("condition_default")
        return self.t("condition_junk", n=self.w.number(condition.junk)) if condition.junk else ""

    def gate_actions(self) -> list[str]:
        """What to do now about the conditions between stages, the largest first."""
        return [*(self._playbook_actions() if self.report.gates.playbook else self._own_actions())]

    def _playbook_actions(self) -> Iterator[str]:
        rows = [(s, c) for s, c in self.playbook_rows() if c.failed]
        rows.sort(key=lambda row: -row[1].failed)
        for stage, condition in rows[:_SHOWN]:
            yield self.t(
                "do_condition",
                stage=stage.stage,
                condition=condition.text,
                n=self.w.count(condition.failed, "noun_deal"),
                money=self._sum(condition.amount),
            )
        part = self.report.gates.playbook
        over = [s for s in part.stages if s.over_limit and s.reaction] if part else []
        for stage in sorted(over, key=lambda s: -s.over_limit)[:_SHOWN]:
            yield self.t(
                "do_limit",
                stage=stage.stage,
                n=self.w.count(stage.over_limit, "noun_deal"),
                money=self._sum(stage.over_amount),
                reaction=stage.reaction,
                by=f" ({stage.by})" if stage.by else "",
            )

    def _own_actions(self) -> Iterator[str]:
        gates = self.report.gates
        if gates.discovered:
            pairs = [f"{self.label('field', g.field)} ({g.stage})" for g in gates.discovered[:5]]
            yield self.t("do_mandatory", listed="; ".join(pairs))
        if self.report.stages:
            yield self.t("do_playbook")

    def _sum(self, amount: dict[str, float]) -> str:
        return f", {self.w.sums(amount)}" if any(amount.values()) else ""
