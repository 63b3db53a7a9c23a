"""Reads whatever the client sent: every file becomes raw tables of text, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_audit.readers.raw import RawTable, ReadOptions
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Workspace", "read"]


def read(
    inputs: Sequence[str | Path | pd.DataFrame],
    options: ReadOptions,
    wording: Wording,
    space: Workspace,
) -> list[RawTable]:
    """Every table of `inputs`: paths, `-` for standard input, or pandas DataFrames.

    Files that tables still need are kept in `space`: load them before it is closed. Raises
    InputRefusedError, one line in the language of `wording`, for a file that cannot be read.
    """
    from crm_audit.readers import files
    from crm_audit.readers.refusal import Refusal

    tables: list[RawTable] = []
    for number, item in enumerate(inputs, start=1):
        name = _name(item, number)
        try:
            if isinstance(item, str | Path):
                tables += files.read_file(item, name, options, wording, space)
            else:
                from crm_audit.readers import frames

                tables.append(frames.read_frame(item, name, space))
        except Refusal as refusal:
            raise refusal.worded(refusal.values.pop("member", name), wording) from refusal.__cause__
    return tables


def _name(item: Any, number: int) -> str:
    if isinstance(item, str | Path):
        return "stdin" if str(item) == "-" else Path(item).name
    return f"frame {number}"
