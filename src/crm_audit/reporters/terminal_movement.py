"""Movement at the terminal: the signs of a diary and the stages of a pipeline, in short."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from crm_audit.model.diary import Diary
from crm_audit.model.process import ProcessPipeline
from crm_audit.reporters import diary, process
from crm_audit.reporters.view import View

_STAGES = 15
"""Stages of a pipeline that the terminal shows."""


def diary_lines(view: View, found: Diary) -> tuple[str, list[str]]:
    """How many signs say diary, and which."""
    said = " ".join(p for p in (diary.count(view, found), diary.life(view, found)) if p)
    signs = [sign for sign in found.signs if sign.answer == "yes"]
    lines = [f"{view.text(sign.title)}: {diary.share(view, sign)}" for sign in signs]
    return said, [*lines, *filter(None, [diary.not_progress(view, found)])]


def stage_table(view: View, pipeline: ProcessPipeline, table: Table) -> list[RenderableType]:
    """A sentence on the pipeline and a row a stage, put into an empty table."""
    name = f"{view.text(pipeline.pipeline, 60)}: " if pipeline.pipeline else ""
    table.add_column(view.t("col_stage"), ratio=4, overflow="fold")
    for key in ("reached", "conversion", "median", "p90"):
        table.add_column(view.t(f"process_{key}"), justify="right")
    for stage in pipeline.stages[:_STAGES]:
        of = view.t("process_of", n=view.w.number((stage.went_on or 0) + (stage.lost or 0)))
        went = "—" if stage.conversion is None else view.w.percent(stage.conversion)
        table.add_row(
            Text(f"{stage.order}. {view.text(stage.stage, 60)}"),
            Text(view.w.number(stage.reached or 0)),
            Text(went).append(f" {of}", style="dim"),
            Text(process.days(view, stage.median_days)),
            Text(process.days(view, stage.p90_days)),
        )
    return [Text(f"  {name}{process.summary(view, pipeline)}", style="dim"), table]
