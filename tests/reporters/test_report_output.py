"""Writing a report: whole or not at all, never through a link; nothing loaded before its time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from crm_audit import resources
from crm_audit.errors import OutputError
from crm_audit.reporters import output, write
from crm_audit.reporters.csv_findings import COLUMNS


def test_writes_text_and_bytes(tmp_path: Path) -> None:
    write("да\r\n", tmp_path / "a.txt")
    write(b"\x00\xff", tmp_path / "b")
    assert (tmp_path / "a.txt").read_bytes() == "да\r\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    write("new", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b"]


def test_refuses_a_link_a_folder_and_a_missing_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name, reason in (
        ("link", "symbolic link"),
        ("dangling", "symbolic link"),
        (".", "regular file"),
        ("none/x.html", "No such file"),
        ("target/x.html", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("nul\0l", "ValueError"),
    ):
        with pytest.raises(OutputError) as error:
            write("new", tmp_path / name)
        assert reason in str(error.value)
        assert "\n" not in str(error.value)
    assert target.read_text() == "old"
    assert not (tmp_path / "nowhere").exists()


def test_longest_name_is_written(tmp_path: Path) -> None:
    write("x", tmp_path / ("n" * 255))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("failing", ["fsync", "write"])
def test_a_full_disk_leaves_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(output.Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write("new", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_interrupted_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write("new", tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_error_is_in_the_language_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="отчёт не записан"):
        write("x", tmp_path / "none" / "x", "ru")


@pytest.mark.parametrize(
    ("format", "loaded", "absent"),
    [
        ("json", set(), {"jinja2", "rich"}),
        ("csv", set(), {"jinja2", "rich"}),
        ("terminal", {"rich"}, {"jinja2"}),
        ("html", {"jinja2"}, {"rich"}),
    ],
)
def test_nothing_is_loaded_before_its_time(format: str, loaded: set[str], absent: set[str]) -> None:
    here = Path(__file__).parent
    code = (
        "import sys; from crm_audit.reporters import render;"
        "assert not {'jinja2', 'rich'} & set(sys.modules);"
        f"sys.path.insert(0, {str(here)!r}); from report_cases import ALL;"
        f"render(ALL['empty'](), {format!r}); names = set(sys.modules);"
        f"assert {loaded!r} <= names, names; assert not {absent!r} & names"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip


def test_phrases_say_the_same_in_both_languages() -> None:
    path = resources.folder("report_templates") / "phrases" / "report.toml"
    for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert key.startswith("report_")
        assert set(texts) == {"ru", "en"}
        places = [{name for _, name, _, _ in Formatter().parse(t) if name} for t in texts.values()]
        assert places[0] == places[1], key


def test_no_phrase_is_left_over() -> None:
    folder = resources.folder("report_templates")
    source = Path(output.__file__).parent
    files = [*folder.rglob("*.j2"), *source.glob("*.py")]
    text = "\n".join(p.read_text(encoding="utf-8") for p in files)
    # Keys built from a code: report_<family>_<code>.
    families = re.compile(
        r"(answer|mark|fact|grade|severity|origin|at|verdict|basis|leak|need|kind|status|table|crm"
        r"|progress|skip|by|field|hidden|pseudonym|short|nav|section|moves|decided|delimiter|loss|first|place|aside"
        r"|decision|whom|sanity_cycle|horizon)_"
    )
    computed = {"col_read", "col_imported", "col_merged", "col_rejected", "col_skipped"}
    computed |= {f"col_{name}" for name in COLUMNS} | {"true", "false"}
    phrases = tomllib.loads((folder / "phrases" / "report.toml").read_text(encoding="utf-8"))
    for key in phrases:
        name = key.removeprefix("report_")
        assert families.match(name) or name in computed or f'"{name}"' in text or key in text, key
