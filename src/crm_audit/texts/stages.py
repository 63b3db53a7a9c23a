"""Stage names: a decision of the client, an action of the seller, a state, or an outcome."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import lru_cache

from crm_audit.texts import lexicon, words
from crm_audit.texts.labels import Label
from crm_audit.texts.lexicon import STAGES
from crm_audit.texts.morphology import is_russian
from crm_audit.texts.words import Text

_BREAKS = frozenset("/,;+&|:.!?→>()[]—–-")
_AND = frozenset({"и", "and", "then", "затем", "или", "or", "либо"})
_ASIDES = frozenset("([:")
_OUR_FINITE = {f"seller_act:{shape}" for shape in ("done", "task", "we_will", "we_now", "ing")}
_FINISHED = {"client_act:done", "seller_act:done", "closed"}
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
_EITHER = frozenset({"/", "|", "или", "or", "либо"})
_LONGEST_CODE = 60
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
    found = [(clause, _clause(clause)) for clause in _clauses(words.tokens(name))[0]]
    return sum(1 for clause, label in found if label and _is_act(clause, label)) > 1


def _is_act(clause: Text, found: Label) -> bool:
    """Whether a clause tells of an act, and does not only name a paper of ours."""
    if found.rule not in _ACTS:
        return False
    return found.rule != "our_act" or any(
        "seller_act" in marks and "our_paper" not in marks for marks in clause.marks
    )


_ACTS = frozenset(
    {"decided", "received", "not_decided", "client_did", "our_act", "pending_act", "waiting"}
)


@lru_cache(maxsize=100_000)
def _label(name: str) -> Label:
    if len(name) < _LONGEST_CODE:
        exact = _exact().get("".join(c for c in words.fold(name) if c.isalnum()))
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
        labelled = [(clause, found) for clause in clauses if (found := _clause(clause))]
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


def _clause(text: Text) -> Label | None:
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
    if _client_did(text):
        return Label("client_decision", text.cues("client", "their_body"), "client_did")
    if _at_client(text, marks):
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


def _client_did(text: Text) -> bool:
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


def _at_client(text: Text, marks: AbstractSet[str]) -> bool:
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


def _decided(text: Text, marks: AbstractSet[str]) -> Label:
    acts = text.cues("client_act:done")
    if "choose_act:done" not in marks and _by_us(text):
        return Label("seller_action", text.cues("we", "client_act:done"), "our_decision")
    if "event" in marks:
        return Label("seller_action", text.cues("event", "client_act:done"), "date_agreed")
    return Label("client_decision", acts, "decided")


def _by_us(text: Text) -> bool:
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


def _received(text: Text, marks: AbstractSet[str]) -> Label:
    if "inquiry" in marks and "their_paper" not in marks:
        return Label("state_vague", text.cues("inquiry"), "inquiry")
    return Label("client_decision", text.cues("gain:done", "their_paper"), "received")


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
    """Unknown words: a process or a finished act is somebody's work, a bare noun is a state."""
    for one in text.words:
        if (
            one.shapes & {"ing", "done", "task"} and "other" not in one.shapes
        ) or one.form.endswith(_PROCESS):
            return Label("seller_action", (one.form,), "process_word")
    return Label("state_vague", (), "nothing_known")
