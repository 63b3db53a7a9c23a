"""How the files were read, as text a person checks in a minute and as JSON."""

from __future__ import annotations

from crm_audit.model.report import Input, Inspection
from crm_audit.reporters.clean import plain
from crm_audit.wording import Wording


def render_json(found: Inspection, say: Wording) -> str:
    """`inputs` and `stages` of the shape of the report."""
    del say
    return found.model_dump_json(indent=2, by_alias=True) + "\n"


def render_text(found: Inspection, say: Wording) -> str:
    """File by file: what it is, which column is which field, what became of the rows."""
    lines: list[str] = []
    for table in found.inputs:
        lines += [*_head(table, say), *_mapping(table, say), ""]
    if found.stages:
        lines.append(say("inspect_stages"))
        for stage in found.stages:
            place = f"{stage.order}." if stage.order else "  "
            name = plain(stage.stage)
            where = f" [{plain(stage.pipeline)}]" if stage.pipeline else ""
            status = say("status_" + stage.status)
            lines.append(f"  {place:<3} {name}{where} — {status}; {stage.why}")
        lines.append("")
    for gap in found.gaps:
        lines.append(f"{say('question_' + gap.question)}: {gap.text}")
        lines.append(f"  → {gap.export}")
    return "\n".join(lines).rstrip() + "\n"


def _head(table: Input, say: Wording) -> list[str]:
    name = plain(f"{table.name} [{table.sheet}]" if table.sheet else table.name)
    crm = say("inspect_crm_unknown") if table.crm == "unknown" else table.crm
    parts = [say("kind_" + table.kind), crm, table.format, table.encoding or ""]
    if table.delimiter:
        parts.append(say("inspect_delimiter", mark=table.delimiter.replace("\t", "tab")))
    rows = table.rows
    lines = [f"{name}: " + ", ".join(p for p in parts if p)]
    lines.append(
        "  "
        + say(
            "inspect_rows",
            read=say.number(rows.read),
            imported=say.number(rows.imported),
            merged=say.number(rows.merged),
            rejected=say.number(rows.rejected),
            skipped=say.number(rows.skipped),
            what=_skipped(table, say),
        )
    )
    if table.joined_on:
        join = table.joined_on
        lines.append(
            "  "
            + say(
                "inspect_joined",
                column=plain(join.column),
                deals=plain(join.deals_column),
                share=say.percent(join.matched),
            )
        )
    lines += [f"  ! {notice.text}" for notice in table.warnings]
    return lines


def _skipped(table: Input, say: Wording) -> str:
    """What the rows skipped were, in brackets; nothing where none was."""
    listed = (say("skipped_" + what, n=say.number(n)) for what, n in table.skipped.items())
    return f" ({', '.join(listed)})" if table.skipped else ""


def _mapping(table: Input, say: Wording) -> list[str]:
    if not table.mapping:
        return []
    width = max(map(len, table.mapping))
    lines = []
    for field, mapped in table.mapping.items():
        column = mapped.column if isinstance(mapped.column, str) else " + ".join(mapped.column)
        samples = " | ".join(plain(s)[:40] for s in mapped.samples)
        sure = say.percent(mapped.confidence)
        style = f" ({table.formats[field]})" if field in table.formats else ""
        lines.append(f"  {field:<{width}} ← {plain(column)}  {sure}{style}  {samples}".rstrip())
    if table.unmapped:
        listed = ", ".join(plain(h) for h in table.unmapped)
        lines.append("  " + say("inspect_unmapped", listed=listed))
    return lines
