"""The runner's channel as a stream through the Docker daemon: where no socket can be shared."""

import os
import socket
import struct
import threading
import weakref
from contextlib import suppress
from typing import Any

_STDOUT = 1
_PIECE = 1 << 20

_streams: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def attached(connected: Any, container: str) -> int:
    """Attach to a container that has not started yet; return a descriptor to talk to it.

    Args:
        connected: The connection to the daemon.
        container: Its id.
    """
    asked = {"stdin": 1, "stdout": 1, "stream": 1}
    opened = connected.api.attach_socket(container, params=asked)
    stream = getattr(opened, "_sock", opened)
    stream.settimeout(None)
    ours, theirs = socket.socketpair()
    threading.Thread(target=_inwards, args=(stream, theirs, opened), daemon=True).start()
    threading.Thread(target=_outwards, args=(stream, theirs), daemon=True).start()
    _streams.update((stream, theirs))
    return ours.detach()


def _forget() -> None:
    """In a forked process: a copy of the stream would keep the sandbox of the parent alive."""
    for stream in list(_streams):
        with suppress(OSError):
            os.close(stream.detach())


os.register_at_fork(after_in_child=_forget)


def _inwards(stream: Any, theirs: socket.socket, opened: Any) -> None:
    """Carry requests to the container, until there are no more."""
    with suppress(OSError):
        while data := theirs.recv(_PIECE):
            stream.sendall(data)
    # Without its standard input the runner leaves, and the other direction ends.
    with suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)
    opened.close()
    stream.close()
    theirs.close()


def _outwards(stream: Any, theirs: socket.socket) -> None:
    """Carry replies to the host: the daemon puts a head before each piece of a stream."""
    with suppress(OSError, struct.error):
        while head := _exactly(stream, 8):
            kind, size = struct.unpack(">BxxxI", head)
            data = _exactly(stream, size)
            if kind == _STDOUT:
                theirs.sendall(data)
    with suppress(OSError):
        theirs.shutdown(socket.SHUT_RDWR)


def _exactly(stream: Any, count: int) -> bytes:
    """Return so many bytes; fewer where the stream ends."""
    data = bytearray()
    while len(data) < count and (part := stream.recv(count - len(data))):
        data += part
    return bytes(data)
