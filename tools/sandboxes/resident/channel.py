"""Frames between host and runner, one request and one reply at a time.

A frame is the length of all that follows, the length of a JSON header, the header, and a payload.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
from typing import Any

_OUT_OF_THE_WAY = 100


class HostGone(BaseException):
    """There is nobody left to work for."""


class Channel:
    """The way to the host and back.

    Args:
        path: A socket to connect to; None takes standard input and output, once for all.
    """

    def __init__(self, path: str | None) -> None:
        if path is None:
            self.incoming = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
            self._outgoing = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
            return
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            number = connection.fileno()
            self.incoming = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
            self._outgoing = self.incoming

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the header and payload of the next request; raise HostGone if none will come."""
        size, head = struct.unpack(">II", self._exactly(8))
        body = self._exactly(size - 4)
        return json.loads(body[:head]), bytes(body[head:])

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send a reply."""
        head = json.dumps(header).encode()
        start = struct.pack(">II", 4 + len(head) + len(payload), len(head))
        left = memoryview(start + head + payload)
        while left:
            try:
                left = left[os.write(self._outgoing, left) :]
            except OSError:
                raise HostGone from None

    def _exactly(self, count: int) -> bytearray:
        data = bytearray()
        while len(data) < count:
            try:
                part = os.read(self.incoming, min(count - len(data), 1 << 20))
            except OSError:
                part = b""
            if not part:
                raise HostGone
            data += part
        return data
