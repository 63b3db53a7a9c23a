"""Third-party test files, where they are at hand: read as expected, or refused, in time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from crm_audit.errors import InputRefusedError

HERE = Path(__file__).parent
CORPUS = Path(__file__).parents[2] / "../shared/corpus"
EXCEPTIONS = tomllib.loads((HERE / "corpus_exceptions.toml").read_text())["exception"]
EXCUSED = {(e["file"], sheet) for e in EXCEPTIONS for sheet in e["sheets"]}

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not at hand")


def entries():
    index = CORPUS / "INDEX.json"
    if not index.exists():
        return []
    files = json.loads(index.read_text(encoding="utf-8"))["files"]
    return [pytest.param(f, id=f["file"]) for f in files if "expect" in f]


def shape(got):
    """Non-empty records with the header, and columns: what the index counts."""
    return got.load.read - got.load.skipped.get("blank", 0), got.load.width


def timed(load_all, path):
    """What was loaded and the seconds of CPU it took."""
    started = time.process_time()
    found = load_all(path)
    return found, time.process_time() - started


@pytest.mark.parametrize("entry", entries())
def test_file(load_all, entry):
    expect = entry["expect"]
    try:
        found, seconds = timed(load_all, CORPUS / entry["file"])
    except InputRefusedError as error:
        assert expect["action"] != "read", f"refused: {error}"
        assert "\n" not in str(error)
        if "password" in expect.get("reason", ""):
            assert "password" in str(error)
        return
    if seconds >= 5:  # a crowded machine, or a slow reader: the second time tells
        _, seconds = timed(load_all, CORPUS / entry["file"])
    assert seconds < 5
    assert expect["action"] != "refuse", "read"
    if expect["action"] != "read":
        return
    if "sheets" in expect:
        compare_sheets(entry, found)
    elif "rows" in expect:
        (only,) = found
        assert shape(only) == (expect["rows"], expect["cols"])
        assert only.table.encoding == expect.get("encoding", only.table.encoding)
        assert only.table.delimiter == expect.get("delimiter", only.table.delimiter)


def compare_sheets(entry, found) -> None:
    hidden = set(entry.get("hidden_sheets", ()))
    expected = {
        sheet["name"]: (sheet["rows"], sheet["cols"])
        for sheet in entry["expect"]["sheets"]
        if sheet["rows"] and sheet["name"] not in hidden
    }
    got = {g.table.sheet: shape(g) for g in found if g.load.width}
    if set(got) == {None}:
        got = dict(zip(expected, got.values(), strict=True))
    aside = {
        notice.values["sheet"]
        for g in found
        for notice in g.table.warnings
        if notice.code == "readers_sheet_set_aside"
    }
    differing = {name for name in expected | got if expected.get(name) != got.get(name)}
    assert {(entry["file"], name) for name in differing} <= EXCUSED
    assert aside <= differing
    # A sheet may be missing only if a notice says so.
    assert {name for name in expected if name not in got} <= aside


def test_exceptions_are_still_needed(load_all):
    files = {f["file"]: f for f in json.loads((CORPUS / "INDEX.json").read_text("utf-8"))["files"]}
    for exception in EXCEPTIONS:
        found = load_all(CORPUS / exception["file"])
        got = {g.table.sheet: shape(g) for g in found}
        for sheet in files[exception["file"]]["expect"]["sheets"]:
            if sheet["name"] in exception["sheets"]:
                single = got.get(sheet["name"], got.get(None))
                assert single != (sheet["rows"], sheet["cols"]), exception


def test_csv_truths(load_all):
    """Cell for cell where the corpus holds the truth as JSON."""
    for entry in json.loads((CORPUS / "INDEX.json").read_text("utf-8"))["files"]:
        truth = entry.get("expect", {}).get("truth")
        if truth is None or "location_coordinates" in entry["file"]:
            continue
        rows = json.loads((CORPUS / truth).read_text(encoding="utf-8"))
        (got,) = load_all(CORPUS / entry["file"])
        table = [dict(zip(got.table.headers, row, strict=True)) for row in got.data()]
        normal = [{k: str(v).replace("\r\n", "\n") for k, v in row.items()} for row in rows]
        assert [{k: v.replace("\r\n", "\n") for k, v in row.items()} for row in table] == normal


def test_memory_stays_below_a_gibibyte():
    code = (
        "import json, sys, pathlib\n"
        "from crm_audit import readers\n"
        "from crm_audit.errors import InputRefusedError\n"
        "from crm_audit.readers.raw import ReadOptions\n"
        "from crm_audit.wording import Wording\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "for f in json.loads((root / 'INDEX.json').read_text('utf-8'))['files']:\n"
        "    with readers.Workspace() as space:\n"
        "        try:\n"
        "            readers.read([root / f['file']], ReadOptions(), Wording('en'), space)\n"
        "        except InputRefusedError:\n"
        "            pass\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        [sys.executable, "-c", code, str(CORPUS)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    assert max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) < 1 << 20
