"""Loading as ratios: a file into the canonical table, against the bare read of a library.

    python benchmarks/loading.py [--runs 5] [--deals 1000000] [--rows 100000] [--folder DIR]

CSV: against DuckDB's own load of the same file into a table, all columns as text. XLSX: against
fastexcel's read alone, and against that read handed over as Arrow, without which no cell can be
had. Both sides run in turn, each in a process of its own, and count from the
open file to the filled table, imports left out. Machines are noisy: the median of the pairs, least
and most beside it. The steps of our side are printed as well.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CLOCK = """
import json, os, resource, sys, time
marks = []
def mark(name):
    marks.append((name, time.perf_counter(), time.process_time()))
def tell():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"marks": marks, "peak": peak}))
path = sys.argv[1]
"""

CANONICAL = (
    CLOCK
    + """
from pathlib import Path
from crm_audit.audit import _memory_limit
from crm_audit.engine.load import Loader, LoadOptions
from crm_audit.engine.session import Session
from crm_audit.readers import Workspace, read
from crm_audit.readers.raw import ReadOptions
from crm_audit.recognise import recognise
from crm_audit.recognise.plan import RecogniseOptions
from crm_audit.wording import Wording
import fastexcel
wording = Wording("en")
with Workspace() as space:
    mark("start")
    tables = read([path], ReadOptions(), wording, space)
    mark("read")
    plans = recognise(tables, RecogniseOptions(), wording)
    mark("recognise")
    limit = _memory_limit(plans)
    with Session(memory_limit=limit, spill=space.new_file()) as session:
        loaded = Loader(session, LoadOptions(), wording).load(plans)
        mark("load")
        assert loaded[0].imported > 0.9 * loaded[0].raw.read, loaded[0].imported
tell()
"""
)

TEXT_TABLE = (
    CLOCK
    + """
import duckdb
con = duckdb.connect()
mark("start")
con.execute("CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true)", [path])
mark("load")
tell()
"""
)

FASTEXCEL = (
    CLOCK
    + """
import fastexcel
mark("start")
sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string")
mark("load")
tell()
"""
)

HANDED_OVER = FASTEXCEL.replace('mark("load")', 'cells = sheet.__arrow_c_array__(); mark("load")')


def run(code: str, path: Path) -> tuple[dict[str, float], float, float, float]:
    """Wall seconds of each step, all wall, all CPU seconds and peak memory (MB) of one process."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    told = json.loads(done.stdout.splitlines()[-1])
    marks = told["marks"]
    steps = {b[0]: b[1] - a[1] for a, b in itertools.pairwise(marks)}
    return steps, marks[-1][1] - marks[0][1], marks[-1][2] - marks[0][2], told["peak"]


def compare(title: str, goal: str, runs: int, path: Path, other: str) -> None:
    """Run both in turn on one file and print the ratios of the pairs."""
    run(other, path)
    pairs = [(run(CANONICAL, path), run(other, path)) for _ in range(runs)]
    walls = sorted(a[1] / b[1] for a, b in pairs)
    cpus = sorted(a[2] / b[2] for a, b in pairs)
    steps = ", ".join(
        f"{name} {statistics.median(a[0][name] for a, _ in pairs):.2f} s" for name in pairs[0][0][0]
    )
    ours, theirs = (statistics.median(pair[side][1] for pair in pairs) for side in (0, 1))
    print(
        f"{title}: {statistics.median(walls):.2f}x wall ({walls[0]:.2f}-{walls[-1]:.2f}), "
        f"{statistics.median(cpus):.2f}x CPU ({cpus[0]:.2f}-{cpus[-1]:.2f}); "
        f"{ours:.2f} s against {theirs:.2f} s ({steps}), "
        f"{max(a[3] for a, _ in pairs):.0f} MB; goal {goal}"
    )


def workbook(source: Path, rows: int, target: Path) -> None:
    """The first rows of a file of deals as a workbook."""
    import csv

    import xlsxwriter

    book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("deals")
    with source.open(encoding="utf-8", newline="") as file:
        for at, row in zip(range(rows + 1), csv.reader(file, delimiter=";"), strict=False):
            sheet.write_row(at, 0, row)
    book.close()


def main() -> None:
    """Print both ratios."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--deals", type=int, default=1_000_000)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--folder", type=Path, help="keep the made data here and use it again")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        text, book = folder / "deals.csv", folder / f"deals-{given.rows}.xlsx"
        if not text.exists():
            made = [sys.executable, str(ROOT / "tools" / "make_big.py")]
            made += ["--deals", str(given.deals), "--out", str(folder)]
            subprocess.run(made, check=True)
        if not book.exists():
            workbook(text, given.rows, book)
        title = f"{given.deals:,} deals of 30 columns, CSV to canonical / all-text load"
        compare(title, "2x", given.runs, text, TEXT_TABLE)
        title = f"{given.rows:,} rows, XLSX to canonical / fastexcel"
        compare(title, "2x", given.runs, book, FASTEXCEL)
        title += " and its cells"
        compare(title, "none", given.runs, book, HANDED_OVER)


if __name__ == "__main__":
    main()
