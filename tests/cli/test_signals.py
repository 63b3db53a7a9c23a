"""SIGINT and SIGTERM end a run with 130 and 143, one line, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from cli_run import Process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

HEADER = "ID,Name,Stage,Amount,Currency,Created,Close Date,Next Step,Colour\n"
ROW = "{n},Deal {n},{stage},{amount},USD,2026-0{month}-11,2026-12-01,Client sends the list,red\n"
STAGES = ("Qualification", "Proposal sent", "Contract review", "Closed Won", "Closed Lost")
ROWS = 150_000


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export that takes seconds: long enough to be interrupted in any step."""
    path = tmp_path_factory.mktemp("big") / "deals.csv"
    with path.open("w", encoding="cp1251") as file:  # not UTF-8: a transcoded copy is made
        file.write(HEADER.replace("Name", "Название"))
        for n in range(ROWS):
            file.write(ROW.format(n=n, stage=STAGES[n % 5], amount=n * 7, month=n % 8 + 1))
    return path


@pytest.mark.parametrize("delay", [0.0, 0.6, 1.5], ids=["start", "reading", "working"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_nothing_behind(
    number: signal.Signals, code: int, delay: float, big: Path, process: Process
) -> None:
    target = process.folder / "out.html"
    running = process.start("diagnose", str(big), "--output", str(target))
    _wait_for_work(process, running)
    time.sleep(delay)
    running.send_signal(number)
    out, err = running.communicate(timeout=120)

    if running.returncode == 0 and target.exists():
        pytest.skip("this machine was done before the signal came")
    assert running.returncode == code, err.decode()
    assert out == b""
    assert len(err.decode().splitlines()) == 1, err.decode()
    assert list(process.temporary.iterdir()) == []
    assert [p.name for p in process.folder.iterdir()] == ["tmp"]


def _wait_for_work(process: Process, running: subprocess.Popen[bytes]) -> None:
    """The temporary folder tells that the work has begun, however slow the machine is."""
    until = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until:
        if list(process.temporary.iterdir()):
            return
        time.sleep(0.01)
    raise AssertionError(running.communicate()[1].decode())


def test_a_signal_while_waiting_for_an_answer(process: Process) -> None:
    running = process.start("selfcheck", "--lang", "ru", stdin=subprocess.PIPE)
    assert running.stderr is not None
    while b"1. " not in running.stderr.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 143
    assert "прервано" in err.decode()


def test_a_signal_that_is_switched_off_stays_off(big: Path, process: Process) -> None:
    """`nohup` and background jobs of a plain shell start programs with SIGINT ignored."""
    running = process.start("diagnose", str(big), "--output", "out.html", ignore="INT")
    _wait_for_work(process, running)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 0, err.decode()
