"""Spawning by vfork where commands take a domain of their own: by a thread that has taken it.

Landlock and filters are a thread's. A program that this one spawns inherits them, so that it need
not be forked off to take them itself. The thread cannot be signalled by what it spawns, which the
filter sees to, since it has the same domain; the runner's other thread is outside of that.
"""

from __future__ import annotations

import os
import queue
import threading
from typing import Any

from wildgym.tools.sandboxes.resident.confinement import COMMANDS, SPAWNER, confine


class Nursery:
    """At most one such thread, which begins when it is needed."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def start(self) -> None:
        """Begin, before there is any command that could be told which thread it is."""
        threading.Thread(target=self._work, daemon=True).start()
        self._told.get()

    def spawn(self, *arguments: Any, **options: Any) -> int:
        """Do what `os.posix_spawn` does, in the domain of commands."""
        self._asked.put((arguments, options))
        told = self._told.get()
        if isinstance(told, OSError):
            raise told
        return int(told)

    def _work(self) -> None:
        SPAWNER[0] = threading.get_native_id()
        confine(COMMANDS)
        self._told.put(0)
        while True:
            arguments, options = self._asked.get()
            try:
                self._told.put(os.posix_spawn(*arguments, **options))
            except OSError as error:
                self._told.put(error)


NURSERY = Nursery()
