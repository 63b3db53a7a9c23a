"""A log of changed fields: which of its rows are about the stage of the deal."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from crm_audit.recognise.headers import changed_fields, parse, words_of

_ABOUT_THE_STAGE = ("STAGE", "STATUS")
"""What names the stage: a status does where nothing else is called a stage."""


def field_column(headers: Sequence[str], used: Container[int]) -> int | None:
    """The first column that is not used and by its header names the field that was changed."""
    names = changed_fields()
    return next((i for i, h in enumerate(headers) if i not in used and words_of(h) in names), None)


def about_stage(fields: Iterable[str]) -> list[str]:
    """Those names of fields (or of events) that mean the stage: `StageName`, `Изменение этапа`."""
    named = [(field, parse(field).concepts) for field in fields]
    for concept in _ABOUT_THE_STAGE:
        found = [field for field, concepts in named if concept in concepts]
        if found:
            return found
    return []
