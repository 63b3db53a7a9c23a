"""Which facts won deals have more often than lost ones, or less often, in the client's own data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_audit.judge.case import Case
from crm_audit.judge.closed_facts import Fact, Tally, tallies
from crm_audit.judge.comparisons import fisher, holm
from crm_audit.judge.intervals import difference, wilson
from crm_audit.model.gates import Gate
from crm_audit.model.separators import Separator, Separators, SetAside, Why, WinRate


@dataclass(frozen=True)
class _Compared:
    """A fact that can be compared: won and all closed deals, with it and without it."""

    pipeline: str
    fact: Fact
    won_with: int
    of_with: int
    won_without: int
    of_without: int

    @property
    def chance(self) -> float:
        return fisher(self.won_with, self.of_with, self.won_without, self.of_without)


def judge_separators(case: Case, gates: list[Gate]) -> Separators | None:
    """Facts that separate won deals from lost ones; None where no deal is closed.

    `gates` are those found in the data: such a field is filled on the way.

    Each pipeline is compared with itself. What is found has to be larger than chance over all
    comparisons together, and is no cause.
    """
    by_pipeline = {
        pipeline: (won, lost)
        for pipeline, won, lost in case.session.rows(
            "SELECT trim(coalesce(pipeline, '')), count(*) FILTER (WHERE status = 'won'),"
            " count(*) FILTER (WHERE status = 'lost'"
            " AND coalesce(loss_reason_kind, '') <> 'technical')"
            " FROM judged WHERE status IN ('won', 'lost') GROUP BY 1 ORDER BY 1"
        )
    }
    won, lost = (sum(n[side] for n in by_pipeline.values()) for side in (0, 1))
    if not won + lost:
        return None
    least = int(case.limit("separator_deals"))
    nearest = max(by_pipeline.values(), key=lambda n: (min(n[0], least) + min(n[1], least), n))
    compared: list[_Compared] = []
    aside: list[SetAside] = []
    at_gates = {(g.pipeline, g.field) for g in gates}
    for pipeline, facts in sorted(tallies(case).items()):
        for fact, tally in facts.items():
            gate = (pipeline or None, fact.header) in at_gates
            found = _compare(case, pipeline, fact, tally, gate=gate)
            if isinstance(found, SetAside):
                aside.append(found)
            elif found is not None:
                compared.append(found)
    return Separators(
        won=won,
        lost=lost,
        least=least,
        more_won=max(0, least - nearest[0]),
        more_lost=max(0, least - nearest[1]),
        compared=len(compared),
        found=sorted(_found(case, compared), key=lambda s: (-abs(s.difference), s.fact)),
        set_aside=aside,
    )


def _found(case: Case, compared: list[_Compared]) -> Iterator[Separator]:
    """What is larger than chance: Holm's procedure over every comparison of the report."""
    for one, chance in zip(compared, holm([c.chance for c in compared]), strict=True):
        gap = one.won_with / one.of_with - one.won_without / one.of_without
        least = case.limit("separator_difference") - 1e-9
        if chance > case.limit("separator_chance") or abs(gap) < least:
            continue
        low, high = difference(one.won_with, one.of_with, one.won_without, one.of_without)
        yield Separator(
            pipeline=one.pipeline or None,
            fact=one.fact.name,
            kind=one.fact.kind,
            with_fact=WinRate(won=one.won_with, of=one.of_with),
            without=WinRate(won=one.won_without, of=one.of_without),
            difference=round(gap, 4),
            low=round(low, 4),
            high=round(high, 4),
            chance=round(chance, 6),
        )


def _compare(
    case: Case, pipeline: str, fact: Fact, tally: Tally, *, gate: bool
) -> _Compared | SetAside | None:
    """A fact as it can be compared, else why it cannot; None where nobody has it or everybody."""
    has, told = tally.yes, tally.told
    if not 0 < has["won"] + has["lost"] < told["won"] + told["lost"]:
        return None
    won_with, of_with = has["won"], has["won"] + has["lost"]
    won_without = told["won"] - won_with
    of_without = won_without + told["lost"] - has["lost"]
    least = int(case.limit("separator_deals"))
    why = _aside(case, fact, tally, gate=gate)
    more = 0
    if why is None:
        by_fact = max(0, least - of_with) + max(0, least - of_without)
        by_outcome = max(0, least - told["won"]) + max(0, least - told["lost"])
        more = max(by_fact, by_outcome)
        why = "few" if more else None
    if why is None:
        return _Compared(pipeline, fact, won_with, of_with, won_without, of_without)
    return SetAside(pipeline=pipeline or None, fact=fact.name, kind=fact.kind, why=why, more=more)


def _aside(case: Case, fact: Fact, tally: Tally, *, gate: bool) -> Why | None:
    """Why a fact must not be compared: it may be there because of how the deal ended.

    Open deals tell when it is recorded. Those at the start of the pipeline are a fair sample of
    what will be won and lost: a fact that they have clearly less often than closed deals had is
    filled on the way, and deals that were lost early never came to it. One that deals about to
    close hardly have either is written down because they closed. Lost deals tell too, where
    history shows how far each came: what those have that came far was filled on the way.
    """
    has, told, least = tally.yes, tally.told, case.limit("separator_deals")
    if fact.closing or _at_the_end(tally):
        return "closing"
    if _perfect(tally):
        return "outcome"
    if fact.kind == "activity":
        return None  # dated by itself: the same days of every deal
    if gate:
        return "progress"
    start = "first" if told["first"] >= least else "early"
    if told[start] < least:
        return "untimed"
    if min(told["won"], told["lost"]) < least:
        return None  # too few to compare, whatever it is
    won, lost = has["won"] / told["won"], has["lost"] / told["lost"]
    # An export may lack lost deals: those won count for half of all at the most.
    weight = min(0.5, told["won"] / (told["won"] + told["lost"]))
    usual = weight * won + (1 - weight) * lost
    share = has[start] / told[start]
    _, high = wilson(has[start], told[start])
    if high >= usual or share >= (1 - case.limit("separator_growth")) * usual:
        return "progress" if _grows(case, tally) else None
    late = has["late"] / told["late"] if told["late"] >= least else 1.0
    most = case.limit("separator_standing") * max(won, lost)
    return "closing" if late < most else "progress"


def _grows(case: Case, tally: Tally) -> bool:
    """Whether deals of one outcome that came further have a fact clearly more often."""
    has, told = tally.yes, tally.told
    for near, far in (("lost_early", "lost_late"), ("early", "late")):
        if min(told[near], told[far]) < case.limit("separator_deals"):
            continue
        low, _ = difference(has[far], told[far], has[near], told[near])
        before, after = has[near] / told[near], has[far] / told[far]
        if low > 0 and before < (1 - case.limit("separator_growth")) * after:
            return True
    return False


def _at_the_end(tally: Tally) -> bool:
    """Whether most of the dates that closed deals have there are not before their closing."""
    filled = tally.yes["won"] + tally.yes["lost"]
    return tally.dated * 2 >= filled > 0 and tally.at_end * 2 >= tally.dated


def _perfect(tally: Tally) -> bool:
    """Whether all of one side have it and none of the other: that is the outcome itself."""
    has, told = tally.yes, tally.told
    return any(
        has[one] == told[one] > 0 == has[other] < told[other]
        for one, other in (("won", "lost"), ("lost", "won"))
    )
