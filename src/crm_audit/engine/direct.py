"""A long, regular table of deals from its file to typed rows in one pass, without a copy as text.

How its columns are read is decided on rows from all over the file. Whether that holds for every
row, and whether every line is a row of data, is asked of what came out: a table of which it is not
true is left to the careful way, which keeps the text and looks at every cell.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import duckdb

from crm_audit.engine import canonical, casts, raw
from crm_audit.engine.canonical import Casts
from crm_audit.engine.column import Column
from crm_audit.engine.combos import Combos, number_stages
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.long import Long, as_long
from crm_audit.engine.raw import RawLoad
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.model.deal import TABLES
from crm_audit.readers.rows import CANDIDATE
from crm_audit.recognise.plan import TablePlan

_TABLE = "direct_rows"
_STORED = frozenset({"deal_id", "status", "closed_at", "stage_entered_at"})
"""Fields whose values change later: whether the file had them is stored."""


class Direct:
    """One table of deals that may be read directly; `kept` are the fields that are stored."""

    def __init__(
        self, session: Session, book: StageBook, number: int, plan: TablePlan, kept: list[str]
    ) -> None:
        self.session = session
        self.book = book
        self.number = number
        self.plan = plan
        self.kept = kept
        fed = {n: m.columns for n, m in plan.mapping.items() if n in TABLES["deals"].model_fields}
        model = TABLES["deals"]
        self.texts = {
            name: fed[name][0]
            for name in kept
            if name in fed and name not in ("status", "currency")
            and canonical.sql_type(model, name) == "VARCHAR"
        }  # fmt: skip
        self.single = all(len(columns) == 1 for n, columns in fed.items() if n in self.texts)
        status = plan.mapping.get("status")
        self.status = list(status.columns) if status else []
        read = {i for match in plan.mapping.values() for i in match.columns}
        self.extra = [i for i in range(len(plan.table.headers)) if i not in read]

    def load(self, day_first: bool | None) -> Loaded | None:
        """The loaded table; None if it is not long and regular."""
        long = as_long(self.plan.table, self.number)
        if long is None or not self._promising():
            return None
        sample = f"sample_{self.number}"
        try:
            long.sample(self.session, sample)
            made = self._decide(sample, day_first)
            if made is None:
                return None
            # Stages of the sample, on trial: words of a row cut in two must not stay in the book.
            combos = number_stages(self.session, deepcopy(self.book), self.plan, sample)
            if not self._fill(made, combos, (sample, {}), None):
                return None
            rows = long.all(self.session)
            if not self._fill(made, combos, rows, long.rows):
                return None
        except (duckdb.OutOfMemoryException, duckdb.FatalException):
            raise
        except duckdb.Error:
            return None
        finally:
            self.session.con.execute(f"DROP TABLE IF EXISTS {sample}")
            long.release(self.session)
        table = self._take(made, long)
        self._settle(table)
        return table

    def _promising(self) -> bool:
        """Whether the first column tells of rows that are no data, and a text is one column."""
        named = bool(self.plan.table.headers[0].strip())
        return named and self.single and (0 in self.texts.values() or 0 in self.extra)

    def _decide(self, sample: str, day_first: bool | None) -> Casts | None:
        """How the columns are read; None if the sample leaves that open."""
        made = canonical.make_casts(
            self.session, self.plan, sample, day_first=day_first, trusting=True, fill=False
        )
        return None if any(cast.ambiguous for cast in made.fields.values()) else made

    def _fill(
        self, made: Casts, combos: Combos, given: tuple[str, dict[str, Any]], lines: int | None
    ) -> bool:
        """Read the rows into the table; whether each of the `lines` is a row as expected."""
        rows, params = given
        found, words = combos.found()
        self.session.con.execute(f"DROP TABLE IF EXISTS {_TABLE}")
        self.session.execute(
            f"CREATE TABLE {_TABLE} AS {self._select(made, found, rows)}",
            {**made.params, **params, **words},
        )
        if self._regular(lines):
            return True
        self.session.con.execute(f"DROP TABLE {_TABLE}")
        return False

    def _select(self, made: Casts, found: str, rows: str) -> str:
        model = TABLES["deals"]
        status = "list_extract(CAST($combo_statuses AS VARCHAR[]), combo)"
        stage_no = "list_extract(CAST($combo_stages AS INTEGER[]), combo)"
        own = {"table_no": str(self.number), "stage_no": stage_no}
        picks = [
            f"CAST({own.get(n, 'NULL')} AS {of_type}) AS {n}"
            for n, of_type in canonical.own_columns("deals").items()
        ]
        values = []
        for name in self.kept:
            value, filled = "NULL", "NULL"
            if name == "status":
                value, filled = status, f"{status} IS NOT NULL OR NULL"
            elif name in self.texts:
                value = f"c{self.texts[name]}"
                filled = f"{value} IS NOT NULL"
            elif name in made.fields:
                values.append(f"{made.fields[name].value} AS {name}")
                value, filled = name, made.fields[name].filled_by(name)
            value = f"coalesce({value}, '')" if name == "deal_id" else value
            picks.append(f"CAST({value} AS {canonical.sql_type(model, name)}) AS {name}")
            if name in _STORED or name not in self.plan.mapping:
                picks.append(f"CAST({filled} AS BOOLEAN) AS {name}_filled")
        picks += [f"c{i}" for i in (*self.extra, *self.status)]
        # No join: it would not keep the order of the rows, by which they are numbered.
        picks += [f"{self._doubt(made)} AS doubt", "combo IS NULL AS new"]
        made_of = ", ".join(["*", f"{found} AS combo", *values])
        return f"SELECT {', '.join(picks)} FROM (SELECT {made_of} FROM {rows})"

    def _doubt(self, made: Casts) -> str:
        """Whether a row has a cell that is not read as decided.

        A missing value is quickly seen; only then is it asked whether the cell says "nothing".
        """
        typed = [n for n in self.kept if n in made.fields and n not in self.texts]
        typed = [n for n in typed if n != "status"]
        doubts = [f"({made.fields[n].doubt})" for n in typed if made.fields[n].doubt != "false"]
        fed = [n for n in typed if n in self.plan.mapping and n != "currency"]
        missing = (f"({n} IS NULL AND c{self.plan.mapping[n].columns[0]} IS NOT NULL)" for n in fed)
        unread = (f"({made.fields[n].filled_by(n)}) IS NULL" for n in fed)
        return (
            f"CASE WHEN {' OR '.join(missing) or 'false'} THEN {' OR '.join(unread) or 'false'}"
            f" ELSE coalesce({' OR '.join(doubts) or 'false'}, false) END"
        )

    def _regular(self, lines: int | None) -> bool:
        """Every line a row of data, every cell as expected, no deal twice."""
        first = next((f"nullif({n}, '')" for n, i in self.texts.items() if i == 0), "c0")
        rows, *odd = self.session.rows(
            f"SELECT count(*), count(*) FILTER (WHERE doubt), count(*) - count({first}),"
            f" count(*) FILTER (WHERE trim({first}) = trim($header)),"
            f" count(*) FILTER (WHERE regexp_matches({first}, $words)) FROM {_TABLE}",
            {"header": self.plan.table.headers[0], "words": CANDIDATE},
        )[0]
        if any(odd) or rows != (rows if lines is None else lines):
            return False
        cells = [*self.texts, *(f"c{i}" for i in (*self.extra, *self.status))]
        blank = " UNION ALL ".join(
            f"SELECT 1 FROM {_TABLE} WHERE {raw.starts_blank(f'nullif({c}, {chr(39) * 2})')}"
            for c in cells
        )
        twice = f"SELECT 1 FROM {_TABLE} WHERE deal_id <> '' GROUP BY deal_id HAVING count(*) > 1"
        return not any(self.session.rows(f"({q}) LIMIT 1") for q in (blank, twice))

    def _take(self, made: Casts, long: Long) -> Loaded:
        """Put the rows in the place of the empty table of deals."""
        con, table = self.session.con, self.plan.table
        con.execute("DROP TABLE deal_rows")
        con.execute(f"ALTER TABLE {_TABLE} RENAME TO deal_rows")
        skipped = dict(table.skipped)
        skipped["blank"] = skipped.get("blank", 0) + long.blank
        skipped = {reason: n for reason, n in skipped.items() if n}
        read = long.rows + len(table.rejects) + sum(skipped.values())
        name, width = f"raw_{self.number}", len(table.headers)
        load = RawLoad(name, width, "line", read, skipped, list(table.rejects))
        loaded = Loaded(self.number, self.plan, load, casts=made)
        loaded.imported = long.rows
        self._show_raw([*self.extra, *self.status])
        return loaded

    def _show_raw(self, columns: list[int]) -> None:
        """A view for those who look for the text of the file: of all but the typed columns."""
        shown = (f"{self._cell(i)} AS c{i}" for i in sorted({*self.texts.values(), *columns}))
        self.session.con.execute(
            f"CREATE OR REPLACE VIEW raw_{self.number} AS"
            f" SELECT rowid, {', '.join(['line', *shown])} FROM deal_rows"
        )

    def _cell(self, column: int) -> str:
        """Where the text of a column stands in the table of deals."""
        name = next((n for n, i in self.texts.items() if i == column), f"c{column}")
        return "nullif(deal_id, '')" if name == "deal_id" else name

    def _settle(self, table: Loaded) -> None:
        """Number the rows and their stages, and tell what is junk."""
        con, first = self.session.con, self.plan.table.first_line
        combos = number_stages(self.session, self.book, self.plan, table.raw.table)
        sets = ["deal_no = rowid", "row_id = rowid", f"line = rowid + {first}"]
        params: dict[str, Any] = {}
        stored = set(_STORED)
        for name, i in self.texts.items():
            cast = casts.text([Column(self.session, "deal_rows", i, self._cell(i))])
            if not cast.params:
                continue
            if name not in stored:
                con.execute(f"ALTER TABLE deal_rows ADD COLUMN {name}_filled BOOLEAN")
                stored.add(name)
            sets.append(f"{name}_filled = {cast.filled}")
            params |= cast.params
        self.session.execute(f"UPDATE deal_rows SET {', '.join(sets)}", params)
        if self.session.value("SELECT count(*) FROM deal_rows WHERE new"):
            combos.store(self.session, f"combos_{self.number}")
            columns = enumerate(combos.columns)
            same = (f"{self._cell(c)} IS NOT DISTINCT FROM s.k{i}" for i, c in columns)
            con.execute(
                "UPDATE deal_rows SET stage_no = s.stage_no, status = s.status,"
                f" status_filled = s.status IS NOT NULL OR NULL FROM combos_{self.number} AS s"
                f" WHERE {' AND '.join(same) or 'true'}"
            )
        self._show_raw(self.extra)
        for column in (*(f"c{i}" for i in self.status), "doubt", "new"):
            con.execute(f"ALTER TABLE deal_rows DROP COLUMN {column}")
        flagged = set(self.plan.mapping) - stored
        canonical.show(self.session, "deals", self.kept, where_valued=flagged)
