"""The label of one clause of a stage name: a decision, our act, a pending act or a state."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from crm_audit.texts.labels import Label
from crm_audit.texts.morphology import is_russian
from crm_audit.texts.sides import at_client, by_us, client_did
from crm_audit.texts.words import Text

_OUR_FINITE = {f"seller_act:{shape}" for shape in ("done", "task", "we_will", "we_now", "ing")}
_FINISHED = {"client_act:done", "seller_act:done", "closed"}


def clause_label(text: Text) -> Label | None:
    """The label of one clause; None when no word of it is known."""
    marks = text.all_marks()
    if not marks:
        return None
    if "wait" in marks:
        return Label("state_vague", text.cues("wait"), "waiting")
    if "decision_fact" in marks and "not decision_fact" not in marks:
        return Label("client_decision", text.cues("decision_fact"), "decided")
    if "almost" in marks and marks & _FINISHED:
        return Label("state_vague", text.cues("almost"), "not_decided")
    if "pause" in marks:
        if "set_fast" in marks and "pause:done" in marks:
            return Label("client_decision", text.cues("set_fast", "pause"), "decided")
        return Label("state_vague", text.cues("pause"), "paused")
    if client_did(text):
        return Label("client_decision", text.cues("client", "their_body"), "client_did")
    if at_client(text, marks):
        return Label("state_vague", text.cues("client", "their_work"), "pending_act")
    if "supplier" in marks and marks.isdisjoint({"client", "choose_act"}):
        return Label("seller_action", text.cues("supplier"), "our_decision")
    if "client_act:done" in marks:
        return _decided(text, marks)
    if "gain:done" in marks:
        return (
            _received(text, marks)
            if len(text.words) > 1
            else Label("state_vague", text.cues("gain"), "pending_act")
        )
    if "not choose_act:done" in marks and marks.isdisjoint({"supplier", "almost"}):
        return Label("lost", text.cues("not choose_act"), "lost")
    if "not client_act" in marks:
        return Label("state_vague", text.cues("not client_act"), "not_decided")
    if "not seller_act" in marks:
        return Label("state_vague", text.cues("not seller_act"), "not_done")
    if text.words[0].form == "на" and len(text.words) < 4 and _lies_on(text):
        return Label("state_vague", text.cues("seller_act"), "lies_somewhere")
    if "seller_act" in marks and not _act_is_theirs(text, marks):
        return Label("seller_action", text.cues("seller_act"), "our_act")
    if "our_paper" in marks and _paper_for_act(text):
        return Label("seller_action", text.cues("our_paper"), "our_paper")
    if "client_act" in marks or "gain" in marks:
        return Label("state_vague", text.cues("client_act", "gain"), "pending_act")
    if "our_paper" in marks:
        return Label("seller_action", text.cues("our_paper"), "our_paper")
    if "after_sale" in marks:
        return Label("seller_action", text.cues("after_sale"), "after_sale")
    if any(
        w.shapes & {"we_now", "we_will"} and "noun" not in w.shapes and "vague" not in m
        for w, m in zip(text.words, text.marks, strict=True)
    ):
        return Label("seller_action", (), "our_act")
    if "we" in marks and "their_paper" not in marks:
        return Label("seller_action", text.cues("we"), "our_act")
    if not marks.isdisjoint({"vague", "their_paper", "their_body"}):
        return Label("state_vague", text.cues("vague", "their_paper", "their_body"), "state")
    return None


def _act_is_theirs(text: Text, marks: AbstractSet[str]) -> bool:
    """Whether of our act and the client's the client's is the head, both being nouns.

    The head stands first in Russian («согласование отправки»), last in English ("design
    approval") or before "of" ("analysis of the request"); a gerund leads ("signing the offer").
    """
    if "client_act" not in marks or marks & _OUR_FINITE:
        return False
    if "client_act:ing" in text.marks[0]:
        return True
    russian = is_russian(text.words[0].form)
    of = next((i for i, w in enumerate(text.words) if w.form in ("of", "for")), len(text.words))
    acts = [m for m in text.marks if "seller_act" in m or "client_act" in m]
    before = [m for m in text.marks[:of] if "seller_act" in m or "client_act" in m]
    head = acts[0] if russian else (before or acts)[-1]
    return "client_act" in head or ("our_paper" in head and "client_act:noun" in acts[-1])


def _lies_on(text: Text) -> bool:
    """«На анализе», «на проверке»: where the deal lies; either side may be the one who looks."""
    return (
        len(text.words) > 1
        and "either_side" in text.marks[1]
        and "locative" in text.words[1].shapes
    )


def _paper_for_act(text: Text) -> bool:
    """«Счёт на оплату» is a paper for an act; «КП на согласовании» is the act going on."""
    paper = next(i for i, m in enumerate(text.marks) if "our_paper" in m)
    return any(
        "client_act:noun" in m
        and text.words[i - 1].form == "на"
        and i > paper
        and "locative" not in text.words[i].shapes
        for i, m in enumerate(text.marks)
    )


def _decided(text: Text, marks: AbstractSet[str]) -> Label:
    acts = text.cues("client_act:done")
    if "choose_act:done" not in marks and by_us(text):
        return Label("seller_action", text.cues("we", "client_act:done"), "our_decision")
    if "event" in marks:
        return Label("seller_action", text.cues("event", "client_act:done"), "date_agreed")
    return Label("client_decision", acts, "decided")


def _received(text: Text, marks: AbstractSet[str]) -> Label:
    if "inquiry" in marks and "their_paper" not in marks:
        return Label("state_vague", text.cues("inquiry"), "inquiry")
    return Label("client_decision", text.cues("gain:done", "their_paper"), "received")
