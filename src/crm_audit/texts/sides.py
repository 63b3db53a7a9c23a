"""Whose act a clause of a stage name tells of: the client's, ours, or work at the client."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from crm_audit.texts.morphology import is_russian
from crm_audit.texts.words import Text

_THEIRS = {"client", "their_body"}
_OURS_AT_CLIENT = {"event", "after_sale", "client_act:done", "seller_act:done", "gain:done"}
_AT = frozenset({"у", "стороне", "внутри", "at", "with", "inside", "by"})
_PREPOSITIONS = frozenset({"by", "for", "to", "in", "on", "at", "with", "and", "via", "as"})
_PAPERS = frozenset({"our_paper", "their_paper"})
_THINGS = frozenset(
    {"параметр", "решение", "оборудование", "условие", "вариант", "продукт", "редакция", "система"}
    | {"требование", "цена", "проект", "образец", "terms", "solution", "product", "system", "price"}
    | {"version", "equipment", "design", "sample", "scope", "conditions", "redlines"}
)


def client_did(text: Text) -> bool:
    """Whether a finished act is the client's, who is its subject or its agent.

    «Клиент заполнил», "Buyer issued the order"; «заполнен клиентом», «назначен от заказчика»,
    "completed by procurement". "Customer contacted" alone is passive: we contacted them.
    """
    for at, (one, marks) in enumerate(zip(text.words, text.marks, strict=True)):
        if marks.isdisjoint(_THEIRS):
            continue
        if is_russian(one.form):
            if "nominative" in one.shapes and "client" in marks:
                if any("past" in w.shapes for w in text.words):
                    return True
            elif ("instrumental" in one.shapes or _of_their_side(text, at)) and any(
                "done" in w.shapes and "past" not in w.shapes for w in text.words
            ):
                return True
        elif _english_subject(text, at) or _english_agent(text, at):
            return True
    return False


def _of_their_side(text: Text, at: int) -> bool:
    """«От клиента», «со стороны заказчика»: whose the finished act is, though in no nominative."""
    before = [w.form for w in text.words[max(0, at - 2) : at]]
    return before[-1:] == ["от"] or before[-1:] == ["стороны"]


def _english_subject(text: Text, at: int) -> bool:
    if at > 0:
        return False
    for place in (1, 2):
        if len(text.words) <= place or "done" not in text.words[place].shapes:
            continue
        marks = text.marks[place]
        if marks.isdisjoint({"seller_act", "vague", "inquiry", "pause"}):
            return True
        after = text.words[place + 1 : place + 2]
        return bool(after) and after[0].form not in _PREPOSITIONS and "vague" not in marks
    return False


def _english_agent(text: Text, at: int) -> bool:
    before = [w.form for w in text.words[max(0, at - 3) : at]]
    if "by" not in before or not {"our", "us", "internal"}.isdisjoint(before):
        return False
    by = at - before[::-1].index("by") - 1
    return any("done" in w.shapes for w in text.words[:by])


def at_client(text: Text, marks: AbstractSet[str]) -> bool:
    """Whether the name tells of work going on at the client: "Client testing", «тесты у клиента».

    A meeting or a delivery at the client's place is ours.
    """
    if "their_work" not in marks or not marks.isdisjoint(_OURS_AT_CLIENT):
        return False
    for at, (one, found) in enumerate(zip(text.words, text.marks, strict=True)):
        if "client" not in found:
            continue
        before = text.words[at - 1].form if at else ""
        if before in _AT:
            return True
        if not is_russian(one.form) and any("their_work" in m for m in text.marks[at + 1 : at + 3]):
            return at == 0
    return False


def by_us(text: Text) -> bool:
    """Whether we are named as people; «наше КП», "our terms" only tell whose the paper is."""
    for at, marks in enumerate(text.marks):
        if "we" not in marks:
            continue
        after = text.words[at + 1 : at + 2]
        ours = bool({"наш", "our"} & text.words[at].lemmas) and bool(after)
        paper = ours and (text.marks[at + 1] & _PAPERS or after[0].lemmas & _THINGS)
        if not paper:
            return True
    return False
