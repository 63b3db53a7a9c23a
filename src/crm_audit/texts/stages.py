"""Stage names: a decision of the client, an action of the seller, a state, or an outcome."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from crm_audit.texts import lexicon, words
from crm_audit.texts.clauses import clause_label
from crm_audit.texts.labels import Label
from crm_audit.texts.lexicon import STAGES
from crm_audit.texts.words import Text

_BREAKS = frozenset("/,;+&|:.!?→>()[]—–-")
_AND = frozenset({"и", "and", "then", "затем", "или", "or", "либо"})
_ASIDES = frozenset("([:")
_EITHER = frozenset({"/", "|", "или", "or", "либо"})
_LONGEST_CODE = 60
_NO_LETTER = re.compile(r"[\W_]+")
_PROCESS = ("ние", "нье", "овка", "ция", "tion", "ment")


@lru_cache(maxsize=100_000)
def stage_label(
    name: str, *, status: str | None = None, before: str | None = None, after: str | None = None
) -> Label:
    """Label a stage name with the words that decided it.

    `status` is the CRM's own `won`, `lost` or `open`; `before` and `after` are the names of the
    neighbouring stages, which settle names that only say "closed". Rules: method.md, Texts.
    """
    if status in ("won", "lost"):
        return Label(status, (), "crm_status")
    found = _label(name)
    if found.rule == "closed" and (status == "open" or after is not None):
        if after is not None and _label(after).kind in ("won", "lost"):
            other = "lost" if _label(after).kind == "won" else "won"
            return Label(other if status != "open" else "state_vague", found.cues, "closed")
        return Label("state_vague", found.cues, "closed_midway")
    if found.rule == "closed" and before is not None and _label(before).kind == "won":
        return Label("lost", found.cues, "closed")
    if status == "open" and found.kind in ("won", "lost"):
        return Label("state_vague", found.cues, "open_by_crm")
    return found


def stage_kind(
    name: str, *, status: str | None = None, before: str | None = None, after: str | None = None
) -> str:
    """`client_decision`, `seller_action`, `state_vague`, `won`, `lost` or `technical`."""
    return stage_label(name, status=status, before=before, after=after).kind


def two_events(name: str) -> bool:
    """Whether one name holds two events, so that nobody can say which of them happened."""
    found = [(clause, clause_label(clause)) for clause in _clauses(words.tokens(name))[0]]
    return sum(1 for clause, label in found if label and _is_act(clause, label)) > 1


def _is_act(clause: Text, found: Label) -> bool:
    """Whether a clause tells of an act, and does not only name a paper of ours."""
    if found.rule not in _ACTS:
        return False
    return found.rule != "our_act" or any(
        "seller_act" in marks and "our_paper" not in marks for marks in clause.marks
    )


_ACTS = frozenset(
    {"decided", "received", "not_decided", "client_did", "our_act", "our_decision"}
    | {"pending_act", "waiting"}
)


@lru_cache(maxsize=100_000)
def _label(name: str) -> Label:
    if len(name) < _LONGEST_CODE:
        exact = _exact().get(_NO_LETTER.sub("", words.fold(name)))
        if exact is not None:
            return Label(exact, (name.strip(),), "code")
    forms = words.tokens(name)
    text = words.read(forms, STAGES)
    if not text.words:
        return Label("state_vague", (), "empty")
    marks = text.all_marks()
    outcome = _outcome(text, marks)
    if outcome is not None:
        return outcome
    # What stands in brackets or after a colon only explains what stands before.
    aside = next((i for i, form in enumerate(forms) if form in _ASIDES), len(forms))
    whole = _clauses(forms, text)
    first = whole[0][0] if whole[0] else text
    if all("won" in found for found in first.marks):
        return Label("won", first.cues("won"), "won")
    for part in (forms[:aside], forms):
        clauses, either = whole if len(part) == len(forms) else _clauses(part)
        labelled = [(clause, found) for clause in clauses if (found := clause_label(clause))]
        if labelled:
            acts = [found for clause, found in labelled if _is_act(clause, found)]
            if not acts and len(part) < len(forms) and forms[aside] == ":":
                continue
            return _combine(acts or [found for _, found in labelled], either)
    if "closed" in marks:
        return Label("won", text.cues("closed"), "closed")
    return _by_shape(text)


@lru_cache(maxsize=1)
def _exact() -> dict[str, str]:
    """Folded stage codes of CRMs and names that only mean something as a whole."""
    return {
        name: kind for kind, names in lexicon.load("stage_codes").items() for name in names["codes"]
    }


def _outcome(text: Text, marks: AbstractSet[str]) -> Label | None:
    if "technical" in marks:
        return Label("technical", text.cues("technical"), "technical")
    if "lost" in marks and "event" in marks and "tender" not in marks:
        return Label("state_vague", text.cues("lost", "event"), "not_done")
    if "lost" in marks:
        return Label("lost", text.cues("lost"), "lost")
    if "won" in marks:
        if "tender" in marks:
            return Label("client_decision", text.cues("won", "tender"), "decided")
        if "event" not in marks and "seller_act" not in marks:
            return Label("won", text.cues("won"), "won")
    return None


def _clauses(forms: list[str], whole: Text | None = None) -> tuple[list[Text], bool]:
    """Clauses of a name, and whether they are alternatives ("A / B", "A or B").

    `whole` is the name as read already, which is the only clause where nothing divides it.
    """
    if whole is not None and _BREAKS.isdisjoint(forms) and _AND.isdisjoint(forms):
        return [whole], False
    parts: list[Text] = []
    start: list[str] = []
    either = False
    for form in [*forms, "."]:
        if form in _BREAKS or form in _AND:
            either = either or form in _EITHER
            if start:
                parts.append(words.read(start, STAGES))
            start = []
        elif form[0].isalpha():
            start.append(form)
    return [part for part in parts if part.words], either


def _combine(labels: list[Label], either: bool) -> Label:
    """One label for several clauses: of alternatives the weakest, of a sequence the last."""
    if not either and labels[-1].rule != "pending_act":
        return labels[-1]
    for kind in ("seller_action", "state_vague", "client_decision"):
        for one in labels:
            if one.kind == kind:
                return one
    return labels[0]


def _by_shape(text: Text) -> Label:
    """Unknown words: a process or a finished act is somebody's work, a bare noun is a state.

    An act that is denied is none.
    """
    denied = tuple(w.form for w in text.words if w.form in words.NEGATIONS)
    if denied:
        return Label("state_vague", denied, "not_done")
    for one in text.words:
        if (
            one.shapes & {"ing", "done", "task"} and not one.shapes & {"other", "noun"}
        ) or one.form.endswith(_PROCESS):
            return Label("seller_action", (one.form,), "process_word")
    return Label("state_vague", (), "nothing_known")
