"""What the parts of the report are made of: words of closed lists, money, sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Answer = Literal["yes", "no", "unknown"]
Severity = Literal["critical", "major", "minor", "info"]
Subject = Literal["deal", "stage", "owner", "portfolio"]
Language = Literal["ru", "en"]
Origin = Literal["default", "config", "own_data"]
QuestionId = Literal["next_step", "roles", "gates", "reasons", "forecast", "thresholds"]
Share01 = Annotated[float, Field(ge=0, le=1)]
Money = dict[str, float]
"""Sums by currency (ISO 4217, `XXX` where the export names none); never added up."""


class Part(BaseModel):
    """A part of the report."""

    model_config = ConfigDict(extra="forbid")


class Source(Part):
    """Where a row stands: the number of the input and the line in its file."""

    input: int
    line: int
