"""Every layout, public or invented, gets its kind, its columns and its stage statuses."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from layout_cases import (
    Layout,
    by_index,
    errors,
    got,
    invented_layouts,
    plan_of,
    right,
    shared_layouts,
    unseen_layouts,
)

from crm_audit.recognise import profiles, stages
from crm_audit.recognise.plan import RecogniseOptions

PUBLIC = shared_layouts()
INVENTED = invented_layouts()
UNSEEN = unseen_layouts()


def _ids(layouts: list[Layout]) -> list[str]:
    return [x.name for x in layouts]


@pytest.mark.skipif(not PUBLIC, reason="the folder with public layouts is not here")
def test_there_are_26_public_layouts() -> None:
    assert len(PUBLIC) == 26


@pytest.mark.parametrize("layout", PUBLIC, ids=_ids(PUBLIC))
def test_public_layout(layout: Layout) -> None:
    plan = plan_of(layout)
    assert errors(layout, plan) == []
    assert plan.crm == layout.crm


@pytest.mark.parametrize("layout", PUBLIC, ids=_ids(PUBLIC))
def test_public_layout_needs_neither_rows_nor_file_name(layout: Layout) -> None:
    bare = replace(layout, rows=(), name="export.csv")
    if layout.name.startswith("maven_sales"):
        pytest.skip("only the rows tell that open deals have no close date")
    assert errors(bare, plan_of(bare)) == []


@pytest.mark.parametrize("layout", PUBLIC, ids=_ids(PUBLIC))
def test_stage_statuses_of_public_layout(layout: Layout) -> None:
    profile = profiles.load().get(plan_of(layout).crm)
    found = {n: stages.stage_status(n, profile) or "open" for n in layout.stages}
    truth = {
        n: s.split(" (")[0] if s.split(" ")[0] in ("open", "won", "lost") else "open"
        for n, s in layout.stages.items()
    }
    assert found == truth


@pytest.mark.parametrize("layout", INVENTED, ids=_ids(INVENTED))
def test_invented_layout(layout: Layout) -> None:
    plan = plan_of(layout)
    if places := layout.more.get("by_index"):
        assert by_index(plan) == places
        assert all(m.by == "values" and m.confidence < 0.6 for m in plan.mapping.values())
        return
    assert errors(layout, plan) == []
    if layout.crm:
        assert plan.crm == layout.crm
    dates = [[d.stage, d.moment, d.pipeline or ""] for d in plan.stage_dates]
    assert dates == layout.more.get("stage_dates", [])


@pytest.mark.parametrize(
    "layout", [pytest.param(x, id=f"{b}.{x.name}") for b, xs in UNSEEN.items() for x in xs]
)
def test_layout_seen_only_after_its_truth(layout: Layout) -> None:
    found = errors(layout, plan_of(layout))
    assert sorted(e.partition(":")[0] for e in found) == layout.more.get("missed", [])


def test_fields_of_unseen_layouts_stay_right() -> None:
    found = {b: sum(right(x, plan_of(x)) for x in xs) for b, xs in UNSEEN.items()}
    least = {
        "batch_1": 456,
        "batch_2": 225,
        "batch_3": 202,
        "batch_4": 147,
        "batch_5": 111,
        "batch_6": 499,
        "batch_7": 203,
        "batch_8": 116,
        "batch_9": 153,
        "batch_10": 118,
        "batch_11": 77,
        "batch_12": 118,
        "batch_13": 191,
        "batch_14": 172,
        "known_1": 585,
        "known_2": 277,
        "known_3": 238,
        "known_4": 337,
    }
    assert {b: n for b, n in found.items() if n < least[b]} == {}
    assert sum(len(x.mapping) for xs in UNSEEN.values() for x in xs) == 4349


def test_no_column_feeds_two_fields() -> None:
    unseen = (x for xs in UNSEEN.values() for x in xs)
    for layout in (*PUBLIC, *INVENTED, *unseen):
        used = [i for m in plan_of(layout).mapping.values() for i in m.columns]
        assert len(used) == len(set(used)), layout.name


def test_language_and_currency_of_headers() -> None:
    by_name = {x.name: plan_of(x) for x in INVENTED}
    assert by_name["amocrm_list_ru"].language == "ru"
    assert by_name["amocrm_list_ru"].header_currency == "RUB"
    assert by_name["german"].language == "en"
    assert by_name["german"].header_currency == "EUR"
    hand = by_name["excel_ru_project_sales"]
    assert (hand.header_currency, hand.amount_scale) == ("RUB", 1000)
    assert by_name["excel_en_manager_fields"].header_currency == "USD"


def test_flags_are_named_in_their_order() -> None:
    by_name = {x.name: plan_of(x) for x in INVENTED}
    assert by_name["salesforce_api_custom"].status_flags == ("closed", "won")
    assert by_name["bitrix_api_custom_fields"].status_flags == ("closed",)
    assert by_name["bitrix_ui_ru"].status_flags == ()
    own = RecogniseOptions(columns={"status": ("IsClosed", "IsWon")})
    plan = plan_of(next(x for x in INVENTED if x.name == "salesforce_api_custom"), own)
    assert plan.status_flags == ("closed", "won")
    assert plan.mapping["status"].by == "option"


def test_recognition_takes_milliseconds() -> None:
    layouts = (*PUBLIC, *INVENTED)
    for layout in layouts:
        plan_of(layout)
    began = time.perf_counter()
    for layout in layouts:
        plan_of(layout)
    assert (time.perf_counter() - began) / len(layouts) < 0.05


def test_mapping_is_in_the_order_of_the_columns() -> None:
    plan = plan_of(INVENTED[0])
    assert list(got(plan)) == sorted(got(plan), key=lambda n: plan.mapping[n].columns)
