"""Several exports of the same deals: dated, matched, compared; what that adds to the movement."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import crm_audit
from build import EARLY, OFFER, SPEC, Row, check, counts, deal, event, found_by, to_csv, way
from crm_audit.engine.matching import Likeness, likeness, one_to_one
from crm_audit.model.movement import Change, Comparison
from crm_audit.model.report import Report

ONE, TWO, THREE = "2026-09-16", "2026-09-23", "2026-09-30"
ITEMS = ("Pumps", "Valves", "Fans", "Boilers", "Filters", "Cranes", "Ovens", "Mills", "Presses",
         "Lifts", "Tanks", "Dryers")  # fmt: skip


def rows(count: int = 12, **fields: Any) -> list[Row]:
    """Open deals of different clients, and one won and one lost."""
    base = {"status": "open", "owner": "Ann", "expected_close": "2026-12-01", **fields}
    listed = [
        deal(str(i), deal_name=f"{ITEMS[i % 12]} for site {i}", company=f"Client {i}",
             amount=str(1000 + 10 * i), created_at=f"2026-08-{i % 20 + 1:02d}", **base)
        for i in range(1, count + 1)
    ]  # fmt: skip
    closed = base | {"closed_at": "2026-08-25"}
    listed.append(deal("w", **closed | {"stage": "Won", "status": "won"}, created_at="2026-07-01"))
    listed.append(
        deal("l", **closed | {"stage": "Lost", "status": "lost"}, created_at="2026-07-02")
    )
    return listed


def changed(listed: Sequence[Row], changes: dict[str, Row | None]) -> list[Row]:
    """The rows with fields of some deals changed; a deal with None is gone."""
    made = []
    for row in listed:
        change = changes.get(row["deal_id"], {})
        if change is not None:
            made.append(row | change)
    return made


def report(
    *exports: tuple[str, Sequence[Row]], history: Sequence[Row] = (), **options: Any
) -> Report:
    """The report on exports given as (day or file name, rows), in that order."""
    with tempfile.TemporaryDirectory() as folder:
        paths: list[str] = []
        for name, listed in exports:
            path = Path(folder) / (f"deals_{name}.csv" if name[:2] == "20" else name)
            path.write_text(to_csv("deals", listed), encoding="utf-8")
            paths.append(str(path))
        if history:
            paths.append(str(Path(folder) / "history.csv"))
            Path(paths[-1]).write_text(to_csv("history", history), encoding="utf-8")
        return crm_audit.diagnose(*paths, lang="en", **options).report


def compared(found: Report) -> Comparison:
    assert found.movement is not None
    (comparison,) = found.movement.changes
    return comparison


def kinds(comparison: Comparison) -> set[tuple[str, str | None]]:
    """Kind of change (what of a back-dated one) and deal."""
    return {(c.what or c.kind, c.deal_id) for c in comparison.changes}


def one(comparison: Comparison, kind: str) -> Change:
    (found,) = (c for c in comparison.changes if kind in (c.kind, c.what))
    return found


def two_weeks(changes: dict[str, Row | None], more: Sequence[Row] = (), **options: Any) -> Report:
    first = rows()
    return report((TWO, first), (THREE, [*changed(first, changes), *more]), **options)


class TestDates:
    def test_the_name_dates_an_export_whatever_the_order_of_the_files(self) -> None:
        first, second = rows(), changed(rows(), {"1": {"stage": SPEC}})
        for order in (((TWO, first), (THREE, second)), ((THREE, second), (TWO, first))):
            found = compared(report(*order))
            assert (str(found.earlier_day), str(found.later_day), found.days) == (TWO, THREE, 7)
            assert found.dated == ["name", "name"]
            assert (one(found, "stage").was, one(found, "stage").became) == (EARLY, SPEC)

    def test_else_the_newest_event_and_a_given_date_wins(self, tmp_path: Path) -> None:
        first = [r | {"updated_at": "2026-09-10"} for r in rows()]
        second = [r | {"updated_at": "2026-09-20"} for r in changed(first, {"1": {"stage": SPEC}})]
        found = compared(report(("b.csv", first), ("a.csv", second)))
        assert (str(found.earlier_day), str(found.later_day)) == ("2026-09-10", "2026-09-20")
        assert found.dated == ["events", "events"]
        for name, listed in (("a.csv", first), ("b.csv", second)):
            (tmp_path / name).write_text(to_csv("deals", listed), encoding="utf-8")
        given = [f"{tmp_path / 'a.csv'}@2026-09-30", f"{tmp_path / 'b.csv'}@2026-09-23"]
        found = compared(crm_audit.diagnose(*given, lang="en").report)
        assert found.dated == ["given", "given"]
        assert one(found, "stage").became == EARLY

    def test_three_exports_make_two_comparisons_and_the_newest_is_judged(self) -> None:
        first = rows()
        second = changed(first, {"1": {"stage": SPEC}})
        third = changed(second, {"1": {"stage": OFFER}, "2": None})
        found = report((ONE, first), (TWO, second), (THREE, third))
        assert found.portfolio.deals == 13
        assert [kinds(c) for c in found.movement.changes] == [
            {("stage", "1")},
            {("stage", "1"), ("vanished", "2")},
        ]

    def test_a_repeat_of_one_export_is_said_and_left_out(self) -> None:
        found = report((TWO, rows()), (THREE, rows()))
        assert found.movement.changes == []
        assert [n.code for i in found.inputs for n in i.warnings if n.code == "repeated_export"]
        assert found.portfolio.deals == 14


class TestMatching:
    def test_without_ids_by_likeness_with_the_confidence_said(self) -> None:
        first = [{k: v for k, v in r.items() if k != "deal_id"} for r in rows()]
        second = [dict(r) for r in first]
        second[0]["stage"] = SPEC
        second[1]["deal_name"] = second[1]["deal_name"].upper().replace("SITE", "SITTE")
        second[1]["amount"] = "2000"
        found = compared(report((TWO, first), (THREE, second)))
        assert (found.by_id, found.alike, found.only_earlier, found.only_later) == (0, 14, 0, 0)
        assert {(c.kind, c.deal_name) for c in found.changes} == {
            ("stage", first[0]["deal_name"]),
            ("amount", second[1]["deal_name"]),
        }
        assert 0.8 <= found.lowest < 1.0
        assert one(found, "amount").confidence == found.lowest

    def test_another_deal_of_the_same_client_is_not_the_one_that_is_gone(self) -> None:
        first = [{k: v for k, v in r.items() if k != "deal_id"} for r in rows()]
        second = [dict(r) for r in first]
        other = {"deal_name": "Compressor hall, stage two", "created_at": "2026-08-20"}
        second[0] |= other | {"amount": "77777"}
        found = compared(report((TWO, first), (THREE, second)))
        assert (found.alike, found.only_earlier, found.only_later) == (13, 1, 1)

    def test_ids_of_a_new_import_are_not_believed(self) -> None:
        first = rows()
        second = [r | {"deal_id": str(900 + i)} for i, r in enumerate(first)]
        second[2]["amount"] = "5000"
        found = compared(report((TWO, first), (THREE, second)))
        assert (found.by_id, found.alike) == (0, 14)
        assert kinds(found) == {("amount", "902")}

    def test_where_two_deals_fit_nothing_is_said_of_either(self) -> None:
        twins = {
            "deal_name": "Pumps",
            "company": "Client",
            "created_at": "2026-08-01",
            "amount": "7",
        }
        first = [r for r in rows() if r["deal_id"] not in ("1", "2")]
        first += [
            deal("", **twins | {"owner": "Ann", "status": "open", "stage": s})
            for s in (EARLY, SPEC)
        ]
        second = [dict(r) for r in first]
        second[-1]["stage"] = OFFER
        for listed in (first, second):
            for row in listed:
                row.pop("deal_id")
        found = compared(report((TWO, first), (THREE, second)))
        assert found.not_sure == 4
        assert found.changes == []

    def test_too_little_likeness_is_no_match(self) -> None:
        whole = Likeness("pumps for site 1", "client 1", None, None)
        assert likeness(whole, whole) > 0.9
        assert likeness(whole, Likeness("roof repair", "client 1", None, None)) < 0.8
        assert likeness(Likeness(None, "client 1", None, None), whole) == 0.0

    def test_each_row_is_matched_once_the_surest_first(self) -> None:
        pairs = [(0.9, 1, 11), (0.99, 1, 12), (0.95, 2, 12), (0.85, 2, 11)]
        taken, left = one_to_one(pairs, 0.01)
        assert sorted(taken) == [(0.85, 2, 11), (0.99, 1, 12)]
        assert left == []
        assert one_to_one([(0.9, 1, 11), (0.89, 1, 12)], 0.05)[0] == []

    def test_other_deals_are_no_earlier_export(self) -> None:
        other = [r | {"deal_id": f"x{i}", "deal_name": f"Other {i}"} for i, r in enumerate(rows())]
        found = report((TWO, rows()), (THREE, other))
        assert found.portfolio.deals == 28
        assert found.movement.changes == []


class TestChanges:
    def test_each_kind_with_both_dates_and_both_lines(self) -> None:
        found = two_weeks(
            {
                "1": {"stage": SPEC},
                "2": {"expected_close": "2027-01-15"},
                "3": {"expected_close": "2026-11-15"},
                "4": {"amount": "900"},
                "5": {"owner": "Bob"},
                "6": {"stage": "Won", "status": "won", "closed_at": "2026-09-29"},
                "7": None,
                "l": {"stage": EARLY, "status": "open"},
            },
            [deal("99", created_at="2026-09-28", owner="Ann", status="open")],
        )
        comparison = compared(found)
        assert kinds(comparison) == {
            ("stage", "1"), ("pushed", "2"), ("pulled_in", "3"), ("amount", "4"), ("owner", "5"),
            ("stage", "6"), ("won", "6"), ("vanished", "7"), ("stage", "l"), ("reopened", "l"),
            ("new", "99"),
        }  # fmt: skip
        pushed = one(comparison, "pushed")
        assert (pushed.was, pushed.became, pushed.difference) == ("2026-12-01", "2027-01-15", 45)
        assert (str(pushed.seen_before), str(pushed.seen_after)) == (TWO, THREE)
        assert (pushed.before.line, pushed.after.line) == (3, 3)
        gone = one(comparison, "vanished")
        assert (gone.before.line, gone.after, gone.confidence) == (8, None, None)
        assert (one(comparison, "amount").was, one(comparison, "amount").became) == (1040, 900)
        total = {c.kind: (c.deals, c.amount, c.difference) for c in comparison.counts}
        assert total["amount"] == (1, {"XXX": 900}, {"XXX": -140})
        assert total["vanished"] == (1, {"XXX": 1070}, {})
        assert comparison.total == sum(c.deals for c in comparison.counts) == 11

    def test_amounts_of_two_currencies_are_neither_compared_nor_added(self) -> None:
        first = changed(rows(currency="USD"), {"1": {"currency": "EUR"}})
        second = changed(
            first, {"1": {"amount": "5"}, "2": {"amount": "6"}, "3": {"currency": "EUR"}}
        )
        found = compared(report((TWO, first), (THREE, second)))
        assert kinds(found) == {("amount", "1"), ("amount", "2"), ("currency", "3")}
        assert found.counts[0].amount == {"EUR": 5, "USD": 6}

    def test_an_export_with_no_closed_deals_cannot_tell_what_left_it(self) -> None:
        first = rows()
        second = [r for r in changed(first, {"7": None}) if r["status"] == "open"]
        found = report((TWO, first), (THREE, second))
        assert kinds(compared(found)) == {("left", "7")}
        assert counts(found, "deal-vanished") == (0, 0, 1)
        assert any("no closed deals" in note for note in compared(found).notes)

    def test_a_filter_is_no_deletion(self) -> None:
        first = [r | {"pipeline": "A" if i % 3 else "B"} for i, r in enumerate(rows(24))]
        second = changed([r for r in first if r["pipeline"] == "A"], {"2": {"owner": "Bob"}})
        found = report((TWO, first), (THREE, second))
        assert kinds(compared(found)) == {("owner", "2")}
        assert any("“B”" in note for note in compared(found).notes)
        assert found_by(found, "deal-vanished") == []

    def test_most_deals_gone_is_a_filter_too(self) -> None:
        first = rows()
        second = [r for r in first if r["deal_id"] in ("1", "2", "3", "w", "l")]
        found = compared(report((TWO, first), (THREE, second)))
        assert kinds(found) == set()
        assert found.notes

    def test_a_renamed_stage_is_no_move(self) -> None:
        second = [r | ({"stage": "Discovery call"} if r["stage"] == EARLY else {}) for r in rows()]
        found = compared(report((TWO, rows()), (THREE, second)))
        assert kinds(found) == set()
        assert any("Discovery call" in note for note in found.notes)

    def test_a_deal_that_comes_back_is_neither_new_nor_vanished(self) -> None:
        second = changed(rows(), {"3": None, "4": {"owner": "Bob"}})
        found = report((ONE, rows()), (TWO, second), (THREE, rows()))
        assert kinds(found.movement.changes[0]) == {("vanished", "3"), ("owner", "4")}
        assert kinds(found.movement.changes[1]) == {("returned", "3"), ("owner", "4")}
        assert found_by(found, "deal-vanished") == []

    def test_vanished_deals_are_findings_and_nothing_else(self) -> None:
        found = two_weeks({"7": None})
        (finding,) = (f for f in found.findings if f.rule == "deal-vanished")
        assert (finding.deal_id, finding.source.input, finding.source.line) == ("7", 0, 8)
        assert finding.facts == {"stage": EARLY, "last_seen": TWO, "missing_from": THREE}
        assert found.portfolio.deals == found.portfolio.open + 2 == 13


class TestBackDated:
    @pytest.mark.parametrize(
        ("what", "change"),
        [
            ("created_at", {"created_at": "2026-03-01"}),
            ("closed_before", {"stage": "Lost", "status": "lost", "closed_at": "2026-09-20"}),
            ("stage_entered_at", {"stage": SPEC, "stage_entered_at": "2026-09-20"}),
        ],
    )
    def test_a_date_before_an_export_that_shows_otherwise(self, what: str, change: Row) -> None:
        first = [r | {"stage_entered_at": "2026-08-20"} for r in rows()]
        second = changed(first, {"5": change})
        found = report((TWO, first), (THREE, second))
        assert one(compared(found), what).deal_id == "5"
        assert found_by(found, "back-dated-edit") == ["5"]

    def test_the_closing_date_of_a_closed_deal_rewritten(self) -> None:
        found = compared(two_weeks({"w": {"closed_at": "2026-06-25"}}))
        assert kinds(found) == {("closed_at", "w")}
        assert (one(found, "closed_at").was, one(found, "closed_at").became) == (
            "2026-08-25", "2026-06-25")  # fmt: skip

    def test_a_new_deal_older_than_the_export_that_lacks_it(self) -> None:
        late = deal("99", created_at="2026-09-01", owner="Ann", status="open")
        found = two_weeks({}, [late])
        assert [c.what for c in compared(found).changes if c.kind == "back_dated"] == ["new"]
        fresh = two_weeks({}, [late | {"created_at": TWO}])
        assert [c.what for c in compared(fresh).changes if c.kind == "back_dated"] == []

    def test_dates_on_the_day_of_the_export_or_an_hour_zone_apart_are_not(self) -> None:
        first = [r | {"created_at": "2026-08-01 23:30"} for r in rows()]
        second = [r | {"created_at": "2026-08-02 02:30"} for r in first]
        second = changed(second, {"5": {"stage": "Lost", "status": "lost", "closed_at": TWO}})
        assert kinds(compared(report((TWO, first), (THREE, second)))) == {
            ("stage", "5"),
            ("lost", "5"),
        }

    def test_a_new_import_rewrites_every_creation_and_none_is_an_edit(self) -> None:
        second = [r | {"created_at": "2026-09-25"} for r in rows()]
        found = compared(report((TWO, rows()), (THREE, second)))
        assert kinds(found) == set()
        assert found.notes

    def test_a_past_that_an_earlier_history_lacked(self, tmp_path: Path) -> None:
        events = [event(str(i), EARLY, f"2026-08-{i + 1:02d} 10:11") for i in range(1, 13)]
        late = [*events, event("4", SPEC, "2026-08-20 12:00"), event("5", SPEC, "2026-09-25 12:00")]
        paths = []
        for day, listed, history in (
            (TWO, rows(), events),
            (THREE, changed(rows(), {"4": {"stage": SPEC}, "5": {"stage": SPEC}}), late),
        ):
            for table, data in (("deals", listed), ("history", history)):
                paths.append(tmp_path / f"{table}_{day}.csv")
                paths[-1].write_text(to_csv(table, data), encoding="utf-8")
        found = crm_audit.diagnose(*paths, lang="en").report
        assert one(compared(found), "history").deal_id == "4"
        assert one(compared(found), "history").became == "2026-08-20"


ABSENT: list[Row] = [
    {"amount": "5", "currency": "USD"},
    {"owner": "Bob", "expected_close": "2027-05-05"},
    {"created_at": "2025-01-01"},
    {"company": "Other"},
    {"stage": SPEC},
    {"pipeline": "Main"},
    {"status": "lost", "closed_at": "2026-08-01"},
]


class TestAbsentColumns:
    """A column that one of two exports lacks is unknown in it: never a change."""

    @pytest.mark.parametrize("lacking", [0, 1], ids=["earlier", "later"])
    @pytest.mark.parametrize("fields", ABSENT, ids="-".join)
    def test_nothing_is_said_of_the_fields(self, lacking: int, fields: Row) -> None:
        exports = [[fields | r for r in rows()], [r | fields for r in rows()]]
        for row in exports[lacking]:
            for field in fields:
                row.pop(field, None)
        found = compared(report((TWO, exports[0]), (THREE, exports[1])))
        assert found.changes == []

    def test_present_in_both_it_is_a_change(self) -> None:
        changes = {str(i): fields for i, fields in enumerate(ABSENT, 1) if "company" not in fields}
        assert {c.deal_id for c in compared(two_weeks(changes)).changes} == set(changes) - {"6"}

    def test_no_facts_of_changes_without_an_earlier_export(self) -> None:
        found = report((THREE, rows()))
        for rule in ("deal-reopened", "back-dated-edit", "amount-changed", "close-date-slid"):
            assert counts(found, rule)[:2] == (0, 0), rule
        assert found.movement.changes == []


def shuffled(listed: Sequence[Row], seed: int) -> list[Row]:
    made = list(listed)
    random.Random(seed).shuffle(made)
    return made


def as_set(found: Report) -> set[tuple[Any, ...]]:
    return {
        (c.kind, c.what, c.deal_name, c.company, c.was, c.became, c.amount)
        for comparison in found.movement.changes
        for c in comparison.changes
    }


def invented(seed: int, count: int = 40) -> tuple[list[Row], list[Row]]:
    """Two exports with changes by chance."""
    chance = random.Random(seed)
    first = rows(count)
    edits: list[Callable[[], Row | None]] = [
        lambda: {"stage": chance.choice((SPEC, OFFER))},
        lambda: {"amount": str(chance.randrange(1, 9999))},
        lambda: {"owner": chance.choice(("Bob", "Eve"))},
        lambda: {"expected_close": f"2027-0{chance.randrange(1, 9)}-11"},
        lambda: None,
    ]
    changes = {row["deal_id"]: chance.choice(edits)() for row in first if chance.random() < 0.3}
    return first, changed(first, changes)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("with_ids", [True, False])
class TestProperties:
    def test_an_export_and_itself_shuffled_differ_in_nothing(
        self, seed: int, with_ids: bool
    ) -> None:
        first, _ = invented(seed)
        if not with_ids:
            first = [{k: v for k, v in r.items() if k != "deal_id"} for r in first]
        found = report((TWO, first), (THREE, shuffled(first, seed)))
        assert as_set(found) == set()
        assert found.portfolio.deals == len(first)

    def test_the_order_of_the_rows_changes_nothing(self, seed: int, with_ids: bool) -> None:
        first, second = invented(seed)
        if not with_ids:
            first, second = (
                [{k: v for k, v in r.items() if k != "deal_id"} for r in listed]
                for listed in (first, second)
            )
        straight = as_set(report((TWO, first), (THREE, second)))
        mixed = as_set(report((TWO, shuffled(first, seed)), (THREE, shuffled(second, seed + 1))))
        assert straight == mixed
        assert straight


class TestMovement:
    """What the comparison adds to the history that the questions stand on."""

    def test_a_move_is_a_move(self) -> None:
        found = two_weeks({"1": {"stage": SPEC}, "2": {"stage": "Won", "status": "won"}})
        assert (found.gates.moves.total, found.gates.moves.jumps) == (2, 0)
        (source,) = found.movement.sources
        assert (source.kind, source.events, source.deals) == ("snapshots", 2, 2)
        assert source.used_for[0] == "moves"

    @pytest.mark.parametrize(("earlier", "unknown", "jumps"), [(TWO, 1, 0), ("2026-09-29", 0, 1)])
    def test_a_jump_between_exports_cannot_be_told_unless_within_a_day(
        self, earlier: str, unknown: int, jumps: int
    ) -> None:
        first = changed(rows(), {"2": {"stage": SPEC}, "3": {"stage": OFFER}})
        found = report((earlier, first), (THREE, changed(first, {"1": {"stage": OFFER}})))
        assert (found.gates.moves.unknown, found.gates.moves.jumps) == (unknown, jumps)
        assert found_by(found, "stage-jumped") == (["1"] if jumps else [])

    def test_five_moves_of_one_interval_may_be_a_bulk_move(self) -> None:
        first = changed(rows(), {"12": {"stage": SPEC}})
        for moved, unknown in ((4, 0), (5, 5)):
            second = changed(first, {str(i): {"stage": SPEC} for i in range(1, moved + 1)})
            moves = report((TWO, first), (THREE, second)).gates.moves
            assert (moves.total, moves.unknown, moves.bulk) == (moved, unknown, 0)

    def test_the_date_of_entering_the_stage_dates_the_move(self) -> None:
        first = [r | {"stage_entered_at": "2026-08-20"} for r in rows()]
        second = changed(first, {"1": {"stage": SPEC, "stage_entered_at": "2026-09-25"}})
        found = report((TWO, first), (THREE, second), as_of="2026-10-30")
        stalled = {d.deal_id: str(d.progress_at.date()) for d in found.stalls.deals}
        assert stalled["1"] == "2026-09-25"

    def test_without_it_the_move_is_no_older_than_the_later_export(self) -> None:
        found = two_weeks({"1": {"stage": SPEC}}, as_of="2026-11-30")
        stalled = {d.deal_id: str(d.progress_at.date()) for d in found.stalls.deals}
        assert stalled["1"] == THREE

    def test_a_history_that_covers_the_interval_wins_and_nothing_counts_twice(self) -> None:
        events = way("1", ("2026-08-02 10:11", EARLY), ("2026-09-25 10:12", SPEC))
        events += way("2", ("2026-08-02 10:13", EARLY), ("2026-09-30 10:14", SPEC))
        second = changed(rows(), {"1": {"stage": SPEC}, "2": {"stage": SPEC}})
        found = report((TWO, rows()), (THREE, second), history=events)
        assert found.gates.moves.total == 2
        assert {s.kind for s in found.movement.sources} == {"history"}

    def test_a_history_that_ends_earlier_is_carried_on(self) -> None:
        events = way("1", ("2026-08-02 10:11", EARLY), ("2026-08-20 10:12", SPEC))
        first = changed(rows(), {"1": {"stage": SPEC}})
        second = changed(first, {"1": {"stage": OFFER}})
        found = report((TWO, first), (THREE, second), history=events)
        assert found.gates.moves.total == 2

    def test_two_pushes_seen_are_two_pushes(self) -> None:
        second = changed(
            rows(), {"1": {"expected_close": "2027-01-10"}, "2": {"expected_close": "2027-01-10"}}
        )
        third = changed(second, {"1": {"expected_close": "2027-02-10"}})
        found = report((ONE, rows()), (TWO, second), (THREE, third))
        assert found_by(found, "close-date-pushed") == ["1"]
        # One push seen does not prove that there was no other.
        assert counts(found, "close-date-pushed") == (1, 1, 11)

    def test_reactions_between_exports_are_seen_where_somebody_looked(self) -> None:
        fields = {"stage_entered_at": "2026-08-10"}
        first = [r | fields for r in rows()]
        # The limit of the first stage is 21 days: crossed on 31 August, before the first export.
        late = report((TWO, first), (THREE, changed(first, {"1": {"owner": "Bob"}})))
        share = check(late, "stall-decisions").share
        assert (share.low, share.high) == (0.0, 1.0)
        # Crossed between the exports, and answered or not within 14 days of it.
        second = changed(first, {"1": {"owner": "Bob"}})
        third = changed(second, {"2": {"amount": "1"}})
        early = report(("2026-08-28", first), ("2026-09-10", second), ("2026-09-16", third))
        assert check(early, "stall-decisions").share.of == 12


class TestAsOf:
    def test_the_export_of_that_day_is_used(self) -> None:
        second = changed(rows(), {"1": {"stage": SPEC}})
        third = changed(second, {"1": {"stage": OFFER}, "2": {"stage": SPEC}})
        found = report((ONE, rows()), (TWO, second), (THREE, third), as_of="2026-09-25")
        assert {s.stage: s.deals.open for s in found.stages if s.deals.open} == {EARLY: 11, SPEC: 1}
        assert len(found.movement.changes) == 1
        assert any(n.code == "later_export" for i in found.inputs for n in i.warnings)

    def test_before_the_first_export_the_first_one_is_nearest(self) -> None:
        second = changed(rows(), {"1": {"stage": SPEC}})
        found = report((TWO, rows()), (THREE, second), as_of="2026-09-01")
        assert {s.stage: s.deals.open for s in found.stages if s.deals.open} == {EARLY: 12}
        assert found.movement.changes == []
