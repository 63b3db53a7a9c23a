"""Layouts with a known truth as raw tables: public ones beside the checkout, invented ones here."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_audit.readers.digest import Digest
from crm_audit.readers.raw import ArrowSource, RawTable
from crm_audit.recognise import recognise
from crm_audit.recognise.plan import RecogniseOptions, TablePlan
from crm_audit.wording import Wording

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LAYOUTS = SHARED / "data" / "export_layouts.json"
EXPORTS = SHARED / "exports"
UNSEEN = Path(__file__).with_name("unseen_layouts.toml")
KNOWN = Path(__file__).with_name("known_objects.toml")
INVENTED = tuple(Path(__file__).with_name(n) for n in ("layouts.toml", "real_layouts.toml"))


@dataclass(frozen=True)
class Layout:
    """A header row (and perhaps rows), with the kind and mapping it must get."""

    name: str
    kind: str
    headers: tuple[str, ...]
    mapping: dict[str, tuple[str, ...]]
    crm: str | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    stages: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def _columns(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def shared_layouts() -> list[Layout]:
    """The layouts of real exports; empty where the shared folder is not there."""
    if not LAYOUTS.exists():
        return []
    found = []
    for entry in json.loads(LAYOUTS.read_text(encoding="utf-8")):
        stages = {n: s["status"] for n, s in (entry["stages"] or {}).items()}
        found.append(
            Layout(
                name=entry["file"],
                kind=entry["kind"],
                crm=entry["crm"],
                headers=tuple(entry["headers"]),
                mapping={f: _columns(c) for f, c in entry["mapping"].items()},
                rows=_first_rows(entry["file"], entry["headers"]),
                stages=stages,
            )
        )
    return found


def _first_rows(name: str, headers: list[str]) -> tuple[tuple[str, ...], ...]:
    path = EXPORTS / name
    if not path.exists():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        first = [tuple(r) for _, r in zip(range(200), rows, strict=False)]
        return tuple(r for r in first if len(r) == len(headers))


def invented_layouts() -> list[Layout]:
    """Layouts made up for the tests, and header rows of real exports over invented rows."""
    data: dict[str, Any] = {}
    for path in INVENTED:
        data |= tomllib.loads(path.read_text(encoding="utf-8"))
    return [_layout(name, case) for name, case in data.items()]


def unseen_layouts() -> dict[str, list[Layout]]:
    """Layouts by the batch in which they were measured before anything was changed for them."""
    data: dict[str, Any] = {}
    for path in (UNSEEN, KNOWN):
        data |= tomllib.loads(path.read_text(encoding="utf-8"))
    return {b: [_layout(n, case) for n, case in cases.items()] for b, cases in data.items()}


def _layout(name: str, case: dict[str, Any]) -> Layout:
    return Layout(
        name=name,
        kind=case.get("kind", "deals"),
        crm=case.get("crm"),
        headers=tuple(case["headers"]),
        mapping={f: _columns(c) for f, c in case.get("mapping", {}).items()},
        rows=tuple(tuple(r) for r in case.get("rows", ())),
        more=case,
    )


def table_of(layout: Layout) -> RawTable:
    return RawTable(
        name=layout.name,
        digest=Digest("0" * 64),
        format="csv",
        headers=layout.headers,
        sample=layout.rows,
        source=ArrowSource(None),
        first_line=2,
        header_row=layout.more.get("header_row", 1) or None,
    )


def plan_of(layout: Layout, options: RecogniseOptions | None = None) -> TablePlan:
    return recognise([table_of(layout)], options or RecogniseOptions(), Wording("en"))[0]


def got(plan: TablePlan) -> dict[str, tuple[str, ...]]:
    """The mapping by headers, trimmed of blanks and quotes."""
    return {
        name: tuple(trim(plan.table.headers[i]) for i in match.columns)
        for name, match in plan.mapping.items()
    }


def right(layout: Layout, plan: TablePlan) -> int:
    """How many fields of the truth are fed by the columns that the truth names."""
    have = got(plan) if plan.kind == layout.kind else {}
    return sum(have.get(f) == tuple(map(trim, cs)) for f, cs in layout.mapping.items())


def trim(header: str) -> str:
    return header.strip().strip('"').strip()


def by_index(plan: TablePlan) -> dict[str, int]:
    """The mapping by the first column of each field."""
    return {name: match.columns[0] for name, match in plan.mapping.items()}


def errors(layout: Layout, plan: TablePlan) -> list[str]:
    """Differences to the truth: kind, missing, wrong and extra fields."""
    found = [] if plan.kind == layout.kind else [f"kind: {plan.kind}, not {layout.kind}"]
    have = got(plan)
    want = {f: tuple(trim(c) for c in cs) for f, cs in layout.mapping.items()}
    names = sorted(set(have) | set(want)) if layout.mapping or layout.kind != "stages" else []
    found.extend(
        f"{n}: {have.get(n)}, not {want.get(n)}" for n in names if have.get(n) != want.get(n)
    )
    return found
