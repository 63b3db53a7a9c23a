"""How deals pass through the stages: conversion, time, moves back and over, from stage to stage."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from crm_audit.engine.session import statements
from crm_audit.judge.case import Case
from crm_audit.judge.gaps import export_hint
from crm_audit.model.process import (
    OwnerTransitions,
    Process,
    ProcessPipeline,
    ProcessStage,
    Transition,
)

_OF_HISTORY = (
    "reached", "went_on", "lost", "open", "conversion", "stays", "median_days", "p90_days",
    "rollbacks", "skips", "few",
)  # fmt: skip


def judge_process(case: Case) -> Process | None:
    """The process of every pipeline; without a history what the deals themselves tell.

    None where no pipeline has an open stage.
    """
    case.session.run("process")
    stages, pipelines, by_owner, matrix = (
        _by_pipeline(case.session.dicts(query)) for query in statements("process_stages")
    )
    if not stages:
        return None
    least = int(case.limit("process_least"))
    return Process(
        basis="history" if case.derived.has_history else "deals",
        least=least,
        pipelines=[
            ProcessPipeline(
                **pipelines[name][0] | {"pipeline": name or None},
                stages=[_stage(case, row, least) for row in rows],
                matrix=_transitions(matrix.get(name, [])),
                by_owner=[
                    OwnerTransitions(owner=owner, rows=_transitions(own))
                    for owner, own in groupby(by_owner.get(name, []), key=_owner)
                ],
            )
            for name, rows in stages.items()
            if name in pipelines
        ],
        export="" if case.derived.has_history else export_hint(case, "stage_history"),
    )


def _by_pipeline(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["pipeline"], []).append(row)
    return found


def _stage(case: Case, row: dict[str, Any], least: int) -> ProcessStage:
    decided = row["went_on"] + row["lost"]
    found = row | {
        "pipeline": row["pipeline"] or None,
        "conversion": round(row["went_on"] / decided, 4) if decided else None,
        "few": [
            name for name, n in (("conversion", decided), ("days", row["stays"])) if 0 < n < least
        ],
    }
    if not case.derived.has_history:
        found = {name: value for name, value in found.items() if name not in _OF_HISTORY}
    for name in ("median_days", "p90_days", "standing_days"):
        if found.get(name) is not None:
            found[name] = round(found[name], 2)
    return ProcessStage(**found)


def _owner(row: dict[str, Any]) -> str | None:
    owner: str | None = row["owner"]
    return owner


def _transitions(rows: Iterable[dict[str, Any]]) -> list[Transition]:
    return [Transition(**{name: row[name] for name in Transition.model_fields}) for row in rows]
