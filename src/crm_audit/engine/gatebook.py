"""The playbook on one export: which stages it means, and which deals meet its conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_audit import texts
from crm_audit.engine.canonical import sql_type
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.rules import Rulebook
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook, StageRow
from crm_audit.model.deal import Deal
from crm_audit.playbook import Condition, Playbook, PlaybookStage, folded
from crm_audit.recognise import profiles
from crm_audit.wording import Wording

ROLES = ("approver", "payer", "procurer", "legal", "security", "technical")
_ASKED = frozenset(
    ["next_step", "risk", "stall_reason", "client_commitment", "last_decision", "next_decision",
     "manager_decision", "loss_reason", "documents"]
)  # fmt: skip
"""Fields that ask for a sentence: a bare status or a yes is none."""
_UNKNOWN = "CAST(NULL AS BOOLEAN)"
_MOST_CELLS = 20_000
_LONGEST = 80


@dataclass(frozen=True)
class BoundStage:
    """A stage of the playbook with the stages of the export that it means (none: it has none).

    `earlier` are the stages of the export that the playbook names before it.
    """

    stage: PlaybookStage
    rows: tuple[StageRow, ...]
    earlier: tuple[int, ...]

    @property
    def open_rows(self) -> list[StageRow]:
        """The stages that open deals stand in."""
        return [row for row in self.rows if row.rank is not None]


@dataclass(frozen=True)
class BoundCondition:
    """A condition with its place in the playbook, its words, and whether the export can tell.

    `default` is the value that stands in nearly every row, and is therefore no fact.
    """

    stage: int
    condition: Condition
    label: str
    known: bool
    default: str | None = None


@dataclass(frozen=True)
class Gatebook:
    """A playbook bound to an export. The tables `gate_cells` and `deal_gates` hold the results."""

    playbook: Playbook
    stages: tuple[BoundStage, ...]
    conditions: tuple[BoundCondition, ...] = ()

    def limits(self) -> dict[int, float]:
        """The limits in days that the playbook sets, by the number of the stage."""
        return {
            row.number: bound.stage.limit_days
            for bound in self.stages
            if bound.stage.limit_days is not None
            for row in bound.open_rows
        }


def bind(playbook: Playbook, book: StageBook) -> tuple[BoundStage, ...]:
    """Find each stage of the playbook; one with a pipeline goes before one for all pipelines."""
    rows: dict[int, list[StageRow]] = {n: [] for n in range(len(playbook.stages))}
    taken: set[int] = set()
    order = sorted(rows, key=lambda n: playbook.stages[n].pipeline is None)
    for number in order:
        stage = playbook.stages[number]
        for row in book.rows:
            named = folded(stage.stage) in (folded(row.name), folded(row.stage))
            here = stage.pipeline is None or folded(stage.pipeline) == folded(row.pipeline)
            if named and here and row.number not in taken:
                rows[number].append(row)
                taken.add(row.number)
    return tuple(
        BoundStage(
            stage,
            tuple(rows[number]),
            tuple(row.number for n in range(number) for row in rows[n]),
        )
        for number, stage in enumerate(playbook.stages)
    )


def check_gates(
    session: Session,
    loaded: Sequence[Loaded],
    gatebook: Gatebook,
    rulebook: Rulebook,
    say: Wording,
) -> Gatebook:
    """Make `gate_cells` (an open deal a row: passed, met, said by condition) and `deal_gates`.

    The facts must be there already. Returns the gatebook with its conditions.
    """
    tables = [t for t in loaded if t.plan.kind == "deals" and t.used]
    asked = [(n, c) for n, b in enumerate(gatebook.stages) for c in b.stage.conditions]
    passed = _Passed()
    gates = [passed.sql(gatebook.stages[n]) for n, _ in asked]
    found: dict[int, BoundCondition] = {}
    selects: list[str] = []
    params: dict[str, Any] = dict(passed.params)
    for table in tables:
        cells = _Cells(session, table, rulebook)
        picks: list[str] = []
        for i, (stage, condition) in enumerate(asked):
            cell = cells.of(condition)
            picks.append(f"{gates[i]} AS p{i}, {cell.met} AS m{i}, {cell.said} AS s{i}")
            before = found.get(i)
            found[i] = BoundCondition(
                stage,
                condition,
                label_of(condition, say),
                cell.known or (before is not None and before.known),
                cell.default or (before.default if before else None),
            )
        params |= cells.params
        selects.append(
            f"SELECT d.deal_no{''.join(', ' + p for p in picks)} FROM deals AS d"
            f" JOIN deal_facts AS f USING (deal_no) JOIN {table.raw.table} AS r"
            f" ON r.rowid = d.row_id WHERE d.table_no = {table.number} AND f.is_open"
        )
    empty = "SELECT CAST(NULL AS BIGINT) AS deal_no WHERE false"
    session.execute(f"CREATE TABLE gate_cells AS {' UNION ALL '.join(selects) or empty}", params)
    conditions = tuple(found[i] for i in sorted(found))
    _sum_up(session, gatebook, conditions)
    return Gatebook(gatebook.playbook, gatebook.stages, conditions)


def label_of(condition: Condition, say: Wording) -> str:
    """A condition in words; a column is called as the client calls it."""
    key = {
        "field": f"report_field_{condition.name}",
        "person": f"gate_person_{condition.name}",
        "next_step": f"gate_step_{condition.name}",
    }.get(condition.kind, "")
    return say(key) if say.has(key) else condition.name


def _sum_up(session: Session, gatebook: Gatebook, conditions: Sequence[BoundCondition]) -> None:
    """One row an open deal: how many conditions it has to meet, whether it does, what is missing.

    Where it is not known whether a deal has passed a gate, a fact that is missing is no failure.
    """
    needs = [
        f"CASE WHEN p{i} = false THEN true ELSE m{i} OR CASE WHEN p{i} THEN false END END"
        for i in range(len(conditions))
    ]
    counted = " + ".join(f"CAST(coalesce(p{i}, false) AS INTEGER)" for i in range(len(conditions)))
    params = {
        f"l{i}": f"{gatebook.stages[c.stage].stage.stage}: {c.label}"
        for i, c in enumerate(conditions)
    }
    missing = ", ".join(
        f"CASE WHEN ({need}) = false THEN $l{i} END" for i, need in enumerate(needs)
    )
    session.execute(
        f"CREATE TABLE deal_gates AS SELECT deal_no, {counted or '0'} AS gates_passed,"
        f" {' AND '.join(f'({n})' for n in needs) or 'true'} AS gates_met,"
        f" nullif(concat_ws('; ', {missing or 'NULL'}), '') AS gates_missing FROM gate_cells",
        params,
    )


class _Passed:
    """Whether a deal has come to a stage of the playbook, as SQL over its facts."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def sql(self, bound: BoundStage) -> str:
        if bound.open_rows:
            return " OR ".join(
                f"({self._in(row.pipeline)} AND f.stage_rank >= {row.rank})"
                for row in bound.open_rows
            ).join("()")
        if bound.rows:
            return "false"  # the deals of a final stage are not open any more
        # A stage that the export does not have: only who stands before it has surely not passed.
        before = ", ".join(map(str, bound.earlier))
        whens = [f"WHEN f.stage_no IN ({before}) THEN false"] if before else []
        if bound.stage.pipeline is not None:
            whens.append(f"WHEN NOT {self._in(bound.stage.pipeline)} THEN false")
        return f"CASE {' '.join(whens)} END" if whens else _UNKNOWN

    def _in(self, pipeline: str) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = pipeline.strip().lower()
        return f"lower(trim(coalesce(f.pipeline, ''))) = ${name}"


@dataclass(frozen=True)
class _Cell:
    """SQL of one condition: whether it is met, whether the deal says anything there at all."""

    met: str
    said: str
    known: bool
    default: str | None = None


@dataclass
class _Cells:
    """The conditions on one table of deals."""

    session: Session
    table: Loaded
    rulebook: Rulebook
    params: dict[str, Any] = field(default_factory=dict)
    _made: dict[Condition, _Cell] = field(default_factory=dict)

    def of(self, condition: Condition) -> _Cell:
        if condition not in self._made:
            self._made[condition] = self._make(condition)
        return self._made[condition]

    def _make(self, condition: Condition) -> _Cell:
        if condition.kind == "next_step":
            step = f"f.step_{condition.name}"
            return _Cell(step, "f.step_present", self._told(step))
        if condition.kind == "person":
            return self._person(condition.name)
        if condition.kind == "column":
            return self._column(condition.name)
        return self._field(condition.name)

    def _person(self, who: str) -> _Cell:
        if who == "contact":
            return _Cell("f.client_person", "f.client_person", self._told("f.client_person"))
        if who == "blocker":
            legal, security = self._person("legal"), self._person("security")
            return _Cell(
                f"(({legal.met}) OR ({security.met}))",
                f"(({legal.said}) OR ({security.said}))",
                known=legal.known or security.known,
                default=legal.default or security.default,
            )
        column = self.of(Condition("field", who))
        met = f"f.{who}_known"
        if column.default is not None:
            # Somebody who stands in nearly every row was not found out for this deal.
            name = self._param("w", [column.default])
            met += f" AND coalesce(lower(trim(d.{who})) <> ${name}[1], true)"
        return _Cell(met, f"f.{who}_known", self._told(f"f.{who}_known"), column.default)

    def _told(self, fact: str) -> bool:
        """Whether the export tells a fact of any open deal; nothing is missing without such."""
        told, deals = self.session.rows(
            f"SELECT count({fact}), count(*) FROM deal_facts AS f WHERE f.is_open"
        )[0]
        return bool(told or not deals)

    def _column(self, header: str) -> _Cell:
        headers = self.table.plan.table.headers
        plain = profiles.plain(header)
        index = next((i for i, h in enumerate(headers) if h.strip() == header), None)
        if index is None:
            index = next((i for i, h in enumerate(headers) if profiles.plain(h) == plain), None)
        if index is None:
            return _Cell(_UNKNOWN, _UNKNOWN, known=False)
        for name, match in self.table.plan.mapping.items():
            if index in match.columns:
                return self._field(name)
        return self._text(f"r.c{index}", f"(r.c{index} IS NOT NULL)", asked=False)

    def _field(self, name: str) -> _Cell:
        if name not in self.table.plan.mapping or name not in Deal.model_fields:
            return _Cell(_UNKNOWN, _UNKNOWN, known=False)
        if sql_type(Deal, name) == "VARCHAR":
            return self._text(f"d.{name}", f"d.{name}_filled", asked=name in _ASKED)
        default = self._default(f"CAST(d.{name} AS VARCHAR)")
        filled = f"d.{name}_filled"
        if name == "amount":
            filled = "CASE WHEN d.amount_filled IS NOT NULL THEN coalesce(d.amount > 0, false) END"
        if default is not None:
            filled = f"CASE WHEN {filled} AND CAST(d.{name} AS VARCHAR) = "
            filled += f"${self._param('w', [default])}[1] THEN false ELSE {filled} END"
        return _Cell(filled, f"d.{name} IS NOT NULL", True, default)

    def _text(self, cell: str, filled: str, *, asked: bool) -> _Cell:
        default = self._default(f"lower(trim({cell}))")
        words = [w for w in self._short(cell) if says_nothing(w, asked=asked)]
        words += [default] if default is not None else []
        met = filled
        if words:
            name = self._param("w", words)
            said = f"NOT list_contains(CAST(${name} AS VARCHAR[]), lower(trim({cell})))"
            met = f"CASE WHEN {filled} THEN {said} ELSE {filled} END"
        return _Cell(met, f"{cell} IS NOT NULL", True, default)

    def _source(self) -> str:
        return (
            f"deals AS d JOIN {self.table.raw.table} AS r ON r.rowid = d.row_id"
            f" WHERE d.table_no = {self.table.number}"
        )

    def _short(self, cell: str) -> list[str]:
        """The distinct cells that are short enough to say nothing."""
        rows = self.session.rows(
            f"SELECT DISTINCT lower(trim({cell})) AS cell FROM {self._source()}"
            f" AND length({cell}) <= {_LONGEST} ORDER BY cell LIMIT {_MOST_CELLS}"
        )
        return [row[0] for row in rows]

    def _default(self, value: str) -> str | None:
        """The value that stands in nearly every row: nobody found it out for one deal."""
        rows = self.session.rows(
            f"SELECT {value} AS v, count(*) AS n, sum(count(*)) OVER () FROM {self._source()}"
            " GROUP BY v ORDER BY n DESC, v LIMIT 2"
        )
        least = self.rulebook.value("default_rows")
        share = self.rulebook.value("default_share")
        for found, n, total in rows:
            if found is not None and total >= least and n >= share * float(total) - 1e-9:
                return str(found)
        return None

    def _param(self, kind: str, words: list[str]) -> str:
        name = f"{kind}{self.table.number}x{len(self.params)}"
        self.params[name] = words
        return name


def says_nothing(text: str, *, asked: bool) -> bool:
    """Whether a cell is no fact: junk anywhere, a bare status too.

    A tick («да», "done") is a fact in a column of its own, and none where a sentence is `asked`.
    """
    return texts.is_filler(text) and (asked or not texts.is_mark(text))
