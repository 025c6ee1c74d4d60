"""What a command writes: its beginning and its end are kept, all of it is read."""

from __future__ import annotations

import os

from wildgym.tools.sandboxes.resident.config import CONFIG

_PIECE = 65536


class Stream:
    """One stream of a command.

    Args:
        descriptor: Where to read.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.size = 0
        self._half = CONFIG["output"] // 2
        self._head, self._tail = bytearray(), bytearray()
        os.set_blocking(descriptor, False)

    def drain(self, most: int = 16 * _PIECE) -> bool:
        """Read what is there; return whether more may come."""
        while most > 0:
            try:
                data = os.read(self.descriptor, _PIECE)
            except BlockingIOError:
                return True
            if not data:
                return False
            most -= len(data)
            self.size += len(data)
            room = self._half - len(self._head)
            self._head += data[:room]
            self._tail += data[room:]
            if len(self._tail) > 2 * self._half:
                del self._tail[: -self._half]
        return True

    def kept(self) -> tuple[bytes, int]:
        """Return what is left of it, and how many bytes were left out."""
        end = self._tail[-self._half :]
        cut = self.size - len(self._head) - len(end)
        note = b"\n... %d bytes left out ...\n" % cut if cut else b""
        return bytes(self._head + note + end), cut
