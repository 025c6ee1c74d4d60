"""Warm sandboxes: they are put back between episodes, and started only where none is idle."""

import atexit
import os
import threading
import weakref
from collections import deque

from wildgym.tools.sandboxes.choose import backend
from wildgym.tools.sandboxes.client import Sandbox
from wildgym.tools.sandboxes.core import SandboxLost
from wildgym.tools.sandboxes.outfit import Outfit
from wildgym.tools.sandboxes.tree import Tree

_MOST_IDLE = 64


class Pool:
    """Sandboxes of one backend and outfit.

    Args:
        name: The name of a backend, or "auto".
        outfit: What each is furnished with.
    """

    def __init__(self, name: str, outfit: Outfit) -> None:
        self.backend = backend(name)
        self.outfit = outfit
        self._idle: deque[Sandbox] = deque()
        self._all: weakref.WeakSet[Sandbox] = weakref.WeakSet()
        self._lock = threading.Lock()

    def lease(self, tree: Tree) -> Sandbox:
        """Return a sandbox in which nothing runs, whose workspace holds `tree` and nothing else.

        Raises:
            SandboxLost: A new one was lost at once, twice.
        """
        while (sandbox := self._taken(tree)) is not None:
            try:
                sandbox.restore(tree)
                return sandbox
            except SandboxLost:
                continue
        try:
            return self._started(tree)
        except SandboxLost:
            return self._started(tree)

    def give_back(self, sandbox: Sandbox) -> None:
        """End what runs in a sandbox, and keep it for others."""
        if sandbox.lost:
            return
        try:
            sandbox.restore(sandbox.base)
        except SandboxLost:
            return
        with self._lock:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(sandbox)
                return
        sandbox.close()

    def warm(self, count: int) -> None:
        """Start sandboxes until `count` are idle."""
        while len(self._idle) < count:
            self.give_back(self._started({}))

    def close(self) -> None:
        """End all sandboxes, leased ones, too."""
        everything = list(self._all)
        self._idle.clear()
        for sandbox in everything:
            sandbox.close()

    def forget(self) -> None:
        """In a forked process: let go of what belongs to the parent."""
        everything = list(self._all)
        self._idle.clear()
        self._lock = threading.Lock()
        for sandbox in everything:
            sandbox.abandon()

    def _taken(self, tree: Tree) -> Sandbox | None:
        """Take an idle sandbox, if there is one; rather one that had the same tree."""
        with self._lock:
            for n, sandbox in enumerate(self._idle):
                if sandbox.base is tree:
                    del self._idle[n]
                    return sandbox
            return self._idle.pop() if self._idle else None

    def _started(self, tree: Tree) -> Sandbox:
        sandbox = Sandbox(self.backend, self.outfit.limits)
        self._all.add(sandbox)
        sandbox.install(self.outfit.site, self.outfit.preload)
        sandbox.restore(tree)
        return sandbox


_POOLS: dict[tuple[str, Outfit], Pool] = {}


def pool(name: str, outfit: Outfit) -> Pool:
    """Return this process's pool of a backend and an outfit; raise as `backend` does."""
    made = _POOLS.get((name, outfit))
    if made is None:
        made = _POOLS.setdefault((name, outfit), Pool(name, outfit))
    return made


@atexit.register
def close_all() -> None:
    """End the sandboxes of all pools."""
    for made in _POOLS.values():
        made.close()


def _forget_all() -> None:
    for made in _POOLS.values():
        made.forget()


os.register_at_fork(after_in_child=_forget_all)
