"""Predicates of rules: parsed, checked against an allow-list, written out again as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_ALLOWED: tuple[type[exp.Expression], ...] = (
    exp.And,
    exp.Or,
    exp.Not,
    exp.Paren,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.Null,
    exp.Boolean,
    exp.Literal,
    exp.Column,
    exp.Identifier,
    exp.Neg,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Coalesce,
    exp.Abs,
    exp.Lower,
    exp.Length,
    exp.Greatest,
    exp.Least,
)
_LONGEST = 2_000


class PredicateError(ValueError):
    """A predicate that is not allowed; the message says why."""


def compile_predicate(
    text: str, facts: Iterable[str], params: Mapping[str, float | int | str | bool]
) -> str:
    """SQL of a predicate over `facts`, with `params` put in as literals.

    Only comparisons, boolean logic, arithmetic and a few plain functions over known facts pass;
    everything else (subqueries, casts, other functions, several statements) raises PredicateError.
    """
    if len(text) > _LONGEST:
        raise PredicateError(f"longer than {_LONGEST} characters")
    try:
        parsed = sqlglot.parse(text, read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise PredicateError(f"cannot be parsed: {str(error).splitlines()[0]}") from None
    if len(parsed) != 1 or parsed[0] is None:
        raise PredicateError("must be one expression")
    tree = parsed[0]
    known = set(facts)
    try:
        for node in tree.walk():
            if type(node) not in _ALLOWED:
                raise PredicateError(f"{type(node).__name__} is not allowed")
            if isinstance(node, exp.In) and node.args.get("query") is not None:
                raise PredicateError("a subquery is not allowed")
            if isinstance(node, exp.Column):
                if node.table or not isinstance(node.this, exp.Identifier):
                    raise PredicateError(f"{node.sql()} is not a fact")
                if node.name not in known and node.name not in params:
                    raise PredicateError(f"there is no fact named {node.name!r}")
        with_values = tree.transform(
            lambda node: (
                exp.convert(params[node.name])
                if isinstance(node, exp.Column) and node.name in params
                else node
            )
        )
        return with_values.sql(dialect="duckdb")
    except RecursionError:
        raise PredicateError("too deeply nested") from None
