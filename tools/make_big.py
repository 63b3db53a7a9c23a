"""Writes benchmark data: deals, stage history and activities of up to a million deals."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import duckdb

from samples.vocabulary import Vocabulary

SQL = Path(__file__).parent / "big"
AS_OF = datetime(2026, 9, 30, 16, 41, 7)
TABLES = ("deals", "stage_history", "activities")
MOST = 1_000_000


def words(seed: int) -> dict[str, object]:
    """Return the lists of invented words that the SQL picks from."""
    ru = Vocabulary("ru", f"big-{seed}")
    well, bad = ru["well_run"], ru["neglected"]
    promised = [text for stage in well["steps"] for text in stage["texts"]]
    talk = well["talk"]
    return {
        "men": ru["men"],
        "surnames": ru["surnames"],
        "sellers": ru.names(60),
        "subjects": ru["subjects"],
        "companies": [
            f"ООО «{root}{suffix}"
            for root in ru["company_roots"]
            for suffix in ru["company_suffixes"]
        ],
        "positions": [one for group in ru["positions"].values() for one in group],
        "cities": ru["cities"],
        "stages": well["stages"],
        "risks": well["risks"],
        "losses": [*well["losses"], *bad["losses"]],
        "steps": [
            *bad["steps"],
            *well["seller_steps"],
            *(text.format(date="15.10.2026") for text in promised),
        ],
        "subjects_of_talk": [*talk["in"], *talk["joint"], *talk["out"], *bad["tasks"]],
    }


def make(folder: Path, deals: int, seed: int) -> None:
    """Write the three files: UTF-8, semicolons, Russian headers, dates and amounts."""
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    variables: dict[str, object] = {"deals": deals, "seed": seed, "as_of": AS_OF, **words(seed)}
    for name, value in variables.items():
        database.execute(f"SET VARIABLE {name} = $value", {"value": value})
    database.execute((SQL / "prepare.sql").read_text(encoding="utf-8"))
    for table in TABLES:
        query = (SQL / f"{table}.sql").read_text(encoding="utf-8")
        target = str(folder / f"{table}.csv").replace("'", "''")
        database.execute(f"COPY ({query}) TO '{target}' (HEADER, DELIMITER ';')")


def main(arguments: list[str] | None = None) -> int:
    """Write benchmark data as the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, required=True, help=f"how many, up to {MOST:,}")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if not 1 <= options.deals <= MOST:
        parser.error(f"--deals must be from 1 to {MOST}")
    make(options.out, options.deals, options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
