"""The self-check as text for a person and as JSON for a program."""

from __future__ import annotations

from crm_audit.model.report import SelfCheck
from crm_audit.wording import Wording


def render_json(checked: SelfCheck, say: Wording) -> str:
    """The self-check as JSON, the same bytes for the same answers."""
    del say
    return checked.model_dump_json(indent=2) + "\n"


def render_text(checked: SelfCheck, say: Wording) -> str:
    """One paragraph a question: the answer, what the data says, on what evidence."""
    lines: list[str] = []
    for row in checked.rows:
        lines.append(f"{row.number}. {row.text}")
        lines.append(f"   {say('selfcheck_said', answer=say('answer_word_' + row.said))}")
        if row.data is not None:
            data = say("answer_word_" + row.data)
            lines.append(f"   {say('selfcheck_data', answer=data, remark=row.remark)}")
            lines.append(f"   {row.evidence}")
        lines.append("")
    lines.append(checked.verdict_text)
    if checked.data_verdict_text:
        lines.append(say("selfcheck_by_data", text=checked.data_verdict_text))
    return "\n".join(lines) + "\n"
