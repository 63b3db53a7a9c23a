"""The labels of invented texts, both languages, from the case files beside this test."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_audit import texts

_CASES = Path(__file__).parent / "cases"
_LABELS = {
    "stage_names": texts.stage_kind,
    "next_steps": texts.next_step_kind,
    "loss_reasons": texts.loss_reason_kind,
    "positions": texts.contact_role,
}


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_CASES / f"{name}.toml").read_text(encoding="utf-8"))


def _cases() -> Iterator[Any]:
    for name in _LABELS:
        for kinds in _load(name).values():
            for kind, found in kinds.items():
                for text in found:
                    yield pytest.param(name, text, kind, id=f"{name}-{text[:40]}")


@pytest.mark.parametrize(("name", "text", "kind"), list(_cases()))
def test_label(name: str, text: str, kind: str) -> None:
    assert _LABELS[name](text) == kind


@pytest.mark.parametrize(("name", "kind"), _load("grammar")["stage"].items())
def test_grammar_of_stage_names(name: str, kind: str) -> None:
    assert texts.stage_kind(name) == kind


@pytest.mark.parametrize(("text", "kind"), _load("grammar")["step"].items())
def test_grammar_of_next_steps(text: str, kind: str) -> None:
    assert texts.next_step_kind(text) == kind


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_dates(answer: str) -> None:
    for found in _load("dates")[answer].values():
        wrong = [text for text in found if texts.has_date(text) is not (answer == "yes")]
        assert wrong == []
