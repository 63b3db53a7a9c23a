"""Traces of writing down after the fact: bulk edits, late cards, paths walked on one day."""

from __future__ import annotations

from crm_audit.engine.rules import Rulebook
from crm_audit.engine.session import Session

LIMITS = (
    "bulk_deals", "bulk_seconds", "creation_seconds", "coarse_share", "path_moves", "late_days",
    "record_days", "import_deals", "import_share", "one_date_deals", "one_date_share",
)  # fmt: skip
"""The thresholds that the statements read from the table `traces`."""


def set_limits(session: Session, rulebook: Rulebook) -> None:
    """Make the one row of `traces`; before the moves are counted. A crowd needs some time: 1 s."""
    picks = ", ".join(f"CAST(${name} AS DOUBLE) AS {name}" for name in LIMITS)
    values = {name: rulebook.value(name) for name in LIMITS}
    values["bulk_seconds"] = max(values["bulk_seconds"], 1.0)
    session.con.execute(f"CREATE TABLE traces AS SELECT {picks}", values)


def find_traces(session: Session) -> None:
    """Tables with a row a deal for each trace that its dates can tell; before the progress."""
    session.run("edits")
    session.run("traces")
