"""The cards of the well-run company: gates, roles, steps, decisions, reasons."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from samples.vocabulary import Vocabulary
from samples.well_run_ways import STAY, Draft
from samples.world import (
    AS_OF,
    LOST,
    ROLES,
    WON,
    Company,
    Deal,
    Talk,
    at_work,
    days_after,
    days_before,
)

GATES = {"route_map": 1, "spec_no": 2, "budget_line": 3, "offer_visa": 4, "approval_sheet": 5}


def fill_cards(company: Company, drafts: list[Draft], limits: list[float]) -> None:
    """Fill the cards: gates, roles, steps, decisions, reasons."""
    for deal, draft in zip(company.deals, drafts, strict=True):
        _gates(company.words, deal)
        _decisions(company, deal, draft, limits)
        if draft.status == "open":
            _step(company, deal, draft)
        if draft.status == "lost":
            own = company.words["well_run"]
            reasons = own["old_losses"] if "lost_earlier" in draft.marks else own["losses"]
            deal.fields["loss_reason"] = company.words.pick(reasons)
    recent = [
        deal
        for deal, draft in zip(company.deals, drafts, strict=True)
        if draft.status == "lost" and "lost_earlier" not in draft.marks
    ]
    for deal, reason in zip(recent[5::9], company.words["well_run"]["weak_losses"], strict=False):
        deal.fields["loss_reason"] = reason
    _roles(company, drafts)
    _miss_some_gates(company)


def _gates(words: Vocabulary, deal: Deal) -> None:
    texts = words["well_run"]["gates"]
    for gate, stage in {**GATES, "contract_no": WON}.items():
        passed = [event.at for event in deal.events if event.stage != LOST and event.stage >= stage]
        deal.fields[gate] = (
            texts[gate].format(n=words.between(11, 98), date=words.day(passed[0].date()))
            if passed
            else None
        )


def _miss_some_gates(company: Company) -> None:
    """Leave one gap, one junk cell and one early entry: a company of people, not a proof."""
    won = [deal for deal in company.deals if deal.status == "won"]
    for deal, gate, value in zip(won, GATES, [None, "-", None, None, None], strict=False):
        deal.fields[gate] = value
    early = next(deal for deal in company.deals if deal.furthest == 0)
    early.fields["spec_no"] = company.words["well_run"]["gates"]["spec_no"].format(
        n=7, date=company.words.day(early.created.date())
    )


def _decisions(company: Company, deal: Deal, draft: Draft, limits: list[float]) -> None:
    own, words = company.words["well_run"], company.words
    moves = [
        event
        for event in deal.events
        if event.stage != LOST and (event.before is None or event.stage > event.before)
    ]
    last = moves[-1]
    deal.fields["last_decision"] = own["decisions"][min(last.stage, len(STAY))]
    deal.fields["last_decision_at"] = last.at.date()
    if draft.status != "open":
        return
    deal.fields["next_decision"] = own["decisions"][deal.stage + 1]
    deal.fields["next_decision_at"] = days_after(words.between(26, 50))
    deal.fields["risk"] = words.pick(own["risks"])
    limit = round(limits[deal.stage])
    crossed = last.at.date() + timedelta(days=limit)
    if draft.marks & {"stalled", "waiting"}:
        deal.fields["stall_reason"] = words.pick(own["stall_reasons"])
        deal.fields["next_decision_at"] = (
            days_before(12) if "stalled" in draft.marks else days_after(20)
        )
        if draft.stays[-1].answered:
            deal.fields["manager_decision"] = words.pick(own["manager_decisions"][:2])
            deal.fields["manager_decision_at"] = crossed + timedelta(days=5)
    elif words.chance(0.5):
        deal.fields["manager_decision"] = own["manager_decisions"][2]
        deal.fields["manager_decision_at"] = days_before(words.between(2, 12))


def _step(company: Company, deal: Deal, draft: Draft) -> None:
    own, words = company.words["well_run"], company.words
    due = days_after(words.between(2, 24))
    while due.weekday() > 4:
        due += timedelta(days=1)
    text = words.pick(own["steps"][deal.stage]["texts"])
    turn = int(deal.id) % 10
    if "stalled" in draft.marks:
        due = days_before(words.between(9, 15))
        text = words.pick(own["overdue_steps"])
    elif turn == 3 and "waiting" not in draft.marks:
        deal.fields["client_commitment"] = words.pick(own["commitments"]).format(
            date=words.day(due)
        )
        text = words.pick(own["seller_steps"])
        draft.marks.add("commitment_beside_seller_step")
    elif turn == 6 and "waiting" not in draft.marks:
        text = words.pick(own["joint_steps"])
    elif "step_today" not in company.planted and "waiting" not in draft.marks and turn == 9:
        due = AS_OF
        company.planted["step_today"] = deal.id
    step = text.format(date=words.day(due))
    deal.fields["next_step"] = step
    deal.fields["next_step_date"] = due
    if "stalled" not in draft.marks and turn % 2 and "client_commitment" not in deal.fields:
        entered = max(deal.created, at_work(words, days_before(words.between(4, 12))))
        end = datetime.combine(due, time(18, 0))
        deal.talks.append(Talk("task", step, entered, end, owner=deal.owner))


def key_deals(company: Company) -> list[Deal]:
    """Return the open deals beyond half of the stages or in the top quarter by amount."""
    live = [deal for deal in company.deals if deal.status == "open"]
    amounts = sorted(deal.amount for deal in live if deal.amount)
    place = 0.75 * (len(amounts) - 1)
    low = amounts[int(place)]
    quarter = low + (amounts[int(place) + 1] - low) * (place - int(place))
    return [deal for deal in live if deal.stage >= len(STAY) / 2 or (deal.amount or 0) >= quarter]


def _roles(company: Company, drafts: list[Draft]) -> None:
    words = company.words
    key = {deal.id for deal in key_deals(company)}
    for deal in company.deals:
        known = ROLES if deal.furthest >= 1 or deal.id in key else ["approver"]
        for person in deal.people:
            if person.role in known:
                deal.fields[person.role] = person.name
        deal.people = [one for one in deal.people if one.role in {*known, "technical"}]
        if deal.status != "open":
            deal.people = deal.people[:3] if deal.status == "won" else deal.people[:1]
    lacking = [
        deal
        for deal, draft in zip(company.deals, drafts, strict=True)
        if deal.id in key and not draft.marks & {"close_date_past"} and deal.stage >= 3
    ][:2]
    lacking[0].fields["payer"] = "уточнить" if words.language == "ru" else "TBD"
    lacking[1].fields["legal"] = lacking[1].fields["security"] = None
    lacking[0].people = [one for one in lacking[0].people if one.role != "payer"]
    lacking[1].people = [one for one in lacking[1].people if one.role not in ("legal", "security")]
    company.planted["key_deals"] = sorted(key)
    company.planted["key_deals_without_a_role"] = sorted(deal.id for deal in lacking)
