"""How well gates and separating facts are found in companies with planted truth.

`python benchmarks/gates.py [FIRST] [LAST]` audits the companies of these seeds (default 1 to 20)
and counts what was planted and found, planted and missed, found and not planted.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import crm_audit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from planted.company import write


def compare(seed: int) -> Counter[str]:
    """Hits, misses and false finds of one company, each thing in one word with its outcome."""
    with tempfile.TemporaryDirectory() as folder:
        truth = write(seed, Path(folder))
        files = sorted(p for p in Path(folder).iterdir() if p.suffix in (".csv", ".xlsx"))
        report = crm_audit.diagnose(*files).report
    gates = {(g.field, g.pipeline, g.stage) for g in report.gates.discovered}
    planted = {(g.field, g.pipeline, g.stage) for g in truth.playbook.gates}
    separators = report.gates.separators
    facts = {s.fact for s in separators.found} if separators else set()
    told = {f.field for f in truth.playbook.facts}
    counted = Counter(
        {
            "gate hit": len(gates & planted),
            "gate missed": len(planted - gates),
            "gate false": len(gates - planted),
            "fact hit": len(facts & told),
            "fact missed": len(told - facts),
            "fact false": len(facts - told),
        }
    )
    for name, odd in (("gates", gates ^ planted), ("facts", facts ^ told)):
        if odd:
            print(f"seed {seed}: {name} differ: {sorted(map(str, odd))}")
    return counted


def main() -> None:
    """Print the counts and, for each of the two, precision and recall."""
    first, last = (int(a) for a in (*sys.argv[1:], *("1", "20")[len(sys.argv) - 1 :]))
    total: Counter[str] = Counter()
    for seed in range(first, last + 1):
        total += compare(seed)
    for what in ("gate", "fact"):
        hit, missed, false = (total[f"{what} {k}"] for k in ("hit", "missed", "false"))
        precision = hit / (hit + false) if hit + false else 1.0
        recall = hit / (hit + missed) if hit + missed else 1.0
        print(
            f"{what}: hit {hit}, missed {missed}, false {false};"
            f" precision {precision:.3f}, recall {recall:.3f}"
        )


if __name__ == "__main__":
    main()
