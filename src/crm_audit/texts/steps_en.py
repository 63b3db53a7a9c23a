"""Next steps in English: an imperative is ours, a third person or "will" is the client's."""

from __future__ import annotations

from crm_audit.texts.labels import Label
from crm_audit.texts.words import Text

_CONTACT = frozenset({"call", "phone", "email", "contact", "text", "ring", "message", "mail"})
_PURPOSE = frozenset({"to", "about", "for", "re", "regarding", "on", "and", "with"})
_AFTER_NOUN = frozenset(
    {"with", "on", "at", "for", "about", "re", "regarding", "next", "this", "scheduled", "in"}
    | {"planned", "booked", "by", "of", "between", "mon", "tue", "wed", "thu", "fri", "kickoff"}
    | {"monday", "tuesday", "wednesday", "thursday", "friday", "tomorrow", "today", "session"}
)
_NOUN_TOO = frozenset({"design", "price", "quote", "test", "contract", "process", "plan", "scope"})
_NOT_BEFORE_VERB = frozenset({"the", "a", "an", "of", "and", "their", "our", "with", "for", "all"})


def english(text: Text, forms: list[str], dated: bool) -> Label:
    """Label an English next step that is no filler."""
    marks = text.all_marks()
    first = text.words[0]
    ours = "seller_act:base" in text.marks[0] and not first.lemmas & _CONTACT
    ours = ours and "talk" not in text.marks[0]
    if text.first("talk") in (0, 1, 2) and not ours and not _real_task(text, forms):
        return Label("empty_talk", text.cues("talk"), "talk")
    waits = text.first("wait", "talk")
    if waits is not None and "base" not in first.shapes and text.first("client_deed:now") is None:
        return Label("empty_talk", text.cues("wait", "talk"), "waiting")
    if first.form in ("need", "must", "have", "to"):
        return Label("seller_task", (first.form,), "our_task")
    if text.first("our_people") in (0, 1) and "client" not in text.marks[0]:
        return Label("seller_task", text.cues("our_people"), "our_task")
    if "state" in marks or "pause" in marks:
        return Label("empty_talk", text.cues("state", "pause"), "bare_status")
    if "both" in marks and dated:
        return Label("joint_step", text.cues("both", "gathering"), "both_sides")
    imperative = _imperative(text, forms)
    verb = None if imperative else _client_verb(text)
    if verb is not None:
        return _client(text, verb, dated)
    if not imperative and "gathering" in marks:
        return _gathering(text, dated)
    if first.lemmas & _CONTACT and not _purpose(text):
        return Label("empty_talk", (first.form,), "call_without_purpose")
    if not imperative:
        if len(text.words) == 1 and "seller_act" in marks and "base" not in first.shapes:
            return Label("empty_talk", (first.form,), "event_without_subject")
        if len(text.words) < 5 and text.words[-2:-1] and text.words[-2].form in ("with", "at"):
            return Label("empty_talk", text.cues("client", "party"), "bare_status")
        idle = text.cues("idle_deed:ing")
        if idle or "client" in text.marks[0] or "party" in text.marks[0]:
            return Label("empty_talk", idle or text.cues("client", "party"), "bare_status")
    return Label("seller_task", (first.form,), "our_task")


def _real_task(text: Text, forms: list[str]) -> bool:
    """Whether a concrete task is joined to the talk: "follow up and send the proposal"."""
    for joint in ("and", ",", ";", "then"):
        if joint in forms:
            after = forms[forms.index(joint) + 1 :]
            place = next(
                (i for i, w in enumerate(text.words) if after and w.form == after[0]), None
            )
            if place is not None and "seller_act:base" in text.marks[place]:
                return True
    return False


def _imperative(text: Text, forms: list[str]) -> bool:
    """Whether the text opens with a bare verb; "Call with the CFO" opens with a noun."""
    one, marks = text.words[0], text.marks[0]
    if "base" not in one.shapes or "client" in marks:
        return False
    if "party" in marks:
        return False
    if one.form in _NOUN_TOO and len(text.words) > 1 and "gathering" in text.marks[1]:
        return False
    if "gathering" not in marks:
        return True
    after = forms[forms.index(one.form) + 1 :][:1]
    return (
        bool(after)
        and after[0][0].isalpha()
        and after[0] not in _AFTER_NOUN
        and (not text.marks[1] & {"gathering", "client_deed:now"})
    )


def _client_verb(text: Text) -> int | None:
    """Place of the client's verb: a third person, or what follows will / shall / to / must."""
    for at in range(1, min(len(text.words), 9)):
        before = text.words[at - 1]
        if "gathering" in text.marks[at - 1] and "party" not in text.marks[at - 1]:
            return None
        if "promise:done" in text.marks[at]:
            return at
        if "client_deed:now" in text.marks[at] and before.form not in _NOT_BEFORE_VERB:
            return at
        if "base" in text.words[at].shapes:
            if before.form in ("will", "shall", "must"):
                return at
            if before.form == "to" and (at <= 3 or text.part_has(at, "client", "party")):
                return at
    return None


def _client(text: Text, verb: int, dated: bool) -> Label:
    one = text.words[verb]
    cues = (*text.cues("client", "party")[:1], one.form)
    rest = text.marks[verb:]
    idle = "idle_deed" in rest[0] or ("promise" in rest[0] and any("idle_deed" in m for m in rest))
    if not dated and (idle or ("now" in one.shapes and "promise" not in rest[0])):
        return Label("empty_talk", cues, "nothing_promised")
    return Label("client_commitment", cues, "client_acts")


def _purpose(text: Text) -> bool:
    return len(text.words) > 4 or any(w.form in _PURPOSE for w in text.words[1:])


def _gathering(text: Text, dated: bool) -> Label:
    marks = text.all_marks()
    cues = text.cues("gathering", "both")
    them = not marks.isdisjoint({"client", "party", "both"})
    bare_call = len(text.words) == 1 and bool(text.words[0].lemmas & _CONTACT)
    if "showing" in marks and not dated and not bare_call:
        return Label("seller_task", cues, "our_task")
    if (dated or them) and len(text.words) > 2:
        return Label("joint_step", cues, "both_sides")
    if len(text.words) < 3:
        return Label("empty_talk", cues, "event_without_subject")
    return Label("seller_task", cues, "our_task")
