"""`crm-audit init`: a commented crm-audit.toml to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import tell


def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("crm-audit.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> int:
    """Write a crm-audit.toml with every setting and threshold, commented out.

    Записать crm-audit.toml со всеми настройками и порогами.
    """
    from crm_audit.engine.rules import load_rulebook
    from crm_audit.errors import UsageError
    from crm_audit.reporters import write
    from crm_audit.wording import Wording

    given = o.gather(lang=lang)
    if path.exists() and not force:
        raise UsageError(f"{path}: exists already; --force overwrites it")
    say = Wording(given.language)
    lines = [f"# {line}" if line else "" for line in say("init_head").split("\n")]
    lines += ["", "# lang = \"ru\"", "# fail_on = [\"verdict\"]", "# optional_stages = []", ""]
    lines += ["# [columns]", "# approver = \"ЛПР\"", "", "# [stages]", "# \"Archive\" = \"ignore\""]
    lines += ["", "# [severity]", "# next-step-missing = \"critical\"", "", "[thresholds]"]
    for name, threshold in load_rulebook().thresholds.items():
        lines += [f"# {threshold.texts[given.language]}", f"# {name} = {threshold.value}"]
    write("\n".join(lines) + "\n", path)
    tell(say("written", path=str(path)), quiet=quiet)
    return 0
