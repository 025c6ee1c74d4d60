"""What the host told the runner when it started it."""

from __future__ import annotations

import ctypes
import json
import signal
import sys
from typing import Any

CONFIG: dict[str, Any] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
"""See `sandboxes.launch.config`."""

IGNORED = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGPIPE, signal.SIGXCPU, signal.SIGXFSZ),
)
"""Signals that do not concern the runner, and have their usual effect on commands."""

libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Set something of this process that has no other way to be set."""
    libc.prctl(option, value, 0, 0, 0)


DUMPABLE, SUBREAPER = 4, 36

NICE = 10
"""How much commands stand back behind the runner, which must be able to end them."""
