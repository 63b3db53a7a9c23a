"""The known answers of the invented companies follow from the method, with a margin."""

from __future__ import annotations

import pytest
from companies import COLUMNS, EXPECTED, load
from straightforward import Audit, Deal, filled


@pytest.fixture(scope="module", params=sorted(COLUMNS))
def company(request: pytest.FixtureRequest) -> tuple[str, Audit]:
    """Give each company by name with its audit."""
    return request.param, load(request.param)


def ids(deals: list[Deal]) -> list[str]:
    return sorted(deal.card["id"] for deal in deals)


def answer(company: tuple[str, Audit], question: str) -> str:
    found: str = EXPECTED[company[0]]["answers"][question]
    return found


def test_date_and_counts(company: tuple[str, Audit]) -> None:
    name, audit = company
    expected = EXPECTED[name]
    assert audit.as_of.isoformat() == expected["as_of"]
    statuses = [deal.status for deal in audit.deals]
    assert expected["deals"] == {
        "total": len(statuses),
        **{status: statuses.count(status) for status in ("open", "won", "lost")},
    }


def test_next_step(company: tuple[str, Audit]) -> None:
    name, audit = company
    managed = [deal for deal in audit.open if audit.managed(deal)]
    planted = EXPECTED[name]["planted"]
    share = audit.shares(managed, audit.open)
    if answer(company, "next_step") == "yes":
        assert min(share) > 0.92
        missing = [deal for deal in audit.open if deal not in managed]
        assert ids(missing) == planted["without_a_managed_step"]
    else:
        assert min(share) < 0.1
        assert ids(managed) == planted["with_a_managed_step"]


def test_roles(company: tuple[str, Audit]) -> None:
    name, audit = company
    key = audit.key_deals()
    lacking = [deal for deal in key if len(audit.known_roles(deal)) < 4]
    share = 1 - len(lacking) / len(key)
    if answer(company, "roles") == "yes":
        assert share > 0.9
    else:
        assert share < 0.5
    planted = EXPECTED[name]["planted"]
    if "key_deals" in planted:
        assert ids(key) == planted["key_deals"]
        assert ids(lacking) == planted["key_deals_without_a_role"]


def test_gates_and_moves(company: tuple[str, Audit]) -> None:
    name, audit = company
    moves = audit.unclean()
    planted = EXPECTED[name]["planted"]["moves"]
    assert {kind: moves[kind] for kind in planted if not kind.startswith("deals")} == {
        kind: count for kind, count in planted.items() if not kind.startswith("deals")
    }
    clean = moves["clean"] / moves["total"]
    if answer(company, "gates") == "yes":
        assert set(audit.gates()) >= set(range(1, len(audit.stages)))
        assert clean > 0.95
    else:
        assert not audit.gates()
        assert clean < 0.8


def test_stalled(company: tuple[str, Audit]) -> None:
    name, audit = company
    stalled = audit.stalled()
    assert ids(stalled) == EXPECTED[name]["planted"]["stalled"]
    assert ids(audit.stalled(3)) == ids(stalled) == ids(audit.stalled(-3))
    count, money = audit.shares(stalled, audit.open)
    if answer(company, "thresholds") == "yes":
        assert count < 0.1
        assert money < 0.1
    else:
        assert count > 0.5
        assert money > 0.25


def test_waiting_for_a_dated_commitment_is_not_stalled(company: tuple[str, Audit]) -> None:
    name, audit = company
    for deal in audit.open:
        if deal.card["id"] in EXPECTED[name]["planted"].get("waiting_for_a_dated_commitment", []):
            assert (audit.as_of - audit.progress(deal)[-1]).days > 10 + audit.limits[
                audit.rank(deal.card["stage"])
            ]
            assert audit.managed(deal)


def test_reasons(company: tuple[str, Audit]) -> None:
    name, audit = company
    stalled = audit.stalled()
    explained = [
        deal for deal in stalled if filled(deal.card.get("stall_reason", deal.card["risk"]))
    ]
    lost, useful = audit.useful_reasons()
    if answer(company, "reasons") == "yes":
        assert explained == stalled
        assert useful / lost > 0.9
    elif "stall_reason" in COLUMNS[name].values():
        assert useful / lost < 0.6
    else:
        assert not explained
        assert useful / lost < 0.1


@pytest.mark.parametrize("with_activities", [True, False])
def test_stall_episodes(company: tuple[str, Audit], with_activities: bool) -> None:
    count, answered = company[1].episodes(with_activities)
    assert count >= 10
    if company[0].startswith("neglected"):
        assert answered / count < 0.3
    else:
        assert answered / count > 0.9


def test_top(company: tuple[str, Audit]) -> None:
    name, audit = company
    top = audit.top()
    assert [deal.card["id"] for deal, _ in top] == EXPECTED[name]["planted"]["top"]
    complete = sum(whole for _, whole in top)
    if answer(company, "forecast") == "yes":
        assert complete == 9
    else:
        assert complete == 0


def test_one_name_stands_for_one_role(company: tuple[str, Audit]) -> None:
    for deal in company[1].deals:
        names = [deal.card.get(role, "") for role in ("approver", "payer", "procurer", "legal")]
        names = [name for name in names if filled(name)]
        assert len(set(names)) == len(names)
