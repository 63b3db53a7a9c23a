"""How much memory the database of an audit gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_audit import audit


@pytest.mark.parametrize(
    ("size", "limit"), [(1000, "320MiB"), (600 << 20, "1200MiB"), (20_000 << 20, "2048MiB")]
)
def test_memory_follows_the_size_of_the_files(tmp_path: Path, size: int, limit: str) -> None:
    from crm_audit.readers import Workspace, read
    from crm_audit.readers.raw import DelimitedSource, ReadOptions
    from crm_audit.wording import Wording

    path = tmp_path / "deals.csv"
    path.write_text("id,stage\n" + "".join(f"{n},Offer sent\n" for n in range(9)))
    with Workspace() as space:
        tables = read([path], ReadOptions(), Wording("en"), space)
        source = tables[0].source
        assert isinstance(source, DelimitedSource)
        with source.path.open("r+b") as handle:
            handle.truncate(size)  # a hole: nothing is written
        assert audit._memory_limit(tables) == limit
