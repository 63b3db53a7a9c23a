"""What the reader of a report may choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReporterOptions:
    """Choices that change how a report looks, never what it says.

    `rows` caps the tables of deals; `forecast_only` leaves the page of the forecast; `width` and
    `color` are the terminal's. With
    `pseudonym_key` (a secret of the installation) hidden names become stable pseudonyms;
    without it they are only hidden, because a hash without a secret can be guessed back.
    """

    show_pii: bool = False
    mask_names: bool = False
    width: int | None = None
    color: bool = False
    rows: int = 20
    forecast_only: bool = False
    pseudonym_key: bytes = b""
