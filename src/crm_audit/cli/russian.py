"""The help of every command in Russian; English stands in the code, Russian in `russian.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def translate(command: Any, name: str = "crm-audit") -> None:
    """Put the Russian texts into a command, its parameters and its commands.

    `command` is the parser's own tree, whose classes are private; what it lacks in `russian.toml`
    stays English, and a test forbids that.
    """
    texts = tomllib.loads(Path(__file__).with_name("russian.toml").read_text(encoding="utf-8"))
    _translate(command, name, texts)


def _translate(command: Any, name: str, texts: dict[str, dict[str, str]]) -> None:
    command.help = texts["commands"].get(name, command.help)
    for parameter in command.params:
        if hasattr(parameter, "help"):
            parameter.help = texts["parameters"].get(_key(parameter, name, texts), parameter.help)
    for own, child in getattr(command, "commands", {}).items():
        _translate(child, own if name == "crm-audit" else f"{name} {own}", texts)


def _key(parameter: Any, command: str, texts: dict[str, dict[str, str]]) -> str:
    """A parameter may mean another thing in one command: `diagnose --output`, else `--output`."""
    name = next((n for n in parameter.opts if n.startswith("--")), parameter.opts[0])
    own = f"{command} {name}"
    return own if own in texts["parameters"] else name
