"""Episodes that the expert plays for an export, over processes."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import islice
from typing import Any, Literal

from wildgym.benchmarks.episode import Record, transcript
from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.export.formats import FORMATS, Row, pair
from wildgym.benchmarks.export.metadata import held_out_names, metadata
from wildgym.benchmarks.export.wanted import Wanted
from wildgym.benchmarks.policies import resigning
from wildgym.benchmarks.suites import Episode
from wildgym.envs import WildEnv
from wildgym.perturbations import lessons
from wildgym.perturbations.factory import chosen_scaffolds, make, matching, mix_of
from wildgym.tools.sandboxes import Unavailable

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Play:
    """What the expert plays.

    Attributes:
        family: The family of the tasks.
        tasks: Globs over their names.
        seeds: The seeds that are played for each task.
        mix: The name of the mix of perturbations.
        scaffold: The choice of scaffolds.
        interface: "text" or "chat".
        split: "train" or "test".
        format: What rows are made.
        wanted: Which episodes are kept.
    """

    family: str
    tasks: tuple[str, ...]
    seeds: range
    mix: str
    scaffold: str
    interface: Literal["text", "chat"]
    split: Literal["train", "test"]
    format: str
    wanted: Wanted

    def plan(self) -> list[Episode]:
        """Return all episodes: every task once, then every task again.

        Raises:
            Misuse: Something is named that there is not.
        """
        try:
            tasks = matching(self.family, self.tasks, self.split)
            chosen_scaffolds(self.scaffold)
        except ValueError as error:
            raise Misuse(str(error)) from None
        if mix_of(self.mix) is None:
            raise Misuse(f"there is no mix {self.mix!r}; `wildgym list mixes` shows all")
        return [
            Episode(self.family, task.name, seed, self.mix) for seed in self.seeds for task in tasks
        ]

    def held_out(self) -> str:
        """Return what of it is not to be trained on, or nothing."""
        mix = mix_of(self.mix)
        if self.split == "test":
            return "the split test"
        text = self.interface == "text"
        names = [scaffold.name for scaffold in chosen_scaffolds(self.scaffold)] if text else []
        met = [] if mix is None else [*mix.operators, *mix.always]
        return held_out_names(met, names)


def rows(play: Play, pool: Executor | None, ahead: int) -> Iterator[Row]:
    """Yield the rows of all episodes in the order of the plan, whatever the number of processes.

    Args:
        play: What is played.
        pool: The processes; None to play in this one.
        ahead: How many batches are under way or wait to be taken, at most.

    Raises:
        Halted: A process died, or there is no sandbox for what has to run.
    """
    try:
        yield from _rows(play, pool, ahead)
    except BrokenExecutor:
        raise Halted("a worker process died, perhaps for want of memory") from None
    except Unavailable as lack:
        raise Halted(str(lack)) from None


def _rows(play: Play, pool: Executor | None, ahead: int) -> Iterator[Row]:
    waiting = iter(play.plan())
    batches = iter(lambda: list(islice(waiting, _BATCH)), [])
    if pool is None:
        for batch in batches:
            yield from play_batch(play, batch)
        return
    going: deque[Future[list[Row]]] = deque()
    for batch in batches:
        going.append(pool.submit(play_batch, play, batch))
        if len(going) > ahead:
            yield from going.popleft().result()
    for future in going:
        yield from future.result()


def play_batch(play: Play, episodes: Sequence[Episode]) -> list[Row]:
    """Play episodes, and make their rows: one for each, or a pair where the blind twin failed."""
    env = _env(play)
    made = FORMATS[play.format]
    found = []
    for episode in episodes:
        record = _played(env, play, episode)
        if not play.wanted.fits(record):
            continue
        row = made(record, metadata(record, version("wildgym"), ""))
        if play.format != "preferences":
            found.append(row)
            continue
        blind = _played(env, play, episode, blind=True)
        if blind["invalid"] is None and blind["score"] < 1 <= record["score"] and record["acted"]:
            found.append(pair(row, made(blind, metadata(blind, version("wildgym"), ""))))
    return found


@cache
def _env(play: Play) -> WildEnv:
    return make(
        play.family,
        tasks=play.tasks,
        split=play.split,
        perturbations=play.mix,
        scaffold=play.scaffold,
        interface=play.interface,
        trace=True,
    )


def _played(env: WildEnv, play: Play, episode: Episode, blind: bool = False) -> Record:
    observation, info = env.reset(seed=episode.env_seed, options={"task": episode.task})
    act, end = env.expert("all" if blind else (), lessons()), dict[str, Any]()
    if blind:
        act = resigning(act)
    while not end and (action := act(observation)) is not None:
        observation, _, _, _, end = env.step(action)
    return {
        "family": episode.family,
        "task": episode.task,
        "seed": episode.seed,
        "arm": episode.arm,
        "suite": "",
        "policy": "blind" if blind else "expert",
        "split": play.split,
        "interface": play.interface,
        "score": end.get("score", 0.0),
        "given": end.get("status"),
        "invalid": end.get("invalid"),
        "usage": {},
        **transcript(env.trajectory, info),
    }
