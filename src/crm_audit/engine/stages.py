"""The stages of every pipeline: number, status, kind, place in the order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from crm_audit import texts
from crm_audit.engine.session import Session
from crm_audit.recognise import profiles
from crm_audit.recognise import stages as recognised
from crm_audit.recognise.order import StageEvidence, stage_order, usual_place


@dataclass
class StageRow:
    """One stage of one pipeline. `word_status` is what its code or name says by itself.

    `named_status` is the outcome that its words mean, for exports that say nothing of outcomes.
    """

    number: int
    pipeline: str
    stage: str
    crm: str
    name: str
    word_status: str | None
    named_status: str | None = None
    order: float | None = None
    status: str = "open"
    kind: str = "state_vague"
    phase: int | None = None
    post_sale: bool = False
    rank: int | None = None
    deals: dict[str, int] = field(default_factory=dict)


@dataclass
class StageBook:
    """Every stage seen so far, numbered in the order of appearance."""

    overrides: dict[str, str]
    optional: frozenset[str] = frozenset()
    rows: list[StageRow] = field(default_factory=list)
    dictionary: dict[str, dict[str, Any]] = field(default_factory=dict)
    order_basis: str = "appearance"
    _index: dict[tuple[str, str], StageRow] = field(default_factory=dict)

    def find(self, pipeline: str | None, stage: str | None, crm: str) -> StageRow | None:
        """The stage of that name, entered into the book if it is new; None without a name."""
        if stage is None or not stage.strip():
            return None
        key = ((pipeline or "").strip(), stage.strip())
        if key not in self._index:
            entry = self.dictionary.get(key[1], {})
            name = str(entry.get("stage_name") or key[1])
            said = self._word_status(key[1], name, crm, entry)
            kind = texts.stage_kind(name) if said is None and not entry else None
            row = StageRow(
                number=len(self.rows),
                pipeline=key[0],
                stage=key[1],
                crm=crm,
                name=name,
                word_status=said,
                named_status=kind if kind in ("won", "lost") else None,
                order=entry.get("order"),
            )
            self._index[key] = row
            self.rows.append(row)
        return self._index[key]

    def _word_status(self, stage: str, name: str, crm: str, entry: dict[str, Any]) -> str | None:
        profile = profiles.load().get(crm)
        for said in (stage, name):
            if said in self.overrides:
                return recognised.stage_status(said, profile, self.overrides)
        if entry.get("is_final") is not None:
            if not entry["is_final"]:
                return "open"
            return "won" if entry.get("is_success") else "lost"
        for said in (stage, name):
            status = recognised.stage_status(said, profile, self.overrides)
            if status is not None:
                return status
        return None

    def settle(self, session: Session, *, status_column: bool) -> None:
        """Decide status, kind and order of every stage once deals and events are loaded."""
        for number, status, count in session.rows(
            "SELECT stage_no, coalesce(status, 'unknown'), count(*) FROM deals"
            " WHERE stage_no IS NOT NULL GROUP BY ALL"
        ):
            self.rows[number].deals[status] = count
        # Where a stage holds lost deals beside others, deals are lost wherever they stand, and a
        # stage of lost deals alone is no end; of the stages of won deals that says nothing.
        held = [{"open", "won", "lost"} & set(r.deals) for r in self.rows]
        ends = {end for end in ("won", "lost") if all(s == {end} for s in held if end in s)}
        moves = session.rows(_PRECEDENCE)
        passed: dict[int, int] = {}
        for earlier, _, count in moves:
            passed[earlier] = max(passed.get(earlier, 0), count)
        for row in self.rows:
            alone = next(iter(row.deals)) if len(row.deals) == 1 else None
            # Where the history shows as many deals go on from a stage as stay in it, it is no end.
            stays = alone is not None and row.deals[alone] > passed.get(row.number, 0)
            flagged = alone if status_column and alone in ends and stays else None
            named = None if status_column else row.named_status
            row.status = row.word_status or flagged or named or "open"
            row.kind = texts.stage_kind(row.name, status=row.status)
            if row.kind == "technical" and row.status == "open":
                row.status = "ignored"
            elif row.word_status is None and row.kind in ("won", "lost") and not row.deals:
                row.status = row.kind
            row.phase = texts.stage_phase(row.name)
            place = usual_place(row.name)
            if row.phase is None and place is not None and row.status == "open":
                row.phase = max(1, int(place))
            row.post_sale = row.status == "open" and texts.is_post_sale(row.name)
        self._rank(session, moves)
        self._store(session)

    def _rank(self, session: Session, moves: list[tuple[Any, ...]]) -> None:
        pairs: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for earlier, later, count in moves:
            a, b = self.rows[earlier], self.rows[later]
            pairs[a.pipeline][(a.stage, b.stage)] = count
        probability: dict[int, float] = {}
        age: dict[int, float] = {}
        for number, middle, days in session.rows(_EVIDENCE):
            if middle is not None:
                probability[number] = middle
            if days is not None:
                age[number] = days
        pipelines: dict[str, list[StageRow]] = defaultdict(list)
        for row in self.rows:
            if row.status == "open" and not row.post_sale:
                pipelines[row.pipeline].append(row)
        bases: dict[str, int] = defaultdict(int)
        for pipeline, listed in pipelines.items():
            evidence = StageEvidence(
                numbers={r.stage: r.order for r in listed if r.order is not None},
                before=pairs.get(pipeline, {}),
                probability={
                    r.stage: probability[r.number] for r in listed if r.number in probability
                },
                age_days={r.stage: age[r.number] for r in listed if r.number in age},
                phase={r.stage: r.phase for r in listed if r.phase is not None},
            )
            profile = profiles.load().get(listed[0].crm)
            ordered, basis = stage_order([r.stage for r in listed], evidence, profile)
            bases[basis] += len(listed)
            for rank, stage in enumerate(ordered, 1):
                self._index[(pipeline, stage)].rank = rank
        if bases:
            self.order_basis = max(sorted(bases), key=lambda b: bases[b])

    def _store(self, session: Session) -> None:
        columns: dict[str, list[Any]] = {
            "stage_no": [r.number for r in self.rows],
            "pipeline": [r.pipeline for r in self.rows],
            "stage": [r.name for r in self.rows],
            "status": [r.status for r in self.rows],
            "kind": [r.kind for r in self.rows],
            "phase": [r.phase for r in self.rows],
            "post_sale": [r.post_sale for r in self.rows],
            "rank": [r.rank for r in self.rows],
            "required_before": [self._required(r, (r.rank or 0) - 1) for r in self.rows],
            "required_through": [self._required(r, r.rank) for r in self.rows],
            "required_total": [self._required(r, 10_000) for r in self.rows],
        }
        session.con.execute(
            "CREATE TABLE stages (stage_no INTEGER, pipeline VARCHAR, stage VARCHAR,"
            " status VARCHAR, kind VARCHAR, phase INTEGER, post_sale BOOLEAN, rank INTEGER,"
            " required_before INTEGER, required_through INTEGER, required_total INTEGER)"
        )
        session.fill("stages", columns)

    def _required(self, row: StageRow, through: int | None) -> int | None:
        """Open stages of the pipeline that may not be jumped over, up to a rank."""
        if through is None or (row.rank is None and through < 10_000):
            return None
        return sum(
            1
            for r in self.rows
            if r.pipeline == row.pipeline
            and r.rank is not None
            and r.rank <= through
            and not {r.stage, r.name} & self.optional
        )


_PRECEDENCE = """
WITH firsts AS (
  SELECT deal_no, to_no, min(changed_at) AS moment FROM stage_events
  WHERE to_no IS NOT NULL AND changed_at IS NOT NULL AND deal_no IS NOT NULL GROUP BY ALL
)
SELECT a.to_no, b.to_no, count(*) FROM firsts AS a JOIN firsts AS b USING (deal_no)
WHERE a.moment < b.moment GROUP BY ALL ORDER BY ALL
"""

_EVIDENCE = """
SELECT stage_no, median(probability),
  median(date_diff('day', created_at, coalesce(updated_at, last_activity_at, stage_entered_at)))
FROM deals WHERE stage_no IS NOT NULL AND status = 'open' GROUP BY stage_no ORDER BY stage_no
"""
