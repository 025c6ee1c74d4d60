"""Calls that a command makes of the host while it runs, and their answers.

A call is the number of its words and then the words, each ended by a NUL: what any shell can write.
What an answer looks like is for the host to say. A command has four descriptors for this: where it
asks, where it is answered, and both ends of a pipe with one byte in it. Who has taken that byte out
has the turn, and puts it back when the answer is read. So processes and threads do not mix up their
calls, and no lock costs a process.
"""

from __future__ import annotations

import os
import re
import select
import time

from wildgym.tools.sandboxes.resident.channel import Channel
from wildgym.tools.sandboxes.resident.config import CONFIG

_BEGIN = re.compile(rb"([0-9]{1,4})\0")
_PART_OF_BEGIN = re.compile(rb"[0-9]{0,4}")
_PIECE = 65536


class Relay:
    """What lies between one command and the host.

    Args:
        channel: The way to the host.

    Attributes:
        given: The command's descriptors.
        ended: Why the command is to end: the host says so ("stopped"), or it passed a limit or
            wrote what is no call ("calls").
    """

    def __init__(self, channel: Channel) -> None:
        self._asked, asking = os.pipe2(os.O_CLOEXEC)
        answers, self._answers = os.pipe2(os.O_CLOEXEC)
        turn, next_turn = os.pipe2(os.O_CLOEXEC)
        os.write(next_turn, b".")
        self.given = (asking, answers, turn, next_turn)
        self.ended = ""
        self._channel = channel
        self._unread, self._left = bytearray(), memoryview(b"")
        self._more, self._count = True, 0
        self._since, self._waited = 0.0, 0.0
        for descriptor in (self._asked, self._answers):
            os.set_blocking(descriptor, False)

    def begin(self, poll: select.poll) -> None:
        """Wait for calls."""
        self._poll = poll
        poll.register(self._asked, select.POLLIN)

    @property
    def waited(self) -> float:
        """For how many seconds the command has waited for the host: these are not its own."""
        return self._waited + (time.monotonic() - self._since if self._since else 0.0)

    def handle(self, descriptor: int) -> bool:
        """Do what there is to do with a descriptor; return False if it is none of these."""
        if descriptor == self._asked:
            self._poll.unregister(descriptor)
            self._read()
            self._go_on()
        elif descriptor == self._answers:
            self._write()
            if not self._left:
                self._poll.unregister(descriptor)
                self._go_on()
        elif descriptor == self._channel.incoming and self._since:
            self._take_answer()
            self._poll.modify(descriptor, 0)
            self._poll.register(self._answers, select.POLLOUT)
        else:
            return False
        return True

    def finish(self) -> str:
        """Once the command has ended, make the calls whose answers it did not wait for.

        So that whether they are made is no matter of who is faster.

        Returns:
            Why the command is to end, if it is.
        """
        while not self.ended and (self._since or self._ask() or self._read()):
            if self._since:
                self._take_answer()
        return self.ended

    def close(self) -> None:
        """Let go of it all."""
        if self._since:
            self._take_answer()
        for descriptor in (self._asked, self._answers):
            os.close(descriptor)

    def _go_on(self) -> None:
        if self._ask():
            self._poll.modify(self._channel.incoming, select.POLLIN)
        elif self._more:
            self._poll.register(self._asked, select.POLLIN)

    def _read(self) -> bool:
        """Take in what the command wrote; return whether there was anything."""
        try:
            data = os.read(self._asked, _PIECE)
        except BlockingIOError:
            return False
        self._unread += data
        self._more = bool(data)
        return self._more

    def _write(self) -> None:
        """Write as much of the answer as the command takes, and drop it if nobody reads."""
        try:
            self._left = self._left[os.write(self._answers, self._left) :]
        except BlockingIOError:
            pass
        except OSError:
            self._left = self._left[:0]

    def _ask(self) -> bool:
        """Pass on the next call, if a whole one is there; return whether it was."""
        words = self._words()
        if words is None:
            return False
        self._count += 1
        if self._count > CONFIG["calls"]:
            self.ended = "calls"
            return False
        self._channel.send({"call": self._count}, words)
        self._since = time.monotonic()
        return True

    def _take_answer(self) -> None:
        header, answer = self._channel.receive()
        self._waited, self._since = self.waited, 0.0
        self._left = memoryview(answer)
        if header["stop"]:
            self.ended = "stopped"

    def _words(self) -> bytes | None:
        """Take the words of the next call, with NULs between them; None if it is not whole."""
        begin = _BEGIN.match(self._unread)
        if begin is not None:
            count = int(begin[1])
            parts = self._unread.split(b"\0", count + 1)
            if len(parts) == count + 2:
                self._unread = parts.pop()
                return b"\0".join(parts[1:])
        elif not _PART_OF_BEGIN.fullmatch(self._unread):
            self.ended = "calls"
        if len(self._unread) > CONFIG["call_bytes"]:
            self.ended = "calls"
        return None
