"""Conditions between stages in words: the playbook, separating facts, what to do now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_audit.model.gates import GateCondition, PlaybookStage
from crm_audit.model.report import Report
from crm_audit.model.separators import Separator, WinRate
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
            unknown=self.t("playbook_untold", n=self.w.number(part.unknown))
            if part.unknown
            else "",
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

    def separators(self) -> str:
        """Which facts tell won deals from lost ones, or what it would take to know."""
        part = self.report.gates.separators
        if part is None:
            return ""
        if part.found:
            listed = "; ".join(self._separator(s) for s in part.found[:_SHOWN])
            return self.t("separators_found", listed=listed)
        if part.more_won or part.more_lost:
            return self.t(
                "separators_more",
                won=self.w.number(part.won),
                lost=self.w.number(part.lost),
                more_won=self.w.number(part.more_won),
                more_lost=self.w.number(part.more_lost),
            )
        return self.t("separators_none", n=self.w.number(part.compared))

    def _separator(self, found: Separator) -> str:
        return self.t(
            "separator",
            fact=self.fact_name(found.fact, found.kind),
            where=f" ({found.pipeline})" if found.pipeline else "",
            with_fact=self.win_rate(found.with_fact),
            without=self.win_rate(found.without),
        )

    def fact_name(self, fact: str, kind: str) -> str:
        """A fact in words; a column is called as the client calls it."""
        if kind == "person":
            return self.w(f"gate_person_{fact}")
        if kind in ("people", "activity"):
            return self.t(f"fact_{fact}")
        return self.label("field", fact) if kind == "field" else fact

    def win_rate(self, rate: WinRate) -> str:
        """`34 of 50, 68%`."""
        of = self.t("won_of", won=self.w.number(rate.won), of=self.w.number(rate.of))
        return f"{self.w.percent(rate.won / rate.of)} ({of})"

    def points(self, share: float) -> str:
        """A difference of shares in points: `+37`."""
        return f"{round(share * 100):+d}".replace("-", "−")

    def facts_aside(self) -> list[tuple[str, str]]:
        """Facts that were not compared, by the reason, the reasons in words."""
        part = self.report.gates.separators
        groups: dict[str, dict[str, None]] = {}
        for aside in part.set_aside if part else ():
            name = self.fact_name(aside.fact, aside.kind)
            if aside.more:
                name = self.t("fact_more", fact=name, n=self.w.number(aside.more))
            groups.setdefault(aside.why, {})[name] = None
        order = [w for w in ("closing", "outcome", "progress", "untimed", "few") if w in groups]
        return [(self.t(f"aside_{why}"), ", ".join(list(groups[why])[:12])) for why in order]

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
