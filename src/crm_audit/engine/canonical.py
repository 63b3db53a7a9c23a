"""The canonical tables in the database: made from the models, filled from raw tables by a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from crm_audit import texts
from crm_audit.engine import casts
from crm_audit.engine.casts import AMOUNT, Cast
from crm_audit.engine.column import Column
from crm_audit.engine.session import Session
from crm_audit.model.deal import TABLES, Record
from crm_audit.recognise import values
from crm_audit.recognise.plan import TablePlan

_TYPES: dict[type, str] = {
    str: "VARCHAR",
    datetime: "TIMESTAMP",
    Decimal: AMOUNT,
    float: "DOUBLE",
    int: "INTEGER",
    bool: "BOOLEAN",
}
_OWN_COLUMNS = {
    "deals": "deal_no BIGINT, table_no INTEGER, row_id BIGINT, line BIGINT, stage_no INTEGER",
    "stage_events": "deal_no BIGINT, table_no INTEGER, line BIGINT, from_no INTEGER, to_no INTEGER,"
    " seen VARCHAR, since TIMESTAMP, day_before DATE, day_after DATE, field_changed BOOLEAN,"
    " pushed BOOLEAN",
    "activities": "deal_no BIGINT, table_no INTEGER, line BIGINT",
    "contacts": "deal_no BIGINT, table_no INTEGER, line BIGINT",
}
_SEEN = {"seen", "since", "day_before", "day_after", "field_changed", "pushed"}
"""Columns of rows that only a comparison of exports shows, somewhere after `since`."""


@dataclass(frozen=True)
class Casts:
    """The casts of all mapped fields of one table, and what was decided on the way."""

    fields: dict[str, Cast]
    params: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str, sql_type: str = "VARCHAR") -> str:
        """SQL of a field's value; a typed NULL where the export has no such column."""
        return self.fields[name].value if name in self.fields else f"CAST(NULL AS {sql_type})"

    def filled(self, name: str) -> str:
        """SQL of whether a field is filled; NULL (unknown) where there is no such column."""
        return self.fields[name].filled if name in self.fields else "CAST(NULL AS BOOLEAN)"


def sql_type(model: type[Record], name: str) -> str:
    """The database type of a field, from the model's annotation."""
    return _TYPES.get(_base_type(model, name), "VARCHAR")


def _base_type(model: type[Record], name: str) -> Any:
    annotation: Any = model.model_fields[name].annotation
    options = [a for a in get_args(annotation) if a is not type(None)]
    inner = options[0] if type(None) in get_args(annotation) else annotation
    return str if get_origin(inner) is Literal else inner


def columns(kind: str) -> list[str]:
    """Names of the fields of a canonical table that live in the database."""
    return [name for name in TABLES[kind].model_fields if name != "extra"]


UNUSED = {
    "stage_events": {"deal_id", "from_stage", "to_stage", "currency"},
    "activities": {"deal_id", "activity_id", "owner", "contact", "company", "notes"},
}
"""Fields that nothing is judged by once the row is joined: they are checked, not kept."""
_ALWAYS = {
    "deals": {"deal_id", "deal_name", "pipeline", "status", "amount", "currency", "company",
              "created_at", "closed_at", "expected_close", "stage_entered_at"},
    "stage_events": {"changed_at", "left_at"},
    "activities": {"created_at", "happened_at", "is_done", "done_at"},
}  # fmt: skip
_BY_COMPARISON = {"owner", "amount", "expected_close"}
"""Fields of stage events that a comparison of exports fills."""


def create_tables(session: Session, mapped: Mapping[str, set[str]], *, compared: bool) -> None:
    """Make the four empty canonical tables, each as `<kind>_rows` and a view with the kind's name.

    Only the fields that some export has (`mapped`, by kind) are stored; the view has them all,
    the others unknown in every row. Deals have beside each field whether it is filled.
    `compared`: there may be several exports of the same deals.
    """
    for kind in TABLES:
        kept = kept_fields(kind, mapped.get(kind, set()), compared=compared)
        own = own_columns(kind)
        if not compared:
            own = {name: of_type for name, of_type in own.items() if name not in _SEEN}
        stored = [f"{name} {of_type}" for name, of_type in own.items()]
        for name in kept:
            stored.append(f"{name} {sql_type(TABLES[kind], name)}")
            stored += [f"{name}_filled BOOLEAN"] if kind == "deals" else []
        session.con.execute(f"CREATE TABLE {rows_table(kind)} ({', '.join(stored)})")
        show(session, kind, kept, compared=compared)


def show(
    session: Session,
    kind: str,
    kept: Sequence[str],
    *,
    compared: bool = False,
    where_valued: Collection[str] = (),
) -> None:
    """Make the view of a canonical table: every field, unknown in all rows if not `kept`.

    `where_valued` are fields of deals that are filled just where they have a value: whether they
    are is not stored.
    """
    model = TABLES[kind]
    shown = [
        name if compared or name not in _SEEN else f"CAST(NULL AS {of_type}) AS {name}"
        for name, of_type in own_columns(kind).items()
    ]
    for name in columns(kind):
        shown.append(name if name in kept else f"CAST(NULL AS {sql_type(model, name)}) AS {name}")
        if kind != "deals":
            continue
        if name in where_valued:
            shown.append(f"{name} IS NOT NULL AS {name}_filled")
        else:
            filled = f"{name}_filled"
            shown.append(filled if name in kept else f"CAST(NULL AS BOOLEAN) AS {filled}")
    session.con.execute(
        f"CREATE OR REPLACE VIEW {kind} AS SELECT {', '.join(shown)} FROM {rows_table(kind)}"
    )


def own_columns(kind: str) -> dict[str, str]:
    """The columns of a canonical table that no export has, with their types."""
    parts = (part.partition(" ") for part in _OWN_COLUMNS[kind].split(", "))
    return {name: of_type for name, _, of_type in parts}


def rows_table(kind: str) -> str:
    """The table behind the view of a canonical table: `deal_rows`, `activity_rows`, ..."""
    return f"{kind[:-3]}y_rows" if kind.endswith("ies") else f"{kind[:-1]}_rows"


def kept_fields(kind: str, mapped: set[str], *, compared: bool = False) -> list[str]:
    """The fields of a canonical table that are stored, in their order."""
    kept = (mapped - UNUSED.get(kind, set())) | _ALWAYS.get(kind, set())
    if kind == "stage_events" and compared:
        kept |= _BY_COMPARISON
    return [n for n in columns(kind) if n in kept]


WORDS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "kind": lambda cells: values.word_map("activity_kind", cells),
    "direction": lambda cells: values.word_map("direction", cells),
    "role": lambda cells: {c: texts.contact_role(c) for c in cells if not texts.is_filler(c)},
    "currency": lambda cells: {
        c: code for c in cells if (code := values.currency_code(c)) is not None
    },
}
"""Fields whose values are out of a closed list, with the meaning of their cells."""


def make_casts(
    session: Session,
    plan: TablePlan,
    table: str,
    *,
    day_first: bool | None = None,
    trusting: bool = False,
    fill: bool = True,
) -> Casts:
    """Decide how each mapped column of a raw table becomes values of its field.

    `trusting` decides dates and numbers on a sample: the caller must count what was read. Without
    `fill` it is not asked which texts are junk.
    """
    model = TABLES[plan.kind]
    comma = True if plan.language == "ru" else None
    made: dict[str, Cast] = {}
    for name, match in plan.mapping.items():
        if name not in model.model_fields or (plan.kind == "deals" and name == "status"):
            continue
        listed = [Column(session, table, i) for i in match.columns]
        base = _base_type(model, name)
        if base is datetime:
            made[name] = casts.date(listed[0], day_first=day_first, trusting=trusting)
        elif base is Decimal:
            made[name] = casts.scaled(
                casts.number(listed[0], AMOUNT, comma_decimal=comma, trusting=trusting),
                plan.amount_scale,
            )
        elif base is int:
            made[name] = casts.number(listed[0], "INTEGER", comma_decimal=comma)
        elif base is float:
            made[name] = casts.probability(listed[0])
        elif base is bool:
            made[name] = casts.truth(listed[0])
        elif name in WORDS:
            made[name] = casts.word(listed[0], WORDS[name])
        else:
            separator = "\n" if name == "notes" else " "
            made[name] = casts.text(listed, separator=separator, fill=fill and plan.kind == "deals")
    if "currency" in model.model_fields:
        _add_currency(session, plan, table, made)
    params: dict[str, Any] = {}
    for cast in made.values():
        params |= cast.params
    return Casts(made, params)


def _add_currency(session: Session, plan: TablePlan, table: str, made: dict[str, Cast]) -> None:
    """Take the currency from its column, else from each amount, else from the header."""
    own = made.get("currency")
    tries = [own.value] if own else []
    params = dict(own.params) if own else {}
    amount = made.get("amount")
    if amount is not None:
        if amount.signs:
            column = Column(session, table, plan.mapping["amount"].columns[0])
            per_row, signs = casts.currency_per_row(column, amount.signs)
            tries.append(per_row)
            params |= signs
        elif amount.currency:
            tries.append(f"'{amount.currency}'")
    if plan.header_currency and plan.header_currency.isalpha():
        tries.append(f"'{plan.header_currency}'")
    if tries:
        value = tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"
        made["currency"] = casts.chosen(value, params, own)
