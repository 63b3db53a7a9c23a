"""`crm-audit init`: a commented crm-audit.toml to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, tell, to_stdout
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.engine.rules import Rulebook
    from crm_audit.wording import Wording

_SETTINGS = """\
# lang = "{lang}"
# as_of = 2026-11-01
# format = ["html", "json"]
# fail_on = ["verdict", "critical"]
# rules = "my_rules"
# crm = "amocrm"
# encoding = "cp1251"
# delimiter = ";"
# sheet = "Sheet1"
# day_first = true
# calendar = "RU"
# show_pii = false
# optional_stages = ["Pilot"]

# [columns]
# approver = "Decision maker"

# [stages]
# "Archive" = "ignore"

# [severity]
# next-step-missing = "critical"

[thresholds]
"""


def init(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Where to write it; - is stdout.")
    ] = Path("crm-audit.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> int:
    """Write a crm-audit.toml with every setting and threshold, commented out."""
    from crm_audit.reporters import write

    given = o.settings(lang, bundled=True)
    say = given.say
    text = _commented(given.rulebook(), say)
    if str(path) == "-":
        to_stdout(text, say)
        return 0
    if path.exists() and not force:
        raise UsageError(say("init_exists", path=path))
    check_place(str(path), ["toml"], say)
    write(text, path, say.language)
    tell(say("written", path=path), quiet=quiet)
    return 0


def _commented(book: Rulebook, say: Wording) -> str:
    lines = [f"# {line}" for line in say("init_head").split("\n")]
    lines += ["", _SETTINGS.format(lang=say.language).rstrip()]
    for name, threshold in book.thresholds.items():
        lines += [f"# {threshold.texts[say.language]}", f"# {name} = {threshold.value}"]
    return "\n".join(lines) + "\n"
