"""Running: episodes to records, over processes for programs, over connections for models."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any, TypeVar

from wildgym.benchmarks.episode import Aside, Record, Stage
from wildgym.benchmarks.errors import Halted
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.suites import Episode, Setting

if TYPE_CHECKING:
    from wildgym.benchmarks.endpoint import Endpoint

T = TypeVar("T")
Keep = Callable[[Record], None]
_BATCH = 8

stage = cache(Stage)


@contextmanager
def processes(count: int) -> Iterator[Executor | None]:
    """Start processes that leave Ctrl-C to this one, and do not outlive it; none if `count` < 2."""
    if count < 2:
        yield None
        return
    # A mask is inherited from the first instruction on; a handler would come too late.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_follow_parent)
        pool.submit(int)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def run_local(setting: Setting, plan: Sequence[Episode], keep: Keep, pool: Executor | None) -> None:
    """Play a plan by a program, in the processes of a pool or in this one."""
    if pool is None:
        for record in played(setting, plan):
            keep(record)
        return
    futures = [pool.submit(play_batch, setting, batch) for batch in batches(plan, _BATCH)]
    try:
        for future in as_completed(futures):
            for record in future.result():
                keep(record)
    except BrokenExecutor:
        raise Halted("a worker process died; the same command continues the run") from None
    finally:
        for future in futures:
            future.cancel()


def batches(plan: Sequence[Episode], size: int) -> list[Sequence[Episode]]:
    """Cut a plan into parts of a size, of which the last may be smaller."""
    return [plan[at : at + size] for at in range(0, len(plan), size)]


def play_batch(setting: Setting, episodes: Sequence[Episode]) -> list[Record]:
    """Play episodes by a program, one after the other."""
    return list(played(setting, episodes))


def played(setting: Setting, episodes: Sequence[Episode]) -> Iterator[Record]:
    """Play episodes by a program, and yield the record of each."""
    policy = local(setting.policy)
    for episode in episodes:
        yield _finished(stage(setting).play(policy, episode))


def run_model(
    setting: Setting,
    plan: Sequence[Episode],
    keep: Keep,
    endpoint: "Endpoint",
    concurrency: int,
    sandboxes: int,
) -> None:
    """Play a plan by a model.

    Args:
        setting: What is measured.
        plan: The episodes.
        keep: Takes each record as it comes.
        endpoint: Where the model is.
        concurrency: Episodes at a time.
        sandboxes: How many of these may have something done by their env at a time.
    """
    waiting = iter(plan)

    async def play_all(aside: Aside) -> None:
        async with endpoint.connected(setting) as policy, asyncio.TaskGroup() as players:

            async def play_on() -> None:
                own = Stage(setting, aside)
                for episode in waiting:
                    keep(await own.play(policy, episode))

            for _ in range(min(concurrency, len(plan))):
                players.create_task(play_on())

    with _threads(sandboxes) as aside:
        try:
            asyncio.run(play_all(aside))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None


@contextmanager
def _threads(count: int) -> Iterator[Aside]:
    """Start threads, so that what one env does holds up no other's requests."""
    with ThreadPoolExecutor(count, "env") as pool:

        async def aside(work: Callable[[], Any]) -> Any:
            return await asyncio.get_running_loop().run_in_executor(pool, work)

        yield aside


def _finished(play: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits. Without an event loop, which would hold back Ctrl-C."""
    try:
        play.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("a program waited")


def _follow_parent() -> None:
    """End with the parent, which cannot say goodbye if it is killed."""

    def wait() -> None:
        parent = parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
