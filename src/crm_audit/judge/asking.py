"""Whom at the client to ask the one question about a deal, from the people its card names."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

from crm_audit.judge.case import Case
from crm_audit.model.forecast import Whom

_BY_FACT: dict[str, tuple[str, ...]] = {
    "decision": ("approver",),
    "approver": (),
    "next_step": (),
    "close_date": ("procurer", "approver"),
    "amount": ("payer", "approver"),
    "complete": ("approver",),
}
"""Fact that is missing -> who knows it best; failing these, anyone whom the deal names."""

_ANYONE = ("contact", "technical", "procurer", "payer", "legal", "security", "approver")

People = dict[int, dict[str, str]]
"""Number of a deal -> role -> name; `contact` is somebody without a known role."""


def people_of_top(case: Case) -> People:
    """The people of the deals on the sheet, one name a role, the first by alphabet."""
    found: People = defaultdict(dict)
    for deal, role, name in case.session.rows(
        "SELECT p.deal_no, coalesce(p.role, 'contact') AS role, min(p.name) FROM people AS p"
        " JOIN top_deals AS t USING (deal_no) WHERE NOT p.is_junk GROUP BY ALL ORDER BY ALL"
    ):
        known = role if role in _ANYONE else "contact"
        found[deal].setdefault(known, name)
    return found


def whom_to_ask(
    missing: str, people: dict[str, str], *, has_people: bool
) -> tuple[Whom | None, str | None]:
    """Role and name of the person to ask about a missing fact (`complete`: about none).

    `has_people` says whether the export has room for people of the client at all.
    """
    for role in (*_BY_FACT[missing], *_ANYONE):
        if role in people:
            return cast(Whom, role), people[role]
    return ("nobody" if has_people else None), None
