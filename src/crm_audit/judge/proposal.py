"""A playbook proposed from the client's own stages and gates, or from the chain of decisions."""

from __future__ import annotations

from crm_audit import texts
from crm_audit.engine.derive import default_limit
from crm_audit.engine.rules import Rulebook
from crm_audit.judge.case import Case
from crm_audit.judge.describe import describe_stages
from crm_audit.judge.gates import judge_gates
from crm_audit.model.deal import Deal
from crm_audit.model.gates import Gate, ProposedStage
from crm_audit.model.report import Stage
from crm_audit.texts import Decision
from crm_audit.wording import Wording


def propose(case: Case) -> list[ProposedStage]:
    """The open stages in order, each with the gates that the data shows at it."""
    gates: dict[tuple[str | None, str], list[Gate]] = {}
    for gate in judge_gates(case).discovered:
        gates.setdefault((gate.pipeline, gate.stage), []).append(gate)
    decisions = {d.number: d for d in texts.client_decisions(case.wording.language)}
    fields = _field_names(case)
    stages = [s for s in describe_stages(case) if s.order is not None]
    return [
        _stage(
            case,
            stage,
            gates.get((stage.pipeline, stage.stage), []),
            decisions,
            fields,
            several=len({s.pipeline for s in stages}) > 1,
        )
        for stage in stages
    ]


def template(book: Rulebook, say: Wording) -> list[ProposedStage]:
    """The chain of client decisions of project sales, to start from without an export."""
    return [
        ProposedStage(
            stage=decision.name,
            decision=decision.name,
            proof=decision.proof,
            usual_facts=list(decision.facts),
            usual_people=list(decision.people),
            usual_step=decision.next_step,
            limit_days=book.value(default_limit(decision.number, None, 1)),
        )
        for decision in texts.client_decisions(say.language)
    ]


def _stage(
    case: Case,
    stage: Stage,
    gates: list[Gate],
    decisions: dict[int, Decision],
    fields: dict[str, str],
    *,
    several: bool,
) -> ProposedStage:
    decision = decisions.get(texts.stage_phase(stage.stage) or 0)
    own = stage.stage if stage.kind == "client_decision" else ""
    facts = [fields.get(g.field, g.field) for g in gates]
    return ProposedStage(
        pipeline=stage.pipeline if several else None,
        stage=stage.stage,
        decision=own or stage.proposed,
        kind=stage.kind or "",
        deals=stage.deals.open,
        facts=facts,
        found=[
            case.wording(
                "proposal_found",
                field=gate.field,
                after=case.wording.percent(gate.after),
                of=case.wording.count(gate.deals_after, "noun_deal"),
                before=case.wording.percent(gate.before),
            )
            for gate in gates
        ],
        proof=decision.proof if decision else "",
        usual_facts=[f for f in decision.facts if f not in facts] if decision else [],
        usual_people=list(decision.people) if decision else [],
        usual_step=decision.next_step if decision else "",
        limit_days=stage.limit_days or case.limit("limit_early"),
    )


def _field_names(case: Case) -> dict[str, str]:
    """Header of a column that is a field -> the field, which the next export has as well."""
    return {
        table.plan.table.headers[match.columns[0]].strip(): name
        for table in case.loaded
        if table.plan.kind == "deals" and table.used
        for name, match in table.plan.mapping.items()
        if name in Deal.model_fields
    }
