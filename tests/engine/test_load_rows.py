"""From files to canonical rows: every row accounted for, ids kept, tables joined or set aside."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import crm_audit
from build import EARLY, SPEC, audit, counts, deal, deals, event, found_by, person, task, way

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "exports"
BIG = 8_000_000


def groups() -> Iterator[Any]:
    """Public exports with their history and activities, by CRM."""
    if not SHARED.is_dir():
        yield pytest.param((), marks=pytest.mark.skip(reason="no folder of public exports here"))
        return
    sets: dict[str, list[Path]] = {}
    for path in sorted(SHARED.glob("*.csv")):
        if path.stat().st_size < BIG:
            crm, name = path.name.split("_")[:2]
            sets.setdefault(name if crm == "custom" else crm, []).append(path)
    for name, paths in sets.items():
        yield pytest.param(tuple(paths), id=name)


def reconciled(report: Any) -> None:
    for table in report.inputs:
        rows = table.rows
        assert rows.read == rows.imported + rows.merged + rows.rejected + rows.skipped, table.name


@pytest.mark.parametrize("paths", list(groups()))
def test_rows_of_public_exports_are_accounted_for(paths: tuple[Path, ...]) -> None:
    report = crm_audit.diagnose(*paths).report
    reconciled(report)
    assert report.portfolio.deals == sum(
        t.rows.imported for t in report.inputs if t.kind == "deals"
    )
    said = {w.values["name"] for w in report.warnings if w.code == "set_aside"}
    assert said == {t.name for t in report.inputs if not t.used}
    assert not said or {t.crm for t in report.inputs} == {"zoho"}  # its tasks name no deal


def ids(audited: Any) -> list[str]:
    return list(audited.deals["deal_id"])


def diagnose(tmp_path: Path, text: str, **options: Any) -> Any:
    path = tmp_path / "deals.csv"
    path.write_text(text, encoding="utf-8")
    return crm_audit.diagnose(path, **options)


class TestIds:
    def test_byte_for_byte(self, tmp_path: Path) -> None:
        odd = [
            "00123",
            "123",
            "12345678901234567890",
            "12345678901234567891",
            "a-Б/1",
            "1.0",
            "1e5",
        ]
        text = "Deal ID,Deal Name,Stage,Amount\n" + "".join(f"{i},x,Spec,5\n" for i in odd)
        assert ids(diagnose(tmp_path, text)) == odd

    def test_two_different_rows_with_one_id_are_both_kept_and_reported(self) -> None:
        report = audit([deal("7", amount="1"), deal("7", amount="2"), deal("8", amount="4")])
        assert (report.portfolio.deals, report.portfolio.open_amount) == (3, {"XXX": 7})
        assert found_by(report, "deal-id-repeated") == ["7", "7"]
        assert len({f.id for f in report.findings}) == len(report.findings)

    def test_a_deal_without_an_id_gets_one_from_what_names_it(self, tmp_path: Path) -> None:
        text = "Deal ID,Deal Name,Company,Stage\n,A,x,Spec\n,A,x,Offer\n5,B,x,Spec\n,C,x,Spec\n"
        first = ids(diagnose(tmp_path, text))
        assert first[2] == "5"
        assert all(i.startswith("no-id-") for n, i in enumerate(first) if n != 2)
        assert len(set(first)) == 4
        assert ids(diagnose(tmp_path, text)) == first


class TestMerging:
    def test_exact_duplicates_are_merged(self) -> None:
        report = audit([deal("1", amount="5"), deal("1", amount="5"), deal("2", amount="7")])
        rows = report.inputs[0].rows
        assert (rows.imported, rows.merged) == (2, 1)
        assert report.portfolio.open_amount == {"XXX": 12}
        assert counts(report, "deal-id-repeated")[0] == 0
        assert "rows_merged" in {w.code for w in report.warnings}
        reconciled(report)

    def test_product_rows_become_one_deal_with_their_sum(self) -> None:
        row = deal("1", company="Alpha")
        rows = [row | {"Product": p, "Price": a, "Quantity": "1", "amount": a} for p, a in
                (("Pump", "100"), ("Valve", "30"), ("Pipe", "5"))]  # fmt: skip
        rows += [deal("2", company="Beta", Product="Pump", Price="100", Quantity="1", amount="100")]
        report = audit(rows)
        assert (report.inputs[0].rows.imported, report.inputs[0].rows.merged) == (2, 2)
        assert report.portfolio.open_amount == {"XXX": 235}
        reconciled(report)

    def test_rows_that_differ_in_more_than_the_product_are_two_deals(self) -> None:
        rows = [
            deal("1", company="Alpha", Product="Pump", amount="100"),
            deal("1", company="Beta", Product="Valve", amount="30"),
        ]
        report = audit(rows)
        assert (report.inputs[0].rows.imported, report.inputs[0].rows.merged) == (2, 0)


class TestJoining:
    def test_on_the_id_column_that_matches_best(self) -> None:
        rows = [deal(f"D{i}", lead_id=f"L{i}") for i in range(6)]
        rows = [{("Lead ID" if k == "lead_id" else k): v for k, v in r.items()} for r in rows]
        history = [
            {"Lead ID": f"L{i}", "to_stage": SPEC, "changed_at": "2026-09-02 10:11"}
            for i in range(6)
        ]
        report = audit(rows, history)
        joined = report.inputs[1].joined_on
        assert (joined.column, joined.deals_column, joined.matched) == ("Lead ID", "Lead ID", 1.0)
        assert report.inputs[1].used

    def test_what_cannot_be_joined_is_set_aside_and_said(self) -> None:
        history = [event(f"X{i}", SPEC, "2026-09-02 10:11") for i in range(6)]
        report = audit(deals(6), history)
        assert report.inputs[1].used is False
        assert report.inputs[1].joined_on is None
        assert "set_aside" in {w.code for w in report.warnings}
        assert report.gates.moves is None
        reconciled(report)

    def test_rows_without_a_deal_are_counted_and_harmless(self) -> None:
        history = way("1", ("2026-09-02 10:11", EARLY), ("2026-09-05 10:11", SPEC))
        report = audit(deals(2), [*history, event("stranger", SPEC, "2026-09-02 10:11")])
        assert report.inputs[1].joined_on.matched == pytest.approx(0.6667, abs=1e-4)
        assert report.gates.moves.total == 1

    def test_contacts_and_tasks_without_deals_are_refused(self) -> None:
        with pytest.raises(crm_audit.errors.InputRefusedError):
            audit([], contacts=[person("1", "A. Li", position="CEO")])
        with pytest.raises(crm_audit.errors.InputRefusedError):
            audit([], tasks=[task("1", due_at="2026-10-01")])


class TestDatesAndMoney:
    def test_one_close_date_column_is_planned_for_open_and_actual_for_closed(self) -> None:
        rows = [deal("open", close_date="2026-12-01"), deal("past", close_date="2026-09-01")]
        rows += [deal("lost", stage="Lost", close_date="2026-09-01", loss_reason="")]
        report = audit([r | {"loss_reason": ""} for r in rows])
        assert found_by(report, "close-date-past") == ["past"]
        assert found_by(report, "loss-reason-missing") == ["lost"]

    def test_with_two_columns_the_planned_date_closes_nothing(self) -> None:
        row = deal("1", stage="Lost", expected_close="2026-09-01", closed_at="", loss_reason="")
        assert counts(
            audit([row, deal("2", closed_at="", expected_close="2026-12-01")]),
            "loss-reason-missing",
        ) == (0, 0, 0)

    @pytest.mark.parametrize(
        ("cells", "total"),
        [
            (["1,234.50", "2,000", "10"], 3244.5),
            (["1 234,50", "2 000", "10"], 3244.5),
            (["1\u00a0234,5", "2\u202f000,00", "10"], 3244.5),
            (["1.234,50", "2.000,00", "10"], 3244.5),
            (["1'234.50", "2'000", "10"], 3244.5),
        ],
    )
    def test_amounts_in_several_styles(self, cells: list[str], total: float) -> None:
        report = audit([deal(str(i), amount=cell) for i, cell in enumerate(cells)])
        assert report.portfolio.open_amount == {"XXX": total}

    def test_currency_signs_in_the_cells(self) -> None:
        cells = ["$1,000.00", "€200", "$50"]
        report = audit([deal(str(i), amount=cell) for i, cell in enumerate(cells)])
        assert report.portfolio.open_amount == {"EUR": 200, "USD": 1050}

    def test_a_cell_that_cannot_be_read_is_listed_with_its_line(self) -> None:
        report = audit([deal(str(i), amount=a) for i, a in enumerate(["5", "6", "some", "7"])])
        (bad,) = report.inputs[0].bad_cells
        assert (bad.line, bad.text) == (4, "some")
        assert report.portfolio.open_amount == {"XXX": 18}


def test_wide_stage_dates_are_a_history(tmp_path: Path) -> None:
    header = ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Create Date"]
    header += [
        f'Date {verb} "{s} (Sales)"' for s in (EARLY, SPEC) for verb in ("entered", "exited")
    ]
    rows = [
        ["1", "A", SPEC, "Sales", "5", "2026-01-01 10:00", "2026-01-01 10:00", "2026-02-01 11:13",
         "2026-02-01 11:13", ""],
        ["2", "B", EARLY, "Sales", "6", "2026-01-05 10:00", "2026-01-05 10:07", "", "", ""],
    ]  # fmt: skip
    path = tmp_path / "deals.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    report = crm_audit.diagnose(path, as_of="2026-03-01").report
    assert report.gates.moves is not None
    assert (report.gates.moves.total, report.gates.moves.clean) == (1, 1)
    assert {d.deal_id: d.days for d in report.stalls.deals} == {"1": 28, "2": 55}


def test_an_empty_table_of_deals_is_sound(tmp_path: Path) -> None:
    report = diagnose(tmp_path, "Deal ID,Deal Name,Stage,Amount\n").report
    assert (report.portfolio.deals, report.as_of, report.verdict.answer) == (
        0,
        None,
        "inconclusive",
    )
    reconciled(report)


def test_scope_leaves_out_technical_and_post_sale_and_counts_them() -> None:
    rows = [
        deal("1"),
        deal("2", stage="Spam"),
        deal("3", stage="Duplicate"),
        deal("4", stage="Production"),
    ]
    rows += [deal("5", stage="Won"), deal("6", stage="Lost"), deal("7", stage="")]
    p = audit(rows).portfolio
    assert (p.deals, p.open, p.won, p.lost, p.ignored, p.unknown) == (7, 1, 1, 1, 3, 1)


PRODUCTS = "ID;Название сделки;Стадия;Сумма;Валюта;Товар;Цена;Количество\n"


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (("700", "300", "50", "90"), 1000),  # the amount of each line
        (("1000", "1000", "140", "140"), 1000),  # the amount of the deal, in each of its lines
        (("1 000,00", "1 000,00", "140", "140"), 1000),
        (("500", "500", "70", "70"), 1000),  # neither: lines are added, as Bitrix24 writes them
    ],
)
def test_the_amount_of_a_deal_is_not_counted_for_each_product(
    amounts: tuple[str, ...], total: int, tmp_path: Path
) -> None:
    a, b, c, d = amounts
    rows = (
        f"1;Насосы;Переговоры;{a};RUB;Насос;350;2\n1;Насосы;Переговоры;{b};RUB;Щит;300;1\n"
        f"2;Ремни;Переговоры;{c};RUB;Ремень;50;1\n2;Ремни;Переговоры;{d};RUB;Шкив;90;1\n"
    )
    found = diagnose(tmp_path, PRODUCTS + rows)
    assert float(found.deals.set_index("deal_id").loc["1", "amount"]) == total
    assert found.report.inputs[0].rows.merged == 2
