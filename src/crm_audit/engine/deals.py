"""Deals into their canonical table: stages numbered, values typed, repeated rows merged."""

from __future__ import annotations

from crm_audit.engine import canonical, casts, merges
from crm_audit.engine.canonical import Casts
from crm_audit.engine.column import Column
from crm_audit.engine.combos import number_stages
from crm_audit.engine.direct_deals import DirectDeals
from crm_audit.engine.loaded import Loaded, LoadOptions, note_bad_cells
from crm_audit.engine.raw import load_raw
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.model.deal import TABLES
from crm_audit.recognise import values
from crm_audit.recognise.plan import StageDate, TablePlan
from crm_audit.wording import Wording


class DealTables:
    """Loads the tables of deals into one session.

    `mapped` names the fields that any of them has.
    """

    def __init__(
        self,
        session: Session,
        options: LoadOptions,
        book: StageBook,
        wording: Wording,
        mapped: set[str],
    ) -> None:
        self.session = session
        self.options = options
        self.book = book
        self.wording = wording
        self.status_column = False
        self._mapped = mapped
        self._next_deal = 0

    def load(self, number: int, plan: TablePlan, *, alone: bool) -> Loaded:
        """Load one table; `alone` says that no other has deals."""
        self.session.fill(
            "extra_columns",
            {
                "table_no": [number] * len(plan.unmapped),
                "position": list(plan.unmapped),
                "header": [plan.table.headers[i] for i in plan.unmapped],
            },
        )
        self.status_column = self.status_column or "status" in plan.mapping
        self._note_lone_close(number, plan)
        table = self._load_directly(number, plan) if alone else None
        return table or self._load_carefully(number, plan)

    def _load_directly(self, number: int, plan: TablePlan) -> Loaded | None:
        kept = canonical.kept_fields("deals", self._mapped)
        direct = DirectDeals(self.session, self.book, number, plan, kept)
        table = direct.load(self.options.day_first)
        if table is not None:
            self._load_stage_dates(table)
        return table

    def _load_carefully(self, number: int, plan: TablePlan) -> Loaded:
        raw = load_raw(self.session.con, plan.table, f"raw_{number}", self.wording)
        table = Loaded(number, plan, raw)
        combos = number_stages(self.session, self.book, plan, raw.table)
        combos.store(self.session, f"combos_{number}")
        # As with joined tables: a style found in a sample holds if it reads every cell.
        for trusting in (True, False):
            made = canonical.make_casts(
                self.session, plan, raw.table, day_first=self.options.day_first, trusting=trusting
            )
            self._insert_deals(table, made, combos.columns)
            unread = self._unread_deals(table, made)
            if not unread or not trusting:
                break
            self.session.con.execute("DELETE FROM deal_rows WHERE table_no = $1", [number])
        table.casts = made
        note_bad_cells(self.session, table, self.wording, self.options.bad_cells, unread=unread)
        table.merged = merges.merge_repeated(self.session, number, plan, raw.table)
        self._load_stage_dates(table)
        table.imported = self.session.value(
            "SELECT count(*) FROM deals WHERE table_no = $1", [number]
        )
        self._next_deal += 1 + (self.session.value(f"SELECT max(rowid) FROM {raw.table}") or 0)
        # A table keeps one column at the least.
        read = sorted({i for match in plan.mapping.values() for i in match.columns})
        for column in read[raw.width == len(read) :]:
            self.session.con.execute(f"ALTER TABLE {raw.table} DROP COLUMN c{column}")
        return table

    def _note_lone_close(self, number: int, plan: TablePlan) -> None:
        """One close-date column is the plan of open deals and the closing day of closed ones.

        Where its header calls it planned, it still tells no day on which something happened.
        """
        mapping = plan.mapping
        if "closed_at" in mapping or "expected_close" not in mapping:
            return
        self.session.fill("lone_close", {"table_no": [number]})
        header = plan.table.headers[mapping["expected_close"].columns[0]].lower()
        if any(word in header for word in values.words()["planned"]):
            self.session.fill("planned_only", {"table_no": [number]})

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
