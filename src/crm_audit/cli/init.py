"""`crm-audit init`: a commented crm-audit.toml, or a proposed playbook.toml, to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, progress, tell, to_stdout
from crm_audit.config import FILE
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
# playbook = "playbook.toml"
# crm = "amocrm"
# encoding = "cp1251"
# delimiter = ";"
# sheet = "Sheet1"
# day_first = true
# calendar = "RU"
# target = 50000000
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
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH|FILE...]",
            help="Where to write the settings; with --playbook, exports to propose it from.",
        ),
    ] = None,
    *,
    playbook: Annotated[
        bool, typer.Option("--playbook", help="Write playbook.toml: your own gate conditions.")
    ] = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Where to write it; - is stdout.")
    ] = None,
    config: o.ConfigFile = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
    no_progress: o.NoProgress = False,
) -> int:
    """Write a crm-audit.toml with every setting and threshold, or a proposed playbook.toml."""
    from crm_audit.playbook import FILE as PLAYBOOK

    files = paths or []
    given = o.settings(lang, config, bundled=not playbook)
    if not playbook and (len(files) > 1 or (files and output is not None)):
        raise UsageError(given.say("init_one_place"))
    place = output or (PLAYBOOK if playbook else files[0] if files else FILE)
    _check_place(place, given.say, force=force)
    if not playbook:
        text, say = _commented(given.rulebook(), given.say), given.say
    else:
        text, say = _proposed(files, given, shown=not (quiet or no_progress))
    _put(text, place, say, quiet=quiet)
    return 0


def _check_place(place: str, say: Wording, *, force: bool) -> None:
    if place == "-":
        return
    if Path(place).exists() and not force:
        raise UsageError(say("init_exists", path=place))
    check_place(place, ["toml"], say)


def _put(text: str, place: str, say: Wording, *, quiet: bool) -> None:
    from crm_audit.reporters import write

    if place == "-":
        to_stdout(text, say)
        return
    write(text, Path(place), say.language)
    tell(say("written", path=place), quiet=quiet)


def _proposed(files: list[str], given: o.Settings, *, shown: bool) -> tuple[str, Wording]:
    """The playbook proposed from these exports, or the template; and the language of it."""
    from crm_audit.reporters.playbook_toml import render
    from crm_audit.wording import Wording

    if not files:
        from crm_audit.judge.proposal import template

        return render(template(given.rulebook(), given.say), given.say), given.say
    from crm_audit.audit import propose_playbook

    with progress(given.say, shown=shown) as step:
        stages, language = propose_playbook(files, o.gather(given), step)
    say = Wording(language)
    return render(stages, say), say


def _commented(book: Rulebook, say: Wording) -> str:
    lines = [f"# {line}" for line in say("init_head").split("\n")]
    lines += ["", _SETTINGS.format(lang=say.language).rstrip()]
    for name, threshold in book.thresholds.items():
        lines += [f"# {threshold.texts[say.language]}", f"# {name} = {threshold.value}"]
    return "\n".join(lines) + "\n"
