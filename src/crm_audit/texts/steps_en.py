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
_NOUN_TOO = frozenset(
    {"design", "price", "quote", "test", "contract", "process", "plan", "scope", "bid", "offer"}
    | {"go", "pilot", "demo", "trial", "review", "budget", "tender", "sample", "project", "order"}
    | {"market", "survey", "support", "close", "value", "research", "pitch", "interview", "measure"}
    | {"call", "visit", "train", "release", "handover", "load", "power", "start", "press", "board"}
)
_GOES_ON = frozenset({"a", "an", "the", "our", "their", "its", "all", "us", "it", "his", "her"})
_TAKES_TWO = frozenset({"review", "discuss", "align", "agree", "walk", "go", "sync"})
_SELLERS_WORK = frozenset(
    {"draft", "quote", "price", "prepare", "estimate", "present", "demo", "invoice", "pitch"}
    | {"follow", "upsell", "scope", "calculate"}
)
_PARTICLES = frozenset(
    {"up", "off", "out", "in", "into", "back", "on", "over", "down", "to", "with"}
)
_AND = frozenset({"and", "plus", "with"})
_AFTER_EVENT = frozenset({"after", "once", "following", "upon", "when", "at", "before", "as"})
_STATUS_VERBS = frozenset(
    {"is", "are", "was", "were", "has", "had", "being", "said", "says", "wants", "likes", "seems"}
    | {"looks", "feels", "sounds", "needs", "thinks", "liked", "loved", "wanted", "asked", "isn"}
)
_PURSUE = frozenset({"chase", "remind", "nudge", "ping", "follow", "bump", "prod"})
_NOT_BEFORE_VERB = frozenset({"the", "a", "an", "of", "and", "their", "our", "with", "for", "all"})

_NOW = frozenset({"client_deed:now", "client_act:now", "seller_act:now", "our_verb:now"})
_THEM = frozenset({"client", "party"})


def english(text: Text, forms: list[str], dated: bool) -> Label:
    """Label an English next step that is no filler."""
    marks = text.all_marks()
    first = text.words[0]
    ours = "seller_act:base" in text.marks[0] and not first.lemmas & _CONTACT
    ours = ours and "talk" not in text.marks[0]
    imperative = _imperative(text, forms)
    if text.first("hedge") in range(4) and not (imperative and "hedge" not in text.marks[0]):
        return Label("empty_talk", text.cues("hedge"), "nothing_promised")
    if text.first("talk") in (0, 1, 2) and not ours and not _real_task(text, forms):
        return Label("empty_talk", text.cues("talk"), "talk")
    waits = text.first("wait", "talk")
    if waits is not None and "base" not in first.shapes and text.first(*_NOW) is None:
        return Label("empty_talk", text.cues("wait", "talk"), "waiting")
    if first.form in ("need", "must", "have", "to"):
        return Label("seller_task", (first.form,), "our_task")
    together = _both_subjects(text)
    if together and (dated or "gathering" in marks):
        return Label("joint_step", together, "both_sides")
    if text.first("our_people") in (0, 1) and "client" not in text.marks[0]:
        return Label("seller_task", text.cues("our_people"), "our_task")
    if _somebody_of_ours(text):
        return Label("seller_task", tuple(w.form for w in text.words[:3]), "our_task")
    if _goes_on(text):
        return Label("empty_talk", tuple(w.form for w in text.words[:2]), "bare_status")
    if text.first("not client_act:done", "not client_deed:done") in range(1, 5):
        return Label("empty_talk", text.cues("not client_act", "not client_deed"), "bare_status")
    if not marks.isdisjoint({"state", "pause"}) and not (imperative and ours):
        return Label("empty_talk", text.cues("state", "pause"), "bare_status")
    if "both" in marks and (dated or (not imperative and len(text.words) > 4)):
        return Label("joint_step", text.cues("both", "gathering"), "both_sides")
    verb = None if imperative or _we_did(text) else _client_verb(text)
    if verb is not None:
        return _client(text, verb, dated)
    if not imperative and dated and (_from_client(text) or _theirs_due(text)):
        return Label("client_commitment", text.cues("client", "party"), "client_acts")
    if not imperative and "gathering" in marks:
        return _gathering(text, dated)
    if _together(text, dated):
        return Label("joint_step", (first.form, *text.cues("client", "party")), "both_sides")
    if first.lemmas & _CONTACT and not _purpose(text):
        return Label("empty_talk", (first.form,), "call_without_purpose")
    return Label("seller_task", (first.form,), "our_task") if imperative else _nominal(text, dated)


def _we_did(text: Text) -> bool:
    """ "Sent email to connect": what we did already; the verb behind "to" is nobody's promise."""
    return "seller_act:done" in text.marks[0] and "base" not in text.words[0].shapes


def _somebody_of_ours(text: Text) -> bool:
    """ "Nadia to draft the offer": a name with work that is always the seller's."""
    if len(text.words) < 3 or text.words[1].form != "to" or text.marks[0]:
        return False
    return text.words[2].form in _SELLERS_WORK


def _goes_on(text: Text) -> bool:
    """ "Dana inquiring about a refresher": a name with what it is busy with, no step at all."""
    if len(text.words) < 3 or text.marks[0] or "base" in text.words[0].shapes:
        return False
    return "ing" in text.words[1].shapes and "seller_act" not in text.marks[1]


def _nominal(text: Text, dated: bool) -> Label:
    """The label of a text without an imperative, a verb of the client or a meeting in it."""
    marks = text.all_marks()
    first = text.words[0]
    if len(text.words) == 1 and "seller_act" in marks and "base" not in first.shapes:
        return Label("empty_talk", (first.form,), "event_without_subject")
    if len(text.words) < 5 and text.words[-2:-1] and text.words[-2].form in ("with", "at"):
        return Label("empty_talk", text.cues("client", "party"), "bare_status")
    if dated and marks.isdisjoint({"our_paper", "their_paper"}) and _with_them(text):
        return Label("joint_step", text.cues("client", "party"), "both_sides")
    done = text.cues("client_act:done", "gain:done", "decision_fact:done")
    if done and not dated:
        return Label("empty_talk", done, "bare_status")
    idle = text.cues("idle_deed:ing")
    if idle or "client" in text.marks[0] or "party" in text.marks[0]:
        return Label("empty_talk", idle or text.cues("client", "party"), "bare_status")
    if "client_act:noun" in text.marks[0] and marks.isdisjoint({"seller_act", "our_paper"}):
        return Label("empty_talk", text.cues("client_act"), "bare_status")
    status = tuple(w.form for w in text.words[:5] if w.form in _STATUS_VERBS)
    known = {"seller_act", "our_paper", "our_verb", "client_act", "their_paper", "client_deed"}
    if status or (len(text.words) < 4 and marks.isdisjoint(known)):
        return Label("empty_talk", status, "bare_status")
    return Label("seller_task", (first.form,), "our_task")


def _together(text: Text, dated: bool) -> bool:
    """Whether we do with the client what takes two: "review the redlines with procurement"."""
    if text.words[0].form == "meet":
        return dated and any(m & _THEM for m in text.marks)
    return text.words[0].form in _TAKES_TWO and _with_them(text)


def _with_them(text: Text) -> bool:
    """Whether the client's people stand after "with": something is done together."""
    at = next((i for i, w in enumerate(text.words) if w.form == "with"), None)
    return at is not None and any(m & _THEM for m in text.marks[at + 1 : at + 5])


def _from_client(text: Text) -> bool:
    """ "PO from customer by Friday": something due from the client, though no verb says so."""
    at = next((i for i, w in enumerate(text.words) if w.form == "from"), None)
    return at is not None and any(m & _THEM for m in text.marks[at + 1 : at + 4])


def _theirs_due(text: Text) -> bool:
    """ "Client feedback by Thursday": what the client gives, named without a verb."""
    if len(text.words) < 3 or not text.marks[0] & _THEM or "by" not in [w.form for w in text.words]:
        return False
    return "ing" not in text.words[1].shapes and "done" not in text.words[1].shapes


def _both_subjects(text: Text) -> tuple[str, ...]:
    """People of both sides joined by "and" in front of a verb: they act together."""
    ours, them = text.first("our_people"), text.first("client", "party")
    if ours is None or them is None or max(ours, them) > 7:
        return ()
    low, high = sorted((ours, them))
    if not any(w.form in _AND for w in text.words[low + 1 : high]):
        return ()
    if any(
        m & _NOW or "base" in w.shapes for w, m in zip(text.words[:low], text.marks, strict=False)
    ):
        return ()
    return (text.words[low].form, text.words[high].form)


def _real_task(text: Text, forms: list[str]) -> bool:
    """Whether a concrete task is joined to the talk.

    "Follow up and send the proposal", "chase accounting for invoice 12".
    """
    for joint in ("and", ",", ";", "then"):
        if joint in forms:
            after = forms[forms.index(joint) + 1 :]
            place = next(
                (i for i, w in enumerate(text.words) if after and w.form == after[0]), None
            )
            if place is not None and text.marks[place] & {"seller_act:base", "our_verb:base"}:
                return True
    numbered = any(form.isdigit() for form in forms) or "overdue" in forms
    papers = text.all_marks() & {"our_paper", "their_paper"}
    return bool(text.words[0].lemmas & _PURSUE and numbered and papers)


def _imperative(text: Text, forms: list[str]) -> bool:
    """Whether the text opens with a bare verb; "Call with the CFO" opens with a noun."""
    one, marks = text.words[0], text.marks[0]
    if "base" not in one.shapes or "client" in marks:
        return False
    if "party" in marks:
        return False
    if one.form in _NOUN_TOO and (_names_event(text) or _is_done_with(text)):
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


def _is_done_with(text: Text) -> bool:
    """ "Budget approved", "design finished": a noun with what happened to it."""
    return bool(text.words[1:]) and text.words[1].shapes & {"done", "base"} == {"done"}


def _names_event(text: Text) -> bool:
    """ "Bid clarification meeting with": a chain of nouns that ends in a meeting."""
    for at in range(1, min(len(text.words), 5)):
        if text.words[at].form in _GOES_ON | _PURPOSE:
            return False
        if "gathering" in text.marks[at]:
            after = text.words[at + 1 : at + 2]
            if not after or after[0].form in _AFTER_NOUN | {"w"}:
                return True
    return False


def _client_verb(text: Text) -> int | None:
    """Place of the client's verb: a third person, or what follows will / shall / to / must."""
    for at in range(1, min(len(text.words), 10)):
        one, marks, before = text.words[at], text.marks[at], text.words[at - 1]
        them = text.part_has(at, "client", "party")
        if "gathering" in text.marks[at - 1] and "party" not in text.marks[at - 1]:
            return None
        if "promise:done" in marks:
            return at
        if "client_deed:now" in marks and before.form not in _NOT_BEFORE_VERB:
            return at
        if them and _third_person(text, at):
            return at
        if "base" in one.shapes:
            if before.form in ("will", "shall", "must"):
                return at
            if before.form == "to" and (at <= 3 or them):
                return at
            plural = before.form == "they" or (
                before.form.endswith("s") and bool(text.marks[at - 1] & _THEM)
            )
            if plural and "client_deed" in marks:
                return at
    return None


def _third_person(text: Text, at: int) -> bool:
    """Whether a word is a verb by what follows: "wires the deposit", "signs off", "sets up"."""
    one, marks = text.words[at], text.marks[at]
    if text.words[at - 1].form in _NOT_BEFORE_VERB:
        return False
    after = text.words[at + 1].form if at + 1 < len(text.words) else ""
    if marks & _NOW and ("in a phrase" in marks or after in _GOES_ON | _PARTICLES):
        return True
    unknown = not marks and one.form.endswith("s") and not one.form.endswith("ss")
    return unknown and len(one.form) > 3 and after in _GOES_ON


def _client(text: Text, verb: int, dated: bool) -> Label:
    one = text.words[verb]
    cues = (*text.cues("client", "party")[:1], one.form)
    rest = text.marks[verb:]
    idle = "idle_deed" in rest[0] or ("promise" in rest[0] and any("idle_deed" in m for m in rest))
    anchored = any(w.form in _AFTER_EVENT for w in text.words[verb + 1 :])
    finite = "now" in one.shapes and "promise" not in rest[0] and not anchored
    if not dated and (idle or finite):
        return Label("empty_talk", cues, "nothing_promised")
    return Label("client_commitment", cues, "client_acts")


def _purpose(text: Text) -> bool:
    if not text.all_marks().isdisjoint({"our_paper", "their_paper"}):
        return True
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
