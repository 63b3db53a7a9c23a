"""The plan for one table: what it is and which column feeds which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from crm_audit.readers.raw import Notice, RawTable

Kind = Literal["deals", "stage_events", "activities", "contacts", "stages", "not_deals"]
MatchedBy = Literal["profile", "name", "values", "option"]


@dataclass(frozen=True)
class ColumnMatch:
    """The columns (indexes into the header) that feed one field, and how sure that is.

    Several columns are given in the order of their meaning: `status` from flags is (closed, won);
    notes and names are joined in order.
    """

    columns: tuple[int, ...]
    confidence: float
    by: MatchedBy


@dataclass(frozen=True)
class StageDate:
    """A column of a wide history: the date on which deals entered (or left) one stage."""

    column: int
    stage: str
    moment: Literal["entered", "left"]
    pipeline: str | None = None


@dataclass(frozen=True)
class TablePlan:
    """How to turn one raw table into rows of a canonical table.

    `status_flags` names the yes/no columns that feed `status` (`closed`, `won`, in the order of
    the columns; empty where the column holds statuses). `amount_scale` is 1000 for a header like
    `Сумма, тыс. руб.`. `field_column` is the column of a log of changes that names the field of the
    deal that was changed: only the rows about its stage are a stage history.
    """

    table: RawTable
    kind: Kind
    crm: str
    language: Literal["ru", "en"]
    mapping: dict[str, ColumnMatch]
    stage_dates: tuple[StageDate, ...] = ()
    header_currency: str | None = None
    warnings: tuple[Notice, ...] = field(default_factory=tuple)
    status_flags: tuple[str, ...] = ()
    amount_scale: int | Decimal = 1
    field_column: int | None = None

    @property
    def unmapped(self) -> tuple[int, ...]:
        """Indexes of the columns that feed no field; they are kept under their headers."""
        used = {i for match in self.mapping.values() for i in match.columns}
        used |= {stage_date.column for stage_date in self.stage_dates}
        if self.field_column is not None:
            used.add(self.field_column)
        return tuple(i for i in range(len(self.table.headers)) if i not in used)


@dataclass(frozen=True)
class RecogniseOptions:
    """What the user said about columns and stages: each wins over what would be recognised."""

    crm: str | None = None
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
