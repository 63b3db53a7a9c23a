"""What the texts of the CRM show: names of stages, copied next steps, reasons of losses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_audit import texts
from crm_audit.engine.evaluate import plain
from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.model.parts import Money
from crm_audit.model.report import Answer, Question, Stage
from crm_audit.model.symptoms import (
    CopiedStep,
    CopiedSteps,
    Funnel,
    Losses,
    LossReason,
    ProposedReason,
)

_MOST_REASONS = 1_000
"""Reasons that data formats get: where each deal has one of its own, they are notes."""


def judge_funnel(case: Case, stages: list[Stage]) -> Funnel | None:
    """How many open stages are named after decisions of the client; None without stages."""
    listed = [s.kind for s in stages if s.order is not None]
    if not listed:
        return None
    return Funnel(
        stages=len(listed),
        client_decision=listed.count("client_decision"),
        seller_action=listed.count("seller_action"),
        state_vague=listed.count("state_vague"),
        share=round(listed.count("client_decision") / len(listed), 4),
        threshold=case.limit("funnel_share"),
    )


def judge_copies(case: Case) -> CopiedSteps | None:
    """The texts that stand on many open deals; None where no open deal has a text."""
    total = case.session.value("SELECT count(*) FROM step_copies")
    if not total:
        return None
    found: dict[str, CopiedStep] = {}
    for row in case.session.dicts(statements("copied")[0]):
        step = found.setdefault(
            row["text"], CopiedStep(text=row["text"], kind=row["kind"], deals=0, share=0)
        )
        step.deals += row["deals"]
        step.share = round(step.deals / total, 4)
        _add(step.amount, row)
    listed = sorted(found.values(), key=lambda s: (-s.deals, s.text))
    return CopiedSteps(
        of=total,
        deals=sum(s.deals for s in listed),
        amount=_sums(s.amount for s in listed),
        texts=listed,
    )


def judge_losses(case: Case, questions: list[Question], limit: int | None) -> Losses | None:
    """Reasons of the deals lost in the window, at most `limit`; None where none was lost."""
    found: dict[tuple[str, str], LossReason] = {}
    kinds: dict[str, int] = {}
    for row in case.session.dicts(statements("losses")[0]):
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["deals"]
        if row["kind"] == "unknown":
            continue
        reason = found.setdefault(
            (row["kind"], row["folded"]),
            LossReason(text=row["text"], kind=row["kind"], deals=0),
        )
        reason.deals += row["deals"]
        _add(reason.amount, row)
    if not kinds:
        return None
    unknown = kinds.pop("unknown", 0)
    listed = sorted(found.values(), key=lambda r: (-r.deals, r.kind, r.text))
    shown = listed[: _MOST_REASONS if limit is None else limit]
    for reason in shown:
        if reason.kind != "missing":
            reason.why = texts.explain(texts.loss_reason_label(reason.text), case.wording)
    return Losses(
        lost=sum(kinds.values()) + unknown,
        unknown=unknown,
        kinds=kinds,
        reasons=shown,
        different=len(listed) - ("missing" in kinds),
        proposed=_proposed(case) if _answer(questions, "loss-reasons") == "no" else [],
    )


def _answer(questions: list[Question], check: str) -> Answer:
    return next(c.answer for q in questions for c in q.checks if c.id == check)


def _proposed(case: Case) -> list[ProposedReason]:
    language = case.wording.language
    return [
        ProposedReason(id=name, **said[language])
        for name, said in case.rulebook.loss_reasons.items()
    ]


def _add(amount: Money, row: dict[str, Any]) -> None:
    if row["amount"]:
        amount[row["currency"]] = amount.get(row["currency"], 0.0) + plain(row["amount"])


def _sums(amounts: Iterable[Money]) -> Money:
    total: Money = {}
    for money in amounts:
        for currency, amount in money.items():
            total[currency] = round(total.get(currency, 0.0) + amount, 2)
    return dict(sorted(total.items()))
