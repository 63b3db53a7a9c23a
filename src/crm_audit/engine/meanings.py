"""What the distinct texts of an export mean, as tables for the SQL that follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_audit import texts
from crm_audit.engine.session import Session
from crm_audit.recognise import values


def _step_kind(step: str, has_day: bool | None) -> str | None:
    """What a step says; unknown where that hangs on a date whose column the export has not."""
    possible = (True, False) if has_day is None else (has_day,)
    kinds = {texts.next_step_kind(step, has_date=day) for day in possible}
    return kinds.pop() if len(kinds) == 1 else None


def classify_steps(session: Session) -> int:
    """What each distinct next step says; a date may stand in its own column.

    Returns how many cannot be told, as they are in a language that is not read.
    """
    session.con.execute(
        "CREATE TABLE step_kinds (step VARCHAR, has_day BOOLEAN, kind VARCHAR, dated BOOLEAN)"
    )
    rows = session.rows(
        "SELECT DISTINCT step, has_day FROM candidate_steps WHERE step IS NOT NULL ORDER BY ALL"
    )
    unread = texts.unread_steps(step for step, _ in rows)
    session.fill(
        "step_kinds",
        {
            "step": [step for step, _ in rows],
            "has_day": [has_day for _, has_day in rows],
            "kind": [
                None if step in unread else _step_kind(step, has_day) for step, has_day in rows
            ],
            "dated": [texts.has_date(step) for step, _ in rows],
        },
    )
    return len(unread)


def word_tables(session: Session) -> None:
    """Distinct texts with what they mean, for the SQL that follows."""
    for name, words in (("junk", sorted(texts.fillers())), ("robots", values.words()["robots"])):
        session.con.execute(f"CREATE TABLE {name} (word VARCHAR)")
        session.fill(name, {"word": list(words)})
    tables: tuple[tuple[str, str, str, Callable[[str], Any], str], ...] = (
        ("position_roles", "position", "role", texts.contact_role,
         "SELECT contact_position FROM open_deals UNION SELECT position FROM contacts"),
        ("filler_texts", "text", "filler", texts.is_filler,
         "SELECT risk FROM deals UNION SELECT stall_reason FROM deals"),
        ("loss_reasons", "text", "kind", texts.loss_reason_kind,
         "SELECT loss_reason FROM deals WHERE loss_reason_filled AND status = 'lost'"),
        ("claim_words", "text", "counted", _claims, "SELECT forecast_category FROM deals"),
    )  # fmt: skip
    for name, key, column, meaning, query in tables:
        kind = "BOOLEAN" if column in ("filler", "counted") else "VARCHAR"
        session.con.execute(f"CREATE TABLE {name} ({key} VARCHAR, {column} {kind})")
        cells = [r[0] for r in session.rows(f"SELECT DISTINCT * FROM ({query}) ORDER BY 1") if r[0]]
        session.fill(name, {key: cells, column: [meaning(cell) for cell in cells]})


def _claims(category: str) -> bool:
    return category.strip().lower() in values.words()["forecast_commit"]["words"]
