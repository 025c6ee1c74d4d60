"""Running: episodes to records, over processes for programs, over connections for models."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import groupby
from multiprocessing import get_context, parent_process
from os import _exit

from wildgym.benchmarks.endpoint import Endpoint
from wildgym.benchmarks.episode import Record, Stage
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.suites import Episode, Setting

Keep = Callable[[Record], None]


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Start processes that leave Ctrl-C to this one, and do not outlive it."""
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
    """Play a plan by a program, a task at a time; without a pool in this process."""
    batches = [(setting, list(of_task)) for _, of_task in groupby(plan, lambda e: e.task)]
    if pool is None:
        for batch in batches:
            for record in play_batch(*batch):
                keep(record)
        return
    futures = [pool.submit(play_batch, *batch) for batch in batches]
    try:
        for future in as_completed(futures):
            for record in future.result():
                keep(record)
    finally:
        for future in futures:
            future.cancel()


def play_batch(setting: Setting, episodes: Sequence[Episode]) -> list[Record]:
    """Play episodes by a program, one after the other."""

    async def play_all() -> list[Record]:
        stage, policy = Stage(setting), local(setting.policy)
        return [await stage.play(policy, episode) for episode in episodes]

    return asyncio.run(play_all())


async def run_model(
    setting: Setting, plan: Sequence[Episode], keep: Keep, endpoint: Endpoint, concurrency: int
) -> None:
    """Play a plan by a model, `concurrency` episodes at a time."""
    waiting = iter(plan)

    async def play_on() -> None:
        stage = Stage(setting)
        for episode in waiting:
            keep(await stage.play(policy, episode))

    async with endpoint.connected() as policy, asyncio.TaskGroup() as players:
        for _ in range(min(concurrency, len(plan))):
            players.create_task(play_on())


def _follow_parent() -> None:
    """End with the parent, which cannot say goodbye if it is killed."""

    def wait() -> None:
        parent = parent_process()
        assert parent is not None
        parent.join()
        _exit(1)

    threading.Thread(target=wait, daemon=True).start()
