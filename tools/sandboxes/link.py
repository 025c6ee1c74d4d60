"""The host's end of the way to a runner: one request and one answer at a time, each in a frame."""

import json
import os
import select
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wildgym.tools.sandboxes.core import Launched, SandboxLost

_LARGEST_FRAME = 1 << 30

Answering = Callable[[Sequence[bytes]], bytes | None]
"""Answers a call that a command makes while it runs: from its words to what is written back; None
ends the command. Whatever it raises ends the sandbox."""


class Link:
    """The way to one runner.

    Args:
        name: What its sandbox is called.
        launched: The runner.

    Attributes:
        lost: Why there is no such way any more, if so.
    """

    def __init__(self, name: str, launched: Launched) -> None:
        self.lost = ""
        self._name = name
        self._launched = launched

    def ask(
        self, header: Mapping[str, Any], payload: bytes, end: float, answering: Answering | None
    ) -> tuple[dict[str, Any], bytes]:
        """Send a request and return its answer.

        Args:
            header: What is asked.
            payload: Bytes that belong to it.
            end: When to give up; what it takes to answer calls comes on top.
            answering: Answers the calls that a command makes.

        Raises:
            SandboxLost: The runner is gone, or does not answer.
        """
        self._send(header, payload, end)
        reply, data = self.receive(end)
        while "call" in reply:
            began = time.monotonic()
            answer = self._answered(answering, data)
            end += time.monotonic() - began
            self._send({"stop": answer is None}, answer or b"", end)
            reply, data = self.receive(end)
        return reply, data

    def receive(self, end: float) -> tuple[dict[str, Any], bytes]:
        """Return what comes next; raise as `ask`."""
        size, head = struct.unpack(">II", self._exactly(8, end))
        if not head + 4 <= size <= _LARGEST_FRAME:
            raise self.gone("its answer makes no sense")
        body = self._exactly(size - 4, end)
        return json.loads(body[:head]), bytes(body[head:])

    def gone(self, why: str) -> SandboxLost:
        """End the runner, and return the exception that says why."""
        self._launched.kill()
        self.lost = f"{why}. {self._launched.complaint()}".rstrip(". ")
        return SandboxLost(f"the {self._name} sandbox is gone: {self.lost}")

    def abandon(self) -> None:
        """In a forked process: close this end, so that only the parent keeps the runner."""
        self.lost = "it belongs to the process that forked"
        for descriptor in {self._launched.reading, self._launched.writing}:
            os.close(descriptor)

    def _answered(self, answering: Answering | None, data: bytes) -> bytes | None:
        if answering is None:
            raise self.gone("its answer makes no sense")
        try:
            return answering(data.split(b"\0"))
        except BaseException as fault:
            # What runs inside waits for an answer that will never be.
            self.gone(f"a call of its command could not be answered: {fault}")
            raise

    def _send(self, header: Mapping[str, Any], payload: bytes, end: float) -> None:
        if self.lost:
            raise SandboxLost(f"the {self._name} sandbox is gone: {self.lost}")
        head = json.dumps(header).encode()
        start = struct.pack(">II", 4 + len(head) + len(payload), len(head))
        left = memoryview(start + head + payload)
        while left:
            if not self._ready([], [self._launched.writing], end):
                raise self.gone("it does not take requests")
            try:
                # As much as a pipe surely takes, so that writing does not wait for its reader.
                left = left[os.write(self._launched.writing, left[: select.PIPE_BUF]) :]
            except OSError as error:
                raise self.gone(f"it cannot be reached: {error.strerror}") from None

    def _exactly(self, count: int, end: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            if not self._ready([self._launched.reading], [], end):
                raise self.gone("it does not answer")
            try:
                part = os.read(self._launched.reading, min(count - len(data), 1 << 20))
            except OSError:
                part = b""
            if not part:
                raise self.gone("it ended")
            data += part
        return data

    def _ready(self, reading: list[int], writing: list[int], end: float) -> bool:
        try:
            ready = select.select(reading, writing, [], max(0.0, end - time.monotonic()))
        except (OSError, ValueError) as error:
            raise self.gone(f"its channel is closed: {error}") from None
        return any(ready)
