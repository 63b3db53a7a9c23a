"""One pass of all rules over the facts, and the findings that it left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from crm_audit.engine.rules import Rule, Rulebook
from crm_audit.engine.session import Session
from crm_audit.errors import UsageError

_SCOPE_SQL = {
    "open": "is_open",
    "key": "is_key",
    "top": "is_top",
    "stalled": "is_open AND stalled",
    "closed": "status IN ('won', 'lost')",
    "lost": "is_lost_recent",
    "all": "true",
}
_CARRIED = ("deal_id", "deal_key", "deal_name", "owner", "stage", "table_no", "line")
GONE_FACTS = (
    "deal_id",
    "deal_name",
    "company",
    "owner",
    "pipeline",
    "stage",
    "status",
    "amount",
    "currency",
    "vanished",
    "was_closed",
    "last_seen",
    "missing_from",
)
STAGE_FACTS = (
    "pipeline",
    "stage",
    "status",
    "kind",
    "phase",
    "post_sale",
    "rank",
    "open_deals",
)


@dataclass(frozen=True)
class RuleCount:
    """What a rule found: deals in its scope that hit, were assessed, could not be told."""

    hits: int
    assessed: int
    unknown: int
    amount: dict[str, Decimal]


@dataclass(frozen=True)
class Hit:
    """One subject that a rule found, with the facts that the rule shows."""

    rule: Rule
    id: str
    subject: dict[str, Any]
    facts: dict[str, Any]


def fact_names(session: Session) -> list[str]:
    """Every fact of a deal that a predicate may name."""
    return [row[0] for row in session.rows("DESCRIBE judged")]


def compile_rules(session: Session, book: Rulebook) -> dict[str, str]:
    """SQL of every rule's predicate; UsageError with file, rule and reason for a bad one.

    The parser is loaded only for rules of the user's own: bundled ones are known to be sound.
    """
    known = fact_names(session)
    compiled: dict[str, str] = {}
    for rule in book.rules.values():
        names = {"stage": STAGE_FACTS, "gone": GONE_FACTS}.get(rule.scope, known)
        values = {name: p.value for name, p in rule.params.items()}
        if rule.bundled:
            compiled[rule.id] = _with_values(rule.when, values)
            continue
        from crm_audit.engine.predicates import PredicateError, compile_predicate

        try:
            compiled[rule.id] = compile_predicate(rule.when, names, values)
        except PredicateError as error:
            raise UsageError(f"{rule.file}: `when`: {error}") from None
        if missing := sorted(set(rule.facts) - set(names)):
            raise UsageError(f"{rule.file}: `facts`: there is no fact named {missing[0]!r}")
    return compiled


def _with_values(when: str, values: dict[str, float | int]) -> str:
    """A bundled predicate with its parameters; the tests hold these to the allow-list."""
    for name, value in values.items():
        when = re.sub(rf"\b{name}\b", str(float(value)), when)
    return when


def _check_types(session: Session, book: Rulebook, compiled: dict[str, str]) -> None:
    """UsageError for a rule whose types do not fit each other or that is not true or false."""
    for source, listed in _by_source(book).items():
        if not listed:
            continue
        picks = ", ".join(f"({compiled[r.id]}) AS r{i}" for i, r in enumerate(listed))
        try:
            rows = session.rows(f"DESCRIBE SELECT {picks} FROM {source}")
        except duckdb.Error as error:
            raise _at_fault(session, book, compiled, error) from None
        for rule, row in zip(listed, rows, strict=True):
            if row[1] != "BOOLEAN":
                raise UsageError(f"{rule.file}: `when`: must be true or false, not {row[1]}")


def _by_source(book: Rulebook) -> dict[str, list[Rule]]:
    """The rules of the user's own by the table of facts that they are about."""
    rules = [r for r in book.rules.values() if not r.bundled]
    return {
        "judged": [r for r in rules if r.scope not in ("stage", "gone")],
        "stage_facts": [r for r in rules if r.scope == "stage"],
        "gone_facts": [r for r in rules if r.scope == "gone"],
    }


def _at_fault(
    session: Session, book: Rulebook, compiled: dict[str, str], error: duckdb.Error
) -> Exception:
    """UsageError naming the rule that cannot be evaluated; the error itself where none is."""
    for source, listed in _by_source(book).items():
        for rule in listed:
            try:
                session.rows(f"SELECT count({compiled[rule.id]}) FROM {source}")
            except duckdb.Error as found:
                return UsageError(f"{rule.file}: `when`: {str(found).splitlines()[0]}")
    return error


def check_rules(book: Rulebook) -> None:
    """Compile every rule against an empty audit; UsageError for the first that is not sound."""
    from crm_audit.engine.derive import derive
    from crm_audit.engine.load import Loader
    from crm_audit.engine.loaded import LoadOptions
    from crm_audit.wording import Wording

    with Session() as session:
        say = Wording("en")
        loader = Loader(session, LoadOptions(), say)
        derive(session, loader.load([]), loader.book, book, None, wording=say)
        _check_types(session, book, compile_rules(session, book))


def apply_rules(session: Session, book: Rulebook) -> dict[str, RuleCount]:
    """Add one boolean column a rule to the facts and count them all in one query."""
    compiled = compile_rules(session, book)
    _check_types(session, book, compiled)
    try:
        return _count(session, book, compiled)
    except duckdb.DataError as error:
        raise _at_fault(session, book, compiled, error) from None


def _count(session: Session, book: Rulebook, compiled: dict[str, str]) -> dict[str, RuleCount]:
    deal_rules = [r for r in book.rules.values() if r.scope not in ("stage", "gone")]
    columns = ", ".join(
        f"CAST(CASE WHEN {_SCOPE_SQL[r.scope]} THEN CASE WHEN ({compiled[r.id]}) THEN 1"
        f" WHEN ({compiled[r.id]}) IS NULL THEN -1 ELSE 0 END END AS TINYINT) AS r{i}"
        for i, r in enumerate(deal_rules)
    )
    session.con.execute(
        f"CREATE TABLE rule_columns AS SELECT deal_no, currency, amount, {columns} FROM judged"
    )
    sums = ", ".join(
        f"count(*) FILTER (WHERE r{i} = 1), count(*) FILTER (WHERE r{i} >= 0),"
        f" count(*) FILTER (WHERE r{i} < 0), sum(CASE WHEN r{i} = 1 THEN amount END)"
        for i in range(len(deal_rules))
    )
    counted: dict[str, RuleCount] = {r.id: RuleCount(0, 0, 0, {}) for r in book.rules.values()}
    for row in session.rows(
        f"SELECT currency, {sums} FROM rule_columns GROUP BY currency ORDER BY 1"
    ):
        for i, rule in enumerate(deal_rules):
            hits, assessed, unknown, amount = row[1 + 4 * i : 5 + 4 * i]
            before = counted[rule.id]
            amounts = dict(before.amount) | ({row[0]: amount} if amount else {})
            counted[rule.id] = RuleCount(
                before.hits + hits, before.assessed + assessed, before.unknown + unknown, amounts
            )
    for rule in book.rules.values():
        if rule.scope == "stage":
            hits, assessed, unknown = session.rows(
                f"SELECT count(*) FILTER (WHERE {compiled[rule.id]}), count({compiled[rule.id]}),"
                f" count(*) FILTER (WHERE ({compiled[rule.id]}) IS NULL) FROM stage_facts"
            )[0]
            counted[rule.id] = RuleCount(hits, assessed, unknown, {})
        elif rule.scope == "gone":
            counted[rule.id] = _count_gone(session, compiled[rule.id])
    return counted


def _count_gone(session: Session, predicate: str) -> RuleCount:
    """A rule over the deals that the newest export lacks."""
    total = RuleCount(0, 0, 0, {})
    for currency, hits, assessed, unknown, amount in session.rows(
        f"SELECT currency, count(*) FILTER (WHERE {predicate}), count({predicate}),"
        f" count(*) FILTER (WHERE ({predicate}) IS NULL),"
        f" sum(CASE WHEN {predicate} THEN amount END)"
        " FROM gone_facts GROUP BY currency ORDER BY 1"
    ):
        total = RuleCount(
            total.hits + hits,
            total.assessed + assessed,
            total.unknown + unknown,
            total.amount | ({currency: amount} if amount else {}),
        )
    return total


def hits(
    session: Session, book: Rulebook, counts: dict[str, RuleCount], limit: int | None
) -> list[Hit]:
    """The findings of every rule, largest amounts first; at most `limit` a rule.

    A finding's id is a hash of the rule and the deal (or stage): it stays the same from export to
    export.
    """
    compiled = compile_rules(session, book)
    found: list[Hit] = []
    number = 0
    for rule in book.rules.values():
        most = f" LIMIT {int(limit)}" if limit is not None else ""
        if rule.scope == "stage":
            found += _stage_hits(session, rule, compiled[rule.id])
            continue
        picked = [*_CARRIED, "amount", "currency", *rule.facts]
        source = f"gone_facts WHERE {compiled[rule.id]}"
        if rule.scope != "gone":
            source = (
                f"judged WHERE deal_no IN (SELECT deal_no FROM rule_columns WHERE r{number} = 1)"
            )
            number += 1
        if not counts[rule.id].hits:
            continue
        rows = session.rows(
            f"SELECT substr(sha256('{rule.id}' || chr(31) || deal_key), 1, 16),"
            f" {', '.join(picked)} FROM {source}"
            f" ORDER BY amount DESC NULLS LAST, deal_key{most}"
        )
        width = len(_CARRIED) + 2
        for row in rows:
            subject = dict(zip(picked[:width], row[1 : 1 + width], strict=True))
            facts = {n: plain(v) for n, v in zip(rule.facts, row[1 + width :], strict=True)}
            found.append(Hit(rule, row[0], subject, facts))
    return found


def _stage_hits(session: Session, rule: Rule, predicate: str) -> list[Hit]:
    rows = session.dicts(
        f"SELECT substr(sha256('{rule.id}' || chr(31) || pipeline || chr(31) || stage), 1, 16)"
        f" AS id, pipeline, stage, {', '.join(rule.facts) or 'kind'} FROM stage_facts"
        f" WHERE {predicate} ORDER BY pipeline, rank, stage"
    )
    return [
        Hit(rule, row["id"], {"stage": row["stage"]}, {n: plain(row[n]) for n in rule.facts})
        for row in rows
    ]


def plain(value: Any) -> Any:
    """A value of the database as JSON knows it."""
    if isinstance(value, Decimal):
        return round(float(value), 2)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    return value
