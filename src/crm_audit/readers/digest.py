"""The digest of a file, made beside the reading of it."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from pathlib import Path

from crm_audit.readers.refusal import Refusal
from crm_audit.readers.workspace import Workspace
from crm_audit.wording import Wording

_PART = 1 << 24
"""Bytes hashed at once: each part costs a wait for the interpreter."""


class Digest:
    """A SHA-256 in hexadecimal digits, that is waited for where it is not yet known."""

    def __init__(self, hexadecimal: str | Future[str]) -> None:
        self._hexadecimal = hexadecimal

    def __str__(self) -> str:
        known = self._hexadecimal
        return known if isinstance(known, str) else known.result()


def digest_of(path: Path, name: str, wording: Wording, space: Workspace) -> Digest:
    """The digest of a file; to ask for it raises InputRefusedError if the file cannot be read.

    Hashing and reading wait for different things: they run side by side.
    """
    return Digest(space.beside(lambda: _hash(path, name, wording, space)))


def _hash(path: Path, name: str, wording: Wording, space: Workspace) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while not space.given_up and (part := file.read(_PART)):
                digest.update(part)
    except OSError as error:
        raise Refusal("unreadable", why=error.strerror or "").worded(name, wording) from error
    return digest.hexdigest()
