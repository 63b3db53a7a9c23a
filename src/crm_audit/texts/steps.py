"""Next steps: the client's commitment, a joint step, the seller's task, or empty talk."""

from __future__ import annotations

from functools import lru_cache

from crm_audit.texts import dates, junk, words
from crm_audit.texts.labels import Label
from crm_audit.texts.words import Text

_CONTACT_VERBS = frozenset(
    {"позвонить", "перезвонить", "связаться", "написать", "созвониться", "набрать", "звонить"}
    | {"call", "phone", "email", "contact", "write", "text", "ring", "message"}
)
_PURPOSE = frozenset({"to", "about", "for", "re", "regarding", "чтобы", "по", "для", "насчет"})
_FUTURE_EN = frozenset({"will", "shall", "to", "must", "should", "is", "are", "has"})
_PAST = ("done", "was")


@lru_cache(maxsize=100_000)
def next_step_label(text: str | None, *, has_date: bool = False) -> Label:
    """Label a next step with the words that decided it. Rules in order: method.md, Texts.

    `has_date` says that the date stands in a column of its own.
    """
    if junk.is_filler(text):
        return Label("empty_talk", (), "filler")
    forms = words.tokens(text or "")
    found = words.read(forms)
    if not found.words:
        return Label("empty_talk", (), "filler")
    dated = has_date or dates.has_date(text)
    owner = _owner_tag(forms)
    if owner is not None:
        return _by_owner(owner, found, dated)
    return _russian(found, dated) if _is_russian(found) else _english(found, dated)


def next_step_kind(text: str | None, *, has_date: bool = False) -> str:
    """`client_commitment`, `joint_step`, `seller_task` or `empty_talk`."""
    return next_step_label(text, has_date=has_date).kind


def _is_russian(text: Text) -> bool:
    cyrillic = sum(1 for w in text.words if w.form[0] >= "а")
    return cyrillic * 2 >= len(text.words)


def _owner_tag(forms: list[str]) -> str | None:
    """`client`, `we` or `both` from "Owner: Buyer" or «Отв.: клиент» inside the text."""
    for at, form in enumerate(forms[:-1]):
        if form in ("owner", "responsible", "ответственный", "отв", "исполнитель"):
            after = [f for f in forms[at + 1 : at + 4] if f[0].isalpha()]
            if not after or ":" not in forms[at + 1 : at + 3]:
                continue
            marks = words.word(after[0]).marks
            if after[0] in ("both", "joint", "оба", "обе", "совместно"):
                return "both"
            if "our_people" in marks or "we" in marks:
                return "we"
            if "client" in marks or "party" in marks:
                return "client"
    return None


def _by_owner(owner: str, text: Text, dated: bool) -> Label:
    cue = text.cues("client", "our_people", "both", "party", "we")
    if owner == "we":
        return Label("seller_task", cue, "our_task")
    if owner == "client":
        return Label("client_commitment" if dated else "empty_talk", cue, "client_acts")
    if dated or text.cues("gathering"):
        return Label("joint_step", cue, "both_sides")
    return Label("empty_talk", cue, "nothing_promised")


def _russian(text: Text, dated: bool) -> Label:
    marks = text.all_marks()
    subject = _subject(text)
    verb = _first_shape(text, ("will", "now"))
    first = _first_shape(text, ("task", "we_will", "we_now"))
    waits = text.cues("wait")
    if (
        waits
        and (verb is None or "wait" in text.marks[verb])
        and not (first is not None and first < 1)
    ):
        return Label("empty_talk", waits, "waiting")
    if "talk" in marks and _talk_leads(text):
        return Label("empty_talk", text.cues("talk"), "talk")
    promised = text.cues("promise:done", "promise:was", "promise:adj")
    if subject != "we" and (verb is not None or promised) and (first is None or first > 0):
        return _client_acts(text, verb, dated, promised)
    if first is not None and first <= 3 and "both" not in marks:
        return _our_task(text, first, dated)
    if text.cues("gathering") or "both" in marks:
        return _gathering(text, dated)
    if ("client" in marks or "party" in marks) and text.cues("client_act") and dated:
        return Label("client_commitment", text.cues("client", "party", "client_act"), "client_acts")
    if first is not None:
        return _our_task(text, first, dated)
    if any(s in w.shapes for w in text.words for s in _PAST) or "client" in marks:
        return Label("empty_talk", text.cues("client"), "bare_status")
    if text.cues("seller_act", "our_paper", "their_paper"):
        return Label("seller_task", text.cues("seller_act", "our_paper", "their_paper"), "our_task")
    return Label("empty_talk", (), "nothing_promised")


def _subject(text: Text) -> str | None:
    """`we` where the text's subject is ours, `client` where it is the client's, else None."""
    for one, marks in zip(text.words, text.marks, strict=True):
        if one.shapes & {"will", "now", "task"} and "nominative" not in one.shapes:
            return None
        if "our_people" in marks:
            return "we"
        if "client" in marks or "party" in marks:
            return "client"
    return None


def _first_shape(text: Text, shapes: tuple[str, ...]) -> int | None:
    wanted = set(shapes)
    for at, one in enumerate(text.words):
        if one.shapes & wanted and not (one.shapes & {"noun", "adj", "other"}):
            return at
    return None


def _talk_leads(text: Text) -> bool:
    """Whether talk stands within the first words, so that the rest only decorates it."""
    return any("talk" in m for m in text.marks[:3])


def _client_acts(text: Text, verb: int | None, dated: bool, promised: tuple[str, ...]) -> Label:
    cues = (text.words[verb].form,) if verb is not None else promised
    who = text.cues("client", "party")[:1]
    idle = verb is not None and "idle_deed" in text.marks[verb]
    now = verb is not None and "will" not in text.words[verb].shapes
    if not dated and (idle or now):
        return Label("empty_talk", (*who, *cues), "nothing_promised")
    return Label("client_commitment", (*who, *cues), "client_acts")


def _our_task(text: Text, at: int, dated: bool) -> Label:
    one = text.words[at]
    if one.lemmas & _CONTACT_VERBS and not _has_purpose(text, at):
        return Label("empty_talk", (one.form,), "call_without_purpose")
    if dated and "провести" in one.lemmas and text.cues("gathering"):
        return Label("joint_step", text.cues("gathering"), "both_sides")
    return Label("seller_task", (one.form,), "our_task")


def _has_purpose(text: Text, at: int) -> bool:
    after = text.words[at + 1 :]
    return any(w.form in _PURPOSE for w in after) or any(
        "task" in w.shapes or "base" in w.shapes for w in after
    )


def _gathering(text: Text, dated: bool) -> Label:
    cues = text.cues("gathering", "both")
    if dated and len(text.words) > 2 or text.cues("client", "party", "both"):
        return Label("joint_step", cues, "both_sides")
    return Label("empty_talk" if len(text.words) < 3 else "joint_step", cues, "event_without_date")


def _english(text: Text, dated: bool) -> Label:
    marks = text.all_marks()
    if "talk" in marks and _talk_leads(text):
        return Label("empty_talk", text.cues("talk"), "talk")
    verb = _english_verb(text)
    ours = "our_people" in text.marks[0] or "our_people" in text.marks[min(1, len(text.words) - 1)]
    if ours:
        return Label("seller_task", text.cues("our_people"), "our_task")
    if verb is not None and verb > 0:
        return _english_client(text, verb, dated)
    base = "base" in text.words[0].shapes
    noun = "gathering" in text.marks[0] and "gathering:base" not in text.marks[0]
    if "both" in marks and dated:
        return Label("joint_step", text.cues("both", "gathering"), "both_sides")
    if text.cues("gathering") and not base and (dated or text.cues("client", "party")) or noun:
        return _gathering(text, dated)
    if text.words[0].lemmas & _CONTACT_VERBS and not _has_purpose(text, 0):
        return Label("empty_talk", (text.words[0].form,), "call_without_purpose")
    if "client" in text.marks[0]:
        return Label("empty_talk", text.cues("client"), "bare_status")
    return Label("seller_task", (text.words[0].form,), "our_task")


def _english_verb(text: Text) -> int | None:
    """Place of the client's verb: a third person, or after will / to; None for an imperative."""
    if "base" in text.words[0].shapes and "party" not in text.marks[0]:
        return None
    for at, one in enumerate(text.words[1:], start=1):
        before = text.words[at - 1].form
        if "client_deed:now" in one.marks and before not in ("the", "a", "of", "and", "their"):
            return at
        if "base" in one.shapes and before in ("will", "shall", "to", "must"):
            return at
    return None


def _english_client(text: Text, verb: int, dated: bool) -> Label:
    one = text.words[verb]
    cues = (*text.cues("client", "party")[:1], one.form)
    if not dated and ("idle_deed" in text.marks[verb] or "now" in one.shapes):
        return Label("empty_talk", cues, "nothing_promised")
    return Label("client_commitment", cues, "client_acts")
