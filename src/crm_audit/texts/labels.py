"""A label with the reason for it, and the one line that explains it to a reader."""

from __future__ import annotations

from typing import NamedTuple

from crm_audit.wording import Wording


class Label(NamedTuple):
    """What a text was taken for, the words that decided it, and the rule that did."""

    kind: str
    cues: tuple[str, ...]
    rule: str


def explain(label: Label, wording: Wording) -> str:
    """One line in the reader's language: the kind, why, and the cue words."""
    kind = wording(f"text_kind_{label.kind}")
    cues = ", ".join(f"«{c}»" if wording.language == "ru" else f"“{c}”" for c in label.cues[:4])
    why = wording(f"text_rule_{label.rule}")
    return f"{kind}: {why} ({cues})" if cues else f"{kind}: {why}"
