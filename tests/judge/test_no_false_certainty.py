"""Odd but legal exports: no answer more certain than the data, nothing counted twice, no crash."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import crm_audit
from build import (
    EARLY,
    OFFER,
    SELLER,
    USEFUL,
    audit,
    check,
    deal,
    deals,
    event,
    share,
    task,
    to_csv,
    way,
)
from crm_audit.engine.derive import newest_day


def test_the_same_history_twice_is_one_history() -> None:
    rows = deals(10, stage=OFFER)
    history = []
    for i in range(1, 11):
        moved = f"2026-09-{i + 5:02} 11:00:00"
        history += way(str(i), ("2026-09-01 10:00:00", EARLY), (moved, OFFER))
    once, twice = audit(rows, history), audit(rows, history + history)
    assert once.gates.moves == twice.gates.moves
    assert once.gates.moves is not None
    assert once.gates.moves.total == 10


def test_a_bad_date_in_the_history_is_one_unread_cell() -> None:
    history = [
        *way("1", ("2026-09-01", EARLY), ("2026-09-05", OFFER)),
        event("2", EARLY, "2026-02-30"),
    ]
    report = audit(deals(2, stage=OFFER), history)
    assert [b.text for i in report.inputs for b in i.bad_cells] == ["2026-02-30"]


def test_one_slip_of_the_year_does_not_move_the_date_of_the_audit() -> None:
    days = [(date(2025, 1, d), 10) for d in range(1, 31)]
    assert newest_day([*days, (date(2062, 1, 1), 1)]) == date(2025, 1, 30)
    assert newest_day([(date(2025, 1, 1), 1), (date(2025, 2, 1), 1)]) == date(2025, 2, 1)


def test_duplicates_and_spam_are_no_losses() -> None:
    lost = {"status": "Lost", "stage": OFFER, "closed_at": "2026-08-01", "amount": 100}
    rows = deals(7, loss_reason=USEFUL, **lost) + deals(3, 8, loss_reason="Duplicate", **lost)
    report = audit([*rows, deal("11", status="Open")])
    assert share(report, "loss-reasons") == (1.0, 1.0, 7)
    assert all(not leaks.lost_without_reason for leaks in report.money.values())


def test_a_decision_of_tomorrow_is_no_decision() -> None:
    rows = deals(6, created_at="2026-01-01", manager_decision="escalate",
                 manager_decision_at="2026-12-01")  # fmt: skip
    assert share(audit(rows), "stall-decisions") == (0.0, 0.0, 6)


def test_an_unread_closing_date_is_not_the_planned_one() -> None:
    lost = {
        "status": "Lost",
        "stage": OFFER,
        "expected_close": "2026-08-01",
        "loss_reason": "Other",
    }
    rows = deals(5, closed_at="2026-08-02", **lost) + deals(3, 6, closed_at="sometime", **lost)
    assert share(audit([*rows, deal("9", status="Open")]), "loss-reasons")[2] == 5


def test_a_deal_closed_by_its_history_is_no_stall() -> None:
    lost = {"status": "Lost", "stage": "Closed Lost", "created_at": "2026-01-01"}
    history = []
    for i in range(1, 7):
        history += way(str(i), ("2026-01-01", EARLY), ("2026-01-04", "Closed Lost"))
    rows = [*deals(6, **lost), deal("9", status="Open", created_at="2026-09-29")]
    assert check(audit(rows, history), "stall-decisions").share.of == 0


def test_an_unknown_step_and_a_sellers_task_stay_unknown() -> None:
    rows = deals(10, next_step_date="2026-10-10")
    tasks = [task(str(i), due_at="2026-10-12", subject=SELLER) for i in range(1, 11)]
    low, high, _ = share(audit(rows, tasks=tasks), "next-step-managed")
    assert (low, high) == (0.0, 1.0)


def test_two_crms_with_the_same_small_ids_are_two_portfolios(tmp_path: Path) -> None:
    one = [deal(str(i), deal_name=f"Pump {i}", created_at="2026-08-01") for i in range(1, 6)]
    two = [deal(str(i), deal_name=f"Boiler {i}", created_at="2026-07-01") for i in range(1, 6)]
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, rows in zip(paths, (one, two), strict=True):
        path.write_text(to_csv("deals", rows), encoding="utf-8")
    assert crm_audit.diagnose(*paths, lang="en").report.portfolio.open == 10


def test_two_files_of_one_name_keep_their_own_dates(tmp_path: Path) -> None:
    paths = []
    for folder, status, day in (("new", "Won", "2026-03-01"), ("old", "Open", "2026-02-01")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "d.csv"
        path.write_text(to_csv("deals", deals(5, status=status)), encoding="utf-8")
        paths.append(f"{path}@{day}")
    assert crm_audit.diagnose(*paths, lang="en").report.portfolio.won == 5


def test_a_plan_called_so_is_no_event() -> None:
    rows = [deal("1", status="Lost", expected_close="2027-03-05"), deal("2", status="Open")]
    assert audit(rows, as_of=None).as_of == date(2026, 9, 1)


def test_a_reopened_deal_moves_again() -> None:
    history = way("1", ("2026-01-10", EARLY), ("2026-02-01", "Closed Lost"), ("2026-09-20", OFFER))
    report = audit([deal("1", stage=OFFER, created_at="2026-01-10")], history)
    assert report.stalls.stalled == 0


@pytest.mark.parametrize(
    "cell", ["12000-01-01", "0044-03-15 (BC)", "123456789012345", "Jan 5% 2024"]
)
def test_a_date_that_is_none_is_an_unread_cell(cell: str) -> None:
    report = audit([deal("1", created_at=cell), *deals(3, 2)])
    assert report.portfolio.deals == 4
    assert [b.text for i in report.inputs for b in i.bad_cells] == [cell]


def test_every_column_may_be_understood(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("Deal ID;Stage;Amount\n1;Proposal;5\n2;Negotiation;7\n", encoding="utf-8")
    report = crm_audit.diagnose(path, lang="en").report
    assert report.inputs[0].unmapped == []
    assert report.portfolio.deals == 2


def test_rows_of_a_stage_dictionary_are_all_accounted_for(tmp_path: Path) -> None:
    stages, path = tmp_path / "stages.csv", tmp_path / "deals.csv"
    stages.write_text(
        "stage_id,stage_name,sort_order,is_final,is_success\n"
        "A,Talks,²,no,no\nA,Talks,10,no,no\n,Empty,20,no,no\nW,Paid,30,yes,yes\n",
        encoding="utf-8",
    )
    path.write_text(to_csv("deals", deals(3, stage="A")), encoding="utf-8")
    for read in crm_audit.diagnose(path, stages, lang="en").report.inputs:
        rows = read.rows
        assert rows.read == rows.imported + rows.merged + rows.rejected + rows.skipped


def test_a_commitment_without_a_date_column_is_not_empty_talk() -> None:
    """Whether it is dated decides its kind, and the export does not tell: unknown, not no."""
    report = audit(deals(10, next_step="Client sends the heat balance"))
    assert share(report, "next-step-managed") == (0.0, 1.0, 10)
    assert next(r for r in report.rules if r.id == "next-step-empty-talk").hits == 0
    dated = audit(deals(10, next_step="Client sends the heat balance", next_step_date="2026-10-10"))
    assert share(dated, "next-step-managed") == (1.0, 1.0, 10)
    talk = audit(deals(10, next_step="in progress"))
    assert share(talk, "next-step-managed") == (0.0, 0.0, 10)


GERMAN = (
    "Kunde sendet unterschriebenen Vertrag",
    "Vorstand des Kunden entscheidet",
    "Einkauf schickt Bestellung",
    "nochmal anrufen",
    "Angebot überarbeiten",
)


def test_steps_in_a_language_that_is_not_read_are_unknown_and_said_to_be() -> None:
    step = {"next_step_date": "2026-12-01"}
    report = audit([deal(str(n), next_step=text, **step) for n, text in enumerate(GERMAN)])
    managed = check(report, "next-step-managed")
    assert (managed.answer, managed.share.low, managed.share.high) == ("unknown", 0, 1)
    assert [w.code for w in report.warnings if w.code == "steps_unread"] == ["steps_unread"]
    # An overdue or missing date needs no reading; neither does a word for nothing.
    overdue = [deal(str(n), next_step=t, next_step_date="2026-09-02") for n, t in enumerate(GERMAN)]
    assert check(audit(overdue), "next-step-managed").answer == "no"
    fillers = [deal(f"f{n}", next_step="n/a", **step) for n in range(60)]
    mixed = audit([deal(str(n), next_step=t, **step) for n, t in enumerate(GERMAN)] + fillers)
    assert check(mixed, "next-step-managed").answer == "no"


def test_steps_in_english_and_russian_are_read_whatever_else_stands_there() -> None:
    step = {"next_step_date": "2026-12-01"}
    english = ("Client signs the contract", "Procurement sends the order", "Send the proposal")
    russian = ("Клиент подпишет договор", "Закупка пришлёт заказ до пятницы", "Отправить КП")
    for texts in (english, russian, (*russian, "Demo", "POC", "SOW"), ("Zzz", "Qwerty")):
        rows = [deal(f"{n}", next_step=text, **step) for n, text in enumerate(texts)]
        assert check(audit(rows), "next-step-managed").share.high < 1
        assert not [w for w in audit(rows).warnings if w.code == "steps_unread"]
