"""What all backends share: how the runner is told what it is, and what binds it."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from wildgym.tools.sandboxes import seccomp
from wildgym.tools.sandboxes.core import MEBIBYTE, Limits
from wildgym.tools.sandboxes.resident import MODULES

PYTHON = "/usr/bin/python3"
TITLE = "wildgym-runner"
"""What the runner is called where processes are listed."""

WORK, SITE, SCRATCH, SHARED = "/work", "/site", "/tmp", "/dev/shm"
SITE_BYTES, SCRATCH_BYTES, SHARED_BYTES = 64 * MEBIBYTE, 64 * MEBIBYTE, 16 * MEBIBYTE
HIDDEN = ("/usr/lib/python3/dist-packages", "/usr/local")
"""Parts of /usr that differ from host to host, and could hold a copy of what an agent is to fix."""

_PACKAGE = "wildgym.tools.sandboxes.resident"
_BOOT = f"""
import json, sys, types
sys.path[:] = [path for path in sys.path if path]
parts = "{_PACKAGE}".split(".")
for n in range(len(parts)):
    package = sys.modules[".".join(parts[: n + 1])] = types.ModuleType(".".join(parts[: n + 1]))
    package.__path__ = []
for name, source in json.loads(sys.argv[2]):
    module = sys.modules["{_PACKAGE}." + name] = types.ModuleType("{_PACKAGE}." + name)
    exec(compile(source, "<runner>", "exec"), module.__dict__)
module.serve()
"""


@cache
def _sources() -> str:
    folder = files(_PACKAGE)
    return json.dumps([[name, (folder / f"{name}.py").read_text()] for name in MODULES])


def command(config: Mapping[str, Any]) -> list[str]:
    """Return the command that starts a runner with a config.

    The hash seed is fixed, since what is forked off the runner inherits it, and with it the order
    of sets: `-I` would leave it to chance.
    """
    bare = ["/usr/bin/env", "-i", "PYTHONHASHSEED=0", PYTHON, "-s", "-S"]
    return [*bare, "-c", _BOOT, json.dumps(config), _sources()]


def config(limits: Limits, **changes: Any) -> dict[str, Any]:
    """Return what a runner is told.

    Args:
        limits: What the sandbox has.
        changes: What is otherwise in a backend. `workspace`, `areas` (what is put back, by name),
            `emptied` (folders that are emptied) and `writable` (all of these) say where things
            are; `own_disk` whether they are file systems of their own; `pid_namespace` whether the
            runner is PID 1; `cgroup` whether the kernel counts its memory; `rlimits` what binds
            each process; `seccomp` a filter for the runner to install, in hex; `landlock` what it
            and its commands may reach; `socket` where the host listens, if not on standard input.
    """
    return {
        "title": TITLE,
        "workspace": WORK,
        "areas": {"work": WORK, "site": SITE, "scratch": SCRATCH},
        "emptied": [SHARED],
        "writable": [WORK, SITE, SCRATCH, SHARED],
        "own_disk": True,
        "pid_namespace": True,
        "cgroup": False,
        "memory": limits.memory,
        "files": limits.files,
        "disk": limits.disk,
        "output": limits.output,
        "calls": limits.calls,
        "call_bytes": limits.call_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "rlimits": rlimits(limits),
        "env": environment(WORK, SITE, SCRATCH),
        "seccomp": seccomp.program().hex(),
        **changes,
    }


def rlimits(limits: Limits) -> dict[str, int]:
    """Return what binds every process, by the name of the resource."""
    return {
        "CORE": 0,
        "DATA": limits.memory,
        "FSIZE": limits.disk,
        "MEMLOCK": 64 << 10,
        "MSGQUEUE": 0,
        "NOFILE": limits.open_files,
        "NPROC": limits.processes,
        "STACK": 8 * MEBIBYTE,
    }


def environment(work: str, site: str, scratch: str) -> dict[str, str]:
    """Return all of the environment that commands see."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": work,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": site,
        "TERM": "dumb",
        "TMPDIR": scratch,
        "TZ": "UTC",
        "USER": "agent",
    }


ACCOUNTS: Sequence[tuple[str, str]] = (
    ("/etc/passwd", "agent:x:1000:1000:agent:/work:/bin/bash\nroot:x:0:0:root:/root:/bin/false\n"),
    ("/etc/group", "agent:x:1000:\nroot:x:0:\n"),
    ("/etc/hosts", "127.0.0.1 localhost sandbox\n"),
    ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
    ("/etc/resolv.conf", ""),
)
"""Files that programs look for, with nothing of the host in them."""
