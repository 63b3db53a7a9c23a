"""How much memory the database of an audit gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_audit import audit
from crm_audit.readers import Workspace, read
from crm_audit.readers.raw import DelimitedSource, ReadOptions
from crm_audit.recognise import recognise
from crm_audit.recognise.plan import RecogniseOptions
from crm_audit.wording import Wording

DEALS = "Deal ID,Deal Name,Stage,Amount"
HISTORY = "Deal ID,From Stage,To Stage,Changed At"


@pytest.mark.parametrize(
    ("header", "size", "limit"),
    [
        (DEALS, 1000, "320MiB"),
        (DEALS, 600 << 20, "1200MiB"),
        (HISTORY, 1600 << 20, "400MiB"),
        (DEALS, 20_000 << 20, "2048MiB"),
    ],
)
def test_memory_follows_the_size_of_the_files(
    header: str, size: int, limit: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    row = "7,Line,Offer sent,2026-01-02" if header == HISTORY else "7,Line,Offer sent,100"
    path.write_text("".join(f"{line}\n" for line in (header, *[row] * 9)))
    with Workspace() as space:
        plans = recognise(
            read([path], ReadOptions(), Wording("en"), space), RecogniseOptions(), Wording("en")
        )
        source = plans[0].table.source
        assert isinstance(source, DelimitedSource)
        with source.path.open("r+b") as handle:
            handle.truncate(size)  # a hole: nothing is written
        assert audit._memory_limit(plans) == limit
