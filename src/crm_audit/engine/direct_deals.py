"""A long table of deals, read directly: its rows take the place of the empty canonical table."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from crm_audit.engine import canonical, casts
from crm_audit.engine.column import Column, junk_of
from crm_audit.engine.combos import Combos, number_stages
from crm_audit.engine.direct import Direct
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.model.deal import TABLES
from crm_audit.recognise.plan import TablePlan

_STORED = frozenset({"deal_id", "status", "closed_at", "stage_entered_at"})
"""Fields whose values change later: whether the file had them is stored."""


class DirectDeals(Direct):
    """A table of deals that may be read directly, where no other table has deals."""

    target = "direct_rows"

    def __init__(
        self, session: Session, book: StageBook, number: int, plan: TablePlan, kept: list[str]
    ) -> None:
        super().__init__(session, number, plan, kept)
        self.book = book
        self.combos = Combos([], [])
        status = plan.mapping.get("status")
        self.texts.pop("status", None)
        self.status = list(status.columns) if status else []
        read = {i for match in plan.mapping.values() for i in match.columns}
        self.own = [i for i in range(len(plan.table.headers)) if i not in read]
        self.extra = [*self.own, *self.status]

    def load(self, day_first: bool | None) -> Loaded | None:
        """The loaded table; None if it is not long and regular."""
        long = self.read(day_first)
        if long is None:
            return None
        name, con = f"raw_{self.number}", self.session.con
        con.execute("DROP TABLE deal_rows")
        con.execute(f"ALTER TABLE {self.target} RENAME TO deal_rows")
        self._show_raw(self.extra)
        raw = self.loaded(long, name, "line")
        self._settle(name)
        return Loaded(self.number, self.plan, raw, imported=long.rows, casts=self.made)

    def decide(self, sample: str) -> bool:
        """Number the stages of the sample, on trial: none of a row cut in two stays in the book."""
        self.combos = number_stages(self.session, deepcopy(self.book), self.plan, sample)
        return True

    def unread(self) -> list[str]:
        """All that the file has: the careful way names each cell that is not read."""
        return [name for name in self.kept if name not in ("status", "currency")]

    def values(self) -> list[str]:
        """The place of the words of a row."""
        return [f"{self.combos.found()[0]} AS combo"]

    def params(self) -> dict[str, Any]:
        """The words of stages and status, with what they say."""
        return self.combos.found()[1]

    def picks(self) -> list[str]:
        """The columns of the canonical table, and the text that is kept beside them."""
        model = TABLES["deals"]
        status = "list_extract(CAST($combo_statuses AS VARCHAR[]), combo)"
        stage_no = "list_extract(CAST($combo_stages AS INTEGER[]), combo)"
        own = {"table_no": str(self.number), "stage_no": stage_no}
        picks = [
            f"CAST({own.get(n, 'NULL')} AS {of_type}) AS {n}"
            for n, of_type in canonical.own_columns("deals").items()
        ]
        for name in self.kept:
            value, filled = "NULL", "NULL"
            if name == "status":
                value, filled = status, f"{status} IS NOT NULL OR NULL"
            elif name in self.texts:
                value = f"c{self.texts[name]}"
                filled = f"{value} IS NOT NULL"
            elif name in self.made.fields:
                value, filled = name, self.made.fields[name].filled_by(name)
            value = f"coalesce({value}, '')" if name == "deal_id" else value
            picks.append(f"CAST({value} AS {canonical.sql_type(model, name)}) AS {name}")
            if name in _STORED or name not in self.plan.mapping:
                picks.append(f"CAST({filled} AS BOOLEAN) AS {name}_filled")
        return [*picks, *(f"c{i}" for i in self.extra), "combo IS NULL AS new"]

    def twice(self) -> bool:
        """Whether two rows have one id."""
        return bool(
            self.session.rows(
                f"SELECT 1 FROM {self.target} WHERE deal_id <> ''"
                " GROUP BY deal_id HAVING count(*) > 1 LIMIT 1"
            )
        )

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

    def _settle(self, rows: str) -> None:
        """Number the rows and their stages, and tell what is junk."""
        con, first = self.session.con, self.plan.table.first_line
        combos = number_stages(self.session, self.book, self.plan, rows)
        sets = ["deal_no = rowid", "row_id = rowid", f"line = rowid + {first}"]
        params: dict[str, Any] = {}
        stored = set(_STORED)
        cells = [self._cell(i) for i in self.texts.values()]
        junk = dict(zip(self.texts, junk_of(self.session, "deal_rows", cells), strict=True))
        for name, i in self.texts.items():
            own = Column(self.session, "deal_rows", i, self._cell(i), junk[name])
            cast = casts.text([own])
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
        self._show_raw(self.own)
        for column in (*(f"c{i}" for i in self.status), "new"):
            con.execute(f"ALTER TABLE deal_rows DROP COLUMN {column}")
        flagged = set(self.plan.mapping) - stored
        canonical.show(self.session, "deals", self.kept, where_valued=flagged)
