"""A proposed playbook as TOML with comments, for a person to edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_audit.model.gates import ProposedStage
from crm_audit.reporters.clean import plain
from crm_audit.wording import Wording

if TYPE_CHECKING:
    from tomlkit.items import Table


def render(stages: Sequence[ProposedStage], say: Wording) -> str:
    """One `[[stage]]` a stage: what the data shows is set, what is only usual is commented out."""
    import tomlkit

    document = tomlkit.document()
    for line in say("proposal_head").split("\n"):
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    listed = tomlkit.aot()
    for stage in stages:
        table = tomlkit.table()
        _fill(table, stage, say)
        listed.append(table)
    document.append("stage", listed)
    return tomlkit.dumps(document)


def _fill(table: Table, stage: ProposedStage, say: Wording) -> None:
    import tomlkit

    def note(text: str) -> None:
        table.add(tomlkit.comment(plain(text, 400)))

    if stage.deals is not None:
        kind = say(f"report_kind_{stage.kind}") if stage.kind else ""
        note(say("proposal_stage", kind=kind, deals=say.count(stage.deals, "noun_deal")))
    if stage.pipeline is not None:
        table.add("pipeline", stage.pipeline)
    table.add("stage", stage.stage)
    table.add("decision", stage.decision)
    if not stage.decision:
        note(say("proposal_no_decision"))
    elif stage.deals is not None and stage.decision != stage.stage:
        note(say("proposal_decision"))
    if stage.proof:
        note(say("proposal_proof", proof=stage.proof))
    for text in stage.found:
        note(text)
    if stage.facts:
        table.add("facts", stage.facts)
    usual: dict[str, Any] = {
        "facts": [] if stage.facts else stage.usual_facts,
        "people": stage.usual_people,
        "next_step": stage.usual_step,
    }
    if stage.facts and stage.usual_facts:
        note(say("proposal_more_facts", listed=tomlkit.item(stage.usual_facts).as_string()))
    if any(usual.values()):
        note(say("proposal_usual"))
    for key, value in usual.items():
        if value:
            note(f"{key} = {tomlkit.item(value).as_string()}")
    note(f"limit_days = {round(stage.limit_days)}")
    note(f"reaction = {tomlkit.string(say('proposal_reaction')).as_string()}")
    note(f"by = {tomlkit.string(say('proposal_by')).as_string()}")
