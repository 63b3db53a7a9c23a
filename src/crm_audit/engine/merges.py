"""Rows that stand for one deal: exact duplicates, and one row for each product of a deal."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_audit.engine.session import Session
from crm_audit.recognise.plan import TablePlan

_PRODUCT_HEADERS = frozenset(
    ["товар", "цена", "количество", "сумма по товару", "единица измерения", "product", "price",
     "quantity", "product name", "line item", "unit price", "qty", "product amount"]
)  # fmt: skip

_PRICE = ("цена", "price", "unit price")
_QUANTITY = ("количество", "quantity", "qty")
_NEAR = Decimal("0.005")
"""How far price times quantity may be from an amount, as a share of it: rounding and discounts."""

_LARGEST = Decimal(10) ** 14
"""Amounts are kept below this."""


def merge_repeated(session: Session, number: int, plan: TablePlan, raw: str) -> int:
    """Merge rows with one id that differ in nothing but their product; how many rows went.

    The sum of the product rows becomes the amount of the deal, unless prices and quantities say
    that every row repeats the amount of the whole deal. Rows with one id that differ in anything
    else are two deals: both stay.
    """
    repeated = session.rows(
        "SELECT d.row_id, d.deal_no, d.deal_id, d.amount FROM deals AS d WHERE d.table_no = $1"
        " AND d.deal_id <> '' AND d.deal_id IN (SELECT deal_id FROM deals WHERE table_no = $1"
        " GROUP BY deal_id HAVING count(*) > 1) ORDER BY d.deal_no",
        [number],
    )
    if not repeated:
        return 0
    headers = [h.strip().lower() for h in plan.table.headers]
    amount = plan.mapping.get("amount")
    products = {i for i, h in enumerate(headers) if h in _PRODUCT_HEADERS}
    varying = products | (set(amount.columns) if amount and products else set())
    picked = ", ".join(f"c{i}" for i in range(len(headers)))
    groups: dict[tuple[Any, ...], list[tuple[int, Decimal | None, tuple[Any, ...]]]] = defaultdict(
        list
    )
    cells = {
        row[0]: row[1:]
        for row in session.rows(
            f"SELECT rowid, {picked} FROM {raw} WHERE rowid IN (SELECT unnest($1::BIGINT[]))",
            [[row[0] for row in repeated]],
        )
    }
    for row_id, deal_no, deal_id, value in repeated:
        row = cells[row_id]
        same = tuple(cell for i, cell in enumerate(row) if i not in varying)
        groups[(deal_id, same)].append((deal_no, value, row))
    gone: list[int] = []
    kept: list[int] = []
    sums: list[Decimal] = []
    repeated_amounts = [{row: value for _, value, row in rows} for rows in groups.values()]
    whole = _amount_is_of_the_deal(repeated_amounts, headers)
    for rows in groups.values():
        if len(rows) == 1:
            continue
        gone += [deal_no for deal_no, _, _ in rows[1:]]
        distinct = {row: value for _, value, row in rows}
        known = [value for value in distinct.values() if value is not None]
        if whole and len(set(known)) == 1:
            continue
        if len(distinct) > 1 and known and abs(sum(known, Decimal(0))) < _LARGEST:
            kept.append(rows[0][0])
            sums.append(sum(known, Decimal(0)))
    session.con.execute(
        "UPDATE deal_rows SET amount = s.amount FROM (SELECT unnest($1::BIGINT[]) AS deal_no,"
        " unnest($2::DECIMAL(18, 4)[]) AS amount) AS s WHERE deal_rows.deal_no = s.deal_no",
        [kept, sums],
    )
    session.con.execute(
        "DELETE FROM deal_rows WHERE deal_no IN (SELECT unnest($1::BIGINT[]))", [gone]
    )
    return len(gone)


def _amount_is_of_the_deal(
    deals: list[dict[tuple[Any, ...], Decimal | None]], headers: list[str]
) -> bool:
    """Whether more deals have an amount that all their products add up to than lines that do.

    Each deal is its product rows, with the amount that each of them has.
    """
    price = next((headers.index(h) for h in _PRICE if h in headers), None)
    quantity = next((headers.index(h) for h in _QUANTITY if h in headers), None)
    if price is None or quantity is None:
        return False
    of_deal = of_line = 0
    for rows in deals:
        lines = {row: _times(row[price], row[quantity]) for row in rows}
        (first, *more) = set(rows.values())
        if len(rows) < 2 or more or first is None or None in lines.values():
            continue
        of_deal += _near(sum((n for n in lines.values() if n is not None), Decimal(0)), first)
        of_line += all(n is not None and _near(n, first) for n in lines.values())
    return of_deal > of_line


def _times(price: str | None, quantity: str | None) -> Decimal | None:
    try:
        one, many = (
            Decimal("".join((text or "").split()).replace(",", ".")) for text in (price, quantity)
        )
    except InvalidOperation:
        return None
    return one * many


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= abs(other) * _NEAR
