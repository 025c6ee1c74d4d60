"""Jobs: each policy of a command with its plan and results, played one after the other."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Interrupted, lacking
from wildgym.benchmarks.metrics import PolicyMetrics, metrics, statistics
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.results import Results, opened
from wildgym.benchmarks.run import Keep, processes, run_local, run_model
from wildgym.benchmarks.suites import Episode, Setting, plan

if TYPE_CHECKING:
    from wildgym.benchmarks.endpoint import Endpoint

_WORTH_A_PROCESS = 100
"""Episodes. A program plays that many in about the time that a process takes to start."""


@dataclass(frozen=True, slots=True)
class Means:
    """How a command is carried out, which shapes no record.

    Attributes:
        workers: Processes for programs.
        concurrency: Episodes at once for models.
        base_url: Where models are.
        timeout: Seconds for a model's reply.
        retries: For requests that fail.
    """

    workers: int
    concurrency: int
    base_url: str | None
    timeout: float
    retries: int


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
    programs = sum(len(job.pending) for job in jobs if not job.setting.model)
    models = [job.setting for job in jobs if job.setting.model and job.pending]
    endpoint = _checked(models, means) if models else None
    count = min(means.workers, programs // _WORTH_A_PROCESS)
    with processes(count) as pool, _bars() as progress:
        for job in jobs:
            keep = _keeping(job, progress)
            if not job.setting.model:
                run_local(job.setting, job.pending, keep, pool)
            elif endpoint is not None:
                run_model(job.setting, job.pending, keep, endpoint, means.concurrency)


def _checked(models: Sequence[Setting], means: Means) -> "Endpoint":
    try:
        from wildgym.benchmarks.endpoint import Endpoint
    except ImportError:
        raise lacking("openai") from None
    endpoint = Endpoint(means.base_url, means.timeout, means.retries)
    for setting in models:
        asyncio.run(endpoint.check(setting))
    return endpoint


def _keeping(job: Job, progress: Progress) -> Keep:
    """Return what keeps a record, and shows that it did."""
    before = [r["score"] for r in job.results.of(job.plan) if r["invalid"] is None]
    played, won = len(before), sum(before)
    bar = progress.add_task(job.setting.policy, total=len(job.plan), completed=played, success=0)

    def keep(record: Record) -> None:
        nonlocal played, won
        job.results.append(record)
        played, won = played + 1, won + record["score"]
        progress.update(bar, completed=played, success=won / played)

    return keep


def _bars() -> Progress:
    """Return bars for stderr, if that is a terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[success]:.1%} success"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _folder(out: Path, setting: Setting) -> Path:
    return out / re.sub(r"[^\w.-]+", "-", setting.policy)
