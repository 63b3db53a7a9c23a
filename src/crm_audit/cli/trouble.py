"""Every way in which a run can end badly: one line for the person, one exit code for the shell."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from crm_audit.cli.speech import asked
from crm_audit.errors import CrmAuditError, InputRefusedError, OutputError, UsageError

if TYPE_CHECKING:
    from crm_audit.wording import Wording

BUG = 70
SIGNALLED = 128

received: list[int] = []
"""Signals that arrived. A library may turn the interrupt into an error of its own."""


def explain(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what happened in one line and return the exit code of the contract."""
    if received or isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":
        return _tell("interrupted", SIGNALLED + (received[0] if received else 2), arguments)
    if isinstance(error, CrmAuditError):
        say_line(str(error))
        return error.exit_code
    if isinstance(error, BrokenPipeError | SystemExit):
        # The option parser turns a closed pipe into SystemExit; the reader has seen enough.
        drop_output()
        return 0
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return _tell("out_of_memory", InputRefusedError.exit_code, arguments)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        drop_output()
        return _tell("disk_full", OutputError.exit_code, arguments)
    if hasattr(error, "format_message"):
        return _parser(error, arguments)
    return _tell("bug", BUG, arguments, what=type(error).__name__, where=_place(error))


def trace(error: BaseException) -> None:
    """The traceback, for `--debug`."""
    if not isinstance(error, SystemExit):
        traceback.print_exception(error)


def finish(code: int) -> int:
    """Flush standard output; a reader that left is no trouble, a full disk is."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except KeyboardInterrupt:
        return SIGNALLED + (received[0] if received else 2)
    except OSError as error:
        drop_output()
        return _tell("stdout_failed", OutputError.exit_code, (), reason=error.strerror or "")
    return code


def drop_output() -> None:
    """Send what is still buffered for standard output nowhere, so that leaving stays silent."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say_line(line: str) -> None:
    """One line on standard error, without what a hostile name may do to a terminal."""
    from crm_audit.reporters.clean import plain

    with suppress(OSError, ValueError):
        print(f"crm-audit: {' '.join(plain(line).split())}", file=sys.stderr)


def _tell(key: str, code: int, arguments: Sequence[str], **values: Any) -> int:
    from crm_audit.wording import Wording

    try:
        line = Wording(asked(arguments))(key, **values)
    except Exception:
        # The phrases themselves are broken: the last resort needs none.
        line = f"{key} {values}"
    say_line(line)
    return code


def _parser(error: Any, arguments: Sequence[str]) -> int:
    """What the option parser did not understand, and where its help is."""
    from crm_audit.wording import Wording

    say = Wording(asked(arguments))
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return UsageError.exit_code
    say_line(error.format_message() if say.language == "en" else _in_russian(error, say))
    command = context.command_path if context is not None else "crm-audit"
    print(say("try_help", command=command), file=sys.stderr)
    return UsageError.exit_code


def _in_russian(error: Any, say: Wording) -> str:
    # The parser's errors are told apart by the names of their classes: its module is private.
    kind, message = type(error).__name__, error.format_message()
    quoted = message.partition("'")[2].rpartition("'")[0]
    if kind in ("NoSuchOption", "BadOptionUsage"):
        return say(f"parser_{kind}", name=error.option_name)
    if kind == "MissingParameter" and quoted:
        return say("parser_MissingParameter", name=quoted)
    if message.startswith("No such command"):
        return say("parser_no_command", name=quoted)
    return say("parser_other", text=message)


def _place(error: BaseException) -> str:
    """Where in crm-audit it happened; never the message, which may quote the client's data."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if "crm_audit" in f.filename]
    if not own:
        return "?"
    parts = own[-1].filename.replace("\\", "/").rpartition("crm_audit/")
    return f"{parts[2]}:{own[-1].lineno}"
