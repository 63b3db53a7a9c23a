"""Shares with a low and a high end, and the answers that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from crm_audit.engine.session import Session
from crm_audit.model.report import AmountShare, Answer, Share

Direction = Literal["at_least", "at_most"]
_LEAST_PER_CURRENCY = 5


@dataclass(frozen=True)
class Range:
    """Of `total`, `true` are true for sure and `unknown` cannot be told. Deals, or money."""

    total: float
    true: float
    unknown: float
    deals: int = 0

    @property
    def low(self) -> float:
        """The share if everything unknown were false."""
        return self.true / self.total if self.total else 0.0

    @property
    def high(self) -> float:
        """The share if everything unknown were true."""
        return (self.true + self.unknown) / self.total if self.total else 0.0


@dataclass(frozen=True)
class Measure:
    """A fact counted over a scope: by number, and by money in each currency."""

    count: Range
    amounts: dict[str, Range] = field(default_factory=dict)

    @property
    def by_money(self) -> dict[str, Range]:
        """The currencies whose money share counts; empty where the number alone decides.

        Money counts where at least half of the deals have an amount; among several currencies,
        those with five deals or more.
        """
        with_amount = sum(r.deals for r in self.amounts.values())
        if not self.count.total or with_amount * 2 < self.count.total:
            return {}
        if len(self.amounts) <= 1:
            return self.amounts
        return {c: r for c, r in self.amounts.items() if r.deals >= _LEAST_PER_CURRENCY}

    def share(self) -> Share:
        """The share by number as the report shows it; no ends where there is nothing to look at."""
        if not self.count.total:
            return Share(low=None, high=None, of=0)
        return Share(
            low=round(self.count.low, 4), high=round(self.count.high, 4), of=int(self.count.total)
        )

    def amount_shares(self) -> dict[str, AmountShare]:
        """The shares by money as the report shows them."""
        return {
            c: AmountShare(low=round(r.low, 4), high=round(r.high, 4))
            for c, r in sorted(self.by_money.items())
        }


def measure(session: Session, fact: str, scope: str, source: str = "judged") -> Measure:
    """Count a three-valued fact over the rows of `source` in a scope, by number and money."""
    total = true = unknown = 0
    amounts: dict[str, Range] = {}
    for currency, n, yes, dark, deals, money, money_yes, money_dark in session.rows(
        f"SELECT currency, count(*), count(*) FILTER (WHERE {fact}),"
        f" count(*) FILTER (WHERE ({fact}) IS NULL), count(amount), sum(amount),"
        f" sum(amount) FILTER (WHERE {fact}), sum(amount) FILTER (WHERE ({fact}) IS NULL)"
        f" FROM {source} WHERE {scope} GROUP BY currency ORDER BY currency"
    ):
        total, true, unknown = total + n, true + yes, unknown + dark
        if deals:
            zero = Decimal(0)
            amounts[currency] = Range(
                float(money), float(money_yes or zero), float(money_dark or zero), deals
            )
    return Measure(Range(total, true, unknown), amounts)


def answer_of(share: Range, threshold: float, direction: Direction) -> Answer:
    """yes, no or unknown for one share. Nothing to look at is unknown.

    Shares are compared with a tolerance of one in a million, so that 9 of 10 is 90 %.
    """
    if not share.total:
        return "unknown"
    slack = 1e-6
    if direction == "at_least":
        if share.low >= threshold - slack:
            return "yes"
        return "no" if share.high < threshold - slack else "unknown"
    if share.high <= threshold + slack:
        return "yes"
    return "no" if share.low > threshold + slack else "unknown"


def all_of(answers: Iterable[Answer]) -> Answer:
    """yes if all are yes, no if any is no, else unknown; unknown where there is none."""
    listed = list(answers)
    if "no" in listed:
        return "no"
    return "yes" if listed and all(a == "yes" for a in listed) else "unknown"


def answer(
    found: Measure,
    threshold: float,
    direction: Direction,
    amount_threshold: float | None = None,
) -> Answer:
    """The answer by number and, where `amount_threshold` is given, by money: yes needs both."""
    answers = [answer_of(found.count, threshold, direction)]
    if amount_threshold is not None:
        answers += [answer_of(r, amount_threshold, direction) for r in found.by_money.values()]
    return all_of(answers)
