"""The folder of temporary copies: where transcoded, repaired and unpacked files stand meanwhile."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType


class Workspace:
    """A temporary folder that is removed with everything in it when the `with` block ends."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="crm-audit-")
        self._numbers = count(1)

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def new_file(self, suffix: str = "") -> Path:
        """A path of a file that does not exist yet; never a name that came out of an archive."""
        return Path(self._folder.name) / f"{next(self._numbers)}{suffix}"
