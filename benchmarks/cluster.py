"""Runs on a Ray cluster: batches of episodes as tasks, one file of results here.

Needs `pip install 'wildgym[ray]'`, on every machine of the cluster.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Ended, Halted, Misuse, lacking
from wildgym.benchmarks.run import Keep, batches, play_batch, run_model
from wildgym.benchmarks.runs import described
from wildgym.benchmarks.suites import Episode, Setting

if TYPE_CHECKING:
    from wildgym.benchmarks.endpoint import Endpoint

Play = Callable[[Sequence[Episode]], list[Record]]

_PROGRAMS = 16
"""Episodes in a task: few enough that little is lost with it."""

_MODELS = 4
"""Times as many episodes in a task as are played at once, so that slow ones hold up few."""

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster that this process is connected to. Made by `connected`.

    Attributes:
        ray: The package.
    """

    ray: Any

    def run_local(self, setting: Setting, plan: Sequence[Episode], keep: Keep) -> None:
        """Play a plan by a program."""
        self._run(setting, partial(play_batch, setting), batches(plan, _PROGRAMS), keep)

    def run_model(
        self,
        setting: Setting,
        plan: Sequence[Episode],
        keep: Keep,
        endpoint: "Endpoint",
        concurrency: int,
        sandboxes: int,
    ) -> None:
        """Play a plan by a model, so many episodes at a time in each task."""
        play = partial(_by_model, setting, endpoint, concurrency, sandboxes)
        self._run(setting, play, batches(plan, _MODELS * concurrency), keep)

    def _run(
        self, setting: Setting, play: Play, parts: Sequence[Sequence[Episode]], keep: Keep
    ) -> None:
        ray, about = self.ray, described(setting)
        # A worker that is lost has its task played by another one.
        task = ray.remote(num_cpus=1, max_retries=_TRIES)(_batch)
        waiting = [task.remote(setting, about, play, part) for part in parts]
        try:
            while waiting:
                [ready], waiting = ray.wait(waiting, num_returns=1)
                for record in ray.get(ready):
                    keep(record)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, Ended):
                raise error.cause from None
            said = " ".join(f"{type(error.cause).__name__}: {error.cause}".split())
            raise Halted(f"a worker of the cluster cannot play: {said}") from None
        except ray.exceptions.RayError as error:
            said = str(error).splitlines()[0]
            raise Halted(f"Ray: {said}; the same command continues the run") from None
        finally:
            for left in waiting:
                ray.cancel(left)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Connect to a Ray cluster.

    Args:
        address: Where it is; "auto" for the one that this machine is of, "local" to start one here.

    Raises:
        Misuse: It cannot be reached, or Ray is not installed.
    """
    try:
        import ray
    except ImportError:
        raise lacking("ray", "ray") from None
    try:
        _knock(address)
        # A cluster that is started here is to send nobody statistics of its use.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        said = " ".join(str(error).split())
        raise Misuse(f"there is no Ray cluster at {address!r}: {said}") from None
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError or ValueError unless something listens; Ray would wait long, and exit."""
    if address in ("auto", "local"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:
        raise ValueError("an address is HOST:PORT, auto or local")
    socket.create_connection((host, int(port)), timeout=10).close()


def _batch(
    setting: Setting, about: dict[str, Any], play: Play, episodes: Sequence[Episode]
) -> list[Record]:
    """Play a part of a run on a worker; raise Halted if it would play other episodes."""
    found = described(setting)
    if found != about:
        differing = ", ".join(
            f"{name} {found[name]!r} and not {about[name]!r}"
            for name in about
            if found[name] != about[name]
        )
        raise Halted(f"{socket.gethostname()} has another wildgym installed: {differing}")
    return play(episodes)


def _by_model(
    setting: Setting,
    endpoint: "Endpoint",
    concurrency: int,
    sandboxes: int,
    episodes: Sequence[Episode],
) -> list[Record]:
    records: list[Record] = []
    run_model(setting, episodes, records.append, endpoint, concurrency, sandboxes)
    return records
