"""Next steps in Russian: the verb's person, tense and mood tell who acts."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from crm_audit.texts.labels import Label
from crm_audit.texts.words import Text

_CONTACT = frozenset(
    {"позвонить", "перезвонить", "связаться", "написать", "созвониться", "набрать", "звонить"}
    | {"списаться", "обзвонить", "прозвонить", "встретиться", "напомнить"}
)
_PURPOSE = frozenset({"по", "о", "об", "насчет", "для", "чтобы", "про", "поводу", "вопросу"})
_HOLD = frozenset({"провести", "встретиться", "созвониться", "проводить"})
_PLACE_OF_STATE = frozenset({"на", "в", "у"})


def russian(text: Text, dated: bool) -> Label:
    """Label a Russian next step that is no filler."""
    marks = text.all_marks()
    theirs = _place(text, ("will", "now"))
    ours = _place(text, ("task", "we_will", "we_now"))
    waits = text.first("wait")
    guess = text.first("hedge")
    if guess is not None and guess < 4 and "task" not in text.words[0].shapes:
        return Label("empty_talk", text.cues("hedge"), "nothing_promised")
    if dated and text.words[0].form == "от" and _them(text.marks[1:3]):
        return Label("client_commitment", text.cues("client", "party"), "client_acts")
    if waits is not None and (ours is None or waits < ours):
        later = theirs is not None and theirs > waits
        if not (later and _client(text, theirs, dated).kind == "client_commitment"):
            return Label("empty_talk", text.cues("wait"), "waiting")
        return _client(text, theirs, dated)
    if text.first("talk") in (0, 1, 2) and not _real_task(text):
        return Label("empty_talk", text.cues("talk"), "talk")
    state = text.first("state")
    if state in (0, 1, 2) and theirs is None and (ours is None or state < ours):
        return Label("empty_talk", text.cues("state"), "bare_status")
    together = text.first("both")
    if together is not None and text.first("promise") is None:
        if dated and ours is None:
            return Label("joint_step", text.cues("both", "gathering"), "both_sides")
        if _them(text.marks) and (ours is None or together < ours) and theirs is None:
            return Label("joint_step", text.cues("both", "gathering"), "both_sides")
    if dated and together is not None and ours is not None and together <= ours + 1:
        return Label("joint_step", text.cues("both"), "both_sides")
    if theirs is not None and (dated or "gathering" in marks) and _both_subjects(text, theirs):
        return Label("joint_step", text.cues("our_people", "client", "party"), "both_sides")
    if dated and "gain:we_will" in marks and "client" in marks:
        return Label("client_commitment", text.cues("gain:we_will", "client"), "client_acts")
    promised = text.first("promise:done", "promise:was", "promise:adj")
    subject = _subject(text)
    acts = theirs if promised is None else promised
    meets = text.first("gathering")
    if meets == 0 or (meets == 1 and subject is None and acts != 0):
        acts = None
    if acts is not None and subject != "we" and (ours is None or acts < ours):
        return _client(text, acts, dated)
    if subject == "we" and theirs is not None:
        return Label("seller_task", text.cues("our_people"), "our_task")
    if ours is not None and (ours <= 3 or "gathering" not in marks):
        return _ours(text, ours, dated)
    return _no_verb(text, dated)


def _place(text: Text, shapes: tuple[str, ...]) -> int | None:
    """The first word that can only be a verb of these shapes, waiting apart."""
    wanted = set(shapes)
    for at, one in enumerate(text.words):
        if "wait" in text.marks[at] or "быть" in one.lemmas:
            continue
        if one.shapes & wanted and not one.shapes & {"noun", "adj", "other", "done"}:
            return at
    return None


def _them(marks: tuple[AbstractSet[str], ...]) -> bool:
    return any("client" in m or "party" in m for m in marks)


def _both_subjects(text: Text, verb: int) -> bool:
    """«Нач. производства и наш инженер согласуют»: people of both sides before one verb."""
    ours = text.first("our_people")
    if ours is None or ours >= verb or not _them(text.marks[:verb]):
        return False
    joint = [i for i, w in enumerate(text.words[:verb]) if w.form in ("и", "с", "со")]
    return any(
        ("our_people" in set().union(*text.marks[:i]))
        != ("our_people" in set().union(*text.marks[i:verb]))
        for i in joint
    )


def _subject(text: Text) -> str | None:
    """`we` or `client`: whose the words before the first verb are."""
    for one, marks in zip(text.words, text.marks, strict=True):
        if one.shapes & {"will", "now", "task"} and "nominative" not in one.shapes:
            return None
        if "our_people" in marks:
            return "we"
        if "client" in marks or "party" in marks:
            return "client"
    return None


def _real_task(text: Text) -> bool:
    """Whether a concrete task stands beside the talk: «связаться с клиентом и отправить КП»."""
    return any(
        "task" in one.shapes and "talk" not in marks and not one.lemmas & _CONTACT
        for one, marks in zip(text.words, text.marks, strict=True)
    )


def _client(text: Text, at: int | None, dated: bool) -> Label:
    """The client is the subject: a promise, unless nothing but thinking is promised."""
    assert at is not None
    one = text.words[at]
    cues = (*text.cues("client", "party")[:1], one.form)
    deeds = [m for m in text.marks[at:] if "idle_deed" in m and "promise" not in m]
    idle = bool(deeds) and not _other_deed(text, at)
    unfinished = "will" not in one.shapes and "promise" not in text.marks[at]
    if not dated and (idle or unfinished):
        return Label("empty_talk", cues, "nothing_promised")
    if "seller_subject" in text.marks[at]:
        return Label("seller_task", cues, "our_task")
    return Label("client_commitment", cues, "client_acts")


def _other_deed(text: Text, at: int) -> bool:
    return any(
        one.shapes & {"will", "task"} and not {"idle_deed", "promise"} & marks
        for one, marks in zip(text.words[at:], text.marks[at:], strict=True)
    )


def _ours(text: Text, at: int, dated: bool) -> Label:
    one = text.words[at]
    marks = text.all_marks()
    with_them = dated and not marks.isdisjoint({"client", "party", "both", "gathering"})
    if one.lemmas & _HOLD and with_them and ("gathering" in marks or dated):
        return Label("joint_step", (one.form, *text.cues("gathering")), "both_sides")
    if "both" in text.marks[at] and "we_now" in one.shapes and dated:
        return Label("joint_step", (one.form,), "both_sides")
    if one.lemmas & _CONTACT and not _purpose(text, at):
        return Label("empty_talk", (one.form,), "call_without_purpose")
    return Label("seller_task", (one.form,), "our_task")


def _purpose(text: Text, at: int) -> bool:
    """Whether a call is for something: a reason, a paper, a second verb."""
    for one, marks in zip(text.words[at + 1 :], text.marks[at + 1 :], strict=True):
        if one.form in _PURPOSE or "task" in one.shapes or "we_will" in one.shapes:
            return True
        if not marks.isdisjoint({"our_paper", "their_paper", "seller_act", "client_act"}):
            return True
    return False


def _no_verb(text: Text, dated: bool) -> Label:
    marks = text.all_marks()
    them = not marks.isdisjoint({"client", "party"})
    head = text.first("gathering", "seller_act", "client_act", "our_paper", "client", "party")
    head_marks = text.marks[head] if head is not None else frozenset()
    if "pause" in marks or _state(text):
        return Label("empty_talk", text.cues("pause", "client_act"), "bare_status")
    if dated and "client_act" not in head_marks and _together_with(text):
        return Label("joint_step", text.cues("client", "party"), "both_sides")
    if any(w.form in ("не", "нет") for w in text.words[:3]) and _unfinished(text):
        return Label("empty_talk", ("не",), "bare_status")
    if "seller_act:done" in marks and not dated:
        return Label("seller_task", text.cues("seller_act:done"), "our_task")
    if "gathering" not in head_marks and "seller_act" in head_marks and "both" not in marks:
        return Label("seller_task", text.cues("seller_act"), "our_task")
    if "gathering" in marks or "both" in marks:
        return _gathering(text, dated, them or "both" in marks)
    if them and dated and "client_act:noun" in marks:
        return Label("client_commitment", text.cues("client", "party", "client_act"), "client_acts")
    if them or "client_act:done" in marks or "client_act:was" in marks:
        return Label("empty_talk", text.cues("client", "party", "client_act"), "bare_status")
    if not marks.isdisjoint({"seller_act", "our_paper"}):
        return Label("seller_task", text.cues("seller_act", "our_paper"), "our_task")
    if "client_act:noun" in marks and len(text.words) < 3:
        return Label("empty_talk", text.cues("client_act"), "bare_status")
    if text.words[0].form in ("не", "нет", "пока", "еще"):
        return Label("empty_talk", (text.words[0].form,), "bare_status")
    if len(text.words) > 2:
        return Label("seller_task", (), "a_task")
    return Label("empty_talk", (), "nothing_promised")


def _together_with(text: Text) -> bool:
    """«Поставка с технологом 3.06»: an act named by a noun, with a person of the client in it."""
    for at, one in enumerate(text.words[:-1]):
        if at and one.form in ("с", "со"):
            after = zip(text.words[at + 1 : at + 3], text.marks[at + 1 : at + 3], strict=True)
            if any(w.shapes & {"instrumental", "nominative"} and _them((m,)) for w, m in after):
                return True
    return False


def _unfinished(text: Text) -> bool:
    """«Тендер ещё не объявлен»: a passive that is denied."""
    return any(
        w.form in ("не", "нет") and "done" in after.shapes and "past" not in after.shapes
        for w, after in zip(text.words, text.words[1:], strict=False)
    )


def _state(text: Text) -> bool:
    """«На рассмотрении», «у юристов», «в отпуске»: where the matter lies, nobody's step."""
    if "state" in text.all_marks():
        return True
    for before, one, marks in zip(text.words, text.words[1:], text.marks[1:], strict=False):
        if before.form not in _PLACE_OF_STATE:
            continue
        if "client_act" in marks and "locative" in one.shapes and "gathering" not in marks:
            return True
        if before.form == "у" and ("party" in marks or "client" in marks):
            return "gathering" not in text.all_marks()
    return False


def _gathering(text: Text, dated: bool, them: bool) -> Label:
    cues = text.cues("gathering", "both")
    one_sided = "showing" in text.all_marks() and "both" not in text.all_marks()
    bare_call = len(text.words) == 1 and "звонок" in text.words[0].lemmas
    if one_sided and not (dated and them) and not bare_call:
        return Label("seller_task", cues, "our_task")
    if (dated and len(text.words) > 2) or (them and len(text.words) > 1):
        return Label("joint_step", cues, "both_sides")
    return Label("empty_talk", cues, "event_without_subject")
