"""Predicates of rules: what is not on the list is refused, and never in any other way."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_audit.engine.predicates import PredicateError, compile_predicate

FACTS = ("stalled", "amount", "stage", "days_still")
PARAMS = {"limit": 5, "word": "it's"}

HOSTILE = [
    "(SELECT 1) = 1",
    "amount IN (SELECT amount FROM deals)",
    "EXISTS (SELECT 1 FROM deals)",
    "stalled; DROP TABLE deals",
    "stalled; stalled",
    "DROP TABLE deals",
    "ATTACH 'x.db'",
    "COPY deals TO 'x.csv'",
    "SET threads = 1",
    "PRAGMA database_list",
    "read_csv('/etc/passwd') IS NULL",
    "repeat('x', 2000000000) = stage",
    "getenv('HOME') = stage",
    "current_setting('memory_limit') = stage",
    "query('SELECT 1') = 1",
    "CAST(amount AS VARCHAR) = 'x'",
    "amount::VARCHAR = 'x'",
    "TRY_CAST(stage AS INTEGER) > 1",
    "deals.amount > 1",
    "main.deals.amount > 1",
    "owner = 'x'",
    "secret",
    "*",
    "amount > (SELECT max(amount) FROM deals)",
    "max(amount) > 1",
    "count(*) > 1",
    "row_number() OVER () = 1",
    "stage SIMILAR TO 'x'",
    "stage ~ 'x'",
    "CASE WHEN stalled THEN true END",
    "[1, 2][1] = 1",
    "{'a': 1} IS NULL",
    "x -> x + 1",
    "amount > $1",
    "amount > ?",
    "stage || 'x' = 'y'",
    "INTERVAL 1 DAY > amount",
    "amount COLLATE nocase = 'x'",
    "",
    "   ",
    "amount >",
    "(((",
    "'unclosed",
    "-- nothing",
    "/* nothing */",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_is_refused(text: str) -> None:
    with pytest.raises(PredicateError):
        compile_predicate(text, FACTS, PARAMS)


def test_deep_nesting_and_length_are_refused() -> None:
    for text in ("(" * 900 + "stalled" + ")" * 900, "NOT " * 490 + "stalled", "stalled " * 500):
        with pytest.raises(PredicateError):
            compile_predicate(text, FACTS, PARAMS)


HARMLESS = {
    "stalled": True,
    "NOT stalled": False,
    "stalled AND amount >= 10": True,
    "amount BETWEEN 1 AND 9 OR stage = 'Offer'": True,
    "stage IN ('Offer', 'Spec')": True,
    "stage LIKE 'Of%'": True,
    "lower(stage) = 'offer'": True,
    "length(stage) > 10": False,
    "days_still > 2 * limit": True,
    "days_still + 1 - 2 / 2 > -limit": True,
    "coalesce(nothing, false)": False,
    "nothing": None,
    "nothing AND stalled": None,
    "nothing AND NOT stalled": False,
    "nothing IS NULL": True,
    "abs(amount - 20) > 5": True,
    "greatest(amount, days_still) = least(30, days_still)": True,
    "stalled -- a comment": True,
    "stalled /* a comment */ AND true": True,
    "stage = word": False,
    "stage = 'x; DROP TABLE deals'": False,
}


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_passes_and_means_what_it_says(text: str) -> None:
    sql = compile_predicate(text, (*FACTS, "nothing"), PARAMS)
    with duckdb.connect() as con:
        row = con.execute(
            f"SELECT {sql} FROM (SELECT true AS stalled, 10 AS amount, 'Offer' AS stage,"
            " 30 AS days_still, CAST(NULL AS BOOLEAN) AS nothing)"
        ).fetchone()
    assert row == (HARMLESS[text],)


def test_a_comment_does_not_reach_the_sql() -> None:
    for text in ("stalled -- ) OR true", "stalled /* x */ AND stalled"):
        sql = compile_predicate(text, FACTS, PARAMS)
        with duckdb.connect() as con:
            row = con.execute(f"SELECT ({sql}) FROM (SELECT false AS stalled)").fetchone()
        assert row == (False,)


def test_parameters_are_values_and_never_sql() -> None:
    sql = compile_predicate("stage = word", FACTS, {"word": "x' OR true --"})
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {sql} FROM (SELECT 'y' AS stage)").fetchone() == (False,)


def test_the_message_names_what_is_not_known() -> None:
    with pytest.raises(PredicateError, match="there is no fact named 'owner'"):
        compile_predicate("owner = 'x'", FACTS, PARAMS)


_PIECES = st.sampled_from(
    ["stalled", "amount", "(", ")", "'", '"', ";", "--", "/*", "SELECT", "FROM", "deals", "AND",
     "NOT", "=", ">", "1", "::", "CAST", "AS", "INTEGER", "IN", ",", "[", "]", "{", "}", "$1",
     "->", "OVER", "lower", "*", ".", "NULL", "IS", "\\", "\x00", "ы", "BETWEEN", "CASE", "END"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map(" ".join)))
def test_any_text_is_compiled_or_refused_and_nothing_else(text: str) -> None:
    try:
        sql = compile_predicate(text, FACTS, PARAMS)
    except PredicateError:
        return
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE f (stalled BOOLEAN, amount DOUBLE, stage VARCHAR, days_still INT)"
        )
        try:
            con.execute(f"SELECT ({sql}) FROM f")
        except (duckdb.BinderException, duckdb.ConversionException):
            return  # sound SQL whose types do not fit
