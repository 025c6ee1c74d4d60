"""Jobs: each policy of a command with its plan and results, played one after the other."""

import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import Progress

from wildgym.benchmarks.cluster import connected
from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Interrupted, Misuse, lacking
from wildgym.benchmarks.estimate import HANDFUL, Pace, Prices, estimate, handful
from wildgym.benchmarks.interrupts import heeded
from wildgym.benchmarks.metrics import PolicyMetrics, metrics, statistics
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.progress import Tally, bars, shown
from wildgym.benchmarks.results import Results, opened
from wildgym.benchmarks.run import Keep, processes, run_local, run_model
from wildgym.benchmarks.suites import Episode, Setting, plan

if TYPE_CHECKING:
    from wildgym.benchmarks.endpoint import Endpoint

ByProgram = Callable[[Setting, Sequence[Episode], Keep], None]
ByModel = Callable[[Setting, Sequence[Episode], Keep, "Endpoint", int, int], None]

_WORTH_A_PROCESS = 100
"""Episodes. A program plays that many in about the time that a process takes to start."""


@dataclass(frozen=True, slots=True)
class Means:
    """How a command is carried out, which shapes no record.

    Attributes:
        workers: Processes for programs.
        concurrency: Episodes at once for models.
        sandboxes: How many envs do something at once, meanwhile.
        base_url: Where models are.
        timeout: Seconds for a model's reply.
        retries: For requests that fail.
        requests_per_minute: To send at most.
        tokens_per_minute: To take at most.
        prices: What tokens cost.
        yes: Whether a long run is begun without a question.
        ray: The address of a Ray cluster to play on; None to play here.
    """

    workers: int
    concurrency: int
    sandboxes: int
    base_url: str | None
    timeout: float
    retries: int
    requests_per_minute: float | None
    tokens_per_minute: float | None
    prices: Prices
    yes: bool
    ray: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """One policy's part of a command.

    Attributes:
        setting: What is measured.
        plan: The episodes.
        results: What was played of them so far.
    """

    setting: Setting
    plan: Sequence[Episode]
    results: Results

    @property
    def pending(self) -> list[Episode]:
        """What is left to play."""
        return self.results.pending(self.plan)


def measure(settings: Sequence[Setting], out: Path, means: Means) -> list[PolicyMetrics]:
    """Play what is left to play of each setting, and return the metrics of all.

    Raises:
        Ended: Whatever kept it from going on; the message says what would do.
    """
    statistics()
    plans = [plan(setting) for setting in settings]
    for setting in settings:
        if not setting.model:
            local(setting.policy)
    with ExitStack() as stack:
        jobs = [
            Job(setting, planned, stack.enter_context(opened(_folder(out, setting), setting)))
            for setting, planned in zip(settings, plans, strict=True)
        ]
        try:
            _play(jobs, means)
        except KeyboardInterrupt:
            raise Interrupted("stopped; the same command continues from here") from None
        return [metrics(job.setting, job.results.of(job.plan)) for job in jobs]


def _play(jobs: Sequence[Job], means: Means) -> None:
    models = [job.setting for job in jobs if job.setting.model and job.pending]
    endpoint = _checked(models, means) if models else None
    if endpoint is not None:
        _agreed(jobs, endpoint, means)
    with _players(jobs, means) as (by_program, by_model), bars() as progress:
        tallies = [_through(job, progress, by_program, by_model, endpoint, means) for job in jobs]
    for tally in tallies:
        typer.echo(tally.line, err=True)


def _checked(models: Sequence[Setting], means: Means) -> "Endpoint":
    try:
        from wildgym.benchmarks.endpoint import Endpoint
    except ImportError:
        raise lacking("openai, aiolimiter or tenacity") from None
    endpoint = Endpoint(
        means.base_url,
        means.timeout,
        means.retries,
        means.requests_per_minute,
        means.tokens_per_minute,
    )
    for setting in models:
        asyncio.run(endpoint.check(setting))
    return endpoint


def _agreed(jobs: Sequence[Job], endpoint: "Endpoint", means: Means) -> None:
    """Play a handful for each model, say what the rest will take, and ask whether to go on."""
    long = [job for job in jobs if job.setting.model and len(job.pending) > HANDFUL]
    pace = Pace(means.concurrency, means.requests_per_minute, means.tokens_per_minute)
    for job in long:
        few = handful(job.pending)
        run_model(job.setting, few, job.results.append, endpoint, HANDFUL, means.sandboxes)
        tried, left = job.results.of(few), len(job.pending)
        typer.echo(estimate(job.setting, tried, left, pace, means.prices), err=True)
    ask = long and sys.stdin.isatty() and not means.yes
    if ask and not typer.confirm("Go on?", err=True):
        raise Interrupted("stopped before the long part; the same command continues from here")


@contextmanager
def _players(jobs: Sequence[Job], means: Means) -> Iterator[tuple[ByProgram, ByModel]]:
    """Give what plays a plan by a program and by a model, here or on a cluster."""
    if means.ray is not None:
        if means.requests_per_minute or means.tokens_per_minute:
            raise Misuse("limits per minute hold for one process; leave out them or --ray")
        with connected(means.ray) as cluster:
            yield cluster.run_local, cluster.run_model
        return
    programs = sum(len(job.pending) for job in jobs if not job.setting.model)
    with processes(min(means.workers, programs // _WORTH_A_PROCESS)) as pool:
        yield partial(run_local, pool=pool), run_model


def _through(
    job: Job,
    progress: Progress,
    by_program: ByProgram,
    by_model: ByModel,
    endpoint: "Endpoint | None",
    means: Means,
) -> Tally:
    """Play what is left of a job."""
    tally = Tally(job.setting.policy)
    pending = job.pending
    left = frozenset(pending)
    tally.recall(job.results.of(episode for episode in job.plan if episode not in left))
    count = shown(tally, len(job.plan), progress)

    def keep(record: Record) -> None:
        job.results.append(record)
        count(record)

    if not job.setting.model:
        with heeded() as check:

            def keep_on(record: Record) -> None:
                keep(record)
                check()

            by_program(job.setting, pending, keep_on)
    elif endpoint is not None:
        by_model(job.setting, pending, keep, endpoint, means.concurrency, means.sandboxes)
    return tally


def _folder(out: Path, setting: Setting) -> Path:
    return out / re.sub(r"[^\w.-]+", "-", setting.policy)
