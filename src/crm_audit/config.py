"""Settings of one audit from crm-audit.toml (or [tool.crm-audit] in pyproject.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_audit.errors import UsageError

FILE = "crm-audit.toml"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "lang": str,
    "as_of": object,
    "format": (str, list),
    "fail_on": (str, list),
    "rules": str,
    "crm": str,
    "encoding": str,
    "delimiter": str,
    "sheet": str,
    "day_first": bool,
    "show_pii": bool,
    "optional_stages": list,
    "columns": dict,
    "stages": dict,
    "thresholds": dict,
    "severity": dict,
}


@dataclass(frozen=True)
class Config:
    """What a configuration file says; `path` is None where there is no file."""

    path: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self.values.get(key, default)


def load_config(path: Path | None, start: Path) -> Config:
    """The given file, else the nearest one upwards from `start`; an empty Config if there is none.

    Raises UsageError, naming the file and the key, for a file that is not sound.
    """
    if path is not None:
        if not path.is_file():
            raise UsageError(f"{path}: no such configuration file")
        return _checked(path, _section(path))
    for folder in (start, *start.parents):
        own = folder / FILE
        if own.is_file():
            return _checked(own, _section(own))
        project = folder / "pyproject.toml"
        if project.is_file():
            section = _section(project)
            if section:
                return _checked(project, section)
    return Config()


def _section(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if path.name == "pyproject.toml":
            return {}
        raise UsageError(f"{path}: cannot be read: {error}") from None
    if path.name == "pyproject.toml":
        section = document.get("tool", {}).get("crm-audit", {})
        return section if isinstance(section, dict) else {}
    return document


def _checked(path: Path, values: dict[str, Any]) -> Config:
    for key, value in values.items():
        if key not in _TYPES:
            raise UsageError(f"{path.name}: unknown key {key!r}; known: {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[key]):
            raise UsageError(f"{path.name}: {key} has a value of the wrong kind")
    for name, number in values.get("thresholds", {}).items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise UsageError(f"{path.name}: threshold {name} must be a number")
    return Config(path, values)
