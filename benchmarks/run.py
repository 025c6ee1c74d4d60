"""Running: episodes to records, over processes for programs, over connections for models."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any, TypeVar

from wildgym.benchmarks.episode import Record, Stage
from wildgym.benchmarks.errors import Halted
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.suites import Episode, Setting

if TYPE_CHECKING:
    from wildgym.benchmarks.endpoint import Endpoint

T = TypeVar("T")
Keep = Callable[[Record], None]
_BATCH = 32

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
    batches = [plan[at : at + _BATCH] for at in range(0, len(plan), _BATCH)]
    if pool is None:
        for batch in batches:
            for record in play_batch(setting, batch):
                keep(record)
        return
    futures = [pool.submit(play_batch, setting, batch) for batch in batches]
    try:
        for future in as_completed(futures):
            for record in future.result():
                keep(record)
    except BrokenExecutor:
        raise Halted("a worker process died; the same command continues the run") from None
    finally:
        for future in futures:
            future.cancel()


def play_batch(setting: Setting, episodes: Sequence[Episode]) -> list[Record]:
    """Play episodes by a program, one after the other."""
    policy = local(setting.policy)
    return [_finished(stage(setting).play(policy, episode)) for episode in episodes]


def run_model(
    setting: Setting, plan: Sequence[Episode], keep: Keep, endpoint: "Endpoint", concurrency: int
) -> None:
    """Play a plan by a model, `concurrency` episodes at a time."""
    waiting = iter(plan)

    async def play_all() -> None:
        async with endpoint.connected(setting) as policy, asyncio.TaskGroup() as players:

            async def play_on() -> None:
                own = Stage(setting)
                for episode in waiting:
                    keep(await own.play(policy, episode))

            for _ in range(min(concurrency, len(plan))):
                players.create_task(play_on())

    try:
        asyncio.run(play_all())
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


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
