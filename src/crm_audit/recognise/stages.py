"""Which stages are open, won, lost or no deal at all, by codes first and words second."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from crm_audit.recognise.headers import fold
from crm_audit.recognise.order import StageEvidence, stage_order
from crm_audit.recognise.profiles import Profile

__all__ = [
    "StageEvidence",
    "flag",
    "stage_order",
    "stage_status",
    "status_from_flags",
    "status_of_value",
]

Status = Literal["open", "won", "lost"]
StageStatus = Literal["open", "won", "lost", "ignored"]

_STATUS: dict[str, Status] = {"open": "open", "won": "won", "lost": "lost"}
_FILE = Path(__file__).resolve().parent / "stage_words.toml"
_LONGEST = 200
_CODE = re.compile(r"^[a-z]{1,3}\d*:(.+)$")
_BREAKS = re.compile(r"[^\w+]+|_")


@dataclass(frozen=True)
class _Words:
    flags: dict[str, bool]
    values: dict[str, Status | None]
    names: dict[str, StageStatus]
    phrases: tuple[tuple[StageStatus, re.Pattern[str]], ...]


@cache
def _words() -> _Words:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    flags = {_plain(w): flag == "yes" for flag, ws in data["flags"].items() for w in ws}
    values: dict[str, Status | None] = {
        _plain(w): None if status == "unclear" else status
        for status, ws in data["values"].items()
        for w in ws
    }
    names = {_plain(w): status for status, ws in data["names"].items() for w in ws}
    phrases = tuple(
        (entry["status"], re.compile("|".join(rf"(?:{p})" for p in entry["any"])))
        for entry in data["phrases"]
    )
    return _Words(flags, values, names, phrases)


def _plain(text: str) -> str:
    """A name for comparison: folded, punctuation as blanks."""
    return " ".join(_BREAKS.sub(" ", fold(text[:_LONGEST])).split())


def flag(value: str | None) -> bool | None:
    """A yes/no value in any of the languages; None where it is neither."""
    return _words().flags.get(_plain(value)) if value else None


def status_from_flags(closed: bool | None, won: bool | None) -> Status | None:
    """Status of a deal from its flags; a closed deal of which nothing more is known has none."""
    if won:
        return "won"
    if closed is None:
        return None
    if not closed:
        return "open"
    return "lost" if won is False else None


def status_of_value(value: str, profile: Profile | None = None) -> Status | None:
    """Status from a value of a status column (`Open`, `Выиграна`, `Группа стадий` of Bitrix24)."""
    plain = _plain(value)
    if not plain:
        return None
    for status in ("open", "won", "lost"):
        if profile and value.strip() in profile.status.get(status, ()):
            return _STATUS[status]
    values = _words().values
    if plain in values:
        return values[plain]
    by_stage = stage_status(value, profile)
    if by_stage in ("won", "lost", "open"):
        return by_stage
    return None


@cache
def _codes(profile_id: str) -> dict[str, StageStatus]:
    from crm_audit.recognise import profiles

    profile = profiles.load().get(profile_id)
    if profile is None:
        return {}
    order: tuple[StageStatus, ...] = ("open", "ignored", "lost", "won")
    return {_plain(name): s for s in order for name in profile.stages.get(s, ())}


def stage_status(
    name: str,
    profile: Profile | None = None,
    overrides: Mapping[str, str] | None = None,
) -> StageStatus | None:
    """Status of a stage: the user's word, then the CRM's codes, then words of the name.

    None where the name says nothing of an end: the stage is then open unless the CRM's own flags
    say otherwise.
    """
    plain = _plain(name)
    for given, status in (overrides or {}).items():
        if _plain(given) == plain:
            return "ignored" if status in ("ignore", "ignored") else _known(status)
    if not plain:
        return None
    words = _words()
    codes = _codes(profile.id) if profile else {}
    bare = _CODE.match(fold(name[:_LONGEST]))
    for key in (plain, _plain(bare[1])) if bare else (plain,):
        if key in codes:
            return codes[key]
        if key in words.names:
            return words.names[key]
    for status, pattern in words.phrases:
        if pattern.search(plain):
            return None if status == "open" else status
    return None


def _known(status: str) -> StageStatus | None:
    return _STATUS.get(status)
