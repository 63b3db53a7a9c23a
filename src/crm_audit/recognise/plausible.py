"""Whether the values of a column can be what its name says: dates, numbers, flags, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, get_args

from crm_audit.model.deal import TABLES

Shape = Literal["date", "number", "flag", "text"]


def _fields(*types: Any) -> frozenset[str]:
    """Names of the fields of the canonical tables that may hold one of the types."""
    return frozenset(
        name
        for model in TABLES.values()
        for name, info in model.model_fields.items()
        if set(types) & {info.annotation, *get_args(info.annotation)}
    )


DATES = _fields(datetime)
NUMBERS = _fields(Decimal, int) | {"order"}
FLAGS = frozenset(("closed", "won"))
TEXTS = (_fields(str) | {"status"}) - {"deal_id", "activity_id", "contact_id", "notes", "tags"}
_NAMED = frozenset(("deal_name", "owner", "company", "contact", "stage", "pipeline", "source"))
"""Fields that are names: a column of their ids says less than one of their names."""

_DATE = re.compile(
    r"^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|\d{1,2}[ -][^\W\d_]{3,9}\.?,?[ -]\d{2,4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}"
    r"|\d{1,2} [^\W\d_]{3,9}\.? \d{4})(?:\D.*)?$"
)
_LONGEST = 60
_SERIAL = re.compile(r"^(?:[34]\d{4}|5[0-4]\d{3})(?:[.,]\d+)?$")
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_NUMBER = re.compile(
    r"^[^\w\d]{0,3}[^\W\d_]{0,4}\.?[^\w\s]?\s?[-+(]?[\d\s.,'\u00a0\u202f]*\d[)\s%]*[^\W\d_]{0,5}\.?[^\w\s]?$"
)
_FLAG = frozenset(
    (
        *("0", "1", "y", "n", "yes", "no", "true", "false", "t", "f", "да", "нет", "si", "sí"),
        *("ja", "nein", "oui", "non", "tak", "nie", "sim"),
    )
)
_NOTHING = re.compile(r"^(?:[-–—.]+|n/?a|null|none|не \w+|нет)$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def _shapes(value: str) -> frozenset[str]:
    found = {"text"}
    if len(value) > _LONGEST:
        return frozenset(found)
    if _DATE.match(value):
        found.add("date")
    elif _NUMBER.match(value):
        found.add("number")
        if _SERIAL.match(value) or _EPOCH.match(value):
            found.add("date")
    if value.lower() in _FLAG:
        found.add("flag")
    return frozenset(found)


def filled(values: Sequence[str]) -> list[str]:
    """The values that say something."""
    return [v.strip() for v in values if v.strip() and not _NOTHING.match(v.strip())]


def share(values: Sequence[str], shape: Shape) -> float:
    """Share of the filled values that have the shape; 1 where nothing is filled."""
    said = filled(values)[:60]
    return sum(shape in _shapes(v) for v in said) / len(said) if said else 1.0


def doubt(field: str, values: Sequence[str]) -> float:
    """What to take off the score of a claim because the values contradict it (0 to 0.6)."""
    said = filled(values)
    if not said:
        return 0.0
    if field in DATES:
        return 0.0 if share(said, "date") >= 0.5 else 0.6
    if field in NUMBERS:
        return 0.0 if share(said, "number") >= 0.5 else 0.6
    if field in FLAGS:
        return 0.0 if share(said, "flag") >= 0.5 else 0.6
    if field == "deal_id" and said == [str(i + 1) for i in range(len(said))]:
        return 0.3
    if field in _NAMED and all(v.isdigit() for v in said):
        return 0.15
    if field == "notes" and share(said, "date") > 0.8:
        return 0.5
    if field in TEXTS and share(said, "date") > 0.8 and not all(_SERIAL.match(v) for v in said):
        return 0.0 if all(_EPOCH.match(v) for v in said) else 0.5
    return 0.0
