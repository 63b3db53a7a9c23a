"""The label of one clause of a stage name: a decision, our act, a pending act or a state."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from crm_audit.texts.labels import Label
from crm_audit.texts.morphology import is_russian
from crm_audit.texts.sides import at_client, by_us, client_did
from crm_audit.texts.words import IN_PHRASE, Text, Word

_OUR_FINITE = {f"seller_act:{shape}" for shape in ("done", "task", "we_will", "we_now", "ing")}
_FINISHED = {"client_act:done", "seller_act:done", "closed"}
_OURS = {"our_paper", "seller_act:noun"}
_THEIRS = {"client", "their_body"}
_NONE = frozenset({"нет", "no", "без", "without"})
_OUR_HOUSE = {"after_sale", "supplier", "we"}
_ASKABLE = ("our_paper", "event")
_LIES_IN = frozenset({"in", "under"})
_LOOKED_AT = frozenset({"review", "evaluation", "consideration", "approval", "assessment"})
_NEW = frozenset({"новый", "new"})
_GAINS = {"gain:noun", "gain:ing"}


def clause_label(text: Text) -> Label | None:
    """The label of one clause; None when no word of it is known. The rules stand in order."""
    marks = text.all_marks()
    if not marks:
        return None
    for rules in (_waits, _named_side, _finished, _denied, _begun, _state):
        found = rules(text, marks)
        if found is not None:
            return found
    return None


def _waits(text: Text, marks: AbstractSet[str]) -> Label | None:
    """What is awaited, wanted or paused, and facts that stop being one: «почти согласовано»."""
    if "wait" in marks:
        return Label("state_vague", text.cues("wait"), "waiting")
    if "wanted" in marks and not marks & _FINISHED:
        return Label("state_vague", text.cues("wanted"), "wanted")
    if "decision_fact" in marks and "not decision_fact" not in marks:
        return Label("client_decision", text.cues("decision_fact"), "decided")
    if "almost" in marks and marks & _FINISHED:
        return Label("state_vague", text.cues("almost"), "not_decided")
    if "pause" not in marks:
        return None
    if "set_fast" in marks and "pause:done" in marks:
        return Label("client_decision", text.cues("set_fast", "pause"), "decided")
    return Label("state_vague", text.cues("pause"), "paused")


def _named_side(text: Text, marks: AbstractSet[str]) -> Label | None:
    """Who is named as the one that acts, or at whom the paper lies."""
    if client_did(text):
        return Label("client_decision", text.cues("client", "their_body"), "client_did")
    if at_client(text, marks):
        return Label("state_vague", text.cues("client", "their_work"), "pending_act")
    if text.words[0].shapes == {"now"} and "vague" in text.marks[0]:
        return Label("state_vague", (text.words[0].form,), "state")
    if "supplier" in marks and marks.isdisjoint({"client", "choose_act"}):
        return Label("seller_action", text.cues("supplier"), "our_decision")
    if "client" in marks and (cues := _works(text, "client")):
        return Label("state_vague", cues, "pending_act")
    if _with_them(text, marks):
        return Label("state_vague", text.cues("our_paper", "client"), "pending_act")
    if "we" in marks and (cues := _works(text, "we")):
        return Label("seller_action", cues, "our_act")
    return None


def _finished(text: Text, marks: AbstractSet[str]) -> Label | None:
    """Acts that are completed: the client's are decisions, but for our own hurdles and requests."""
    if text.words[0].form in _NONE and marks.isdisjoint(_FINISHED):
        return Label("state_vague", (text.words[0].form,), "not_done")
    if "claim" in marks and "gain:done" in marks:
        return Label("state_vague", text.cues("claim", "gain"), "state")
    if "asked:done" in marks and not marks.isdisjoint(_ASKABLE):
        return Label("state_vague", text.cues("asked:done", *_ASKABLE), "inquiry")
    if "passing:done" in marks and marks & _OURS and not marks & _THEIRS:
        return Label("seller_action", text.cues("passing", "our_paper"), "our_act")
    if "client_act:done" in marks:
        return _decided(text, marks)
    if "full" in marks and "client_act:noun" in marks and "seller_act" not in marks:
        return Label("client_decision", text.cues("client_act", "full"), "decided")
    if "client_act:noun" in marks and "seller_act" not in marks and _there_is(text):
        return Label("client_decision", text.cues("client_act"), "decided")
    if "gain:done" in marks:
        if len(text.words) > 1:
            return _received(text, marks)
        return Label("state_vague", text.cues("gain"), "pending_act")
    return None


def _denied(text: Text, marks: AbstractSet[str]) -> Label | None:
    """Acts with a negation, and people or requests that only turned up."""
    if "not choose_act:done" in marks and marks.isdisjoint({"supplier", "almost"}):
        return Label("lost", text.cues("not choose_act"), "lost")
    if "not client_act" in marks:
        return Label("state_vague", text.cues("not client_act"), "not_decided")
    if "not seller_act" in marks:
        return Label("state_vague", text.cues("not seller_act"), "not_done")
    if _newcomer(text) or _asked_for(text, marks):
        return Label("state_vague", (text.words[0].form,), "state")
    return None


def _begun(text: Text, marks: AbstractSet[str]) -> Label | None:
    """Acts under way: ours are work, the client's are still pending."""
    if len(text.words) < 4 and _lies_on(text):
        return Label("state_vague", text.cues("either_side"), "lies_somewhere")
    if "seller_act" in marks and not _act_is_theirs(text, marks):
        return Label("seller_action", text.cues("seller_act"), "our_act")
    if "our_paper" in marks and _paper_for_act(text):
        return Label("seller_action", text.cues("our_paper"), "our_paper")
    if marks & _GAINS and "money" in marks:
        return Label("client_decision", text.cues("gain", "money"), "received")
    if "client_act" in marks or "gain" in marks:
        return Label("state_vague", text.cues("client_act", "gain"), "pending_act")
    if "our_paper" in marks:
        return Label("seller_action", text.cues("our_paper"), "our_paper")
    return None


def _state(text: Text, marks: AbstractSet[str]) -> Label | None:
    """What is left: work after the sale, a verb of ours, a state."""
    if "claim" in marks and not any("after_sale" in m and "claim" not in m for m in text.marks):
        return Label("state_vague", text.cues("claim"), "state")
    if "after_sale" in marks:
        return Label("seller_action", text.cues("after_sale"), "after_sale")
    if any(
        w.shapes & {"we_now", "we_will"} and "noun" not in w.shapes and "vague" not in m
        for w, m in _pairs(text)
    ):
        return Label("seller_action", (), "our_act")
    if "we" in marks and "their_paper" not in marks:
        return Label("seller_action", text.cues("we"), "our_act")
    if not marks.isdisjoint({"vague", "their_paper", "their_body"}):
        return Label("state_vague", text.cues("vague", "their_paper", "their_body"), "state")
    return None


def _pairs(text: Text) -> Iterator[tuple[Word, AbstractSet[str]]]:
    return zip(text.words, text.marks, strict=True)


def _works(text: Text, who: str) -> tuple[str, ...]:
    """The subject and its verb where an act goes on: «клиент обсуждает условия»."""
    for one, marks, after in zip(text.words, text.marks, text.words[1:], strict=False):
        if who in marks and "nominative" in one.shapes and {"now", "will"} & after.shapes:
            return (one.form, after.form)
    return ()


def _with_them(text: Text, marks: AbstractSet[str]) -> bool:
    """Whether our paper lies with the client: «КП у клиента», "proposal under review"."""
    if "our_paper" not in marks or marks & _FINISHED:
        return False
    return any(
        ("client" in marks_now and IN_PHRASE in marks_now)
        or (before.form in _LIES_IN and one.form in _LOOKED_AT)
        for before, one, marks_now in zip(text.words, text.words[1:], text.marks[1:], strict=False)
    )


def _asked_for(text: Text, marks: AbstractSet[str]) -> bool:
    """«Запрос на расчёт», «заявка на замер»: what the client asks us for is not done yet."""
    if len(text.words) < 3 or "inquiry" not in text.marks[0] or text.words[1].form != "на":
        return False
    return marks.isdisjoint(_FINISHED)


def _there_is(text: Text) -> bool:
    """«Оплата есть»: the noun of an act, said to be there."""
    return any(one.form == "есть" for one in text.words)


def _newcomer(text: Text) -> bool:
    """ "New contact", «новая заявка»: somebody turned up, whatever the noun is."""
    if len(text.words) != 2 or not text.words[0].lemmas & _NEW:
        return False
    return "our_paper" not in text.marks[1] and not text.words[1].shapes & {"done", "ing"}


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
    """«На анализе», «бумаги на проверке»: where it lies; either side may be the one who looks."""
    return any(
        before.form == "на" and "either_side" in marks and "locative" in one.shapes
        for before, one, marks in zip(text.words, text.words[1:], text.marks[1:], strict=False)
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
    if any("instrumental" in w.shapes and m & _OUR_HOUSE for w, m in _pairs(text)):
        return Label("seller_action", acts, "our_decision")
    if "choose_act:done" not in marks and by_us(text):
        return Label("seller_action", text.cues("we", "client_act:done"), "our_decision")
    if "event" in marks:
        return Label("seller_action", text.cues("event", "client_act:done"), "date_agreed")
    return Label("client_decision", acts, "decided")


def _received(text: Text, marks: AbstractSet[str]) -> Label:
    if "inquiry" in marks and "their_paper" not in marks:
        return Label("state_vague", text.cues("inquiry"), "inquiry")
    return Label("client_decision", text.cues("gain:done", "their_paper"), "received")
