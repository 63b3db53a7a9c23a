"""Puts a finished report on the disk, whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from crm_audit.errors import OutputError
from crm_audit.reporters.clean import plain
from crm_audit.wording import Language, Wording


def write(content: str | bytes, path: str | Path, language: Language = "en") -> None:
    """Writes `content` (text as UTF-8) to `path`: temporary file beside it, fsync, replace.

    A symbolic link, a folder or a device in the place of `path` is refused. Every trouble is
    an OutputError of one line; what stood at `path` before is then untouched.
    """
    target = Path(path)
    text = Wording(language)
    shown = plain(str(target))
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        mode = None
    except (OSError, ValueError) as error:
        raise OutputError(text("report_error_write", path=shown, reason=_reason(error))) from error
    if mode is not None and stat.S_ISLNK(mode):
        raise OutputError(text("report_error_symlink", path=shown))
    if mode is not None and not stat.S_ISREG(mode):
        raise OutputError(text("report_error_not_file", path=shown))
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        _replace(target, data)
    except (OSError, ValueError) as error:
        raise OutputError(text("report_error_write", path=shown, reason=_reason(error))) from error


def _replace(target: Path, data: bytes) -> None:
    # Not the target's name in it: a name of the greatest length must still be writable.
    temporary = target.parent / f".crm-audit-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, flags | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the rename last; a file system that cannot sync a folder is no error."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
