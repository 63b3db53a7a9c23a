"""What the statuses of deals say of their stages, where neither codes nor names tell it."""

from __future__ import annotations

from build import audit, deal, way

OPEN, WON, LOST = "Open", "Won", "Lost"


def _statuses(*held: tuple[str, str]) -> dict[str, str]:
    """The status of each stage when deals of these stages and statuses are audited."""
    rows = [deal(str(n), stage=stage, status=status) for n, (stage, status) in enumerate(held)]
    return {stage.stage: stage.status for stage in audit(rows).stages}


def test_stage_of_won_deals_alone_is_won_though_lost_deals_stay_where_they_were() -> None:
    found = _statuses(
        ("Alpha", OPEN), ("Alpha", LOST), ("Beta", OPEN), ("Beta", LOST), ("Gamma", WON),
        ("Gamma", WON),
    )  # fmt: skip
    assert found == {"Alpha": "mixed", "Beta": "mixed", "Gamma": "won"}


def test_stage_of_lost_deals_alone_is_lost_though_won_deals_stay_where_they_were() -> None:
    found = _statuses(
        ("Alpha", OPEN), ("Beta", OPEN), ("Beta", WON), ("Gamma", LOST), ("Gamma", LOST)
    )
    assert found == {"Alpha": "open", "Beta": "mixed", "Gamma": "lost"}


def test_stage_of_won_deals_alone_is_open_where_others_hold_won_and_open_deals() -> None:
    found = _statuses(
        ("Alpha", OPEN), ("Alpha", WON), ("Beta", OPEN), ("Beta", WON), ("Gamma", WON)
    )
    assert found == {"Alpha": "mixed", "Beta": "mixed", "Gamma": "open"}


def test_stage_that_the_history_shows_others_leave_is_no_end() -> None:
    rows = [deal(str(n), stage="Delta", status=WON) for n in range(5)]
    rows += [deal("left", stage="Beta", status=WON), deal("open", stage="Alpha", status=OPEN)]
    moves = [
        move
        for row in range(5)
        for move in way(
            str(row), ("2026-05-01", "Alpha"), ("2026-06-01", "Beta"), ("2026-07-01", "Delta")
        )
    ]
    found = {stage.stage: stage.status for stage in audit(rows, moves).stages}
    assert found["Beta"] == "open"
    assert found["Delta"] == "won"
