"""The six answers, the verdict and the four layers."""

from __future__ import annotations

from crm_audit.judge import checks
from crm_audit.judge.case import Case
from crm_audit.judge.money import failing_amounts
from crm_audit.judge.playbook import PAST_FIRST
from crm_audit.judge.shares import all_of, measure
from crm_audit.model.gates import Gates
from crm_audit.model.report import (
    Answer,
    Check,
    Layer,
    Question,
    QuestionId,
    Stage,
    VerdictPart,
)

_FAILING = {
    "next_step": "is_open AND NOT step_managed",
    "roles": "is_key AND NOT roles_known",
    "gates": f"{PAST_FIRST} AND NOT gates_met",
    "reasons": "is_open AND stalled AND NOT stall_reason_known",
    "forecast": "is_top AND NOT sheet_complete",
    "thresholds": "is_open AND stalled",
}
_CRITICAL = (
    "step_present",
    "risk_noted",
    "decision_on_record",
    "close_date_present",
    "client_person",
)


def judge_questions(case: Case, gates: Gates) -> list[Question]:
    """Answer the six questions from their checks."""
    measured: dict[QuestionId, list[Check]] = {
        "next_step": checks.next_step_checks(case),
        "roles": checks.role_checks(case),
        "gates": checks.gate_checks(case, gates),
        "reasons": checks.reason_checks(case),
        "forecast": checks.forecast_checks(case),
        "thresholds": checks.threshold_checks(case),
    }
    answered: list[Question] = []
    for question, listed in measured.items():
        text = case.rulebook.questions[question]
        answered.append(
            Question(
                number=text.number,
                id=question,
                text=text.texts[case.wording.language]["text"],
                answer=all_of(check.answer for check in listed),
                checks=listed,
                reason=_reason(case, listed),
                amount=failing_amounts(case, _FAILING[question]),
                needs=list(text.needs),
                to_yes=text.texts[case.wording.language]["to_yes"],
            )
        )
    return answered


def _reason(case: Case, listed: list[Check]) -> str:
    """What the answer stands on: the check that decided it, in one sentence."""
    order = {"no": 0, "unknown": 1, "yes": 2}
    check = min(listed, key=lambda c: order[c.answer])
    key = checks.words_of(case, check.id)
    if check.decided_by in ("nothing_to_look_at", "none_stalled"):
        return check.note
    if check.share.low == 0 and check.share.high == 1:
        return case.wording("untold_" + key)
    return case.wording(
        "reason_" + key,
        share=case.wording.share(check.share.low, check.share.high),
        of=case.wording.number(check.share.of),
        threshold=case.wording.percent(check.threshold),
    )


def judge_verdict(answers: list[Answer], threshold: int) -> VerdictPart:
    """Three or more "no": the CRM records history. What is unknown may still go either way."""
    no_min = answers.count("no")
    no_max = no_min + answers.count("unknown")
    if no_min >= threshold:
        return VerdictPart(
            answer="records_history", no_min=no_min, no_max=no_max, threshold=threshold
        )
    return VerdictPart(
        answer="manages" if no_max < threshold else "inconclusive",
        no_min=no_min,
        no_max=no_max,
        threshold=threshold,
    )


def judge_layers(case: Case, questions: list[Question], stages: list[Stage]) -> list[Layer]:
    """Grade funnel, gates, card and rhythm."""
    by_id: dict[str, Answer] = {q.id: q.answer for q in questions}
    return [
        _funnel(case, stages),
        _layer(case, "gates", by_id["gates"], "layer_gates_" + by_id["gates"]),
        _card(case, by_id),
        _rhythm(case, by_id),
    ]


def _layer(case: Case, layer: str, answer: Answer, reason: str, **values: str) -> Layer:
    grades = {"yes": "strong", "no": "weak", "unknown": "unknown"}
    return Layer.model_validate(
        {
            "id": layer,
            "title": case.rulebook.layers[layer][case.wording.language],
            "grade": grades[answer],
            "reason": case.wording(reason, **values),
        }
    )


def _funnel(case: Case, stages: list[Stage]) -> Layer:
    open_stages = [s for s in stages if s.order is not None]
    decisions = sum(1 for s in open_stages if s.kind == "client_decision")
    if not open_stages:
        return _layer(case, "funnel", "unknown", "layer_funnel_unknown")
    share = decisions / len(open_stages)
    good = share >= case.limit("funnel_share") - 1e-9
    return _layer(
        case,
        "funnel",
        "yes" if good else "no",
        "layer_funnel_told",
        n=str(decisions),
        of=str(len(open_stages)),
    )


def _card(case: Case, by_id: dict[str, Answer]) -> Layer:
    fills = [measure(case.session, fact, "is_open").count for fact in _CRITICAL]
    known = [f for f in fills if f.total]
    low = sum(f.low for f in known) / len(known) if known else 0.0
    high = sum(f.high for f in known) / len(known) if known else 1.0
    goal = case.limit("card_filled")
    filled: Answer = "yes" if low >= goal - 1e-9 else "no" if high < goal - 1e-9 else "unknown"
    if not known:
        filled = "unknown"
    answer = all_of([by_id["next_step"], by_id["roles"], filled])
    return _layer(
        case, "card", answer, "layer_card", share=case.wording.share(low, high) if known else "—"
    )


def _rhythm(case: Case, by_id: dict[str, Answer]) -> Layer:
    answer = all_of(by_id[q] for q in ("reasons", "forecast", "thresholds"))
    return _layer(case, "rhythm", answer, "layer_rhythm_" + answer)
