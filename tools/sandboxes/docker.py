"""Docker: hardened containers. The backend for production.

A container lives as long as its channel: when the runner has no host any more it ends, and the
daemon removes it. So what a killed process leaves goes by itself.

The channel is a socket on this machine, since a stream through the daemon takes twice the time;
where the daemon is on another machine, it is that stream.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from wildgym.tools.sandboxes import docker_daemon as daemon
from wildgym.tools.sandboxes import launch, owner
from wildgym.tools.sandboxes.core import MEBIBYTE, Launched, Limits, Unavailable
from wildgym.tools.sandboxes.docker_image import present, tag
from wildgym.tools.sandboxes.docker_stream import attached

_CHANNEL = "/channel"
_NAME = "socket"
_LIFE_SECONDS = 7 * 24 * 3600
_START_SECONDS, _LOOK_SECONDS = 30.0, 1.0
_USER = 1000
_OWN_MEMORY = 64 * MEBIBYTE
_ONE_CPU = 10**9


@dataclass(frozen=True)
class Docker:
    """Sandboxes by the Docker daemon.

    Attributes:
        image: What to run; the image that `wildgym sandbox build` makes, where none is named.
        runtime: A runtime of the daemon's that is not its usual one, such as gVisor's `runsc`.
    """

    image: str = ""
    runtime: str = ""
    name = "docker"
    lacks: tuple[str, ...] = ()

    def launch(self, limits: Limits) -> Launched:
        """Start a runner as PID 1 of a new container."""
        connected = daemon.client()
        image = self.image or tag()
        if not self.image and not daemon.patiently(lambda: present(connected)):
            raise Unavailable(
                f"docker: there is no image {image}; make it by: wildgym sandbox build"
            )
        if daemon.local():
            with suppress(TimeoutError):
                return self._over_socket(connected, image, limits)
        return self._over_stream(connected, image, limits)

    def _over_socket(self, connected: Any, image: str, limits: Limits) -> Launched:
        """Let the runner call back; raise TimeoutError where it cannot reach this machine."""
        folder = owner.folder()
        with socket.socket(socket.AF_UNIX) as listener:
            try:
                # The outer folder keeps others out, the inner one lets the container's user in.
                inner = folder / "in"
                inner.mkdir()
                inner.chmod(0o755)
                listener.bind(str(inner / _NAME))
                (inner / _NAME).chmod(0o666)
                listener.listen(1)
                told = launch.config(
                    limits, cgroup=True, rlimits=_rlimits(limits), socket=f"{_CHANNEL}/{_NAME}"
                )
                made = self._created(connected, image, limits, told, f"{inner}:{_CHANNEL}:ro")
                descriptor = _answered(connected, made, listener)
            finally:
                # Nobody else can call from now on, and inside an empty folder is left.
                owner.remove(folder)
        return _launched(connected, made, descriptor)

    def _over_stream(self, connected: Any, image: str, limits: Limits) -> Launched:
        told = launch.config(limits, cgroup=True, rlimits=_rlimits(limits))
        made = self._created(connected, image, limits, told)
        descriptor = attached(connected, made)
        _started(connected, made)
        return _launched(connected, made, descriptor)

    def _created(
        self, connected: Any, image: str, limits: Limits, told: Mapping[str, Any], *binds: str
    ) -> str:
        api = connected.api
        host = api.create_host_config(
            **_bounds(limits), binds=list(binds), runtime=self.runtime or None
        )
        labels = {
            daemon.OWNER: owner.mark(),
            daemon.EXPIRES: str(int(time.time()) + _LIFE_SECONDS),
        }
        return str(
            daemon.patiently(
                lambda: api.create_container(
                    image,
                    command=launch.command(told),
                    entrypoint="",
                    user=f"{_USER}:{_USER}",
                    hostname="sandbox",
                    working_dir="/",
                    network_disabled=True,
                    stdin_open=not binds,
                    labels=labels,
                    host_config=host,
                )["Id"]
            )
        )


def _bounds(limits: Limits) -> dict[str, Any]:
    """Return what binds a container, as `create_host_config` has it."""
    from docker.types import LogConfig

    held = sum(size for size, _ in _folders(limits).values()) + launch.SHARED_BYTES
    # The runner counts what processes hold; the kernel counts files in memory, too.
    memory = limits.memory + held + _OWN_MEMORY
    return {
        "auto_remove": True,
        "cap_drop": ["ALL"],
        "dns": ["127.0.0.1"],  # else the host's are written into the container
        "init": False,
        "ipc_mode": "private",
        "log_config": LogConfig(type="none"),  # else a flood of output fills the host's disk
        "mem_limit": memory,
        "memswap_limit": memory,
        "nano_cpus": _ONE_CPU,
        "network_mode": "none",
        "oom_score_adj": 500,
        "pids_limit": limits.processes + 1,
        "privileged": False,
        "read_only": True,
        "security_opt": ["no-new-privileges"],
        "shm_size": launch.SHARED_BYTES,
        "tmpfs": {
            path: f"rw,exec,nosuid,nodev,uid={_USER},gid={_USER},size={size},nr_inodes={count}"
            for path, (size, count) in _folders(limits).items()
        },
    }


def _folders(limits: Limits) -> dict[str, tuple[int, int]]:
    """Return the folders that can be written to, with their bytes and number of files."""
    # One file more than is allowed, so that the runner sees that there are too many.
    count = limits.files + 2
    return {
        launch.WORK: (limits.disk, count),
        launch.SITE: (launch.SITE_BYTES, count),
        launch.SCRATCH: (launch.SCRATCH_BYTES, count),
    }


def _rlimits(limits: Limits) -> dict[str, int]:
    """Return what binds each process; their number the container bounds.

    An rlimit on it would count all processes of this user, of every container and of the host.
    """
    return {name: n for name, n in launch.rlimits(limits).items() if name != "NPROC"}


def _started(connected: Any, container: str) -> None:
    try:
        daemon.patiently(lambda: connected.api.start(container))
    except Unavailable:
        daemon.remove(connected, container)
        raise


def _answered(connected: Any, container: str, listener: socket.socket) -> int:
    """Start a container and return the descriptor on which its runner calls."""
    _started(connected, container)
    listener.settimeout(_LOOK_SECONDS)
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            if time.monotonic() < end and daemon.runs(connected, container):
                continue
            daemon.remove(connected, container)
            raise
        connection.setblocking(True)
        return connection.detach()


def _launched(connected: Any, container: str, descriptor: int) -> Launched:
    return Launched(descriptor, descriptor, _ended_once(connected, container, descriptor))


def _ended_once(connected: Any, container: str, descriptor: int) -> Callable[[], None]:
    lock, ended = threading.Lock(), [False]

    def kill() -> None:
        with lock:
            if not ended[0]:
                ended[0] = True
                os.close(descriptor)
                daemon.remove(connected, container)

    return kill
