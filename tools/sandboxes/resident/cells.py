"""The persistent interpreter: a fork that keeps its names from one piece of code to the next."""

from __future__ import annotations

import ast
import fcntl
import os
import signal
import struct
from collections.abc import Mapping
from typing import Any

from wildgym.tools.sandboxes.resident.config import CONFIG
from wildgym.tools.sandboxes.resident.interpreter import (
    become_a_command,
    flush,
    new_main,
    outcome,
)
from wildgym.tools.sandboxes.resident.processes import signalled

_ASKED, _ANSWER = 3, 4


class Cells:
    """At most one such interpreter at a time.

    Attributes:
        pid: Its process, or None.
        output: Where its output is read, errors included.
        ask: Where code is written.
        done: Where one byte comes when the code has run: its exit code.
    """

    pid: int | None = None
    output = -1
    ask = done = -1

    def start(self, environment: Mapping[str, str]) -> None:
        """Fork it."""
        os.chdir(CONFIG["workspace"])
        pairs = [os.pipe2(os.O_CLOEXEC) for _ in range(3)]
        (self.output, end), (asked, self.ask), (self.done, answer) = pairs
        pid = os.fork()
        if pid == 0:
            try:
                null = os.open("/dev/null", os.O_RDONLY)
                _serve(environment, (null, end, end, asked, answer))
            finally:
                os._exit(1)
        for descriptor in (end, asked, answer):
            os.close(descriptor)
        self.pid = pid
        os.chdir("/")

    @property
    def alive(self) -> bool:
        """Whether there is one that still runs."""
        if self.pid is None:
            return False
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def end(self) -> None:
        """End it, if there is one."""
        if self.pid is not None:
            for descriptor in (self.output, self.ask, self.done):
                os.close(descriptor)
            signalled(self.pid, signal.SIGKILL)
            self.pid = None


CELLS = Cells()


def _serve(environment: Mapping[str, str], files: tuple[int, ...]) -> None:
    # All are far above first, or the one would take the other's place.
    above = [fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 50) for file in files]
    for number, descriptor in enumerate(above):
        os.dup2(descriptor, number, inheritable=number < _ASKED)
    become_a_command(environment, (_ASKED, _ANSWER))
    names = new_main()
    while True:
        (size,) = struct.unpack(">I", _whole(4))
        text = _whole(size).decode("utf-8", "surrogateescape")
        code = outcome(lambda text=text: _interact(text, names))  # type: ignore[misc]
        flush()
        os.write(_ANSWER, bytes([code]))


def _whole(count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = os.read(_ASKED, count - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def _interact(text: str, names: dict[str, Any]) -> None:
    """Run a piece of code, and show the value of an expression that stands last."""
    tree = ast.parse(text, "<cell>")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
        if value is not None:
            print(repr(value))
