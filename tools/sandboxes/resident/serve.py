"""The runner's loop: one request after the other, until the host is gone."""

from __future__ import annotations

import ctypes
import errno
import importlib
import os
import resource
import signal
import site
import sys
from collections.abc import Mapping
from typing import Any

from wildgym.tools.sandboxes.resident.area import Area, Entry
from wildgym.tools.sandboxes.resident.cells import CELLS
from wildgym.tools.sandboxes.resident.channel import Channel, HostGone
from wildgym.tools.sandboxes.resident.commands import Reply, run, run_cell
from wildgym.tools.sandboxes.resident.config import (
    CONFIG,
    DUMPABLE,
    IGNORED,
    SUBREAPER,
    libc,
    prctl,
)
from wildgym.tools.sandboxes.resident.confinement import COMMANDS, RUNNER, confine, install_filter
from wildgym.tools.sandboxes.resident.nursery import NURSERY
from wildgym.tools.sandboxes.resident.processes import kill_all

_PERTURB = -6


def serve() -> None:
    """Answer every request; end everything when the host is gone."""
    try:
        channel = Channel(CONFIG.get("socket"))
        _harden()
        areas = {name: Area(folder) for name, folder in CONFIG["areas"].items()}
        channel.send({"ready": True, "python": sys.version.split()[0]})
        while True:
            header, payload = channel.receive()
            try:
                reply, data = _answer(channel, areas, header, payload)
            except OSError as error:
                reply, data = {"errno": error.errno or errno.EIO, "error": str(error)}, b""
            except Exception as fault:
                reply, data = {"fault": f"{type(fault).__name__}: {fault}"}, b""
            channel.send(reply, data)
    except HostGone:
        if not CONFIG["pid_namespace"]:
            kill_all()
        os._exit(0)


def _answer(
    channel: Channel, areas: Mapping[str, Area], header: dict[str, Any], payload: bytes
) -> Reply:
    if header["op"] == "run":
        return run(channel, header, payload)
    if header["op"] == "cell":
        return run_cell(channel, header, payload)
    return _OPERATIONS[header["op"]](areas, header, payload)


def _read(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    return {}, areas["work"].read(header["path"])


def _write(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    areas["work"].write(header["path"], payload, header["mode"])
    return {}, b""


def _remove(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    areas["work"].remove(header["path"])
    return {}, b""


def _snapshot(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    changed, gone = areas[header["area"]].changes()
    listed = [[path, mode, len(data)] for path, (mode, data) in changed.items()]
    return {"entries": listed, "gone": gone}, b"".join(data for _, data in changed.values())


def _preload(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    # For no longer than that: agents can write there, and the runner must import nothing of theirs.
    found, sys.path = sys.path, [*header["paths"], *sys.path]
    for name in header["modules"]:
        importlib.import_module(name)
    sys.path = found
    return {}, b""


def _restore(areas: Mapping[str, Area], header: dict[str, Any], payload: bytes) -> Reply:
    """Put back everything that an agent can write to, and first end what runs, unless told not."""
    if not header["running"]:
        CELLS.end()
        if not kill_all():
            raise OSError(errno.EBUSY, "a process cannot be killed")
    area, gone = areas[header["area"]], set(header["gone"])
    base = {path: entry for path, entry in area.base.items() if path not in gone}
    base.update(_unpacked(header["entries"], payload))
    for other in areas.values():
        other.restore(base if other is area else other.base)
    for folder in CONFIG["emptied"]:
        Area(folder).restore({})
    return {}, b""


_OPERATIONS = {
    "read": _read,
    "write": _write,
    "remove": _remove,
    "snapshot": _snapshot,
    "preload": _preload,
    "restore": _restore,
}


def _unpacked(entries: list[tuple[str, int, int]], payload: bytes) -> dict[str, Entry]:
    """Return what a list of (path, mode, size) and the joined contents describe."""
    base: dict[str, Entry] = {}
    at = 0
    for path, mode, size in entries:
        base[path] = (mode, payload[at : at + size])
        at += size
    return base


def _entitle() -> None:
    """Overwrite the command line, which holds all of this source and is shown by `ps`."""
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    ctypes.memset(start, 0, end - start)
    title = CONFIG["title"].encode()
    ctypes.memmove(start, title, len(title))


def _harden() -> None:
    """Give up what commands must not have, and let them inherit what binds them."""
    # What is let go of is overwritten: a fork must not find in it what was asked before.
    libc.mallopt(_PERTURB, 0xA5)
    _entitle()
    prctl(DUMPABLE, 0)
    prctl(SUBREAPER, 1)
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    for signal_number in IGNORED:
        signal.signal(signal_number, signal.SIG_IGN)
    for name, value in CONFIG["rlimits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    os.umask(0o022)
    site.setquit()
    try:
        # Where memory runs out, what runs here goes before the host's processes.
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
    except OSError:
        pass
    if CONFIG.get("seccomp"):
        install_filter(bytes.fromhex(CONFIG["seccomp"]))
    confine(RUNNER)
    if COMMANDS >= 0:
        NURSERY.start()
