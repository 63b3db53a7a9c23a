"""How a file is refused: one line, in the language of the run, that says what to do."""

from __future__ import annotations

from collections.abc import Callable
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


def guarded(call: Callable[[], Result], key: str) -> Result:
    """Call a library on foreign bytes; whatever it throws, panics included, is a refusal.

    The Rust readers raise PanicException, which is a BaseException but not an Exception.
    """
    try:
        return call()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Refusal):
        raise
    except BaseException as error:
        if "password" in f"{type(error).__name__} {error}".lower():
            raise Refusal("encrypted") from error
        raise Refusal(key) from error
