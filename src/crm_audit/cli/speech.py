"""In which language the command line speaks before an export has told its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

Language = Literal["ru", "en"]


def speaks() -> Language:
    """The language of messages where no option says it: Russian in a Russian locale."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "ru" if value.lower().startswith("ru") else "en"
    return "en"


def asked(arguments: Sequence[str]) -> Language:
    """The language of a command line that may not even be sound: its `--lang`, else `speaks()`."""
    for number, argument in enumerate(arguments):
        name, mark, value = argument.partition("=")
        if name != "--lang":
            continue
        if not mark:
            value = arguments[number + 1] if number + 1 < len(arguments) else ""
        if value == "ru":
            return "ru"
        if value == "en":
            return "en"
    return speaks()
