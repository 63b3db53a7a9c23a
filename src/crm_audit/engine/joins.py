"""Which column of a history, activities or contacts table leads to the deals, and how well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crm_audit.engine.session import Session
from crm_audit.recognise.plan import TablePlan

if TYPE_CHECKING:
    from crm_audit.engine.loaded import Loaded

_GOOD = 0.9
_LEAST_ROWS = 0.5
_LEAST_DEALS = 0.2
_OWN_ID = {"activities": "activity_id", "contacts": "contact_id"}
"""The number of a row itself: where it is that of a deal as well, that is chance."""
_ID = re.compile(
    r"(^|[\s_])(id|ид|uuid|guid|no|№|номер|key|external)($|[\s_])|Id$|ID$", re.IGNORECASE
)


@dataclass(frozen=True)
class Join:
    """A column pair: `key_sql` over the joined table, `keys_sql` fills `deal_keys` from deals.

    `place` is that of the column in the joined table.
    """

    column: str
    place: int
    deals_column: str
    key_sql: str
    keys_sql: str
    matched: float
    by_id: bool = True
    good: float = 1.0
    """Share of the keys that lead to a deal; `matched` is that of all rows."""


def find_join(
    session: Session, plan: TablePlan, table: str, deals: Sequence[Loaded]
) -> Join | None:
    """The pair of columns that joins best, or None where no pair joins well enough.

    A pair is good enough if half of the rows that have a key find a deal, or a fifth of the deals
    are found. The id of the deal is tried first and taken at once where it fits; then every pair of
    id columns, the deal's name, and the contact where each contact has one deal.
    """
    best: tuple[float, Join] | None = None
    for key, deals_sql, deals_header, unique, short in _candidates(plan, deals):
        header, key_sql = plan.table.headers[key], f"trim(c{key})"
        key_sql = _short(key_sql) if short else key_sql
        only = "HAVING count(*) = 1" if unique else ""
        keys_sql = (
            f"INSERT INTO deal_keys (key, deal_no) SELECT key, min(deal_no) FROM ({deals_sql})"
            f" WHERE key IS NOT NULL AND key <> '' GROUP BY key {only}"
        )
        tried = Join(header, key, deals_header, key_sql, keys_sql, 0.0)
        rows, keyed, found, covered, all_deals = _counts(session, tried, table)
        if not found:
            continue
        good = found / keyed
        if good < _LEAST_ROWS and covered / all_deals < _LEAST_DEALS:
            continue
        by_id = deals_header not in ("contact", "company")
        join = replace(tried, matched=round(found / rows, 4), by_id=by_id, good=good)
        if best is None or good > best[0]:
            best = (good, join)
        if good >= _GOOD:
            break
    return best[1] if best else None


def measured(session: Session, join: Join, table: str) -> Join:
    """The same pair of columns, its shares counted over all rows of a table."""
    rows, keyed, found, _, _ = _counts(session, join, table)
    matched = round(found / rows, 4) if rows else 0.0
    return replace(join, matched=matched, good=found / keyed if keyed else 0.0)


def _counts(session: Session, join: Join, table: str) -> tuple[int, int, int, int, int]:
    """Rows, keys, keys that lead to a deal, deals they lead to, and deals."""
    session.con.execute("DELETE FROM deal_keys")
    session.con.execute(join.keys_sql)
    rows, keyed, found, covered, deals = session.rows(
        f"SELECT count(*), count({join.key_sql}), count(k.deal_no), count(DISTINCT k.deal_no),"
        f" (SELECT count(*) FROM deals) FROM {table} LEFT JOIN deal_keys AS k"
        f" ON k.key = {join.key_sql}"
    )[0]
    return rows, keyed, found, covered, deals


def _short(key: str) -> str:
    """An id of Salesforce without the three letters that only repeat which of it are capitals.

    Reports give 15 characters, the API 18.
    """
    known = f"regexp_full_match({key}, '[A-Za-z0-9]{{15}}([A-Z0-5]{{3}})?')"
    return f"CASE WHEN {known} THEN left({key}, 15) END"


def _candidates(
    plan: TablePlan, deals: Sequence[Loaded]
) -> Iterator[tuple[int, str, str, bool, bool]]:
    """Column, SQL of the keys of deals, its header, whether a key must have one deal, and whether
    ids are cut to 15 characters."""
    headers = plan.table.headers
    own = plan.mapping.get("deal_id")
    keys = [own.columns[0]] if own else []
    keys += [i for i in range(len(headers)) if _ID.search(headers[i]) and i not in keys]
    id_header = next(
        (
            t.plan.table.headers[t.plan.mapping["deal_id"].columns[0]]
            for t in deals
            if "deal_id" in t.plan.mapping
        ),
        "deal_id",
    )
    canonical_id = "SELECT trim(deal_id) AS key, deal_no FROM deals"
    own_id = plan.mapping.get(_OWN_ID.get(plan.kind, ""))
    skip = {own_id.columns[0]} if own_id else set()
    if own:
        skip |= {i for i in keys[1:] if headers[i].strip().lower() in ("id", "№", "#")}
    for key in keys:
        if key in skip:
            continue
        yield key, canonical_id, id_header, False, False
        if (
            own
            and key == own.columns[0]
            and "salesforce" in (plan.crm, *(t.plan.crm for t in deals))
        ):
            short_id = f"SELECT {_short('trim(deal_id)')} AS key, deal_no FROM deals"
            yield key, short_id, id_header, False, True
        for table in deals:
            for index in table.plan.unmapped:
                header = table.plan.table.headers[index]
                if header.strip().lower() == headers[key].strip().lower():
                    sql = (
                        f"SELECT trim(r.c{index}) AS key, d.deal_no FROM deals AS d"
                        f" JOIN {table.raw.table} AS r ON r.rowid = d.row_id"
                        f" WHERE d.table_no = {table.number}"
                    )
                    yield key, sql, header, False, False
    for name, deals_field, unique in (
        ("deal_name", "deal_name", True),
        ("contact", "contact", True),
        ("company", "company", plan.kind != "contacts"),
    ):
        match = plan.mapping.get(name)
        if match is not None:
            sql = f"SELECT trim({deals_field}) AS key, deal_no FROM deals"
            yield match.columns[0], sql, deals_field, unique, False
