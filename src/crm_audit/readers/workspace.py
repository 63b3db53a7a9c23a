"""The folder of temporary copies: where transcoded, repaired and unpacked files stand meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TypeVar

Result = TypeVar("Result")


class Workspace:
    """A temporary folder that is removed with everything in it when the `with` block ends.

    What runs `beside` the block has ended by then; if the block ends with an error, `given_up`
    tells it that nobody will ask.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="crm-audit-")
        self._numbers = count(1)
        self._pool = ThreadPoolExecutor(max_workers=1)
        self.given_up = False

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.given_up = error is not None
        self._pool.shutdown(cancel_futures=self.given_up)
        self._folder.cleanup()

    def beside(self, call: Callable[[], Result]) -> Future[Result]:
        """What `call` will return; calls run one after another, beside the block."""
        return self._pool.submit(call)

    def new_file(self, suffix: str = "") -> Path:
        """A path of a file that does not exist yet; never a name that came out of an archive."""
        return Path(self._folder.name) / f"{next(self._numbers)}{suffix}"
