"""How the files were read, as settings that a person corrects: a corrected line wins next time."""

from __future__ import annotations

from crm_audit.model.report import Inspection
from crm_audit.wording import Wording

_STATUS = {"open": "open", "mixed": "open", "won": "won", "lost": "lost", "ignored": "ignore"}


def render(found: Inspection, existing: str, say: Wording) -> str:
    """`existing` settings (TOML, may be empty) with the mapping and the stages written into them.

    Comments and everything else in `existing` stay. Lines that a person corrected are kept: they
    are what was read. Fields stand under the kind of their table, because two tables may have one
    header; an empty text means that no column is that field.
    """
    import tomlkit
    from tomlkit.items import Table

    document = tomlkit.parse(existing)
    if not existing.strip():
        for line in say("saved_head").split("\n"):
            document.add(tomlkit.comment(line))
    crms = {t.crm for t in found.inputs if t.kind == "deals"} - {"unknown"}
    if len(crms) == 1:
        document["crm"] = crms.pop()
    columns = document.get("columns", None)
    if not isinstance(columns, Table):
        columns = tomlkit.table(is_super_table=True)
        document["columns"] = columns
    for table in found.inputs:
        if not table.used or not table.mapping:
            continue
        if table.kind not in columns:
            columns[table.kind] = tomlkit.table()
        for name, mapped in table.mapping.items():
            columns[table.kind].setdefault(name, mapped.column)
    stages = document.get("stages", None)
    if not isinstance(stages, Table):
        stages = tomlkit.table()
        document["stages"] = stages
    told = any(t.kind == "deals" and t.used and "status" in t.mapping for t in found.inputs)
    if told and found.stages and say("saved_stages_told") not in existing:
        # A stage written down outdoes the status of the deal: next week's won deal would be open.
        stages.add(tomlkit.comment(say("saved_stages_told")))
    for stage in found.stages:
        line = " = ".join(tomlkit.item(t).as_string() for t in (stage.stage, _STATUS[stage.status]))
        if not told:
            stages.setdefault(stage.stage, _STATUS[stage.status])
        elif stage.stage not in stages and line not in existing:
            stages.add(tomlkit.comment(line))
    return tomlkit.dumps(document)
