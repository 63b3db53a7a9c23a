"""Raw tables into the canonical ones: deals first, then what is joined to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_audit.engine import canonical
from crm_audit.engine.deals import DealTables
from crm_audit.engine.joined import JoinedTables
from crm_audit.engine.loaded import Loaded, LoadOptions
from crm_audit.engine.raw import load_raw
from crm_audit.engine.series import Series, find_series
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.readers.raw import Notice
from crm_audit.recognise import values
from crm_audit.recognise.plan import TablePlan
from crm_audit.wording import Wording

_GUESSED = ("appearance", "age")
"""Grounds for an order of stages that are none: the next export may have another."""
_ORDER = ("stages", "deals", "stage_events", "activities", "contacts", "not_deals")


class Loader:
    """Loads the plans of one audit into one session."""

    def __init__(self, session: Session, options: LoadOptions, wording: Wording) -> None:
        self.session = session
        self.options = options
        self.wording = wording
        self.book = StageBook(options.stages, options.optional_stages)
        self.series: list[Series] = []

    def load(self, plans: Sequence[TablePlan]) -> list[Loaded]:
        """Load every table; deals come first whatever the order of the files."""
        mapped: dict[str, set[str]] = {}
        for plan in plans:
            mapped.setdefault(plan.kind, set()).update(plan.mapping)
            if plan.header_currency or "amount" in plan.mapping:
                mapped[plan.kind].add("currency")
        several = sum(plan.kind == "deals" for plan in plans) > 1
        canonical.create_tables(self.session, mapped, compared=several)
        self.session.con.execute("CREATE TABLE deal_keys (key VARCHAR, deal_no BIGINT)")
        self.session.con.execute(
            "CREATE TABLE extra_columns (table_no INTEGER, position INTEGER, header VARCHAR)"
        )
        for name in ("lone_close", "planned_only"):
            self.session.con.execute(f"CREATE TABLE {name} (table_no INTEGER)")
        own = DealTables(
            self.session, self.options, self.book, self.wording, mapped.get("deals", set())
        )
        hanging = JoinedTables(self.session, self.options, self.book, self.wording)
        loaded: dict[int, Loaded] = {}
        order = sorted(range(len(plans)), key=lambda n: (_ORDER.index(plans[n].kind), n))
        deals: list[Loaded] | None = None
        for number in order:
            plan = plans[number]
            if plan.kind == "deals":
                loaded[number] = own.load(number, plan, alone=not several)
                continue
            if plan.kind in ("stages", "not_deals"):
                loaded[number] = self._load_beside(number, plan)
                continue
            deals = deals if deals is not None else self._settle_deals(loaded)
            loaded[number] = hanging.load(number, plan, deals)
        if deals is None:
            self._settle_deals(loaded)
        self.session.run("complete")
        self.book.settle(self.session, status_column=own.status_column)
        ordered = sum(row.rank is not None for row in self.book.rows)
        first = next((t for t in loaded.values() if t.plan.kind == "deals" and t.used), None)
        if first is not None and ordered > 2 and self.book.order_basis in _GUESSED:
            first.warnings.append(Notice("stage_order_guessed"))
        self.session.run("closings")
        return [loaded[number] for number in range(len(plans))]

    def _settle_deals(self, loaded: dict[int, Loaded]) -> list[Loaded]:
        """The deal tables that are judged: the newest export of each series of the same deals."""
        deals = [t for t in loaded.values() if t.plan.kind == "deals"]
        self.series = find_series(self.session, deals, self.options.dates, self.options.as_of)
        return [t for t in deals if t.used]

    def _load_beside(self, number: int, plan: TablePlan) -> Loaded:
        """A table of which no row is judged: a dictionary of stages, or not deals at all."""
        raw = load_raw(self.session.con, plan.table, f"raw_{number}", self.wording)
        table = Loaded(number, plan, raw)
        table.imported = raw.read - sum(raw.skipped.values()) - len(raw.rejects)
        if plan.kind == "stages":
            self._read_dictionary(table)
        else:
            table.used = False
        return table

    def _read_dictionary(self, table: Loaded) -> None:
        """Remember names, order and ends of stages by their code, or by their name without one."""
        mapping, raw = table.plan.mapping, table.raw
        key = "stage" if "stage" in mapping else "stage_name"
        if key not in mapping:
            table.used = False
            return
        names = [
            key,
            *(n for n in ("stage_name", "order", "is_final", "is_success") if n in mapping),
        ]
        picked = ", ".join(f"c{mapping[n].columns[0]}" for n in names)
        for row in self.session.rows(f"SELECT {picked} FROM {raw.table} ORDER BY rowid"):
            entry: dict[str, Any] = dict(zip(names, row, strict=True))
            for flag in ("is_final", "is_success"):
                if entry.get(flag) is not None:
                    entry[flag] = values.truth(entry[flag])
            order = (entry.get("order") or "").strip()
            entry["order"] = float(order) if order.isdecimal() else None
            if entry[key]:
                self.book.dictionary[entry[key].strip()] = entry
