"""A long, regular table from its file to typed rows in one pass, without a copy as text.

How its columns are read is decided on rows from all over the file. Whether that holds for every
row, and whether every line is a row of data, is asked of what came out: a table of which it is not
true is left to the careful way, which keeps the text and looks at every cell.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import duckdb

from crm_audit.engine import canonical, raw
from crm_audit.engine.canonical import Casts
from crm_audit.engine.long import Long, as_long
from crm_audit.engine.raw import RawLoad
from crm_audit.engine.session import Session
from crm_audit.model.deal import TABLES
from crm_audit.readers.rows import CANDIDATE
from crm_audit.recognise.plan import TablePlan


class Direct(ABC):
    """One table that may be read directly, into a table of the name `target`.

    `kept` are the fields that are stored; `texts` those of them that are one column as it is,
    `extra` are columns of text stored beside them, as `c0`, `c1`, ...
    """

    target = ""

    def __init__(self, session: Session, number: int, plan: TablePlan, kept: list[str]) -> None:
        self.session = session
        self.number = number
        self.plan = plan
        self.kept = kept
        self.made = Casts({})
        model = TABLES[plan.kind]
        self.fed = {n: m.columns for n, m in plan.mapping.items() if n in model.model_fields}
        self.texts = {
            name: self.fed[name][0]
            for name in kept
            if name in self.fed and name not in canonical.WORDS
            and canonical.sql_type(model, name) == "VARCHAR"
        }  # fmt: skip
        self.extra: list[int] = []

    def read(self, day_first: bool | None) -> Long | None:
        """What was read into the table; None if it is not long and regular, and there is none."""
        long = as_long(self.plan.table, self.number)
        single = all(len(self.fed[name]) == 1 for name in self.texts)
        if long is None or not single or not self.plan.table.headers[0].strip():
            return None
        sample = f"sample_{self.number}"
        try:
            long.sample(self.session, sample)
            self.made = canonical.make_casts(
                self.session, self.plan, sample, day_first=day_first, trusting=True, fill=False
            )
            sure = not any(cast.ambiguous for cast in self.made.fields.values())
            if not (sure and self.decide(sample) and self._fill((sample, {}), None)):
                return None
            return long if self._fill(long.all(self.session), long.rows) else None
        except (duckdb.OutOfMemoryException, duckdb.FatalException):
            raise
        except duckdb.Error:
            return None
        finally:
            self.session.con.execute(f"DROP TABLE IF EXISTS {sample}")
            long.release(self.session)

    @abstractmethod
    def decide(self, sample: str) -> bool:
        """Decide on the sample what else has to be decided; whether it can be."""

    @abstractmethod
    def picks(self) -> list[str]:
        """What is selected from the rows and the values of their typed fields, as SQL."""

    def values(self) -> list[str]:
        """What `picks` needs more than once, as SQL over the text of the rows."""
        return []

    @abstractmethod
    def params(self) -> dict[str, Any]:
        """The parameters of `picks` and `values`."""

    @abstractmethod
    def unread(self) -> list[str]:
        """The fields of which no cell may be left unread."""

    def twice(self) -> bool:
        """Whether the table holds something twice that the careful way would merge."""
        return False

    def loaded(self, long: Long, name: str, line_sql: str) -> RawLoad:
        """The account of the rows, for a table or view `name` with the text that is left."""
        table = self.plan.table
        skipped = dict(table.skipped)
        skipped["blank"] = skipped.get("blank", 0) + long.blank
        skipped = {reason: n for reason, n in skipped.items() if n}
        read = long.rows + len(table.rejects) + sum(skipped.values())
        return RawLoad(name, len(table.headers), line_sql, read, skipped, list(table.rejects))

    def _fill(self, given: tuple[str, dict[str, Any]], lines: int | None) -> bool:
        """Read the rows into the table; whether each of the `lines` is a row as expected."""
        rows, params = given
        self.session.con.execute(f"DROP TABLE IF EXISTS {self.target}")
        # No join: it would not keep the order of the rows, by which they are numbered.
        typed = [n for n in self.made.fields if n in self.kept and n not in self.texts]
        values = [f"{self.made.fields[name].value} AS {name}" for name in typed] + self.values()
        picks = [*self.picks(), f"{self._doubt(typed)} AS doubt"]
        first = {"first_header": self.plan.table.headers[0].strip(" "), "first_words": CANDIDATE}
        doubts: dict[str, Any] = {}
        for name in typed:
            doubts |= self.made.fields[name].doubt_params
        self.session.execute(
            f"CREATE TABLE {self.target} AS SELECT {', '.join(picks)}"
            f" FROM (SELECT {', '.join(['*', *values])} FROM {rows})",
            {**self.made.params, **params, **first, **doubts, **self.params()},
        )
        if self._regular(lines):
            self.session.con.execute(f"ALTER TABLE {self.target} DROP COLUMN doubt")
            return True
        self.session.con.execute(f"DROP TABLE {self.target}")
        return False

    def _doubt(self, typed: list[str]) -> str:
        """Whether a row may be no row of data, or has a cell that is not read as decided.

        A missing value is quickly seen; only then is it asked whether the cell says "nothing".
        """
        casts = {name: self.made.fields[name] for name in typed}
        header = "CASE WHEN starts_with(c0, $first_header) THEN trim(c0) = $first_header END"
        whole = ["c0 IS NULL", header, "regexp_matches(c0, $first_words)"]
        whole.append(raw.starts_blank("c0"))
        whole += [f"({c.doubt})" for c in casts.values() if c.doubt != "false"]
        fed = [n for n in typed if n in self.fed and n in self.unread()]
        missing = (f"({n} IS NULL AND c{self.fed[n][0]} IS NOT NULL)" for n in fed)
        unread = (f"({casts[n].filled_by(n)}) IS NULL" for n in fed)
        return (
            f"coalesce({' OR '.join(whole)}, false) OR CASE WHEN {' OR '.join(missing) or 'false'}"
            f" THEN {' OR '.join(unread) or 'false'} ELSE false END"
        )

    def _regular(self, lines: int | None) -> bool:
        """Every line a row of data, every cell as expected, no cell of white space."""
        rows, doubts = self.session.rows(
            f"SELECT count(*), count(*) FILTER (WHERE doubt) FROM {self.target}"
        )[0]
        if doubts or rows != (rows if lines is None else lines):
            return False
        blank = " UNION ALL ".join(
            f"SELECT 1 FROM {self.target} WHERE {raw.starts_blank(cell)}"
            for cell in (*(n for n, i in self.texts.items() if i), *(f"c{i}" for i in self.extra))
        )
        return not (blank and self.session.rows(f"({blank}) LIMIT 1")) and not self.twice()
