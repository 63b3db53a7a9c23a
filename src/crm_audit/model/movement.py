"""Movement: where the audit saw deals move, and what would show it more of that."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from crm_audit.model.diary import Diary
from crm_audit.model.parts import Part
from crm_audit.model.process import Process


class MovementSource(Part):
    """One table, or one column of the deals, in which movement was seen."""

    kind: Literal[
        "history", "stage_dates", "stage_entered", "updated", "last_activity", "activities"
    ] = Field(description="`stage_dates`: a history in columns, one a stage")
    table: str = Field(description="file and sheet")
    input: int = Field(description="its place among `inputs`")
    events: int = Field(description="dates that were seen")
    deals: int = Field(description="deals of this audit that have any of them")
    first: date | None = Field(description="day of the earliest event")
    last: date | None = Field(description="day of the latest event")
    used_for: list[Literal["moves", "pushes", "reactions", "limits", "stalls"]] = Field(
        description="what was judged by it; empty: nothing, as another source tells it better"
    )


class MovementGap(Part):
    """A source of movement that is not there, and where to get it."""

    kind: Literal["stage_history", "activities"]
    text: str = Field(description="what it would tell, in words")
    export: str = Field(description="where to click in that CRM to export it")


class Movement(Part):
    """Everything that shows deals moving, and what could not be seen."""

    sources: list[MovementSource] = []
    gaps: list[MovementGap] = Field(default=[], description="sources that are not there")
    diary: Diary | None = Field(None, description="signs of writing down after the fact")
    process: Process | None = Field(None, description="null: no open stage")
