"""Copied steps, losses and people at the client in words: the same in every report for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_audit.model.parts import Money
from crm_audit.model.report import Report
from crm_audit.model.symptoms import FirstSeen, RoleShare
from crm_audit.wording import Wording

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£"}


class Symptoms:
    """Mixed into the view: parts of the report that say what the texts and people show."""

    report: Report
    w: Wording

    if TYPE_CHECKING:

        def t(self, key: str, **values: object) -> str:
            """The phrase `report_<key>`, said by the view."""

    def because(self, why: str) -> str:
        """Why a text was taken for its kind, without the kind: a table has a column for that."""
        return why.partition(": ")[2] or why

    def copied(self) -> str:
        """How many open deals have a copied step; empty where none has."""
        found = self.report.copied_steps
        if found is None or not found.texts:
            return ""
        return self.t(
            "copied_count",
            n=self.w.count(found.deals, "noun_deal"),
            of=self.w.number(found.of),
            money=self._money(found.amount),
        )

    def _money(self, amount: Money) -> str:
        return f", {self.w.sums(amount)}" if any(amount.values()) else ""

    def losses(self) -> str:
        """Lost deals by kind of their reason."""
        found = self.report.losses
        if found is None:
            return ""
        lost = self.w.count(found.lost, "noun_deal")
        if found.unknown == found.lost:
            return self.t("losses_untold", n=lost)
        kinds = [(k, found.kinds.get(k, 0)) for k in ("useful", "useless", "missing", "technical")]
        listed = ", ".join(
            f"{self.t(f'loss_{kind}')} — {self.w.number(n)}" for kind, n in kinds if n
        )
        if found.unknown:
            listed += f", {self.t('loss_unknown')} — {self.w.number(found.unknown)}"
        return self.t("losses_count", n=lost, listed=listed)

    def proposed_reasons(self) -> list[tuple[str, list[str]]]:
        """The proposed loss reasons by who decided, in their order."""
        groups: dict[str, list[str]] = {}
        for reason in self.report.losses.proposed if self.report.losses else ():
            groups.setdefault(reason.who, []).append(reason.text)
        return list(groups.items())

    def funnel(self) -> str:
        """How many open stages are decisions of the client, against the threshold."""
        found = self.report.funnel
        if found is None or found.share is None:
            return ""
        return self.t(
            "funnel_count",
            n=found.client_decision,
            of=self.w.count(found.stages, "noun_stage"),
            share=self.w.percent(found.share),
            threshold=self.w.percent(found.threshold),
            seller=found.seller_action,
            vague=found.state_vague,
        )

    @property
    def people_told(self) -> bool:
        """Whether the export tells anything about roles."""
        people = self.report.people
        return people is not None and any(s.low is not None for s in people.total.roles.values())

    def single_threaded(self) -> str:
        """Deals and money that hang on one known person."""
        people = self.report.people
        if people is None:
            return ""
        found = people.single_threaded
        if found.deals is None:
            return self.t("single_untold")
        nobody = self.t("single_nobody", n=self.w.number(found.nobody)) if found.nobody else ""
        values = {"of": self.w.number(found.of), "nobody": nobody}
        if not found.deals:
            return self.t("single_none", **values)
        n = self.w.count(found.deals, "noun_deal")
        return self.t("single_count", n=n, money=self._money(found.amount), **values)

    def first_seen(self) -> list[tuple[str, list[str]]]:
        """Pipeline (where there are several) and how late each of the four roles appears."""
        groups: list[tuple[str, list[str]]] = []
        seen = self.report.people.first_seen if self.report.people else []
        for found in seen:
            if found.role == seen[0].role:
                groups.append((found.pipeline or "—", []))
            groups[-1][1].append(self._first(found))
        return groups if len(groups) > 1 else [("", said) for _, said in groups]

    def _first(self, found: FirstSeen) -> str:
        role = self.w(f"text_role_{found.role}")
        if found.answer == "stage":
            return self.t("first_stage", role=role, stage=found.stage, n=found.order, of=found.of)
        return self.t(f"first_{found.answer}", role=role)

    def reached(self, share: RoleShare) -> str:
        """Whether a role is known in enough deals: yes, no or unknown."""
        least = self.report.people.threshold if self.report.people else 1.0
        if share.low is None or share.high is None:
            return "unknown"
        return "yes" if share.low >= least else "no" if share.high < least else "unknown"

    def sign(self, currency: str) -> str:
        """A currency in as little room as it takes; its code where it has no sign."""
        return self.t("in_money") if currency == "XXX" else _SIGNS.get(currency, currency)

    def has(self, section: str) -> bool:
        """Whether the page has a section that only some reports have."""
        report = self.report
        return {
            "layers": bool(report.layers),
            "copied": report.copied_steps is not None and bool(report.copied_steps.texts),
            "losses": report.losses is not None,
            "people": report.people is not None,
            "outlook": bool(report.forecast.periods),
            "sanity": report.sanity is not None,
            "movement": report.movement is not None,
            "diary": report.movement is not None and report.movement.diary is not None,
            "process": report.movement is not None and report.movement.process is not None,
        }.get(section, True)
