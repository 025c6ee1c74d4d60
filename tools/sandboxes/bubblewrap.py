"""Bubblewrap: namespaces without root and without a daemon. The embedded default on Linux.

Every flag answers an attack of `tests/sandboxes`; what the flags cannot do (limits on memory and on
the number of files), the runner does.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack

from wildgym.tools.sandboxes import launch, seccomp
from wildgym.tools.sandboxes.core import Launched, Limits, Unavailable
from wildgym.tools.sandboxes.process import launched
from wildgym.tools.sandboxes.spare import spare_user

_NAMESPACES = (
    *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
    *("--unshare-cgroup-try", "--disable-userns", "--assert-userns-disabled"),
    *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
    *("--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
)
_RUNTIME = ("alternatives", "ld.so.cache", "localtime", "mime.types", "ssl/certs")


class Bubblewrap:
    """Sandboxes by `bwrap`."""

    name = "bubblewrap"
    lacks: tuple[str, ...] = ()

    def launch(self, limits: Limits) -> Launched:
        """Start a runner as PID 1 of new namespaces."""
        program = shutil.which("bwrap")
        if program is None:
            raise Unavailable("bubblewrap: there is no bwrap; install the package bubblewrap")
        if not os.path.exists(launch.PYTHON):
            raise Unavailable(f"bubblewrap: there is no {launch.PYTHON}; install python3")
        with ExitStack() as held:
            passed: list[int] = []

            def given(data: bytes) -> str:
                """Return the number of a descriptor from which `data` can be read."""
                descriptor = os.memfd_create("given")
                held.callback(os.close, descriptor)
                os.write(descriptor, data)
                os.lseek(descriptor, 0, os.SEEK_SET)
                passed.append(descriptor)
                return str(descriptor)

            filtered = ["--seccomp", given(seccomp.program())]
            accounts = [
                argument
                for path, text in launch.ACCOUNTS
                for argument in ("--ro-bind-data", given(text.encode()), path)
            ]
            # The filter is in force before the runner starts, which need not install it then.
            runner = launch.command(launch.config(limits, seccomp=""))
            sandboxed = [*_NAMESPACES, *_folders(limits, accounts), *filtered, "--", *runner]
            return launched([program, *sandboxed], spare_user(), passed=passed)


def _folders(limits: Limits, accounts: Sequence[str]) -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for path in launch.HIDDEN:
        if os.path.isdir(path):
            arguments += ["--tmpfs", path, "--remount-ro", path]
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            arguments += ["--symlink", f"usr/{name}", f"/{name}"]
        elif os.path.isdir(f"/{name}"):
            arguments += ["--ro-bind", f"/{name}", f"/{name}"]
    for name in _RUNTIME:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    arguments += [*accounts, "--proc", "/proc", "--dev", "/dev"]
    arguments += [*_memory(launch.SHARED, launch.SHARED_BYTES), "--remount-ro", "/dev"]
    for path, size in (
        (launch.SCRATCH, launch.SCRATCH_BYTES),
        (launch.SITE, launch.SITE_BYTES),
        (launch.WORK, limits.disk),
    ):
        arguments += _memory(path, size)
    return [*arguments, "--remount-ro", "/", "--chdir", "/"]


def _memory(path: str, size: int) -> list[str]:
    return ["--size", str(size), "--perms", "0755", "--tmpfs", path]
