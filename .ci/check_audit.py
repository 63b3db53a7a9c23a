"""Checks what the README's main job wrote: python .ci/check_audit.py FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[1]


def main(folder: Path) -> None:
    """Stop with what is wrong; say in a line what was found."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    verdict = report["verdict"]["answer"]
    if verdict != "records_history":
        sys.exit(f"the neglected company has the verdict {verdict}")
    if [q["number"] for q in report["questions"]] != [1, 2, 3, 4, 5, 6]:
        sys.exit("there are not six answers")
    for table in report["inputs"]:
        rows = table["rows"]
        accounted = sum(rows[k] for k in ("imported", "merged", "rejected", "skipped"))
        if rows["read"] != accounted:
            sys.exit(f"{table['name']}: rows do not add up: {rows}")
    page = (folder / "report.html").read_text(encoding="utf-8")
    if "does not manage sales, it records history" not in page or not page.endswith("</html>\n"):
        sys.exit("the HTML report does not hold the verdict, or is cut")
    print(f"{folder.name}: {verdict}, {report['findings_total']} findings, {len(page)} characters")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
