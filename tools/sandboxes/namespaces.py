"""Namespaces without bubblewrap: the same isolation through the kernel's own calls.

Where bubblewrap is there, prefer it: more people have read it. What this has on top: a limit on the
number of files that the kernel itself keeps, and more of /proc hidden.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from wildgym.tools.sandboxes import launch
from wildgym.tools.sandboxes.core import Launched, Limits, Unavailable
from wildgym.tools.sandboxes.entering import MS_NODEV, MS_RDONLY
from wildgym.tools.sandboxes.process import launched
from wildgym.tools.sandboxes.spare import spare_user

_UID = 1000
_RUNTIME = ("alternatives", "ld.so.cache", "localtime", "mime.types", "ssl/certs")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
    "/dev/ptmx": "pts/ptmx",
}
_KERNEL = ("sys", "irq", "bus", "fs", "acpi", "scsi", "sysrq-trigger", "kcore", "keys", "key-users")
_KERNEL_FILES = ("timer_list", "sched_debug", "kallsyms", "kpagecount", "cmdline", "config.gz")
_SMALL_FILES = 4096

Step = tuple[Any, ...]


class Namespaces:
    """Sandboxes by unshare, mount and pivot_root."""

    name = "namespaces"
    lacks: tuple[str, ...] = ()

    def launch(self, limits: Limits) -> Launched:
        """Start a runner as PID 1 of new namespaces."""
        if not os.path.exists(launch.PYTHON):
            raise Unavailable(f"namespaces: there is no {launch.PYTHON}; install python3")
        launcher = [launch.PYTHON, "-I", "-S", "-c", _source(), json.dumps(_plan(limits))]
        return launched(launcher, spare_user())


@cache
def _source() -> str:
    return Path(__file__).with_name("entering.py").read_text()


def _plan(limits: Limits) -> dict[str, Any]:
    return {
        "uid": _UID,
        "hostname": "sandbox",
        "steps": [*_runtime(), *_devices(), *_proc(), *_writable(limits)],
        "frozen": ["/dev", "/"],
        "command": launch.command(launch.config(limits)),
    }


def _runtime() -> Iterator[Step]:
    yield "bind", "/usr", "/usr", MS_RDONLY | MS_NODEV
    for path in launch.HIDDEN:
        if os.path.isdir(path):
            yield "tmpfs", path, "size=4k,nr_inodes=2,mode=0755", MS_RDONLY | MS_NODEV
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            yield "link", f"/{name}", f"usr/{name}"
        elif os.path.isdir(f"/{name}"):
            yield "bind", f"/{name}", f"/{name}", MS_RDONLY | MS_NODEV
    for name in _RUNTIME:
        yield "bind", f"/etc/{name}", f"/etc/{name}", MS_RDONLY | MS_NODEV
    for path, text in launch.ACCOUNTS:
        yield "file", path, text


def _devices() -> Iterator[Step]:
    yield "tmpfs", "/dev", "size=64k,nr_inodes=64,mode=0755", 0
    for name in _DEVICES:
        yield "bind", f"/dev/{name}", f"/dev/{name}", 0
    for path, target in _DEVICE_LINKS.items():
        yield "link", path, target
    yield "special", "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=620,max=16"


def _proc() -> Iterator[Step]:
    yield "special", "/proc", "proc", ""
    yield ("forbid namespaces",)
    for name in (*_KERNEL, *_KERNEL_FILES):
        yield "mask", f"/proc/{name}"


def _writable(limits: Limits) -> Iterator[Step]:
    for path, size, count in (
        (launch.WORK, limits.disk, limits.files),
        (launch.SITE, launch.SITE_BYTES, limits.files),
        (launch.SCRATCH, launch.SCRATCH_BYTES, limits.files),
        (launch.SHARED, launch.SHARED_BYTES, _SMALL_FILES),
    ):
        # One file more than is allowed, so that the runner sees that there are too many.
        yield "tmpfs", path, f"size={size},nr_inodes={count + 2},mode=0755", MS_NODEV
