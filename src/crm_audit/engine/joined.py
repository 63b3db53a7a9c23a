"""History, activities and contacts into their canonical tables, joined to the deals."""

from __future__ import annotations

from typing import Any

from crm_audit.engine import canonical, joins
from crm_audit.engine.canonical import Casts
from crm_audit.engine.column import Column
from crm_audit.engine.direct_joined import DirectJoined
from crm_audit.engine.loaded import Loaded, LoadOptions, note_bad_cells, unread_fields
from crm_audit.engine.raw import load_raw
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.model.deal import TABLES
from crm_audit.readers.raw import Notice
from crm_audit.recognise.changes import about_stage
from crm_audit.recognise.plan import TablePlan
from crm_audit.wording import Wording


class JoinedTables:
    """Loads the tables that hang on deals into one session."""

    def __init__(
        self, session: Session, options: LoadOptions, book: StageBook, wording: Wording
    ) -> None:
        self.session = session
        self.options = options
        self.book = book
        self.wording = wording

    def load(self, number: int, plan: TablePlan, deals: list[Loaded]) -> Loaded:
        """Join a table to the deals, insert its rows, and let its raw table go."""
        direct = DirectJoined(self.session, number, plan, deals, self.options.keep_subjects)
        read = direct.load(self.options.day_first)
        if read is None:
            table = self._load_carefully(number, plan, deals)
        else:
            raw, casts, join = read
            table = Loaded(number, plan, raw, casts=casts, join=join)
            self._insert(table, casts, join)
            table.casts = direct.made
        raw = table.raw
        table.imported = raw.read - sum(raw.skipped.values()) - len(raw.rejects)
        self.session.con.execute(f"DROP TABLE {raw.table}")
        return table

    def _load_carefully(self, number: int, plan: TablePlan, deals: list[Loaded]) -> Loaded:
        raw = load_raw(self.session.con, plan.table, f"raw_{number}", self.wording)
        rows = canonical.rows_table(plan.kind)
        table = Loaded(number, plan, raw)
        self._keep_stage_changes(table)
        table.join = joins.find_join(self.session, plan, raw.table, deals)
        table.used = table.join is not None
        # What a sample says of dates and numbers holds if it reads every cell of the table.
        for trusting in (True, False):
            made = canonical.make_casts(
                self.session, plan, raw.table, day_first=self.options.day_first, trusting=trusting
            )
            table.casts = made
            unread = None
            if table.join:
                fields = self._insert(table, made, table.join)
                styled = [n for n in fields if made.fields[n].style]
                unread = unread_fields(self.session, table, styled)
            if not unread:
                break
            if trusting:
                self.session.con.execute(f"DELETE FROM {rows} WHERE table_no = $1", [number])
        note_bad_cells(self.session, table, self.wording, self.options.bad_cells, unread=unread)
        return table

    def _keep_stage_changes(self, table: Loaded) -> None:
        """Set aside the rows of a log of changes that are about another field than the stage.

        Where no field is called a stage, all rows are about it if they are all about one field, or
        if the column of new values is called a stage.
        """
        at, raw, plan = table.plan.field_column, table.raw, table.plan
        if at is None:
            return
        fields = Column(self.session, raw.table, at).distinct()
        kept = about_stage(fields)
        new = plan.mapping.get("to_stage")
        named = [plan.table.headers[i] for i in new.columns] if new else []
        if not kept and (len(fields) == 1 or about_stage(named)):
            return
        other = f"c{at} IS NULL OR NOT list_contains(CAST($kept AS VARCHAR[]), c{at})"
        n = self.session.value(f"SELECT count(*) FROM {raw.table} WHERE {other}", {"kept": kept})
        if n:
            self.session.execute(f"DELETE FROM {raw.table} WHERE {other}", {"kept": kept})
            raw.skipped["other_field"] = n
            column = plan.table.headers[at].strip()
            table.warnings.append(Notice("other_fields", {"n": n, "column": column}))

    def _insert(self, table: Loaded, made: Casts, join: joins.Join) -> list[str]:
        """Insert the rows of a joined table; the fields that were stored."""
        kind, model = table.plan.kind, TABLES[table.plan.kind]
        self.session.con.execute("DELETE FROM deal_keys")
        self.session.con.execute(join.keys_sql)
        fields = [n for n in canonical.kept_fields(kind, set(made.fields)) if n in made.fields]
        picks = [made.value(n, canonical.sql_type(model, n)) for n in fields]
        if "subject" in made.fields and not self.options.keep_subjects:
            # What a task that is done was about is not asked any more.
            done = made.value("is_done", "BOOLEAN")
            subject = made.value("subject")
            picks[fields.index("subject")] = f"CASE WHEN {done} THEN NULL ELSE {subject} END"
        if kind == "stage_events":
            self._insert_events(table, made, fields, picks)
        else:
            # A contact of a company belongs to no single deal of it.
            deal_no = "NULL" if join.deals_column == "company" else "k.deal_no"
            self.session.execute(
                f"INSERT INTO {canonical.rows_table(kind)}"
                f" (deal_no, table_no, line, {', '.join(fields)})"
                f" SELECT {deal_no}, {table.number}, r.file_line, {', '.join(picks)}"
                f" FROM {table.rows_sql} LEFT JOIN deal_keys AS k ON k.key = {join.key_sql}",
                made.params,
            )
        return fields

    def _insert_events(
        self, table: Loaded, made: Casts, fields: list[str], picks: list[str]
    ) -> None:
        join, number = table.join, table.number
        assert join is not None
        self.session.con.execute(
            "ALTER TABLE deal_keys ADD COLUMN IF NOT EXISTS pipeline VARCHAR;"
            "UPDATE deal_keys SET pipeline = coalesce(trim(d.pipeline), '') FROM deals AS d"
            " WHERE d.deal_no = deal_keys.deal_no"
        )
        names = [n for n in ("from_stage", "to_stage") if n in made.fields]
        source = f"{table.rows_sql} JOIN deal_keys AS k ON k.key = {join.key_sql}"
        rows: dict[str, list[Any]] = {"pipeline": [], "stage": [], "stage_no": []}
        seen: set[tuple[str, str]] = set()
        cells = ", ".join(made.value(n) for n in names)
        for pipeline, *stages in self.session.rows(
            f"SELECT DISTINCT k.pipeline, {cells} FROM {source} ORDER BY ALL", made.params
        ):
            for stage in stages:
                found = self.book.find(pipeline, stage, table.plan.crm)
                if found is not None and (pipeline, stage) not in seen:
                    seen.add((pipeline, stage))
                    rows["pipeline"].append(pipeline)
                    rows["stage"].append(stage)
                    rows["stage_no"].append(found.number)
        self.session.con.execute(
            f"CREATE OR REPLACE TABLE names_{number}"
            " (pipeline VARCHAR, stage VARCHAR, stage_no INTEGER)"
        )
        self.session.fill(f"names_{number}", rows)
        joined, numbers = source, []
        for name, alias in (("from_stage", "f"), ("to_stage", "t")):
            if name in made.fields:
                joined += (
                    f" LEFT JOIN names_{number} AS {alias} ON {alias}.pipeline = k.pipeline"
                    f" AND {alias}.stage = {made.value(name)}"
                )
                numbers.append(f"{alias}.stage_no")
            else:
                numbers.append("CAST(NULL AS INTEGER)")
        self.session.execute(
            "INSERT INTO stage_event_rows"
            f" (deal_no, table_no, line, from_no, to_no, {', '.join(fields)})"
            f" SELECT k.deal_no, {number}, r.file_line, {', '.join(numbers)}, {', '.join(picks)}"
            f" FROM {joined}",
            made.params,
        )
