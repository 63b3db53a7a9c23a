"""Raw tables into the canonical ones: deals first, then what is joined to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_audit.engine import canonical, casts, merges
from crm_audit.engine.canonical import Casts
from crm_audit.engine.column import Column
from crm_audit.engine.joined import JoinedTables
from crm_audit.engine.loaded import Loaded, LoadOptions, note_bad_cells
from crm_audit.engine.raw import load_raw
from crm_audit.engine.series import Series, find_series
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.model.deal import TABLES
from crm_audit.recognise import profiles, values
from crm_audit.recognise import stages as recognised
from crm_audit.recognise.plan import StageDate, TablePlan
from crm_audit.wording import Wording

_ORDER = ("stages", "deals", "stage_events", "activities", "contacts", "not_deals")


class Loader:
    """Loads the plans of one audit into one session."""

    def __init__(self, session: Session, options: LoadOptions, wording: Wording) -> None:
        self.session = session
        self.options = options
        self.wording = wording
        self.book = StageBook(options.stages, options.optional_stages)
        self.status_column = False
        self.series: list[Series] = []
        self._next_deal = 0
        self._mapped: set[str] = set()

    def load(self, plans: Sequence[TablePlan]) -> list[Loaded]:
        """Load every table; deals come first whatever the order of the files."""
        mapped: dict[str, set[str]] = {}
        for plan in plans:
            mapped.setdefault(plan.kind, set()).update(plan.mapping)
            if plan.header_currency or "amount" in plan.mapping:
                mapped[plan.kind].add("currency")
        self._mapped = mapped.get("deals", set())
        several = sum(plan.kind == "deals" for plan in plans) > 1
        canonical.create_tables(self.session, mapped, compared=several)
        self.session.con.execute("CREATE TABLE deal_keys (key VARCHAR, deal_no BIGINT)")
        self.session.con.execute(
            "CREATE TABLE extra_columns (table_no INTEGER, position INTEGER, header VARCHAR)"
        )
        for name in ("lone_close", "planned_only"):
            self.session.con.execute(f"CREATE TABLE {name} (table_no INTEGER)")
        hanging = JoinedTables(self.session, self.options, self.book, self.wording)
        loaded: dict[int, Loaded] = {}
        order = sorted(range(len(plans)), key=lambda n: (_ORDER.index(plans[n].kind), n))
        deals: list[Loaded] | None = None
        for number in order:
            plan = plans[number]
            raw = load_raw(self.session.con, plan.table, f"raw_{number}", self.wording)
            table = Loaded(number, plan, raw)
            loaded[number] = table
            if plan.kind == "stages":
                self._read_dictionary(table)
            elif plan.kind == "deals":
                self._load_deals(table)
            elif plan.kind == "not_deals":
                table.used = False
                table.imported = raw.read - sum(raw.skipped.values()) - len(raw.rejects)
            else:
                deals = deals if deals is not None else self._settle_deals(loaded)
                hanging.load(table, deals)
        if deals is None:
            self._settle_deals(loaded)
        self.session.run("complete")
        self.book.settle(self.session, status_column=self.status_column)
        self.session.run("closings")
        return [loaded[number] for number in range(len(plans))]

    def _settle_deals(self, loaded: dict[int, Loaded]) -> list[Loaded]:
        """The deal tables that are judged: the newest export of each series of the same deals."""
        deals = [t for t in loaded.values() if t.plan.kind == "deals"]
        self.series = find_series(self.session, deals, self.options.dates, self.options.as_of)
        return [t for t in deals if t.used]

    def _read_dictionary(self, table: Loaded) -> None:
        """Remember names, order and ends of stages by their code, or by their name without one."""
        mapping, raw = table.plan.mapping, table.raw
        table.imported = raw.read - sum(raw.skipped.values()) - len(raw.rejects)
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

    def _load_deals(self, table: Loaded) -> None:
        plan, raw = table.plan, table.raw
        self.session.fill(
            "extra_columns",
            {
                "table_no": [table.number] * len(plan.unmapped),
                "position": list(plan.unmapped),
                "header": [plan.table.headers[i] for i in plan.unmapped],
            },
        )
        self._note_lone_close(table)
        combos = self._stage_combos(table)
        # As with joined tables: a style found in a sample holds if it reads every cell.
        for trusting in (True, False):
            made = canonical.make_casts(
                self.session, plan, raw.table, day_first=self.options.day_first, trusting=trusting
            )
            self._insert_deals(table, made, combos)
            unread = self._unread_deals(table, made)
            if not unread or not trusting:
                break
            self.session.con.execute("DELETE FROM deal_rows WHERE table_no = $1", [table.number])
        table.casts = made
        note_bad_cells(self.session, table, self.wording, self.options.bad_cells, unread=unread)
        table.merged = merges.merge_repeated(self.session, table.number, plan, raw.table)
        self._load_stage_dates(table)
        table.imported = self.session.value(
            "SELECT count(*) FROM deals WHERE table_no = $1", [table.number]
        )
        self._next_deal += 1 + (self.session.value(f"SELECT max(rowid) FROM {raw.table}") or 0)
        # A table keeps one column at the least.
        read = sorted({i for match in plan.mapping.values() for i in match.columns})
        for column in read[raw.width == len(read) :]:
            self.session.con.execute(f"ALTER TABLE {raw.table} DROP COLUMN c{column}")

    def _note_lone_close(self, table: Loaded) -> None:
        """One close-date column is the plan of open deals and the closing day of closed ones.

        Where its header calls it planned, it still tells no day on which something happened.
        """
        mapping = table.plan.mapping
        if "closed_at" in mapping or "expected_close" not in mapping:
            return
        self.session.fill("lone_close", {"table_no": [table.number]})
        header = table.plan.table.headers[mapping["expected_close"].columns[0]].lower()
        if any(word in header for word in values.words()["planned"]):
            self.session.fill("planned_only", {"table_no": [table.number]})

    def _insert_deals(self, table: Loaded, made: Casts, combos: list[int]) -> None:
        model = TABLES["deals"]
        values: list[str] = []
        picks: list[str] = []
        for name in canonical.kept_fields("deals", self._mapped):
            if name == "status":
                picks += ["said", "said IS NOT NULL OR NULL"]
                continue
            if name not in made.fields:
                value, filled = made.value(name, canonical.sql_type(model, name)), made.filled(name)
            elif (cast := made.fields[name]).value.isalnum():
                value, filled = cast.value, cast.filled
            else:
                values.append(f"{cast.value} AS {name}")
                value, filled = name, cast.filled_by(name)
            picks += [f"coalesce({value}, '')" if name == "deal_id" else value, filled]
        on = " AND ".join(f"r.c{c} IS NOT DISTINCT FROM s.k{i}" for i, c in enumerate(combos))
        # Values first, each made once; then whether they are filled, which asks for them.
        self.session.execute(
            f"INSERT INTO deal_rows SELECT row_no + {self._next_deal}, {table.number},"
            f" row_no, file_line, stage_no, {', '.join(picks)}"
            f" FROM (SELECT r.*, {', '.join(['s.stage_no', 's.status AS said', *values])}"
            f" FROM {table.rows_sql} JOIN combos_{table.number} AS s ON {on or 'true'})",
            made.params,
        )

    def _unread_deals(self, table: Loaded, made: Casts) -> set[str]:
        """The fields of deals of which some cell holds something that is no value."""
        typed = [n for n, c in made.fields.items() if c.style or c.params]
        if not typed:
            return set()
        counts = ", ".join(f"count(*) - count({n}_filled)" for n in typed)
        row = self.session.rows(
            f"SELECT {counts} FROM deal_rows WHERE table_no = $1", [table.number]
        )[0]
        return {name for name, n in zip(typed, row, strict=True) if n}

    def _stage_combos(self, table: Loaded) -> list[int]:
        """Number the stages of a deals table and decide the status of each combination of words."""
        mapping = table.plan.mapping
        pipeline, stage = mapping.get("pipeline"), mapping.get("stage")
        status = mapping.get("status")
        self.status_column = self.status_column or status is not None
        used = [m.columns[0] for m in (pipeline, stage) if m]
        used += list(status.columns) if status else []
        keys: list[list[str | None]] = [[] for _ in used]
        numbers: list[int | None] = []
        statuses: list[str | None] = []
        picked = ", ".join(f"c{c}" for c in used) or "1"
        for row in self.session.rows(
            f"SELECT DISTINCT {picked} FROM {table.raw.table} ORDER BY ALL"
        ):
            cells = list(row) if used else []
            rest = list(cells)
            in_pipeline = rest.pop(0) if pipeline else None
            found = self.book.find(in_pipeline, rest.pop(0) if stage else None, table.plan.crm)
            said: str | None = None
            if status is not None:
                said = self._said_status(table.plan, rest)
            if (
                found is not None
                and found.word_status is not None
                and (
                    said is None
                    or found.word_status == "ignored"
                    or found.stage in self.options.stages
                )
            ):
                said = found.word_status
            if said is None and found is not None and not self._closed_untold(table.plan, rest):
                said = "open"
            for i, cell in enumerate(cells):
                keys[i].append(cell)
            numbers.append(found.number if found else None)
            statuses.append(said)
        names = [f"k{i}" for i in range(len(used))]
        columns = ", ".join([*(f"{n} VARCHAR" for n in names), "stage_no INTEGER, status VARCHAR"])
        self.session.con.execute(f"CREATE TABLE combos_{table.number} ({columns})")
        filled: dict[str, list[Any]] = dict(zip(names, keys, strict=True))
        self.session.fill(
            f"combos_{table.number}", filled | {"stage_no": numbers, "status": statuses}
        )
        return used

    def _said_status(self, plan: TablePlan, cells: list[str | None]) -> str | None:
        """What the status columns say: flags (closed, won) by their names, or a word."""
        if plan.status_flags:
            flags = {n: recognised.flag(c) for n, c in zip(plan.status_flags, cells, strict=True)}
            return recognised.status_from_flags(flags.get("closed"), flags.get("won"))
        if cells[0] is None:
            return None
        return recognised.status_of_value(cells[0], profiles.load().get(plan.crm))

    def _closed_untold(self, plan: TablePlan, cells: list[str | None]) -> bool:
        """Whether a flag says that the deal is closed and nothing says how it ended."""
        flags = dict(zip(plan.status_flags, cells, strict=False))
        return bool(recognised.flag(flags.get("closed")))

    def _load_stage_dates(self, table: Loaded) -> None:
        """A wide history: one event for every stage whose date a deal has."""
        entered = [d for d in table.plan.stage_dates if d.moment == "entered"]
        left = {(d.pipeline, d.stage): d for d in table.plan.stage_dates if d.moment == "left"}
        for stage_date in entered:
            self._insert_stage_date(
                table, stage_date, left.get((stage_date.pipeline, stage_date.stage))
            )

    def _insert_stage_date(self, table: Loaded, entered: StageDate, left: StageDate | None) -> None:
        raw = table.raw.table
        at = casts.date(Column(self.session, raw, entered.column), day_first=self.options.day_first)
        until = "CAST(NULL AS TIMESTAMP)"
        if left is not None:
            until = casts.date(
                Column(self.session, raw, left.column), day_first=self.options.day_first
            ).value
        pipelines = [
            r[0]
            for r in self.session.rows(
                "SELECT DISTINCT pipeline FROM deals WHERE table_no = $1 ORDER BY 1", [table.number]
            )
        ]
        for pipeline in pipelines:
            if entered.pipeline and pipeline and entered.pipeline.strip() != pipeline.strip():
                continue
            stage = self.book.find(pipeline, entered.stage, table.plan.crm)
            if stage is None:
                continue
            self.session.con.execute(
                "INSERT INTO stage_event_rows (deal_no, table_no, line, to_no, changed_at, left_at)"
                f" SELECT d.deal_no, d.table_no, d.line, $1, {at.value}, {until}"
                f" FROM {table.rows_sql} JOIN deals AS d"
                " ON d.row_id = r.row_no AND d.table_no = $2"
                f" WHERE d.pipeline IS NOT DISTINCT FROM $3 AND {at.value} IS NOT NULL",
                [stage.number, table.number, pipeline],
            )
