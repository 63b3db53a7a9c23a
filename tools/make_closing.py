"""Writes the export of a generated company with known win rates, and what then closed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from closing import exports
from closing.ways import make_company

HORIZONS = (30, 91)


def main(arguments: list[str] | None = None) -> int:
    """Write deals.csv, stage_history.csv and truth.json of one seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    options = parser.parse_args(arguments)
    company = make_company(options.seed)
    exports.write(company, company.today, options.out)
    found = exports.answers(company, company.today, HORIZONS)
    told = {"as_of": exports.day_of(company.today), "closes": [asdict(a) for a in found]}
    (options.out / "truth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
