"""What the tests of the command line share: a small export and how a run ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"

DEALS = """\
ID,Name,Stage,Amount,Currency,Owner,Created,Close Date,Next Step,Next Step Date
1,Warehouse Velto,Qualification,100000,USD,Ann Lee,2026-06-01,2026-12-01,Send the offer,2026-10-05
2,Boiler house Nord,Proposal sent,250000,USD,Ann Lee,2026-05-11,2026-08-01,,
3,Pump station Elva,Contract review,90000,USD,Bo Kim,2026-04-20,2026-11-15,call back,2026-09-01
4,Line for Arvo,Closed Won,70000,USD,Bo Kim,2026-01-15,2026-09-10,,
5,Scales for Orta,Closed Lost,20000,USD,Bo Kim,2026-02-15,2026-09-20,,
"""
"""A small sound export of deals."""


@dataclass(frozen=True)
class Ran:
    """How a run ended: its exit code and what it printed."""

    code: int
    out: bytes
    err: str

    @property
    def complaint(self) -> str:
        """The one line that says what is wrong."""
        return self.err.splitlines()[0] if self.err else ""


Cli = Callable[..., Ran]


@dataclass(frozen=True)
class Process:
    """Where `crm-audit` runs as a process of its own: its folders and its environment."""

    folder: Path
    temporary: Path
    environment: dict[str, str]

    @property
    def command(self) -> list[str]:
        """The words that start it."""
        return [sys.executable, "-c", "from crm_audit.cli import main; main()"]

    def run(self, *arguments: str, extra: dict[str, str] | None = None, **given: Any) -> Any:
        """Run to the end; standard output and error are caught unless given."""
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | given
        return subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment | (extra or {}),
            timeout=120,
            check=False,
            **given,
        )

    def start(self, *arguments: str, ignore: str = "", **given: Any) -> subprocess.Popen[bytes]:
        """Start it and go on; signals named in `ignore` (as `trap` names them) are switched off.

        A shell that is told so sets the signals before it becomes `crm-audit`: they are the
        child's own, whatever the tests themselves run under.
        """
        quoted = [f"trap '' {ignore}; exec \"$@\"" if ignore else 'exec "$@"', "sh"]
        return subprocess.Popen(
            ["sh", "-c", *quoted, *self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **given,
        )
