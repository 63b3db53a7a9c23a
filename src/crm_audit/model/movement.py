"""Movement: where the audit saw deals move, and what would show it more of that."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from crm_audit.model.diary import Diary
from crm_audit.model.parts import Money, Part, Source
from crm_audit.model.process import Process

ChangeKind = Literal[
    "stage",
    "pushed",
    "pulled_in",
    "amount",
    "currency",
    "owner",
    "won",
    "lost",
    "reopened",
    "vanished",
    "left",
    "new",
    "returned",
    "back_dated",
]
"""What changed between two exports. `pushed`, `pulled_in`: the planned date; `vanished`: in the
earlier export and not in the later; `left`: the same where it may just have been closed, as the
later export holds no such deals; `returned`: missing in an export between."""
BackDated = Literal[
    "created_at", "closed_at", "closed_before", "stage_entered_at", "new", "history"
]
"""What was dated back: the day of creation or of closing was rewritten; closed, or in its stage,
since before an export that shows otherwise; new, and created before an export that lacks it; a
row of history from before an export whose history lacks it."""


class MovementSource(Part):
    """One table, or one column of the deals, in which movement was seen."""

    kind: Literal[
        "history",
        "stage_dates",
        "stage_entered",
        "updated",
        "last_activity",
        "activities",
        "snapshots",
    ] = Field(
        description="`stage_dates`: a history in columns, one a stage;"
        " `snapshots`: this export compared with the one before it"
    )
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

    kind: Literal["stage_history", "activities", "snapshots"]
    text: str = Field(description="what it would tell, in words")
    export: str = Field(description="where to click in that CRM to export it")


class Change(Part):
    """One deal that changed between two exports."""

    kind: ChangeKind
    what: BackDated | None = Field(None, description="of `back_dated` alone")
    deal_id: str | None = None
    deal_name: str | None = None
    company: str | None = None
    owner: str | None = None
    stage: str | None = Field(None, description="as the later export has it, else the earlier")
    was: str | float | None = Field(
        None, description="stage, date, amount, owner or status in the earlier export"
    )
    became: str | float | None = Field(None, description="the same in the later export")
    difference: float | None = Field(None, description="days of a date, money of an amount")
    amount: float | None = None
    currency: str | None = None
    confidence: float | None = Field(
        None, description="that both rows are one deal; null where there is one row"
    )
    seen_before: date | None = Field(None, description="day of the export that shows it as it was")
    seen_after: date | None = Field(None, description="day of the export that shows the change")
    before: Source | None = None
    after: Source | None = None


class ChangeCount(Part):
    """All changes of one kind between two exports."""

    kind: ChangeKind
    deals: int
    amount: Money = Field({}, description="of these deals, as the later export has it")
    difference: Money = Field({}, description="of `amount` alone: what was added less taken off")


class Comparison(Part):
    """An export and the one before it."""

    earlier: str = Field(description="file and sheet")
    later: str
    earlier_input: int
    later_input: int
    earlier_day: date | None
    later_day: date | None
    dated: list[Literal["given", "name", "events", "none"]] = Field(
        description="how the two days are known: `FILE@DATE`, the file's name, the newest event"
    )
    days: int | None
    by_id: int = Field(description="deals matched by their id")
    alike: int = Field(description="deals matched by name, client, day of creation and amount")
    lowest: float | None = Field(None, description="lowest confidence of a deal matched so")
    not_sure: int = Field(0, description="rows that several deals fit: nothing is said of them")
    only_earlier: int = Field(description="rows of the earlier export without a match")
    only_later: int = Field(description="rows of the later export without a match")
    counts: list[ChangeCount] = []
    changes: list[Change] = Field(default=[], description="largest amounts first")
    total: int = Field(0, description="changes in all")
    notes: list[str] = Field(default=[], description="what the two exports cannot tell, and why")


class Movement(Part):
    """Everything that shows deals moving, and what could not be seen."""

    sources: list[MovementSource] = []
    changes: list[Comparison] = Field(
        default=[], description="every export compared with the one before it, oldest first"
    )
    gaps: list[MovementGap] = Field(default=[], description="sources that are not there")
    diary: Diary | None = Field(None, description="signs of writing down after the fact")
    process: Process | None = Field(None, description="null: no open stage")
