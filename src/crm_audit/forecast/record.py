"""The past of a CRM as arrays: what each card said from which day on, and how deals ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OPEN, WON, LOST = 0, 1, 2
NEVER = np.inf


@dataclass(frozen=True)
class Deals:
    """One row a deal, as the export shows it. Days count from 1970; NaN is unknown or empty."""

    status: Ints
    created: Floats
    closed: Floats
    amount: Floats
    currency: Ints
    planned: Floats
    probability: Floats


@dataclass(frozen=True)
class Cards:
    """One row a change of a card, by deal and then in order; `deal` is a place in `Deals`.

    `status` is that of the stage (open, won, lost). NaN: the history does not say.
    """

    deal: Ints
    day: Floats
    stage: Ints
    status: Ints
    amount: Floats
    planned: Floats
    probability: Floats


@dataclass(frozen=True)
class Spells:
    """Stretches in which a deal stood open with one and the same card: from `start` to `end`.

    What a spell says was known on its first day; only `end` and `won_at` are of later. A card is
    seen on day t if start <= t < end, and its deal was won within h days if won_at <= t + h.
    """

    deal: Ints
    start: Floats
    end: Floats
    created: Floats
    stage: Ints
    stage_since: Floats
    amount: Floats
    planned: Floats
    pushes: Ints
    probability: Floats
    closes: NDArray[np.bool_]
    """Whether the deal is won or lost where the spell ends."""
    won_at: Floats
    won_amount: Floats
    shows: frozenset[str]
    """What the history shows as it stood then: of stage, planned, amount, probability."""
    undated: int
    """Closed deals that tell nothing: it is not known when they were created or closed."""


def deals_of(columns: Mapping[str, Any]) -> Deals:
    """Deals from columns as a database gives them (masked where NULL)."""
    return Deals(
        status=_whole(columns["status"], OPEN),
        created=_number(columns["created"]),
        closed=_number(columns["closed"]),
        amount=_number(columns["amount"]),
        currency=_whole(columns["currency"], 0),
        planned=_number(columns["planned"]),
        probability=_number(columns["probability"]),
    )


def cards_of(columns: Mapping[str, Any]) -> Cards:
    """Changes of cards from columns as a database gives them, sorted by deal and moment."""
    return Cards(
        deal=_whole(columns["deal"], 0),
        day=_number(columns["day"]),
        stage=_whole(columns["stage"], -1),
        status=_whole(columns["status"], OPEN),
        amount=_number(columns["amount"]),
        planned=_number(columns["planned"]),
        probability=_number(columns["probability"]),
    )


def _number(column: Any) -> Floats:
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan))


def _whole(column: Any, missing: int) -> Ints:
    return np.asarray(np.ma.filled(np.ma.asarray(column), missing).astype(np.int64))


def spells_of(deals: Deals, cards: Cards, today: float) -> Spells:
    """Spells up to `today`.

    Only the history tells what a card said when: today's values of an open deal are not used,
    neither for the past nor for today, so that both are seen with the same eyes.
    """
    shows = {
        name
        for name, held in (
            ("planned", cards.planned),
            ("amount", cards.amount),
            ("probability", cards.probability),
        )
        if np.isfinite(held).any()
    }
    if len(cards.deal):
        shows.add("stage")
    rows, undated = _timeline(deals, cards, today)
    order = np.lexsort((rows["rank"], rows["day"], rows["deal"]))
    rows = {name: column[order] for name, column in rows.items()}
    return _filled(rows, deals, today, frozenset(shows), undated)


def _timeline(deals: Deals, cards: Cards, today: float) -> tuple[dict[str, Any], int]:
    """Everything that happened: creations (rank 0), changes (1), closings (2), open today (3)."""
    number = np.arange(len(deals.status))
    last = np.full(len(number), OPEN)
    last[cards.deal] = cards.status  # in order: the last change of each deal stays
    changed = np.zeros(len(number), dtype=bool)
    changed[cards.deal] = True
    ended = changed & (last != OPEN)
    is_closed = deals.status != OPEN
    # A deal whose history does not end with its closing closed on its own date.
    late = is_closed & ~ended & np.isfinite(deals.closed)
    known = np.isfinite(deals.created) | changed
    lost_sight = is_closed & ((~ended & ~late) | ~known)
    kept = known & ~lost_sight
    born = kept & np.isfinite(deals.created)
    # Open today, though its history says nothing or says that it is closed: first seen today.
    now = ~is_closed & (~known | ended)
    # What is written into the card of a closed deal does not open it again.
    after = late[cards.deal] & (cards.day > deals.closed[cards.deal])
    keep_cards = kept[cards.deal] & (cards.day <= today) & ~after
    empty = np.full(len(number), np.nan)
    parts = (
        (number[born], deals.created[born], 0, -1, OPEN, empty[born], empty[born], empty[born]),
        (
            cards.deal[keep_cards], cards.day[keep_cards], 1, cards.stage[keep_cards],
            cards.status[keep_cards], cards.amount[keep_cards], cards.planned[keep_cards],
            cards.probability[keep_cards],
        ),
        (
            number[late & kept], deals.closed[late & kept], 2, -1, deals.status[late & kept],
            empty[late & kept], empty[late & kept], empty[late & kept],
        ),
        (number[now], np.full(now.sum(), today), 3, -1, OPEN, empty[now], empty[now], empty[now]),
    )  # fmt: skip
    names = ("deal", "day", "rank", "stage", "status", "amount", "planned", "probability")
    rows = {
        name: np.concatenate([np.broadcast_to(np.asarray(p[i]), p[0].shape) for p in parts])
        for i, name in enumerate(names)
    }
    return rows, int(lost_sight.sum())


def _filled(
    rows: dict[str, Any], deals: Deals, today: float, shows: frozenset[str], undated: int
) -> Spells:
    """Spells from the timeline: what a row does not say stays as the row before said it."""
    deal, day, status = rows["deal"], rows["day"], rows["status"]
    first = np.r_[True, deal[1:] != deal[:-1]] if len(deal) else np.zeros(0, dtype=bool)
    begin = _last_place(first)
    said = {}
    for name in ("amount", "planned", "probability"):
        place = _last_place(np.isfinite(rows[name]) | first)
        said[name] = rows[name][np.maximum(place, begin)]
    has_stage = (rows["stage"] >= 0) & (status == OPEN)
    stage_place = np.maximum(_last_place(has_stage | first), begin)
    stage = np.where(has_stage[stage_place], rows["stage"][stage_place], -1)
    entered = first | (stage != np.r_[-2, stage[:-1]])
    since = np.where(stage >= 0, day[_last_place(entered)], np.nan)
    before = np.r_[np.nan, said["planned"][:-1]]
    pushed = ~first & (said["planned"] > before)
    total = np.cumsum(pushed)
    pushes = total - (total[begin] - pushed[begin]) if len(total) else total
    end = np.where(np.r_[first[1:], True], today + 1, np.r_[day[1:], today + 1])
    closes = np.r_[(status[1:] != OPEN) & ~first[1:], False]
    won_at, won_amount = _next_win(deal, day, status == WON, said["amount"])
    is_spell = (status == OPEN) & (end > day)
    return Spells(
        deal=deal[is_spell],
        start=day[is_spell],
        end=end[is_spell],
        created=deals.created[deal[is_spell]],
        stage=stage[is_spell],
        stage_since=since[is_spell],
        amount=said["amount"][is_spell],
        planned=said["planned"][is_spell],
        pushes=np.asarray(pushes[is_spell], dtype=np.int64),
        probability=said["probability"][is_spell],
        closes=closes[is_spell],
        won_at=won_at[is_spell],
        won_amount=won_amount[is_spell],
        shows=shows,
        undated=undated,
    )


def _last_place(marked: NDArray[np.bool_]) -> Ints:
    """The place of the last marked row up to each row; 0 before the first."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), 0))


def _next_win(
    deal: Ints, day: Floats, is_win: NDArray[np.bool_], amount: Floats
) -> tuple[Floats, Floats]:
    """The day of the next win of the same deal after each row, and its amount."""
    wins = np.flatnonzero(is_win)
    next_place = np.searchsorted(wins, np.arange(len(deal)), side="right")
    found = np.r_[wins, len(deal)][np.minimum(next_place, len(wins))]
    safe = np.minimum(found, max(len(deal) - 1, 0))
    same = (found < len(deal)) & (deal[safe] == deal)
    return np.where(same, day[safe], NEVER), np.where(same, amount[safe], np.nan)
