"""The process picture of public exports, counted again with pandas from the files alone.

Only the order of the stages is taken from the report: the words and the history that it comes from
have tests of their own. Everything else is read from the files here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import crm_audit
from crm_audit.model.process import Process

EXPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "exports"
BEYOND = 999
"""The place of won: after every open stage."""

pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="needs the public exports")


@dataclass(frozen=True)
class Source:
    """Where the columns of one pair of files are; `left` is when a stage ended, if it says so."""

    deals: str
    history: str
    key: tuple[str, str]
    stage: tuple[str, str]
    entered: str
    closed: str
    owner: str
    left: str = ""


SOURCES = {
    "salesforce": Source(
        "sf_wave_opportunity.csv",
        "sf_wave_opportunity_history.csv",
        ("External_Id__c", "Opportunity.External_Id__c"),
        ("StageName", "StageName__c"),
        "CreatedDate__c",
        "CloseDate",
        "Owner.External_Id__c",
    ),
    "inbound": Source(
        "custom_luiscaro_deals.csv",
        "custom_luiscaro_stage_history.csv",
        ("lead_id", "lead_id"),
        ("status", "stage"),
        "entered_at",
        "close_at",
        "owner_rep_id",
        "exited_at",
    ),
}


@functools.cache
def process(name: str) -> Process:
    """The picture that the audit draws."""
    source = SOURCES[name]
    audit = crm_audit.diagnose(EXPORTS / source.deals, EXPORTS / source.history)
    found = audit.report.movement.process
    assert found is not None
    return found


@functools.cache
def rows(name: str) -> pd.DataFrame:
    """The history in order: a row for each stay, with the place of its stage and the next row."""
    source = SOURCES[name]
    deals = pd.read_csv(EXPORTS / source.deals)
    history = pd.read_csv(EXPORTS / source.history)
    (pipeline,) = process(name).pipelines
    ranks = {stage.stage: stage.order for stage in pipeline.stages}
    table = pd.DataFrame(
        {
            "deal": history[source.key[1]],
            "stage": history[source.stage[1]],
            "at": pd.to_datetime(history[source.entered]),
            "left": pd.to_datetime(history[source.left]) if source.left else pd.NaT,
        }
    )
    ends = deals[source.stage[0]].str.extract("(Won|Lost)", expand=False).str.lower()
    cards = pd.DataFrame(
        {
            "deal": deals[source.key[0]],
            "status": ends.fillna("open"),
            "closed": pd.to_datetime(deals[source.closed]),
            "owner": deals[source.owner],
        }
    )
    table = table.merge(cards, on="deal")
    won = table["stage"].str.contains("Won")
    table["rank"] = table["stage"].map(ranks)
    table["place"] = table["rank"].mask(won, BEYOND)
    table = table.drop_duplicates(["deal", "stage", "at"])
    table["order"] = table["rank"].fillna(BEYOND)
    table = table.sort_values(["deal", "at", "order"], kind="stable")
    by_deal = table.groupby("deal", sort=False)
    table["next_at"] = by_deal["at"].shift(-1)
    table["from_stage"] = by_deal["stage"].shift()
    table["from_place"] = by_deal["place"].shift()
    return table


def stages(name: str) -> pd.DataFrame:
    """What became of the deals that reached each stage, and their days in it."""
    table = rows(name)
    closed = table["closed"].where(table["status"] != "open")
    table = table.assign(end=table["next_at"].fillna(table["left"]).fillna(closed))
    days = (table["end"] - table["at"]).dt.total_seconds() / 86400
    table = table.assign(days=days.where(days >= 0), stands=table["end"].isna())
    furthest = table.groupby("deal")["place"].max()
    status = table.groupby("deal")["status"].first()
    furthest = furthest.mask(status == "won", BEYOND)
    visits = table[table["rank"].notna()].groupby(["deal", "stage"])
    seen = visits.agg(
        rank=("rank", "first"),
        days=("days", lambda d: d.sum(min_count=1)),
        stands=("stands", "any"),
    ).reset_index()
    seen["days"] = seen["days"].mask(seen["stands"])
    seen["far"] = seen["deal"].map(furthest)
    seen["status"] = seen["deal"].map(status)
    here = seen["far"] == seen["rank"]
    seen = seen.assign(
        on=seen["far"] > seen["rank"],
        lost=here & (seen["status"] == "lost"),
        open=here & (seen["status"] == "open"),
    )
    found = seen.groupby("stage").agg(
        reached=("deal", "size"),
        went_on=("on", "sum"),
        lost=("lost", "sum"),
        open=("open", "sum"),
        stays=("days", "count"),
        median_days=("days", "median"),
        p90_days=("days", lambda d: d.quantile(0.9)),
    )
    return found.assign(conversion=found["went_on"] / (found["went_on"] + found["lost"]))


def moves(name: str) -> pd.DataFrame:
    """Changes of stage, each a row; `step` counts the places, won following the last stage."""
    table = rows(name)
    last = table["rank"].max()
    changed = table[table["from_stage"].notna() & (table["from_stage"] != table["stage"])]
    target = changed["place"].mask(changed["place"] == BEYOND, last + 1)
    source = changed["from_place"].where(changed["from_place"] != BEYOND)
    return changed.assign(to=target, source=source, step=target - source)


@pytest.mark.parametrize("name", SOURCES)
def test_stages(name: str) -> None:
    expected = stages(name)
    (pipeline,) = process(name).pipelines
    assert len(expected) > 3
    for stage in pipeline.stages:
        own = expected.loc[stage.stage]
        for field in ("reached", "went_on", "lost", "open", "stays"):
            assert getattr(stage, field) == own[field], (stage.stage, field)
        assert stage.median_days == pytest.approx(own["median_days"], abs=0.006)
        assert stage.p90_days == pytest.approx(own["p90_days"], abs=0.006)
        assert stage.conversion == pytest.approx(own["conversion"], abs=0.00006)


@pytest.mark.parametrize("name", SOURCES)
def test_moves(name: str) -> None:
    changed = moves(name)
    (pipeline,) = process(name).pipelines
    steps = changed["step"].dropna()
    assert pipeline.moves == len(steps) > 500
    assert pipeline.rollbacks == (steps < 0).sum()
    assert pipeline.skips == (steps > 1).sum()
    for stage in pipeline.stages:
        over = (changed["source"] < stage.order) & (stage.order < changed["to"])
        assert stage.skips == over.sum()
        back = (changed["step"] < 0) & (changed["from_stage"] == stage.stage)
        assert stage.rollbacks == back.sum()


@pytest.mark.parametrize("name", SOURCES)
def test_from_stage_to_stage(name: str) -> None:
    changed = moves(name)
    counted = changed.groupby(["from_stage", "stage"]).size().to_dict()
    (pipeline,) = process(name).pipelines
    assert {(t.from_stage, t.to_stage): t.moves for t in pipeline.matrix} == counted
    by_owner = changed.groupby(["owner", "from_stage", "stage"]).size().to_dict()
    drawn = {
        (part.owner, step.from_stage, step.to_stage): step.moves
        for part in pipeline.by_owner
        for step in part.rows
    }
    assert drawn == by_owner
