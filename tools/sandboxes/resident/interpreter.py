"""Python run in forks of the runner's own interpreter, which is warm already."""

from __future__ import annotations

import atexit
import os
import resource
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wildgym.tools.sandboxes.resident.config import CONFIG, DUMPABLE, IGNORED, NICE, prctl
from wildgym.tools.sandboxes.resident.confinement import COMMANDS, confine

_HIGHEST = 4096
_LIBRARY = list(sys.path)


def become_a_command(environment: Mapping[str, str], kept: Sequence[int]) -> None:
    """In a fork: let go of everything that is the runner's.

    Args:
        environment: All of the environment.
        kept: Descriptors that stay open; 0, 1 and 2 do.
    """
    os.nice(NICE)
    confine(COMMANDS)
    for low, high in zip((2, *kept), (*kept, _HIGHEST), strict=True):
        os.closerange(low + 1, high)
    os.setsid()
    prctl(DUMPABLE, 1)
    for number in IGNORED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CPU, (CONFIG["cpu_seconds"], CONFIG["cpu_seconds"]))
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.partition(".")[0] == "wildgym"]:
        del sys.modules[name]
    sys.argv = [""]
    added = [path for path in environment.get("PYTHONPATH", "").split(":") if path]
    sys.path[:] = [os.getcwd(), *added, *[path for path in _LIBRARY if path]]
    sys.stdin, sys.stdout, sys.stderr = _standard(0, "r"), _standard(1, "w"), _standard(2, "w")


def new_main() -> dict[str, Any]:
    """Return the names of a fresh `__main__`."""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    return main.__dict__


def run_fresh(source: str, data: bytes) -> int:
    """Run a program as a new interpreter would; return its exit code."""
    names = new_main()
    if data:
        names["DATA"] = data
    code = outcome(lambda: exec(compile(source, "<string>", "exec"), names))
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    flush()
    return code


def outcome(work: Callable[[], object]) -> int:
    """Run an agent's code; return the exit code that an interpreter would have."""
    try:
        work()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        shown = error.__traceback__
        while shown is not None and shown.tb_frame.f_code.co_filename == "<runner>":
            shown = shown.tb_next
        traceback.print_exception(type(error), error, shown)
        return 1
    return 0


def flush() -> None:
    """Write out what is buffered, if anybody reads."""
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except (OSError, ValueError):
            continue


def _standard(descriptor: int, mode: str) -> Any:
    return open(descriptor, mode, encoding="utf-8", errors="surrogateescape", closefd=False)
