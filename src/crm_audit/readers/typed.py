"""Reads typed exports of a warehouse, JSON lines and Parquet, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from crm_audit.readers import encoding as encodings
from crm_audit.readers.delimited import Origin
from crm_audit.readers.parsed import Row, titled
from crm_audit.readers.raw import RawTable, ReadOptions, RowIssue
from crm_audit.readers.refusal import Refusal, guarded
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

_DEEPEST = 64


def read_json(
    path: Path, origin: Origin, options: ReadOptions, wording: Wording, space: Workspace
) -> RawTable:
    """A table of objects: one a line, or one array of them, alone or under a single key.

    A key that some object lacks is an empty cell; what is nested stays JSON text; numbers keep
    their digits.
    """
    if path.stat().st_size > options.max_inflated:
        raise Refusal("hostile_size", limit=options.max_inflated >> 20)
    data = path.read_bytes()
    if options.encoding:
        encoding = encodings.named(options.encoding)
    else:
        encoding = encodings.detect(data, whole=True)
    try:
        text = data.decode(encoding.name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Refusal("encoding_wrong", encoding=encoding.name) from error
    rejects: list[RowIssue] = []
    whole = _whole(text)
    if whole is not None:
        objects = list(enumerate(whole, start=1))
    else:
        objects = []
        for line, found in _lines(text):
            if isinstance(found, dict):
                objects.append((line, found))
            else:
                rejects.append(RowIssue(line, wording("reject_not_an_object"), found))
    if not objects:
        raise Refusal("json", line=rejects[0].line if rejects else 1)
    headers = list(dict.fromkeys(key for _, item in objects for key in item))
    if not headers:
        raise Refusal("no_table")
    rows: list[Row] = [(line, [_text(item.get(h)) for h in headers]) for line, item in objects]
    return titled(
        headers, rows, origin, "jsonl", space, encoding=encoding.name, rejects=tuple(rejects)
    )


def _parse(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _whole(text: str) -> list[dict[str, Any]] | None:
    """The objects of a document that is one array of them, or an object that holds one."""
    try:
        found = _parse(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        arrays = [v for v in found.values() if isinstance(v, list) and v and _objects(v)]
        return arrays[0] if len(arrays) == 1 else [found]
    return found if isinstance(found, list) and found and _objects(found) else None


def _objects(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = _parse(line)
        except (ValueError, RecursionError):
            found = None
        yield number, found if isinstance(found, dict) else line


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def read_parquet(path: Path, origin: Origin, space: Workspace) -> RawTable:
    """A Parquet file, whose values DuckDB turns into text."""
    import duckdb

    def convert() -> tuple[list[str], list[tuple[Any, ...]]]:
        with duckdb.connect(config={"memory_limit": "1GB"}) as con:
            relation = con.read_parquet(str(path))
            names = list(relation.columns)
            casts = ", ".join(f"#{i + 1}::VARCHAR" for i in range(len(names)))
            return names, relation.project(casts).fetchall()

    headers, found = guarded(convert, "damaged")
    rows: list[Row] = [
        (line, ["" if cell is None else cell for cell in row])
        for line, row in enumerate(found, start=1)
    ]
    return titled(headers, rows, origin, "parquet", space)


def read_typed(
    path: Path,
    origin: Origin,
    *,
    kind: Literal["jsonl", "parquet"],
    options: ReadOptions,
    wording: Wording,
    space: Workspace,
) -> list[RawTable]:
    """The one table of a JSON lines or Parquet file."""
    if kind == "parquet":
        return [read_parquet(path, origin, space)]
    return [read_json(path, origin, options, wording, space)]
