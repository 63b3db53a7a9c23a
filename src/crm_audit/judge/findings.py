"""Rules with what they found, findings as the report carries them, and the ten to see first."""

from __future__ import annotations

from crm_audit.engine.evaluate import Hit, hits, plain
from crm_audit.engine.rules import SEVERITIES, Threshold
from crm_audit.judge.case import Case
from crm_audit.model.report import Finding, Param, RuleResult, Source

_WORST = 10


def judge_rules(case: Case) -> list[RuleResult]:
    """Every rule with its text, parameters and counts."""
    language = case.wording.language
    listed: list[RuleResult] = []
    for rule in case.rulebook.rules.values():
        count = case.counts[rule.id]
        texts = rule.texts[language]
        listed.append(
            RuleResult.model_validate(
                {
                    "id": rule.id,
                    "question": rule.question,
                    "layer": rule.layer,
                    **{k: texts[k] for k in ("title", "why", "fix", "ask")},
                    "severity": rule.severity,
                    "scope": rule.scope,
                    "params": {n: param(p, language) for n, p in rule.params.items()},
                    "hits": count.hits,
                    "assessed": count.assessed,
                    "unknown": count.unknown,
                    "amount": {c: plain(a) for c, a in count.amount.items()},
                }
            )
        )
    return listed


def param(threshold: Threshold, language: str) -> Param:
    """A threshold as the report shows it."""
    return Param(
        value=threshold.value, origin=threshold.origin, text=threshold.texts.get(language, "")
    )


def judge_findings(case: Case, limit: int | None) -> list[Finding]:
    """The findings of every rule, at most `limit` a rule, largest amounts first."""
    found = hits(case.session, case.rulebook, case.counts, limit)
    return [_finding(hit) for hit in found]


def _finding(hit: Hit) -> Finding:
    subject = hit.subject
    line = subject.get("line")
    amount = subject.get("amount")
    return Finding.model_construct(
        id=hit.id,
        rule=hit.rule.id,
        question=hit.rule.question,
        severity=hit.rule.severity,
        subject="stage" if hit.rule.scope == "stage" else "deal",
        deal_id=subject.get("deal_id"),
        deal_name=subject.get("deal_name"),
        stage=subject.get("stage"),
        owner=subject.get("owner"),
        amount=plain(amount),
        currency=subject.get("currency") if amount is not None else None,
        facts=hit.facts,
        source=None if line is None else Source(input=subject["table_no"], line=line),
    )


def worst(findings: list[Finding]) -> list[str]:
    """Ids of the ten findings to look at first: by severity, then amount, one a deal.

    Within a rule they stay in the order of `findings`, so that a shorter list has the same ten.
    """
    ordered = sorted(
        findings,
        key=lambda f: (SEVERITIES.index(f.severity), f.amount is None, -(f.amount or 0), f.rule),
    )
    chosen: list[str] = []
    seen: set[str] = set()
    for finding in ordered:
        subject = finding.deal_id or f"stage {finding.stage}"
        if subject not in seen:
            seen.add(subject)
            chosen.append(finding.id)
        if len(chosen) == _WORST:
            break
    return chosen
