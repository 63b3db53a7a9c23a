"""A log of changed fields: which of its rows are about the stage of the deal."""

from __future__ import annotations

from collections.abc import Iterable

from crm_audit.recognise.headers import parse

_ABOUT_THE_STAGE = ("STAGE", "STATUS")
"""What names the stage: a status does where nothing else is called a stage."""


def about_stage(fields: Iterable[str]) -> list[str]:
    """Those names of fields (or of events) that mean the stage: `StageName`, `Изменение этапа`."""
    named = [(field, parse(field).concepts) for field in fields]
    for concept in _ABOUT_THE_STAGE:
        found = [field for field, concepts in named if concept in concepts]
        if found:
            return found
    return []
