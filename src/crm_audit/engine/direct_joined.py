"""A long table of history, activities or contacts, read directly: typed, before it is joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crm_audit.engine import canonical, joins
from crm_audit.engine.canonical import Casts
from crm_audit.engine.casts import Cast
from crm_audit.engine.direct import Direct
from crm_audit.engine.joins import Join
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.raw import RawLoad
from crm_audit.engine.session import Session
from crm_audit.model.deal import TABLES
from crm_audit.recognise.plan import TablePlan

_SURE = 0.9
"""Share of the keys of a sample that must lead to a deal for its column to be taken."""
_STAGES = ("from_stage", "to_stage")
_MOST_STAGES = 500
"""Names of stages in a sample; chosen, more are left to the careful way."""


class DirectJoined(Direct):
    """A table that hangs on deals and may be read directly.

    What is left of it in the database are the values of its fields, the key that leads to the deals
    and for stages their place in a list of names: a tenth of its text.
    """

    def __init__(
        self,
        session: Session,
        number: int,
        plan: TablePlan,
        deals: Sequence[Loaded],
        keep_subjects: bool,
    ) -> None:
        kept = canonical.kept_fields(plan.kind, set(plan.mapping))
        super().__init__(session, number, plan, [n for n in kept if n in plan.mapping])
        self.target = f"raw_{number}"
        self.deals = deals
        self.keep_subjects = keep_subjects
        self.join: Join | None = None
        self.stages = [n for n in _STAGES if n in self.fed]
        self.names: list[str] = []

    def load(self, day_first: bool | None) -> tuple[RawLoad, Casts, Join] | None:
        """The loaded table with its casts and its join; None if it is not long and regular.

        A log of changes is left to the careful way: it sets rows of other fields aside.
        """
        if self.plan.field_column is not None:
            return None
        long = self.read(day_first)
        if long is None or self.join is None:
            return None
        raw = self.loaded(long, self.target, f"(rowid + {self.plan.table.first_line})")
        join = joins.measured(self.session, self.join, self.target)
        if join.good < _SURE:
            self.session.con.execute(f"DROP TABLE {self.target}")
            return None
        held = {n: replace(cast, value=n, params={}) for n, cast in self.made.fields.items()}
        for name in self.stages:
            place = f"list_extract(CAST($stage_words AS VARCHAR[]), {name}_place)"
            held[name] = Cast(f"coalesce({place}, {name}_new)", "", {"stage_words": self.names})
        params = {"stage_words": self.names} if self.stages else {}
        return raw, Casts(held, params), join

    def decide(self, sample: str) -> bool:
        """Which column leads to the deals, and what the stages are called."""
        self.join = joins.find_join(self.session, self.plan, sample, self.deals)
        if self.join is None or self.join.good < _SURE:
            return False
        self.extra = [self.join.place]
        columns = [f"c{self.fed[name][0]}" for name in self.stages]
        named = " UNION ".join(f"SELECT {c} AS name FROM {sample}" for c in columns)
        if named:
            rows = self.session.rows(
                f"SELECT name FROM ({named}) WHERE name IS NOT NULL ORDER BY 1"
            )
            self.names = [row[0] for row in rows]
        return len(self.names) <= _MOST_STAGES

    def unread(self) -> list[str]:
        """Dates and numbers: of words that are not known nobody is told."""
        return [name for name, cast in self.made.fields.items() if cast.style]

    def params(self) -> dict[str, Any]:
        """The names of the stages."""
        return {"stage_words": self.names}

    def picks(self) -> list[str]:
        """The values of the fields, the key as it is, and the places of the stages."""
        model = TABLES[self.plan.kind]
        picks = [f"c{i}" for i in self.extra]
        for name in self.kept:
            of_type = canonical.sql_type(model, name)
            value = f"c{self.texts[name]}" if name in self.texts else name
            if name == "subject" and not self.keep_subjects and "is_done" in self.made.fields:
                # What a task that is done was about is not asked any more.
                value = f"CASE WHEN is_done THEN NULL ELSE {value} END"
            picks.append(f"CAST({value} AS {of_type}) AS {name}")
        for name in self.stages:
            column = f"c{self.fed[name][0]}"
            place = f"list_position(CAST($stage_words AS VARCHAR[]), {column})"
            picks += [
                f"CAST({place} AS SMALLINT) AS {name}_place",
                f"CASE WHEN {place} IS NULL THEN {column} END AS {name}_new",
            ]
        return picks
