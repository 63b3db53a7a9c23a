"""Raw tables to plans: what each table is, whose export it is, which column is which field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_audit.readers.raw import RawTable
    from crm_audit.recognise.plan import RecogniseOptions, TablePlan
    from crm_audit.wording import Wording


def recognise(
    tables: Sequence[RawTable], options: RecogniseOptions, wording: Wording
) -> list[TablePlan]:
    """One plan per table, in their order.

    Raises `UsageError` for an option that names an unknown field, CRM or column.
    """
    from crm_audit.recognise.table import plans

    return plans(tables, options, wording)
