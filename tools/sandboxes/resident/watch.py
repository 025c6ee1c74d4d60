"""Waiting for a command: feed it, drain it, and kill it where it passes a limit."""

from __future__ import annotations

import os
import select
import signal
import time

from wildgym.tools.sandboxes.resident.channel import Channel, HostGone
from wildgym.tools.sandboxes.resident.limits import exceeded
from wildgym.tools.sandboxes.resident.processes import signalled
from wildgym.tools.sandboxes.resident.relay import Relay
from wildgym.tools.sandboxes.resident.streams import Stream

_TICK = 0.05
_FLOOD = 64 << 20
_GONE = select.POLLHUP | select.POLLERR


class Watch:
    """One command while it runs.

    Args:
        pid: Its first process.
        streams: What it writes.
        feed: Where it reads; closed when all is fed, if `data` is for a command of its own.
        data: What it is fed.
        done: A descriptor; when something can be read there, the wait is over.
        relay: Its way to the host, if it has one.
    """

    def __init__(
        self,
        pid: int,
        streams: list[Stream],
        feed: int,
        data: bytes,
        done: int | None = None,
        relay: Relay | None = None,
    ) -> None:
        self.pid = pid
        self.streams = {stream.descriptor: stream for stream in streams}
        self.killed = ""
        self.status: int | None = None
        self._feed, self._data, self._done = feed, memoryview(data), done
        self._relay = relay
        self._alive = os.pidfd_open(pid)

    def wait(self, channel: Channel, timeout: float) -> None:
        """Return when the command has ended, or is to end; raise HostGone if nobody waits."""
        poll = self._polled(channel)
        end = time.monotonic() + timeout
        tick = time.monotonic() + _TICK
        try:
            while self.status is None:
                now = time.monotonic()
                if now >= tick:
                    self.killed, tick = exceeded(), time.monotonic() + _TICK
                waited = self._relay.waited if self._relay is not None else 0.0
                self.killed = self._passed(now >= end + waited) or self.killed
                if self.killed:
                    break
                for descriptor, event in poll.poll((min(end + waited, tick) - now) * 1000 + 1):
                    self._handle(poll, descriptor, event)
        finally:
            self._close()
        if self.killed:
            signalled(self.pid, signal.SIGKILL)
            self.status = -signal.SIGKILL

    def _passed(self, late: bool) -> str:
        """Return which limit is passed of those that are looked at all the time."""
        if self._relay is not None and self._relay.ended:
            return self._relay.ended
        if sum(stream.size for stream in self.streams.values()) > _FLOOD:
            return "output"
        return "time" if late else ""

    def _polled(self, channel: Channel) -> select.poll:
        poll = select.poll()
        for descriptor in (*self.streams, self._alive):
            poll.register(descriptor, select.POLLIN)
        if self._done is not None:
            poll.register(self._done, select.POLLIN)
        os.set_blocking(self._feed, False)
        poll.register(self._feed, select.POLLOUT)
        # Nothing but its end is awaited from the host, unless it is asked something.
        poll.register(channel.incoming, 0)
        if self._relay is not None:
            self._relay.begin(poll)
        return poll

    def _handle(self, poll: select.poll, descriptor: int, event: int) -> None:
        if descriptor in self.streams:
            if not self.streams[descriptor].drain():
                poll.unregister(descriptor)
        elif descriptor == self._feed:
            self._fed(poll)
        elif descriptor == self._alive:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        elif descriptor == self._done:
            if event & select.POLLIN:
                self.status = 0
            else:
                poll.unregister(descriptor)
        elif not (self._relay is not None and self._relay.handle(descriptor)) and event & _GONE:
            raise HostGone

    def _fed(self, poll: select.poll) -> None:
        try:
            if self._data:
                self._data = self._data[os.write(self._feed, self._data) :]
        except BlockingIOError:
            return
        except OSError:
            self._data = self._data[:0]
        if not self._data:
            poll.unregister(self._feed)
            os.close(self._feed)
            self._feed = -1

    def _close(self) -> None:
        os.close(self._alive)
        if self._feed >= 0:
            os.close(self._feed)
