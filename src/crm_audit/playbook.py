"""The client's own gate conditions, from playbook.toml: what must be there at each stage."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crm_audit.errors import UsageError
from crm_audit.model.deal import Deal
from crm_audit.wording import Wording

FILE = "playbook.toml"
KEYS = (
    "pipeline", "stage", "decision", "facts", "people", "next_step", "limit_days", "reaction", "by",
)  # fmt: skip
PEOPLE = ("contact", "approver", "payer", "procurer", "blocker", "legal", "security", "technical")
"""Who may be asked for by role; `contact` is anybody at the client, `blocker` legal or security."""
NEXT_STEP = ("present", "dated", "current", "committed", "managed")
"""What may be asked of the next step: the ladder of question 1."""
_FIELDS = frozenset(Deal.model_fields) - {"extra"}
_HEAD = re.compile(r"\s*\[\[\s*(\"?)stage\1\s*\]\]")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class Condition:
    """One thing that must be there: a field, a column of the client's own, a person, a step."""

    kind: Literal["field", "column", "person", "next_step"]
    name: str


@dataclass(frozen=True)
class PlaybookStage:
    """A stage: the client's decision that it stands for, and what a deal that is in it must have.

    `pipeline` None is every pipeline with a stage of that name; `limit_days` None leaves the limit
    to the data.
    """

    stage: str
    pipeline: str | None = None
    decision: str = ""
    conditions: tuple[Condition, ...] = ()
    limit_days: float | None = None
    reaction: str = ""
    by: str = ""


@dataclass(frozen=True)
class Playbook:
    """The gate conditions of one client; `sha256` is that of the file they stand in."""

    name: str
    sha256: str
    stages: tuple[PlaybookStage, ...]


def load_playbook(path: Path, say: Wording) -> Playbook:
    """Read and check a playbook; UsageError with file, line and reason if it is not sound."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _broken(path, line, say("playbook_not_utf8"), say) from None
    except OSError as error:
        key = "playbook_missing" if isinstance(error, FileNotFoundError) else "playbook_unreadable"
        raise UsageError(say(key, path=path, reason=error.strerror or "")) from None
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _AT.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = say("playbook_no_toml", reason=_AT.sub("", str(error)))
        raise _broken(path, line, reason, say) from None
    stages = _Reader(path, text, say).stages(document)
    return Playbook(path.name, hashlib.sha256(content).hexdigest(), stages)


def _broken(path: Path, line: int, reason: str, say: Wording) -> UsageError:
    return UsageError(say("playbook_broken", path=path, line=line, reason=reason))


class _Reader:
    """Checks one document; knows on which line each stage and key stands."""

    def __init__(self, path: Path, text: str, say: Wording) -> None:
        self.path = path
        self.say = say
        self.lines = text.splitlines()
        self.heads = [n for n, line in enumerate(self.lines, 1) if _HEAD.match(line)]

    def line(self, stage: int | None, key: str | None = None) -> int:
        """The line of a key of a stage (by number from 0), else of the stage, else of the key."""
        start = self.heads[stage] if stage is not None and stage < len(self.heads) else 1
        if key is None:
            return start
        after = self.heads[stage + 1] if stage is not None and stage + 1 < len(self.heads) else None
        end = (after or len(self.lines) + 1) - 1
        wanted = re.compile(rf"\s*\[*\s*([\"']?){re.escape(key)}\1\s*[=\].]")
        first = start + 1 if stage is not None else start  # the head itself reads like the key
        for number in range(first, end + 1):
            if wanted.match(self.lines[number - 1]):
                return number
        return start

    def refuse(self, number: int | None, at: str | None, phrase: str, **values: Any) -> UsageError:
        """The error that names the line of the key `at`."""
        return _broken(self.path, self.line(number, at), self.say(phrase, **values), self.say)

    def stages(self, document: dict[str, Any]) -> tuple[PlaybookStage, ...]:
        for key in document:
            if key != "stage":
                raise self.refuse(None, key, "playbook_unknown_key", key=key, known="[[stage]]")
        listed = document.get("stage")
        if not isinstance(listed, list) or not all(isinstance(s, dict) for s in listed):
            raise self.refuse(None, "stage", "playbook_no_stages")
        found: list[PlaybookStage] = []
        seen: dict[tuple[str, str], int] = {}
        for number, given in enumerate(listed):
            stage = self._stage(number, given)
            name = (folded(stage.pipeline or ""), folded(stage.stage))
            if name in seen:
                line = self.line(seen[name])
                raise self.refuse(number, "stage", "playbook_twice", stage=stage.stage, line=line)
            seen[name] = number
            found.append(stage)
        return tuple(found)

    def _stage(self, number: int, given: dict[str, Any]) -> PlaybookStage:
        for key in given:
            if key not in KEYS:
                raise self.refuse(
                    number, key, "playbook_unknown_key", key=key, known=", ".join(KEYS)
                )
        name = self._text(number, given, "stage")
        if not name:
            raise self.refuse(number, "stage", "playbook_no_name")
        conditions = [
            Condition("field" if fact in _FIELDS else "column", fact)
            for fact in self._texts(number, given, "facts")
        ]
        for who in self._texts(number, given, "people"):
            self._one_of(number, "people", who, PEOPLE)
            conditions.append(Condition("person", who))
        if step := self._text(number, given, "next_step"):
            self._one_of(number, "next_step", step, NEXT_STEP)
            conditions.append(Condition("next_step", step))
        return PlaybookStage(
            stage=name,
            pipeline=self._text(number, given, "pipeline") or None,
            decision=self._text(number, given, "decision"),
            conditions=tuple(dict.fromkeys(conditions)),
            limit_days=self._days(number, given),
            reaction=self._text(number, given, "reaction"),
            by=self._text(number, given, "by"),
        )

    def _one_of(self, number: int, key: str, value: str, known: tuple[str, ...]) -> None:
        if value not in known:
            listed = ", ".join(known)
            raise self.refuse(number, key, "playbook_one_of", key=key, value=value, known=listed)

    def _text(self, number: int, given: dict[str, Any], key: str) -> str:
        value = given.get(key, "")
        if not isinstance(value, str):
            kind = self.say("config_kind_text")
            raise self.refuse(number, key, "playbook_wrong_kind", key=key, kind=kind)
        return value.strip()

    def _texts(self, number: int, given: dict[str, Any], key: str) -> list[str]:
        value = given.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(
            isinstance(v, str) and v.strip() for v in listed
        ):
            kind = self.say("config_kind_list")
            raise self.refuse(number, key, "playbook_wrong_kind", key=key, kind=kind)
        return [v.strip() for v in listed]

    def _days(self, number: int, given: dict[str, Any]) -> float | None:
        value = given.get("limit_days")
        if value is None:
            return None
        sound = isinstance(value, int | float) and not isinstance(value, bool)
        if not sound or not math.isfinite(value) or not 0 < value <= 3650:
            kind = self.say("playbook_kind_days")
            raise self.refuse(
                number, "limit_days", "playbook_wrong_kind", key="limit_days", kind=kind
            )
        return float(value)


def folded(name: str) -> str:
    """A name of a stage, pipeline or column as it is compared: case and spaces aside."""
    return " ".join(name.replace("ё", "е").replace("Ё", "Е").casefold().split())
