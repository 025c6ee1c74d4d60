"""The Docker daemon: reaching it, waiting while it restarts, and clearing what is nobody's."""

import atexit
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from wildgym.tools.sandboxes import owner
from wildgym.tools.sandboxes.core import Unavailable

OWNER, EXPIRES = "wildgym.owner", "wildgym.expires"
"""Labels of every container of ours."""

_TIMEOUT_SECONDS = 120
_RESTART_SECONDS = 60.0
_GONE, _GOING = 404, 409
_USUAL = "/var/run/docker.sock"

T = TypeVar("T")

_clients: dict[int, Any] = {}


def client() -> Any:
    """Return this process's connection to the daemon.

    The first time, and when the process ends, containers that are nobody's are removed.

    Raises:
        Unavailable: There is no daemon, or nothing to reach it with.
    """
    pid = os.getpid()
    if pid not in _clients:
        connected = connect()
        reap(connected)
        _clients[pid] = connected
        atexit.register(_finish, pid)
    return _clients[pid]


def local() -> bool:
    """Say whether the daemon is on this machine, as far as its address tells."""
    return sys.platform == "linux" and bool(_path())


def _path() -> str:
    """Return the path of the daemon's socket, or nothing if it has none."""
    address = os.environ.get("DOCKER_HOST") or f"unix://{_USUAL}"
    return address.removeprefix("unix://") if address.startswith("unix://") else ""


def patiently(work: Callable[[], T]) -> T:
    """Do something with the daemon; where it cannot be reached, wait until it has restarted.

    Raises:
        Unavailable: It did not come back, or refused.
    """
    from docker.errors import DockerException
    from requests import RequestException

    end = time.monotonic() + _RESTART_SECONDS
    pause = 0.1
    while True:
        try:
            return work()
        except DockerException as error:
            # Its refusals are requests' errors, too, and waiting changes none of them.
            raise Unavailable(f"docker: {error}") from error
        except RequestException as error:
            if time.monotonic() + pause > end:
                raise Unavailable(f"docker: the daemon cannot be reached: {error}") from error
        time.sleep(pause)
        pause = min(2 * pause, 2.0)


def runs(connected: Any, container: str) -> bool:
    """Say whether a container has not ended yet."""
    from docker.errors import NotFound

    try:
        return bool(connected.api.inspect_container(container)["State"]["Running"])
    except NotFound:
        return False


def remove(connected: Any, container: str) -> None:
    """End a container and wait until it is gone; where the daemon is down, it is gone already."""
    try:
        _remove(connected, container)
    finally:
        # A connection is kept for every address that was asked, and each container has its own.
        connected.close()


def _remove(connected: Any, container: str) -> None:
    from docker.errors import APIError
    from requests import RequestException

    try:
        connected.api.remove_container(container, force=True, v=True)
        connected.api.wait(container, timeout=30, condition="removed")
    except APIError as error:
        if error.status_code == _GOING:
            _await_removal(connected, container)
        elif error.status_code != _GONE:
            raise
    except RequestException:
        return


def _await_removal(connected: Any, container: str) -> None:
    from docker.errors import APIError
    from requests import RequestException

    try:
        connected.api.wait(container, timeout=30, condition="removed")
    except (APIError, RequestException):
        return


def reap(connected: Any, *, mine: bool = False) -> int:
    """Remove the containers whose process has ended; return how many there were.

    Containers that were made and never started are among them: the daemon keeps those.

    Args:
        connected: The connection.
        mine: Whether those of this process go, too.
    """
    from docker.errors import APIError
    from requests import RequestException

    me, count = owner.mark(), 0
    try:
        found = connected.api.containers(all=True, filters={"label": OWNER})
        for container in found:
            labels = container["Labels"]
            late = int(labels.get(EXPIRES, "0")) < time.time()
            if late or owner.gone(labels[OWNER]) or (mine and labels[OWNER] == me):
                remove(connected, container["Id"])
                count += 1
    except (APIError, RequestException):
        # What could not be cleared now is cleared by the next process that asks.
        return count
    return count


def connect() -> Any:
    """Return a new connection; raise as `client` does."""
    try:
        import docker
        from docker.errors import DockerException
    except ImportError:
        raise Unavailable(
            "docker: the Python package is not installed; it comes with: "
            "pip install 'wildgym[docker]'"
        ) from None
    if _path():
        _require_answer(_path())
    try:
        return docker.from_env(timeout=_TIMEOUT_SECONDS)
    except DockerException as error:
        raise Unavailable(f"docker: the daemon cannot be reached: {error}") from error


def _require_answer(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as trying:
        try:
            trying.connect(path)
        except OSError as error:
            raise Unavailable(
                f"docker: the daemon cannot be reached at {path}: {error.strerror}; start it, or "
                "set DOCKER_HOST"
            ) from error


def _finish(pid: int) -> None:
    connected = _clients.pop(pid, None) if pid == os.getpid() else None
    if connected is not None:
        reap(connected, mine=True)
        connected.close()
