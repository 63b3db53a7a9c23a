"""How a file is refused: one line, in the language of the run, that says what to do."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from crm_audit.errors import InputRefusedError
from crm_audit.wording import Wording

Result = TypeVar("Result")


class Refusal(Exception):
    """What is wrong with a file, as the key of a phrase; the entry point turns it into words."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def worded(self, name: str, wording: Wording) -> InputRefusedError:
        """The error that a person sees."""
        return InputRefusedError(wording(f"refused_{self.key}", file=name, **self.values))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the logs and panic messages of native libraries off the standard error of the run."""
    for name in ("calamine", "fastexcel"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def guarded(call: Callable[[], Result], key: str) -> Result:
    """Call a library on foreign bytes; whatever it throws, panics included, is a refusal.

    The Rust readers raise PanicException, which is a BaseException but not an Exception.
    """
    try:
        with _quiet():
            return call()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Refusal):
        raise
    except BaseException as error:
        if "password" in f"{type(error).__name__} {error}".lower():
            raise Refusal("encrypted") from error
        raise Refusal(key) from error
