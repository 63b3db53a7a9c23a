"""The command line: options, what is printed where, exit codes; no logic of its own."""

from __future__ import annotations

import signal
import sys
from types import FrameType

BUG = 70
INTERRUPTED = 130
TERMINATED = 143


def main() -> None:
    """Run the command line and exit with the code that the contract gives it."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(sys.argv[1:]))


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(TERMINATED)


def run(arguments: list[str]) -> int:
    """Run one command; every error becomes one line on standard error and its exit code."""
    from crm_audit.errors import CrmAuditError

    debug = "--debug" in arguments
    arguments = [a for a in arguments if a != "--debug"]
    try:
        return _invoke(arguments)
    except CrmAuditError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except MemoryError:
        _say("out of memory: the file is too large for this machine")
        return 3
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        _say(
            f"a bug in crm-audit ({kind}: {str(error).splitlines()[0] if str(error) else ''}). "
            "Please report it with the output of the same command and --debug"
        )
        return BUG


def _invoke(arguments: list[str]) -> int:
    from typer.main import get_command

    from crm_audit.cli.app import app

    command = get_command(app)
    try:
        code = command.main(arguments, prog_name="crm-audit", standalone_mode=False)
    except Exception as error:
        # The errors of the option parser are told apart by their shape: its module is private.
        message = getattr(error, "format_message", None)
        if message is not None:
            context = getattr(error, "ctx", None)
            _say(message())
            if context is not None:
                print(f"Try: {context.command_path} --help", file=sys.stderr)
            return 2
        if type(error).__name__ == "Abort":
            _say("interrupted")
            return INTERRUPTED
        if type(error).__name__ == "Exit":
            return int(getattr(error, "exit_code", 0))
        raise
    return code if isinstance(code, int) else 0


def _say(line: str) -> None:
    print(f"crm-audit: {' '.join(line.split())}", file=sys.stderr)
