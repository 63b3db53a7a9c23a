"""Settings of one audit from crm-audit.toml (or [tool.crm-audit] in pyproject.toml)."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from crm_audit.errors import UsageError
from crm_audit.wording import Wording

FILE = "crm-audit.toml"
_TEXT: tuple[type, ...] = (str,)
_KINDS: dict[str, tuple[tuple[type, ...], tuple[type, ...]]] = {
    # key: the types of its value, the types of what is in that value
    "lang": (_TEXT, ()),
    "as_of": ((str, date), ()),
    "format": ((str, list), _TEXT),
    "fail_on": ((str, list), _TEXT),
    "rules": (_TEXT, ()),
    "playbook": (_TEXT, ()),
    "crm": (_TEXT, ()),
    "encoding": (_TEXT, ()),
    "delimiter": (_TEXT, ()),
    "sheet": (_TEXT, ()),
    "day_first": ((bool,), ()),
    "calendar": (_TEXT, ()),
    "target": ((int, float), ()),
    "show_pii": ((bool,), ()),
    "optional_stages": ((list,), _TEXT),
    "columns": ((dict,), (str, list, dict)),
    "stages": ((dict,), _TEXT),
    "thresholds": ((dict,), (int, float)),
    "severity": ((dict,), _TEXT),
}


@dataclass(frozen=True)
class Config:
    """What a configuration file says; `path` is None where there is no file."""

    path: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self.values.get(key, default)

    @property
    def name(self) -> str:
        """The name of the file, for messages."""
        return self.path.name if self.path else FILE

    @property
    def rules(self) -> Path | None:
        """The folder of rules, which is relative to the configuration file."""
        return self._beside("rules")

    @property
    def playbook(self) -> Path | None:
        """The playbook, which is relative to the configuration file."""
        return self._beside("playbook")

    def _beside(self, key: str) -> Path | None:
        named = self.values.get(key)
        return self.path.parent / named if named and self.path else None


def load_config(path: Path | None, start: Path, say: Wording) -> Config:
    """The given file, else the nearest one upwards from `start`; an empty Config if there is none.

    Raises UsageError, naming the file and the key, for a file that is not sound.
    """
    if path is not None:
        if not path.is_file():
            raise UsageError(say("config_missing", path=path))
        return _checked(path, _section(path, say), say)
    for folder in (start, *start.parents):
        own = folder / FILE
        if own.is_file():
            return _checked(own, _section(own, say), say)
        project = folder / "pyproject.toml"
        if project.is_file():
            section = _section(project, say)
            if section:
                return _checked(project, section, say)
    return Config()


def _section(path: Path, say: Wording) -> dict[str, Any]:
    is_project = path.name == "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        if is_project:
            return {}  # somebody else's file: its troubles are not ours to report
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(say("config_unreadable", path=path, reason=reason)) from None
    if not is_project:
        return document
    tools = document.get("tool")
    section = tools.get("crm-audit") if isinstance(tools, dict) else None
    return section if isinstance(section, dict) else {}


def _checked(path: Path, values: dict[str, Any], say: Wording) -> Config:
    for key, value in values.items():
        if key not in _KINDS:
            known = ", ".join(_KINDS)
            raise UsageError(say("config_unknown_key", path=path, key=key, known=known))
        outer, inner = _KINDS[key]
        inside = value.items() if isinstance(value, dict) else ()
        listed = value if isinstance(value, list) else ()
        bad = [key] if not isinstance(value, outer) else []
        bad += [f"{key}.{name}" for name, item in inside if not _fits(item, inner)]
        bad += [key for item in listed if not _fits(item, inner)]
        if bad:
            kind = _kind_of(key, outer, inner, say)
            raise UsageError(say("config_wrong_kind", path=path, key=bad[0], kind=kind))
    return Config(path, values)


def _fits(item: Any, types: tuple[type, ...]) -> bool:
    if isinstance(item, bool) or (isinstance(item, float) and not math.isfinite(item)):
        return False
    if isinstance(item, dict):
        return dict in types and all(_fits(part, (str, list)) for part in item.values())
    if isinstance(item, list):
        return list in types and all(isinstance(part, str) for part in item)
    return isinstance(item, types)


def _kind_of(key: str, outer: tuple[type, ...], inner: tuple[type, ...], say: Wording) -> str:
    if key == "as_of":
        return say("config_kind_date")
    if outer == (dict,):
        return say("config_kind_table_number" if float in inner else "config_kind_table_text")
    if outer == (int, float):
        return say("config_kind_number")
    if outer == (bool,):
        return say("config_kind_bool")
    return say("config_kind_list" if list in outer else "config_kind_text")
