"""Finds a stream in a compound file (OLE2, the container of XLS) without believing its sizes."""

from __future__ import annotations

import struct
from pathlib import Path

from crm_audit.readers.refusal import Refusal

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_ENTRY = 128
_MINI = 64


def stream(path: Path, names: tuple[str, ...], limit: int) -> bytes | None:
    """The bytes of the first stream that has one of the `names`; None if it is no compound file.

    Chains of sectors that return to themselves, leave the file or claim more than it holds are
    damage; a file of more than `limit` bytes is refused.
    """
    size = path.stat().st_size
    if size > limit:
        raise Refusal("hostile_size", limit=limit >> 20)
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        return None
    try:
        return _Compound(data).stream(names)
    except (struct.error, IndexError) as error:
        raise Refusal("damaged") from error


class _Compound:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = 1 << struct.unpack_from("<H", data, 30)[0]
        if self._size not in (512, 4096):
            raise Refusal("damaged")
        counts = struct.unpack_from("<2I", data, 40)
        self._most = len(data) // self._size + 1
        directory, _, _, mini, minis, far, fars = struct.unpack_from("<7I", data, 48)
        if max(*counts, minis, fars) > self._most:
            raise Refusal("damaged")
        self._next = self._table(far)
        self._mini_next = _numbers(self._chain(mini))
        entries = self._chain(directory)
        self._entries = [entries[i : i + _ENTRY] for i in range(0, len(entries), _ENTRY)]
        self._minis = self._chain(self._place(self._entries[0])[0]) if self._entries else b""
        for entry in self._entries:
            # Readers make room for what the root and the streams claim.
            if entry[66:67] in (b"\x02", b"\x05") and self._place(entry)[1] > len(data):
                raise Refusal("damaged")

    def stream(self, names: tuple[str, ...]) -> bytes | None:
        for name in names:
            for entry in self._entries:
                if entry[:64].decode("utf-16-le", "replace").partition("\0")[0] == name:
                    start, size = self._place(entry)
                    if size > len(self._data):
                        raise Refusal("damaged")
                    return (self._small(start) if size < 4096 else self._chain(start))[:size]
        return None

    def _place(self, entry: bytes) -> tuple[int, int]:
        """Where a stream begins, and how long it says it is."""
        start, low, high = struct.unpack_from("<3I", entry, 116)
        return start, low if self._size == 512 else low | high << 32

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        found = self._data[start : start + self._size]
        if not found:
            raise Refusal("damaged")
        return found

    def _table(self, far: int) -> tuple[int, ...]:
        """Which sector follows which: the table's own sectors are listed in the header and on."""
        listed = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(self._most):
            if far >= _END:
                break
            *more, far = _numbers(self._sector(far))
            listed += more
        else:
            raise Refusal("damaged")
        kept = [number for number in listed if number != _FREE]
        if len(kept) > self._most:
            raise Refusal("damaged")
        return _numbers(b"".join(map(self._sector, kept)))

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._numbered(start, self._next)))

    def _small(self, start: int) -> bytes:
        chain = self._numbered(start, self._mini_next)
        return b"".join(self._minis[i * _MINI : (i + 1) * _MINI] for i in chain)

    def _numbered(self, start: int, following: tuple[int, ...]) -> list[int]:
        chain: list[int] = []
        while start < 0xFFFFFFFA:
            chain.append(start)
            if len(chain) > len(following):
                raise Refusal("damaged")
            start = following[start]
        return chain


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
