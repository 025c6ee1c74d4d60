"""The host's side of a sandbox: what it is asked to do, the same for every backend."""

import errno
import json
import os
import select
import struct
import time
import weakref
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, Literal

from wildgym.tools.sandboxes.core import Backend, Launched, Limits, Ran, SandboxLost
from wildgym.tools.sandboxes.tree import File, Tree

_START_SECONDS, _GRACE_SECONDS, _FILE_SECONDS = 60.0, 20.0, 60.0
_LARGEST_FRAME = 1 << 30
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
        self._lost = ""
        self._receive(time.monotonic() + _START_SECONDS)

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
        """
        what = command if isinstance(command, str) else list(command)
        header = {"op": "run", "kind": "spawn", "command": what, "shell": shell, "cwd": cwd}
        return self._ran({**header, "env": dict(env or {}), "merge": merge}, stdin, timeout)

    def python(
        self,
        source: str,
        *,
        data: bytes = b"",
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        merge: bool = False,
    ) -> Ran:
        """Run a Python program in a fork of an interpreter that is warm already.

        Args:
            source: The program.
            data: Bytes that it finds as `DATA`.
            cwd: Where, relative to the workspace.
            env: Variables beside the usual ones.
            timeout: Seconds; None for the usual limit.
            merge: Whether errors go to `stdout`, too.
        """
        text = source.encode("utf-8", "surrogateescape")
        header = {"op": "run", "kind": "fork", "source": len(text), "cwd": cwd, "merge": merge}
        return self._ran({**header, "env": dict(env or {})}, text + data, timeout)

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
        if not self._lost:
            self._lost = "it was closed"
            self._kill()

    def abandon(self) -> None:
        """In a forked process: close this end, so that only the parent keeps the sandbox."""
        if not self._lost:
            self._lost = "it belongs to the process that forked"
            self._kill.detach()
            for descriptor in {self._launched.reading, self._launched.writing}:
                os.close(descriptor)

    @property
    def base(self) -> Tree:
        """What the workspace was last made to hold."""
        return self._bases.get("work", _NOTHING)

    @property
    def lost(self) -> bool:
        """Whether it is gone."""
        return bool(self._lost)

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

    def _ran(self, header: dict[str, Any], payload: bytes, timeout: float | None) -> Ran:
        seconds = self.limits.seconds if timeout is None else timeout
        reply, output = self._asked({**header, "timeout": seconds}, payload, seconds)
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
        self, header: dict[str, Any], payload: bytes = b"", seconds: float = _FILE_SECONDS
    ) -> tuple[dict[str, Any], bytes]:
        if "\0" in str(header.get("path", "")) + str(header.get("command", "")):
            raise OSError(errno.EINVAL, "a NUL character stands in the path or command")
        end = time.monotonic() + seconds + _GRACE_SECONDS
        self._send(header, payload, end)
        reply, data = self._receive(end)
        if "fault" in reply:
            raise self._gone(f"its runner failed: {reply['fault']}")
        if "errno" in reply:
            raise OSError(reply["errno"], reply["error"], header.get("path"))
        return reply, data

    def _send(self, header: dict[str, Any], payload: bytes, end: float) -> None:
        if self._lost:
            raise SandboxLost(f"the {self.backend} sandbox is gone: {self._lost}")
        head = json.dumps(header).encode()
        start = struct.pack(">II", 4 + len(head) + len(payload), len(head))
        left = memoryview(start + head + payload)
        while left:
            if not self._ready([], [self._launched.writing], end):
                raise self._gone("it does not take requests")
            try:
                # As much as a pipe surely takes, so that writing does not wait for its reader.
                left = left[os.write(self._launched.writing, left[: select.PIPE_BUF]) :]
            except OSError as error:
                raise self._gone(f"it cannot be reached: {error.strerror}") from None

    def _receive(self, end: float) -> tuple[dict[str, Any], bytes]:
        size, head = struct.unpack(">II", self._exactly(8, end))
        if not head + 4 <= size <= _LARGEST_FRAME:
            raise self._gone("its answer makes no sense")
        body = self._exactly(size - 4, end)
        return json.loads(body[:head]), bytes(body[head:])

    def _exactly(self, count: int, end: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            if not self._ready([self._launched.reading], [], end):
                raise self._gone("it does not answer")
            try:
                part = os.read(self._launched.reading, min(count - len(data), 1 << 20))
            except OSError:
                part = b""
            if not part:
                raise self._gone("it ended")
            data += part
        return data

    def _ready(self, reading: list[int], writing: list[int], end: float) -> bool:
        try:
            ready = select.select(reading, writing, [], max(0.0, end - time.monotonic()))
        except (OSError, ValueError) as error:
            raise self._gone(f"its channel is closed: {error}") from None
        return any(ready)

    def _gone(self, why: str) -> SandboxLost:
        self._kill()
        self._lost = f"{why}. {self._launched.complaint()}".rstrip(". ")
        return SandboxLost(f"the {self.backend} sandbox is gone: {self._lost}")
