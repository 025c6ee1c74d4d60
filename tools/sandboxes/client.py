"""The host's side of a sandbox: what it is asked to do, the same for every backend."""

import errno
import time
import weakref
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, Literal

from wildgym.tools.sandboxes.core import Backend, Launched, Limits, Ran, SandboxLost
from wildgym.tools.sandboxes.link import Answering, Link
from wildgym.tools.sandboxes.tree import File, Tree

_START_SECONDS, _GRACE_SECONDS, _FILE_SECONDS = 60.0, 20.0, 60.0
_NOTHING: Tree = MappingProxyType({})


class Sandbox:
    """A place where an agent's commands run.

    Args:
        backend: How it is isolated.
        limits: How much of everything it has.

    Raises:
        Unavailable: The backend cannot be had here.
    """

    def __init__(self, backend: Backend, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.backend = backend.name
        self._bases: dict[str, Tree] = {}
        self._launched: Launched = backend.launch(self.limits)
        self.workspace = self._launched.workspace
        self.scratch = self._launched.scratch
        # One that is forgotten ends, too, and all do when this process does.
        self._kill = weakref.finalize(self, self._launched.kill)
        self._link = Link(self.backend, self._launched)
        self._link.receive(time.monotonic() + _START_SECONDS)

    def run(
        self,
        command: str | Sequence[str],
        *,
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        timeout: float | None = None,
        merge: bool = False,
        shell: str = "/bin/sh",
        answering: Answering | None = None,
    ) -> Ran:
        """Run a command, and end what it leaves running.

        Args:
            command: A text for the shell, or a program with its arguments.
            cwd: Where, relative to the workspace.
            env: Variables beside the usual ones.
            stdin: What it reads.
            timeout: Seconds; None for the usual limit.
            merge: Whether errors go to `stdout`, too, in the order of writing.
            shell: Which shell reads a text.
            answering: Answers the calls that it makes of the host, as `resident.relay` says; None
                gives it no way to make any. What that takes is not of its time.
        """
        what = command if isinstance(command, str) else list(command)
        header = {"op": "run", "kind": "spawn", "command": what, "shell": shell, "cwd": cwd}
        more = {"env": dict(env or {}), "merge": merge}
        return self._ran({**header, **more}, stdin, timeout, answering)

    def python(
        self,
        source: str,
        *,
        data: bytes = b"",
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        merge: bool = False,
        answering: Answering | None = None,
    ) -> Ran:
        """Run a Python program in a fork of an interpreter that is warm already.

        Args:
            source: The program.
            data: Bytes that it finds as `DATA`.
            cwd: Where, relative to the workspace.
            env: Variables beside the usual ones.
            timeout: Seconds; None for the usual limit.
            merge: Whether errors go to `stdout`, too.
            answering: As for `run`.
        """
        text = source.encode("utf-8", "surrogateescape")
        header = {"op": "run", "kind": "fork", "source": len(text), "cwd": cwd, "merge": merge}
        return self._ran({**header, "env": dict(env or {})}, text + data, timeout, answering)

    def cell(self, source: str, *, timeout: float | None = None) -> Ran:
        """Run a piece of Python in an interpreter that keeps its names from call to call."""
        text = source.encode("utf-8", "surrogateescape")
        return self._ran({"op": "cell", "env": {}}, text, timeout)

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Args:
            path: Relative to the workspace, out of which it cannot lead.

        Raises:
            OSError: As for `open`; EXDEV where the path leads elsewhere.
        """
        return self._asked({"op": "read", "path": path})[1]

    def write(self, path: str, data: bytes, mode: int | None = None) -> None:
        """Create or replace a file, with the folders that lead to it.

        Args:
            path: As for `read`.
            data: All of its content.
            mode: Its permissions; None leaves them, or gives a new file the usual ones.

        Raises:
            OSError: As for `read`.
        """
        self._asked({"op": "write", "path": path, "mode": mode}, data)

    def remove(self, path: str) -> None:
        """Remove a file; raise OSError as `read`."""
        self._asked({"op": "remove", "path": path})

    def restore(self, tree: Tree, *, scratch: Tree = _NOTHING, running: bool = False) -> None:
        """Make the workspace hold `tree` and nothing else, and put back what lies beside it.

        Args:
            tree: What it is to hold.
            scratch: What the folder for temporary files is to hold.
            running: Whether what runs goes on; it is ended otherwise.

        Raises:
            SandboxLost: That could not be done; the sandbox is closed then.
        """
        self._put_back("work", tree, running)
        if scratch is not self._bases.get("scratch", _NOTHING):
            self._put_back("scratch", scratch, running)

    def install(self, site: Tree, preload: Sequence[str] = ()) -> None:
        """Put packages beside the workspace, on the path of every Python.

        Args:
            site: What is to be installed.
            preload: Modules that fresh Python calls find imported already.
        """
        self._put_back("site", site, False)
        paths = [self._launched.workspace.removesuffix("work") + "site"]
        self._asked({"op": "preload", "paths": paths, "modules": list(preload)})

    def snapshot(self, area: Literal["work", "scratch"] = "work") -> Tree:
        """Return what the workspace, or the folder for temporary files, holds now."""
        header, payload = self._asked({"op": "snapshot", "area": area})
        now = dict(self._bases.get(area, _NOTHING))
        for path in header["gone"]:
            del now[path]
        at = 0
        for path, mode, size in header["entries"]:
            now[path] = File(payload[at : at + size], mode)
            at += size
        return now

    def close(self) -> None:
        """End it, and everything in it."""
        if not self._link.lost:
            self._link.lost = "it was closed"
            self._kill()

    def abandon(self) -> None:
        """In a forked process: close this end, so that only the parent keeps the sandbox."""
        if not self._link.lost:
            self._kill.detach()
            self._link.abandon()

    @property
    def base(self) -> Tree:
        """What the workspace was last made to hold."""
        return self._bases.get("work", _NOTHING)

    @property
    def lost(self) -> bool:
        """Whether it is gone."""
        return bool(self._link.lost)

    def _put_back(self, area: str, tree: Tree, running: bool) -> None:
        before = self._bases.get(area, _NOTHING)
        new = [] if tree is before else [p for p, f in tree.items() if before.get(p) is not f]
        header: dict[str, Any] = {
            "op": "restore",
            "area": area,
            "running": running,
            "entries": [[path, tree[path].mode, len(tree[path].data)] for path in new],
            "gone": [] if tree is before else [path for path in before if path not in tree],
        }
        payload = b"".join([tree[path].data for path in new])
        try:
            self._asked(header, payload)
        except OSError as error:
            # What cannot be put back must not be met by another episode.
            self.close()
            raise SandboxLost(f"the sandbox could not be put back: {error}") from None
        self._bases[area] = tree

    def _ran(
        self,
        header: dict[str, Any],
        payload: bytes,
        timeout: float | None,
        answering: Answering | None = None,
    ) -> Ran:
        seconds = self.limits.seconds if timeout is None else timeout
        header = {**header, "timeout": seconds, "answering": answering is not None}
        reply, output = self._asked(header, payload, seconds, answering)
        ends = list(accumulate(reply["sizes"], initial=0))
        parts = [output[start:end] for start, end in pairwise(ends)]
        out, err, report = [*parts, b"", b""][:3]
        return Ran(
            reply["exit_code"],
            out,
            err,
            report,
            reply["killed"],
            reply["cut"],
            bool(reply.get("restarted")),
        )

    def _asked(
        self,
        header: dict[str, Any],
        payload: bytes = b"",
        seconds: float = _FILE_SECONDS,
        answering: Answering | None = None,
    ) -> tuple[dict[str, Any], bytes]:
        if "\0" in str(header.get("path", "")) + str(header.get("command", "")):
            raise OSError(errno.EINVAL, "a NUL character stands in the path or command")
        end = time.monotonic() + seconds + _GRACE_SECONDS
        reply, data = self._link.ask(header, payload, end, answering)
        if "fault" in reply:
            raise self._link.gone(f"its runner failed: {reply['fault']}")
        if "errno" in reply:
            raise OSError(reply["errno"], reply["error"], header.get("path"))
        return reply, data
