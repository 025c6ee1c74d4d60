"""What sandboxes cost beside what is commonly used: `python -m wildgym.benchmarks.sandboxes`.

Wall times, the median and the least of many, all measured in one run. The yardsticks are a bare
fork and exec of the same command, a bare start of Python, `docker exec` and docker-py's
`exec_run` in a running container, and `docker run --rm`.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from wildgym.tools.sandboxes import BACKENDS, BARE, File, Limits, Pool, Sandbox, backend, why_not

_COMMAND = "echo hi"
_PYTHON = "print(1)"
_FILE = b"x" * 4096
_TREE = {f"pkg{n % 20}/module{n}.py": File(b"%d\n" % n * 700) for n in range(300)}


@dataclass(frozen=True, slots=True)
class Cost:
    """One measurement.

    Attributes:
        what: What was measured.
        where: The backend, or the yardstick.
        median: Milliseconds.
        least: Milliseconds.
        target: The most that the median should be, or None.
    """

    what: str
    where: str
    median: float
    least: float
    target: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it takes longer than it should."""
        return self.target is not None and self.median > self.target


def timed(
    what: str,
    where: str,
    work: Callable[[], object],
    count: int,
    target: float | None = None,
    before: Callable[[], object] = lambda: None,
) -> Cost:
    """Measure `work`, `count` times, each time after `before`."""
    times = []
    for _ in range(count):
        before()
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return Cost(what, where, statistics.median(times), min(times), target)


def yardsticks(image: str | None) -> Iterator[Cost]:
    """Measure what there is without us."""
    shell = ["/bin/sh", "-c", _COMMAND]
    yield timed("command", "fork+exec", lambda: _silent(shell), 300)
    yield timed("python", "fork+exec", lambda: _silent(["/usr/bin/python3", "-c", _PYTHON]), 40)
    if image is None:
        return
    import docker

    client = docker.from_env()
    run = ["docker", "run", "--rm", "--network", "none", image, *shell]
    yield timed("command", "docker run --rm", lambda: _silent(run), 5)
    container = client.containers.run(image, ["sleep", "600"], detach=True, network_mode="none")
    try:
        docker_exec = ["docker", "exec", str(container.id), *shell]
        yield timed("command", "docker exec", lambda: _silent(docker_exec), 20)
        yield timed("command", "docker-py exec_run", lambda: container.exec_run(shell), 20)
    finally:
        container.remove(force=True)


def costs(name: str, command_target: float) -> Iterator[Cost]:
    """Measure one backend."""
    limits = Limits()
    with ExitStack() as held:
        yield timed("start and stop", name, lambda: Sandbox(backend(name), limits).close(), 5)
        sandbox = Sandbox(backend(name), limits)
        held.callback(sandbox.close)
        yield timed("command", name, lambda: sandbox.run(_COMMAND), 300, command_target)
        yield timed("python", name, lambda: sandbox.python(_PYTHON), 100, 5.0)
        yield timed(
            "read 4 KB",
            name,
            lambda: sandbox.read("file"),
            300,
            0.2,
            lambda: sandbox.write("file", _FILE),
        )
        yield timed("write 4 KB", name, lambda: sandbox.write("file", _FILE), 300, 0.2)
        sandbox.restore(_TREE)
        time.sleep(0.1)
        sandbox.restore(_TREE)
        yield timed(
            "restore of 300 files, 10 changed",
            name,
            lambda: sandbox.restore(_TREE),
            100,
            2.0,
            lambda: _changed(sandbox),
        )
        pooled = Pool(name, BARE)
        held.callback(pooled.close)
        pooled.warm(8)
        leased: list[Sandbox] = []
        yield timed(
            "lease from the warm pool", name, lambda: leased.append(pooled.lease({})), 8, 1.0
        )


def _changed(sandbox: Sandbox) -> None:
    for n in range(5):
        sandbox.write(f"pkg{n}/module{n}.py", b"changed")
        sandbox.write(f"new{n}.txt", b"new")


def _silent(argv: Sequence[str]) -> None:
    subprocess.run(argv, capture_output=True, check=True)


def main() -> None:
    """Measure everything that this machine has, and print a table; with --json, JSON."""
    missing = {name: why_not(name) for name in BACKENDS}
    image = None
    if not missing["docker"]:
        from wildgym.tools.sandboxes.docker_image import tag

        image = tag()
    found = list(yardsticks(image))
    fork_and_exec = next(c.median for c in found if c.where == "fork+exec")
    for name in BACKENDS:
        if not missing[name]:
            found += costs(name, 2 * fork_and_exec)
    if "--json" in sys.argv:
        print(json.dumps([asdict(cost) for cost in found]))
        return
    table = Table("what", "where", "median ms", "least ms", "target ms", box=None)
    for cost in sorted(found, key=lambda c: c.what):
        target = "" if cost.target is None else f"{cost.target:.2f}{' missed' * cost.missed}"
        table.add_row(cost.what, cost.where, f"{cost.median:.3f}", f"{cost.least:.3f}", target)
    Console().print(table)
    for name, reason in missing.items():
        if reason:
            print(f"{name}: not measured: {reason}")


if __name__ == "__main__":
    main()
