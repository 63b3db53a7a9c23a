"""Takes a pandas DataFrame as a raw table of text, with ids and numbers as a person writes them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_audit.readers.delimited import Origin
from crm_audit.readers.digest import Digest
from crm_audit.readers.parsed import Row, titled
from crm_audit.readers.raw import RawTable
from crm_audit.readers.refusal import Refusal
from crm_audit.readers.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def read_frame(frame: pd.DataFrame, name: str, space: Workspace) -> RawTable:
    """The table of a DataFrame; its index is not a column. Missing values are empty cells."""
    if not hasattr(frame, "columns") or not hasattr(frame, "itertuples"):
        raise TypeError(f"neither a path nor a pandas DataFrame: {type(frame).__name__}")
    if not len(frame.columns):
        raise Refusal("empty")
    missing = frame.isna()
    columns = [
        ["" if gone else _text(value) for value, gone in zip(frame.iloc[:, i].tolist(),
         missing.iloc[:, i].tolist(), strict=True)]
        for i in range(len(frame.columns))
    ]  # fmt: skip
    rows: list[Row] = list(enumerate(map(list, zip(*columns, strict=True)), start=1))
    headers = [_text(header) for header in frame.columns]
    digest = hashlib.sha256(repr(headers).encode())
    for _, cells in rows:
        digest.update(repr(cells).encode("utf-8", "surrogatepass"))
    return titled(headers, rows, Origin(name, Digest(digest.hexdigest())), "frame", space)


def _text(value: Any) -> str:
    """`12345` for 12345.0, ISO for dates, true and false: never the accidents of a dtype."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ")
        return text.removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
