"""Speed as ratios within one run: start-up, a small report, a large portfolio against the floor.

    python benchmarks/speed.py [--runs 5] [--deals 100000] [--folder DIR]

Machines differ and are noisy, so nothing here is a time limit: every figure is a ratio of two
commands run in turn on the same machine, with the median of the pairs, least and most beside it.
The floor is DuckDB streaming every column of the same files as text, no table kept.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BARE = """
import typer
app = typer.Typer(add_completion=False)
@app.command()
def run(name: str, count: int = 1) -> None:
    "Do a thing."
@app.command()
def other(name: str) -> None:
    "Do another."
app()
"""

FLOOR = """
import sys, duckdb
con = duckdb.connect()
for path in sys.argv[1:]:
    options = "all_varchar = true, header = true, delim = ';'"
    described = con.execute(f"DESCRIBE SELECT * FROM read_csv(?, {options})", [path])
    names = [row[0] for row in described.fetchall()]
    sums = ", ".join('max(length("' + n.replace('"', '""') + '"))' for n in names)
    con.execute(f"SELECT {sums} FROM read_csv(?, {options})", [path]).fetchall()
"""

TOOL = "from crm_audit.cli import main; main()"


@dataclass(frozen=True)
class Run:
    """One finished process: wall and CPU seconds, peak memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(code: str, *arguments: str) -> Run:
    """Run Python code as a process of its own and account for it."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"a run failed: {said.decode()}")
    wall = time.perf_counter() - started
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(
    title: str, goal: str, runs: int, tool: list[str], other: tuple[str, list[str]]
) -> None:
    """Run the tool and the other in turn and print the ratios of the pairs."""
    code, arguments = other
    run(TOOL, *tool), run(code, *arguments)
    pairs = [(run(TOOL, *tool), run(code, *arguments)) for _ in range(runs)]
    walls = sorted(a.wall / b.wall for a, b in pairs)
    cpus = [a.cpu / b.cpu for a, b in pairs]
    memory = max(a.memory for a, _ in pairs)
    print(
        f"{title}: {statistics.median(walls):.2f}x wall ({walls[0]:.2f}-{walls[-1]:.2f}), "
        f"{statistics.median(cpus):.2f}x CPU; {statistics.median(a.wall for a, _ in pairs):.2f} s "
        f"against {statistics.median(b.wall for _, b in pairs):.2f} s, {memory:.0f} MB; goal {goal}"
    )


def main() -> None:
    """Print the three ratios."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--deals", type=int, default=100_000)
    options.add_argument("--folder", type=Path, help="keep the made data here and use it again")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        small, large = folder / "deals-1000", folder / f"deals-{given.deals}"
        for where, deals in ((small, 1000), (large, given.deals)):
            if not (where / "deals.csv").exists():
                made = [sys.executable, str(ROOT / "tools" / "make_big.py")]
                subprocess.run([*made, "--deals", str(deals), "--out", str(where)], check=True)
        report = str(Path(scratch) / "report.html")
        bare = (BARE, ["--help"])
        compare("crm-audit --help / bare typer --help", "1.4x", given.runs, ["--help"], bare)
        files = [str(small / "deals.csv")]
        compare(
            "diagnose 1,000 deals to HTML / bare --help",
            "5x",
            given.runs,
            ["diagnose", *files, "--output", report, "--quiet"],
            bare,
        )
        files = [str(large / n) for n in ("deals.csv", "stage_history.csv", "activities.csv")]
        compare(
            f"diagnose {given.deals:,} deals with history and activities / floor",
            "4x and 500 MB",
            max(given.runs // 2, 1),
            ["diagnose", *files, "--output", report, "--quiet"],
            (FLOOR, files),
        )


if __name__ == "__main__":
    main()
