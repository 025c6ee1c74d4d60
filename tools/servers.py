"""Servers that are not ours, for code that waits for each of their answers."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

import anyio
from anyio.from_thread import BlockingPortal


class Unreachable(Exception):
    """A server that cannot be started, does not answer, or offers nothing. The message says why."""


@contextmanager
def running_portal() -> Iterator[BlockingPortal]:
    """Run an event loop in a thread of its own while the block runs, and return the way to it.

    No program waits for its thread at the end, as it would for one of anyio's own.
    """
    begun: Future[BlockingPortal] = Future()

    async def run() -> None:
        async with BlockingPortal() as portal:
            begun.set_result(portal)
            await portal.sleep_until_stopped()

    thread = Thread(target=anyio.run, args=(run,), daemon=True)
    thread.start()
    portal = begun.result()
    try:
        yield portal
    finally:
        portal.call(portal.stop)
        thread.join()
