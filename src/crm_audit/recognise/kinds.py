"""What a table is: deals, stage history, activities, contacts, a stage dictionary or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_audit.recognise.headers import Header, fold, unit_prices, words_of
from crm_audit.recognise.match import Assignment
from crm_audit.recognise.plan import Kind

KINDS: tuple[Kind, ...] = ("deals", "stage_events", "activities", "contacts", "stages")

_CARD = (
    *("deal_name", "company", "closed_at", "next_step", "loss_reason", "source", "contact"),
    *("notes", "tags", "updated_at", "last_activity_at", "risk", "approver", "status"),
)
_OF_DEALS = (
    "stage",
    "amount",
    "probability",
    "pipeline",
    "source",
    "loss_reason",
    "next_step_date",
)
"""Fields that a list of deals has and a list of tasks has not."""
_MOVED_TO = frozenset(
    (
        *("to", "new", "after", "moved", "после", "стало", "новый", "новая", "новое", "новой"),
        *("nueva", "nuevo", "nova", "novo", "neue", "neuer", "nouvelle", "nouveau", "nowy"),
        *("новий", "нова"),
    )
)
"""Words of a header that say a deal went to that stage, which a list of deals has no need of."""
_SEVERAL_STAGES = 0.5
"""Share of the ids that occur more than once whose rows are of different stages."""
_FEW = 4
"""Columns of a table of stages that says no more than what they are called."""
_COUNT = re.compile(r"[\d\s\xa0]*")
_FOREIGN = frozenset(
    (
        *("invoice", "invoices", "ticket", "tickets", "sku", "quote", "quotes", "product"),
        *("order", "orders", "счет", "счета", "заказ", "заказа", "накладная", "акт", "товар"),
        *("артикул", "factura", "rechnung", "faktura"),
    )
)


def choose(
    maps: dict[str, Assignment],
    headers: Sequence[Header],
    name: str,
    columns: Sequence[Sequence[str]],
) -> Kind:
    """The kind whose essential fields are there; `not_deals` where none has them."""
    named = [h for h in headers if h.words]
    if len(named) * 2 <= len(headers) and len(headers) > 3:
        return "not_deals"
    concepts = {c for h in named for c in h.concepts}
    if _is_stages(maps, headers):
        return "stages"
    if _is_history(maps, headers, concepts, name) or _moves(maps, columns):
        return "stage_events"
    if _is_people(maps) and _is_contacts(maps, concepts):
        return "contacts"
    if _is_activities(maps, named) or _has_own_ids(maps, headers) or _is_typed(maps, headers):
        return "activities"
    if _is_contacts(maps, concepts):
        return "contacts"
    if _is_summary(maps["deals"], columns) or _is_lines(maps["deals"], named):
        return "not_deals"
    if _is_deals(maps["deals"], named):
        return "deals"
    if _is_bare_history(maps["stage_events"], headers, named):
        return "stage_events"
    staged = maps["deals"].score("stage") > 0.9 and maps["deals"].score("deal_name") > 0.9
    return "deals" if staged and len(maps["deals"].fields) > 2 else "not_deals"


def _is_bare_history(found: Assignment, headers: Sequence[Header], named: Sequence[Header]) -> bool:
    """Deal, stage and the date of it, and next to nothing else."""
    if found.count("deal_id", "to_stage", "changed_at") != 3 or len(named) > 4:
        return False
    return "CREATE" not in headers[found.fields["changed_at"].column].concepts


def _is_summary(found: Assignment, columns: Sequence[Sequence[str]]) -> bool:
    """Whether each row sums up the deals of a stage or a manager: none names a deal or a client.

    A column «Deals» counts them then.
    """
    if found.count("deal_id", "company", "contact"):
        return False
    name = found.fields.get("deal_name")
    if name and not all(_COUNT.fullmatch(cell.strip()) for cell in columns[name.column]):
        return False
    keys = [columns[found.fields[f].column] for f in ("stage", "owner") if f in found.fields]
    return any(len(set(key)) == len(key) > 1 for key in keys)


def _is_stages(maps: dict[str, Assignment], named: Sequence[Header]) -> bool:
    found, deals = maps["stages"], maps["deals"]
    moves = maps["stage_events"].count("deal_id", "to_stage", "changed_at") == 3
    if moves or not found.count("stage_name", "stage"):
        return False
    marks = found.count("order", "is_final", "is_success", least=0.8)
    foreign = deals.count(
        "owner", "amount", "company", "expected_close", "created_at", "contact", "closed_at"
    )
    about_stages = found.score("stage_name") > 0.8 and found.score("stage") > 0.6
    both = {found.fields[n].column for n in ("stage_name", "stage") if n in found.fields}
    staged = all("STAGE" in named[i].concepts for i in both)
    bare = staged and len(named) <= _FEW and not deals.count("deal_name", "next_step")
    return foreign == 0 and (marks >= 2 or (about_stages and (marks == 1 or bare)))


def _is_lines(found: Assignment, named: Sequence[Header]) -> bool:
    """Whether each row is a line of goods: so many, at a price each, and nothing of a deal."""
    concepts = {c for h in named for c in h.concepts}
    each = any(h.words in unit_prices() for h in named)
    stated = found.count("stage", "status", "pipeline", "closed", least=0.6)
    return each and bool(concepts & {"QTY", "COUNT"}) and not stated


def _is_history(
    maps: dict[str, Assignment], headers: Sequence[Header], concepts: set[str], name: str
) -> bool:
    found, deals = maps["stage_events"], maps["deals"]
    if not (found.count("deal_id") and found.count("to_stage") and found.count("changed_at")):
        return False
    named = [h for h in headers if h.words]
    goes = _goes_to(headers[found.fields["to_stage"].column])
    if goes and found.score("from_stage") > 0.8:
        return True
    if maps["activities"].count("subject", "due_at", least=0.8) == 2:
        return False
    if deals.count(*_CARD, least=0.8) > 2:
        return False
    if goes and deals.count("deal_name", "company", least=0.8) == 0:
        return True
    deal, own = found.fields["deal_id"], deals.fields.get("deal_id")
    names = fold(name)
    named_deals = deals.count("deal_name", "company", least=0.8) == 2
    change = (
        (found.score("from_stage") > 0.8 and not named_deals)
        or found.score("left_at") > 0.8
        or "HISTORY" in concepts
        or any(w in names for w in ("history", "истори", "stage_log", "transitions"))
    )
    who = found.score("changed_by") > 0.8
    stayed = any({"STAGE", "SPAN"} <= {*h.concepts} for h in named)
    nobody = not deals.count("company", "owner", "contact", least=0.6)
    unnamed = deal.score > 0.8 and not deals.count("deal_name", least=0.6)
    if who and nobody and (unnamed or (stayed and not deals.count("created_at", least=0.6))):
        return True
    keys = [i for i, h in enumerate(named) if h.key in ("id", "external id", "event id")]
    foreign = bool(keys) and deal.score > 0.8 and (own is None or own.column != deal.column)
    small = len(named) <= 6 and not deals.count("owner", "amount", "deal_name", least=0.8)
    small = small or (len(named) <= 5 and _when_moved(headers, found) and deal.score > 0.8)
    bare = deals.score("deal_name") < 0.8 and deals.count("owner", "company", least=0.8) < 2
    return change or (bare and (foreign or small))


def _goes_to(header: Header) -> bool:
    words = words_of(header.text)
    return bool(_MOVED_TO & set(words)) or words[:1] in (("в",), ("на",))


def _when_moved(headers: Sequence[Header], found: Assignment) -> bool:
    """Whether the date says that the deal moved then, which a plain date does not."""
    date = headers[found.fields["changed_at"].column]
    return bool({"CHANGE", "ENTER", "MODIFY"} & {*date.concepts})


def _moves(maps: dict[str, Assignment], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the rows tell it: ids recur, with another stage each time, and nearly nothing else.

    Deals whose rows recur for their products have one stage.
    """
    found, deals = maps["stage_events"], maps["deals"]
    if found.count("deal_id", "to_stage", "changed_at", least=0.5) != 3:
        return False
    if deals.count(*_CARD, least=0.8) > 2 or deals.count("deal_name", "company", least=0.8) > 1:
        return False
    ids = columns[found.fields["deal_id"].column]
    seen: dict[str, list[str]] = {}
    for key, stage in zip(ids, columns[found.fields["to_stage"].column], strict=True):
        if key.strip():
            seen.setdefault(key.strip(), []).append(stage.strip())
    again = [stages for stages in seen.values() if len(stages) > 1]
    if 2 * sum(map(len, again)) < len(ids) or len(again) < 2:
        return False
    return sum(len(set(stages)) > 1 for stages in again) >= _SEVERAL_STAGES * len(again)


def _is_activities(maps: dict[str, Assignment], named: Sequence[Header]) -> bool:
    found, deals = maps["activities"], maps["deals"]
    marks = found.count(
        "subject", "kind", "due_at", "happened_at", "done_at", "is_done", "direction", least=0.8
    )
    when = found.count("due_at", "happened_at", "done_at", least=0.8)
    words = sum(
        (
            bool({"ACTIVITY", "TASK", "CALL", "MEETING", "SUBJECT"} & set(h.concepts))
            and not {"LAST", "NEXT", "COUNT"} & set(h.concepts)
        )
        or h.entity == "activity"
        for h in named
    )
    named_deals = deals.count("stage", "amount", "probability", "deal_name", least=0.9)
    what = (
        found.score("subject") > 0.8
        or (words > 0 and max(found.score("kind"), found.score("direction")) > 0.8)
        or (words >= 3 and found.score("notes") > 0.8 and not named_deals)
    )
    both = found.score("activity_id") > 0.8 and found.score("deal_id") > 0.6
    logged = both and found.score("kind") > 0.8 and not deals.count("next_step", least=0.9)
    if _is_log(maps, named, words):
        return True
    if not ((when and (what or logged)) or (logged and found.count("created_at"))):
        return False
    task = words and found.count("subject", "due_at", "deal_id", "owner", least=0.65) == 4
    task = task and not deals.count("stage", "status", "amount", least=0.6)
    if not (marks >= 3 or logged or task or (words >= 2 and found.count("activity_id"))):
        return False
    if not words and deals.score("next_step") > 0.9 and not found.score("kind") > 0.8:
        return False
    if deals.count(*_OF_DEALS, least=0.9) > max(words, 1):
        return False
    card = deals.count("stage", "amount", "probability", least=0.6)
    if card == 0 or (words >= 3 and card <= 1):
        return True
    return words >= 2 and not deals.count("stage", "amount", least=0.6)


def _has_own_ids(maps: dict[str, Assignment], headers: Sequence[Header]) -> bool:
    """`Visit ID` beside the id of a deal and a date: a row is a visit, whatever its status."""
    found, deals = maps["activities"], maps["deals"]
    own, deal = found.fields.get("activity_id"), found.score("deal_id")
    if own is None or deal < 0.6 or not found.count("happened_at", "due_at", "created_at"):
        return False
    talk = {"ACTIVITY", "CALL", "MEETING", "TASK", "EMAIL", "NOTE"}
    stated = deals.count("stage", "amount", "probability", "pipeline", least=0.8)
    return bool(talk & {*headers[own.column].concepts}) and not stated


def _is_typed(maps: dict[str, Assignment], headers: Sequence[Header]) -> bool:
    """`Activity type` with a date and somebody, or a task that is due and done or not."""
    found, deals = maps["activities"], maps["deals"]
    if deals.count("stage", "amount", "probability", "pipeline", "loss_reason", least=0.6):
        return False
    kind, done = found.fields.get("kind"), found.fields.get("is_done")
    whose = found.count("owner", "deal_id", "contact", "company", least=0.6)
    dated = found.count("happened_at", "created_at", "due_at", "done_at", least=0.8)
    if kind is not None and {"ACTIVITY", "TYPE"} <= {*headers[kind.column].concepts}:
        return bool(whose and dated)
    told = done is not None and bool({"DONE"} & {*headers[done.column].concepts})
    return told and found.score("due_at") > 0.8 and found.count("owner", least=0.6) > 0


def _is_log(maps: dict[str, Assignment], named: Sequence[Header], words: int) -> bool:
    """A few columns that say when somebody did what, and nothing of the state of a deal."""
    found, deals = maps["activities"], maps["deals"]
    stated = any({"STAGE", "STATUS", "PIPELINE", "PROBABILITY"} & {*h.concepts} for h in named)
    planned = deals.score("next_step_date") > 0.6 and any("NEXT" in h.concepts for h in named)
    if stated or planned or deals.count("amount", "loss_reason", least=0.6):
        return False
    when, said = found.score("happened_at") > 0.6, found.score("notes") > 0.8
    own = found.score("activity_id") > 0.8
    about = found.count("deal_id", "company", "contact", least=0.6)
    whose = about + found.count("owner", least=0.6)
    what = found.count("subject", "kind", least=0.8)
    if when and said and what and ((words and whose) or (about and found.score("kind") > 0.8)):
        return True
    if own and about and (said or what or words > 1):
        return bool(when or (said and found.count("created_at", least=0.6)))
    spoken = words and when and said and whose
    directed = found.score("direction") > 0.8
    return bool(spoken and (directed or not deals.score("deal_name") > 0.8))


def _is_people(maps: dict[str, Assignment]) -> bool:
    """First and last names, and nothing that is to be done."""
    names = maps["contacts"].count("first_name", "last_name", least=0.8)
    return names == 2 and not maps["activities"].count("subject", "due_at", least=0.8)


def _is_contacts(maps: dict[str, Assignment], concepts: set[str]) -> bool:
    found, deals = maps["contacts"], maps["deals"]
    parts = found.count("first_name", "last_name", least=0.8)
    led = deals.count("status", "source", least=0.8) > 0
    known = found.score("position") > 0.8 and not deals.count("owner", "source", least=0.6)
    listed = found.score("contact_id") > 0.8 and found.score("role") > 0.8
    person = (
        listed or found.score("name") > 0.8 or parts == 2 or (parts == 1 and (known or not led))
    )
    reach = bool(concepts & {"PHONE", "EMAIL", "POSITION", "ROLE"}) or found.score("role") > 0.8
    job = found.score("position") > 0.8 and not deals.count("owner", "status", "amount", least=0.6)
    reach = reach or (job and "company" in found.fields)
    card = deals.count("amount", "expected_close", "probability", "stage", least=0.8)
    status = deals.score("status") > 0.8
    if not (person and reach) or card or deals.count("next_step", "next_step_date", least=0.8):
        return False
    about_a_person = found.count("position", "first_name") > 0
    return about_a_person or not (status and deals.score("deal_id") > 0.95)


def _is_deals(found: Assignment, named: Sequence[Header]) -> bool:
    known = len(found.fields)
    who = found.count("deal_id", "deal_name", "company")
    state = found.count("stage", "status", "closed", "won", least=0.6)
    sum_known = found.count("amount", least=0.6)
    deal_word = any("DEAL" in h.concepts or h.entity == "deal" for h in named)
    closing = found.count("loss_reason", "closed_at", "expected_close", "probability", "amount")
    steps = found.count("next_step", "next_step_date", "owner")
    lead = found.count("contact") and (steps > 1 or (steps and state))
    lost = sum_known and found.count("loss_reason") and known >= 4
    worked = known >= 4 and found.count("owner") > 0
    staged = found.score("stage") > 0.9 and (closing or worked)
    if known < 3 or not (who or lead or lost or staged):
        return False
    first = {w for h in named[:2] for w in h.words}
    of_another = bool({*named[0].words} & _FOREIGN) and "ID" in named[0].concepts
    if first & _FOREIGN and not found.score("stage") > 0.8 and (of_another or not deal_word):
        return False
    whose = found.count("deal_name", "company", "contact", "owner", least=0.4)
    if not (whose or state or found.count("stage", "next_step", "probability")):
        return False
    if known >= 6 and found.count("next_step", "next_step_date", "last_activity_at") > 1:
        return True
    return bool((state and (sum_known or known >= 4)) or (sum_known and (deal_word or known >= 4)))
