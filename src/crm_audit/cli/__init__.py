"""The command line: options, what is printed where, exit codes; no logic of its own."""

from __future__ import annotations

import signal
import sys
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with the code that the contract gives it."""
    from crm_audit.cli import trouble

    for number in (signal.SIGINT, signal.SIGTERM):
        # A signal that the parent has switched off (nohup, a background job) stays off.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.exit(trouble.finish(run(sys.argv[1:])))


def _stop(number: int, frame: FrameType | None) -> None:
    """Unwind the stack, so that every `with` block removes its temporary files."""
    del frame
    from crm_audit.cli import trouble

    trouble.received.append(number)
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Run one command; every error becomes one line on standard error and its exit code."""
    from crm_audit.cli import trouble

    debug = "--debug" in arguments
    arguments = [a for a in arguments if a != "--debug"]
    try:
        code = _invoke(arguments)
        if trouble.received or code == INTERRUPTED:
            raise KeyboardInterrupt  # the option parser turns it into a silent exit code
        return code
    # Panics of the native readers are no Exception, and must not show a traceback either.
    except BaseException as error:
        if debug:
            trouble.trace(error)
        return trouble.explain(error, arguments)


def _output_once(arguments: list[str]) -> None:
    """Refuse a second `--output`: the option parser would drop the first without a word."""
    given = arguments[: arguments.index("--")] if "--" in arguments else arguments
    places = [a for a in given if a in ("--output", "-o") or a.startswith("--output=")]
    if len(places) > 1:
        from crm_audit.cli.speech import asked
        from crm_audit.errors import UsageError
        from crm_audit.wording import Wording

        raise UsageError(Wording(asked(arguments))("output_once"))


def _invoke(arguments: list[str]) -> int:
    from typer.main import get_command

    from crm_audit.cli.app import app
    from crm_audit.cli.speech import asked

    command = get_command(app)
    _output_once(arguments)
    if asked(arguments) == "ru":
        from crm_audit.cli.russian import translate

        translate(command)
    code = command.main(arguments, prog_name="crm-audit", standalone_mode=False)
    return code if isinstance(code, int) else 0
