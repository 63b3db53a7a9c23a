"""The owner's own answers to the six questions, set beside what the data says."""

from __future__ import annotations

from collections.abc import Sequence

from crm_audit.engine.rules import Rulebook
from crm_audit.judge.questions import judge_verdict
from crm_audit.model.report import Answer, Report, SelfCheck, SelfCheckRow
from crm_audit.wording import Wording


def judge_selfcheck(
    book: Rulebook, said: Sequence[Answer], report: Report | None, wording: Wording
) -> SelfCheck:
    """Six answers and their verdict; with a report, each answer beside the data's own."""
    rows: list[SelfCheckRow] = []
    found = {q.id: q for q in report.questions} if report else {}
    for question, answer in zip(book.questions.values(), said, strict=True):
        data = next((q for q in found.values() if q.number == question.number), None)
        rows.append(
            SelfCheckRow.model_validate(
                {
                    "number": question.number,
                    "id": question.id,
                    "text": question.texts[wording.language]["text"],
                    "said": answer,
                    "data": data.answer if data else None,
                    "evidence": data.reason if data else "",
                    "remark": _remark(answer, data.answer, wording) if data else "",
                }
            )
        )
    verdict = judge_verdict(list(said), int(book.value("verdict_no")))
    return SelfCheck(
        rows=rows,
        verdict=verdict,
        verdict_text=wording(
            "selfcheck_" + verdict.answer,
            no=wording.count(verdict.no_min, "noun_no"),
            unknown=str(verdict.no_max - verdict.no_min),
            threshold=str(verdict.threshold),
        ),
        data_verdict=report.verdict if report else None,
        data_verdict_text=report.verdict_text if report else "",
    )


def _remark(said: Answer, data: Answer, wording: Wording) -> str:
    if data == "unknown":
        return wording("selfcheck_untold")
    if said == data:
        return wording("selfcheck_agrees")
    return wording(f"selfcheck_{said}_but_{data}")
