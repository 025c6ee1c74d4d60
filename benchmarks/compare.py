"""`wildgym compare`: two policies on the same episodes, paired."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Annotated
from urllib.parse import urlencode

import numpy as np
import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import Misuse, plainly
from wildgym.benchmarks.intervals import Estimate, Part, by_task, ratio, statistics
from wildgym.benchmarks.report import Grid, show
from wildgym.benchmarks.runs import Run, comparable, episode_of, load
from wildgym.benchmarks.suites import Episode
from wildgym.benchmarks.viewer.index import labels

ALL = "all arms"

_RESAMPLES = 9999
_HEADER = ("arm", "episodes", "A %", "B %", "B - A", "better", "worse", "p")


@dataclass(frozen=True, slots=True)
class Versus:
    """Two policies in an arm.

    Attributes:
        arm: Which, or `ALL`.
        episodes: How many both played.
        first: The share that the first solved.
        second: The share that the second solved.
        difference: The second's less the first's.
        better: How many only the second solved.
        worse: How many only the first solved.
        p: How likely a difference as large is if the two are equally good: a permutation test that
            swaps them on whole tasks. It is of this arm alone.
    """

    arm: str
    episodes: int
    first: float
    second: float
    difference: Estimate
    better: int
    worse: int
    p: float


@dataclass(frozen=True, slots=True)
class Change:
    """An episode that one of two policies solved, and the other did not.

    Attributes:
        episode: Its key.
        task: Of which task.
        seed: Of which seed.
        arm: In which arm.
        see: The command that shows what the two did, side by side.
    """

    episode: str
    task: str
    seed: int
    arm: str
    see: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies on the same episodes.

    Attributes:
        arms: All arms together, then each.
        better: What only the second solved.
        worse: What only the first solved.
        unpaired: How many episodes only one of them has, or could be scored.
    """

    arms: Sequence[Versus]
    better: Sequence[Change]
    worse: Sequence[Change]
    unpaired: int


@plainly()
def compare(
    a: Annotated[Path, Argument(help="The folder of one policy's results.")],
    b: Annotated[Path, Argument(help="The folder of another's, on the same suite.")],
    most: Annotated[int, Option(min=0, help="How many changed episodes to show of each.")] = 10,
    as_json: Annotated[bool, Option("--json", help="Print JSON, with every changed one.")] = False,
) -> None:
    """Compare two policies on the same episodes: B against A, paired."""
    runs = [_one(folder) for folder in (a, b)]
    found = compared(*runs)
    if as_json:
        names = [run.setting.policy for run in runs]
        typer.echo(json.dumps({"policies": names, **asdict(found)}))
    else:
        show(_grids(runs, found, most))


def compared(first: Run, second: Run) -> Comparison:
    """Compare two runs.

    Raises:
        Misuse: They are of different suites or versions, or have no episode in common.
    """
    comparable([first, second])
    before, after = _scored(first), _scored(second)
    shared = [episode for episode in before if episode in after]
    if not shared:
        raise Misuse(f"{first.folder} and {second.folder} have no scored episode in common")
    pairs = [(episode, before[episode], after[episode]) for episode in shared]
    arms = dict.fromkeys(episode.arm for episode in shared)
    better, worse = (
        [_change(e, first, second) for e, old, new in pairs if sign * (new - old) > 0]
        for sign in (1, -1)
    )
    return Comparison(
        arms=[
            _versus(ALL, pairs),
            *(_versus(arm, [pair for pair in pairs if pair[0].arm == arm]) for arm in arms),
        ],
        better=better,
        worse=worse,
        unpaired=len(before.keys() ^ after.keys()),
    )


def _versus(arm: str, pairs: Sequence[tuple[Episode, float, float]]) -> Versus:
    parts = [(episode.task, new - old, 1.0) for episode, old, new in pairs]
    difference = ratio(parts)
    assert difference is not None, "there are pairs"
    return Versus(
        arm=arm,
        episodes=len(pairs),
        first=fmean(old for _, old, _ in pairs),
        second=fmean(new for _, _, new in pairs),
        difference=difference,
        better=sum(new > old for _, old, new in pairs),
        worse=sum(new < old for _, old, new in pairs),
        p=_p(parts),
    )


def _p(parts: Sequence[Part]) -> float:
    """Return how likely a difference as large is by chance, if signs go by task."""
    differences, _ = by_task(parts)
    differing = differences[differences != 0]
    if len(differing) < 2:
        # With a single task swapped or not, every outcome is as large.
        return 1.0
    test = statistics().permutation_test(
        (differing,),
        lambda differences, axis=-1: differences.sum(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        rng=np.random.default_rng(0),
    )
    return float(test.pvalue)


def _one(folder: Path) -> Run:
    runs = load(folder)
    if len(runs) > 1:
        names = ", ".join(str(run.folder) for run in runs)
        raise Misuse(f"{folder} holds several policies; name one of {names}")
    return runs[0]


def _scored(run: Run) -> dict[Episode, float]:
    return {episode_of(r): r["score"] for r in run.records if r["invalid"] is None}


def _change(episode: Episode, first: Run, second: Run) -> Change:
    before, after = labels([first, second])
    asked = {
        "policy": after,
        "episode": episode.key,
        "beside": episode.key,
        "with": before,
    }
    place = f"{second.folder}#{urlencode(asked, safe='/@')}"
    see = shlex.join(["wildgym", "view", str(first.folder), place])
    return Change(episode.key, episode.task, episode.seed, episode.arm, see)


def _grids(runs: Sequence[Run], found: Comparison, most: int) -> Iterator[Grid]:
    a, b = (f"{run.setting.policy} ({run.folder})" for run in runs)
    rows = [
        (
            arm.arm,
            str(arm.episodes),
            *(f"{100 * share:.1f}" for share in (arm.first, arm.second)),
            "{:+.1f} ({:+.0f}…{:+.0f})".format(*(100 * v for v in asdict(arm.difference).values())),
            str(arm.better),
            str(arm.worse),
            f"{arm.p:.4f}",
        )
        for arm in found.arms
    ]
    note = "In brackets: 95 % intervals. p: a paired permutation test over tasks, arm by arm."
    if found.unpaired:
        note += f" Left out, as only one of them was scored there: {found.unpaired}."
    yield Grid(f"A: {a}; B: {b}", _HEADER, rows, note)
    for title, changes in (("What only B solved", found.better), ("What only A", found.worse)):
        if changes and most:
            left = len(changes) - most
            yield Grid(
                title,
                ("episode", "to see B beside A"),
                [(change.episode, change.see) for change in changes[:most]],
                f"{left} more with --json or --most." if left > 0 else "",
            )
