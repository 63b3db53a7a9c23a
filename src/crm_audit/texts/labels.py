"""A label with the reason for it, and the one line that explains it to a reader."""

from __future__ import annotations

from typing import NamedTuple

from crm_audit.wording import Wording

_ROLE_RULES = ("position", "no_role_word")


class Label(NamedTuple):
    """What a text was taken for, the words that decided it, and the rule that did."""

    kind: str
    cues: tuple[str, ...]
    rule: str


def explain(label: Label, wording: Wording) -> str:
    """One line in the reader's language: the kind, the reason, and up to four cue words."""
    group = "role" if label.rule in _ROLE_RULES else "kind"
    line = f"{wording(f'text_{group}_{label.kind}')}: {wording(f'text_rule_{label.rule}')}"
    quote = "«{}»" if wording.language == "ru" else "“{}”"
    cues = ", ".join(quote.format(cue) for cue in label.cues[:4])
    return f"{line} ({cues})" if cues else line
