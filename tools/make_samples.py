"""Writes sample_exports/: invented exports of invented companies, the same bytes every time."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from pathlib import Path

from samples import catalogue

TARGET = Path(__file__).resolve().parent.parent / "sample_exports"


def make(folder: Path) -> None:
    """Write every sample and EXPECTED.json into the folder."""
    expected = {}
    for name, maker in catalogue.SAMPLES.items():
        expected[name] = maker(folder / name)
    text = json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "EXPECTED.json").write_text(text + "\n", encoding="utf-8")


def differences(made: Path, kept: Path) -> list[str]:
    """Return the files that differ in bytes or exist on one side only; README.md is by hand."""
    names = {
        path.relative_to(root).as_posix()
        for root in (made, kept)
        for path in root.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    return sorted(
        name
        for name in names
        if not (made / name).is_file()
        or not (kept / name).is_file()
        or _content(made / name) != _content(kept / name)
    )


def _content(path: Path) -> dict[str, bytes]:
    """Return the bytes of a file; of a workbook those of its parts, as zlibs differ."""
    if path.suffix != ".xlsx":
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as book:
        return {part: book.read(part) for part in book.namelist()}


def main(arguments: list[str] | None = None) -> int:
    """Write the samples, or with --check compare them with what is committed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="folder to write to")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    options = parser.parse_args(arguments)
    if not options.check:
        options.out.mkdir(parents=True, exist_ok=True)
        make(options.out)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        wrong = differences(Path(folder), options.out)
    for name in wrong:
        print(f"differs: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
