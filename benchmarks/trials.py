"""Trials: one episode clean and perturbed, by an expert and by its blind twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any, Literal, cast

from wildgym.envs import Answer, Expert, Scenario, Solution, Task, Trajectory, Verdict, WildEnv
from wildgym.envs.expert import solve
from wildgym.envs.scaffolds import SCAFFOLDS
from wildgym.perturbations import REGISTRY, Perturbation, perturbed
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.factory import family_tasks
from wildgym.perturbations.witness import watched
from wildgym.tools import ToolError, World
from wildgym.tools.sandboxes import digest

QUICK = ("inflection/", "webcolors/", "cachetools/")
"""What the names of codebases begin with whose own tests take little time."""
LENGTHY = ("desk/failing_job", "desk/release")
"""Jobs of the desk over a codebase, which take a hundred times as long as the others."""


@dataclass(frozen=True, slots=True)
class Play:
    """What came of one episode.

    Attributes:
        score: The verifier's.
        calls: How many calls it took.
        results: What reached the solution of its calls, in order.
        seconds: What a step takes; the median without the last, which verifies.
        acts: Whether the operator did anything.
    """

    score: float
    calls: int
    results: tuple[Any, ...]
    seconds: float
    acts: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """The same episode clean and perturbed, by an expert and by its blind twin."""

    clean: Play
    expert: Play
    blind: Play

    @property
    def kept(self) -> float:
        """The share of what the clean solution learns that the perturbed one learns as well."""
        pairs = zip(self.clean.results, self.expert.results, strict=False)
        longest = max(len(self.clean.results), len(self.expert.results))
        return sum(clean == found for clean, found in pairs) / longest if longest else 1.0


def trial(name: str, family: str, strength: float, seed: int, task: str) -> Trial:
    """Play an episode in every way.

    A destroying operator is played in both its twins, and only who is right in both is right.
    """
    drawn = REGISTRY[name].drawn(seed, strength)
    twins = [drawn]
    if drawn.kind == "destroying":
        twins = [drawn.model_copy(update={"twin": twin}) for twin in TWINS]
    return Trial(
        _clean(family, task, seed),
        _worst([_played(family, task, seed, twin, ()) for twin in twins]),
        _worst([_played(family, task, seed, twin, (name,)) for twin in twins]),
    )


def _worst(plays: Sequence[Play]) -> Play:
    """Return the twin that went worst, among equals the one in which the operator acts."""
    worst = min(plays, key=lambda play: (play.score, not play.acts))
    return replace(worst, acts=any(play.acts for play in plays))


@cache
def _clean(family: str, task: str, seed: int) -> Play:
    return _played(family, task, seed, None, ())


def _played(
    family: str, task: str, seed: int, operator: Perturbation | None, blind_to: Sequence[str]
) -> Play:
    chosen = [] if operator is None else [operator]

    def perturb(
        scenario: Scenario, seed: int, strengths: Mapping[str, float]
    ) -> tuple[Scenario, Mapping[str, Any]]:
        return perturbed(scenario, chosen, seed), {}

    known = next(known for known in tasks_of(family) if known.name == task)
    split = cast(Literal["train", "test"], known.splits[0])
    scaffold = SCAFFOLDS["hermes"]
    env = WildEnv([known], [scaffold], perturb=perturb, split=split)
    observation, _ = env.reset(seed=seed)
    scenario, witness = watched(env.scenario, operator.name if operator else "")
    results: list[Any] = []
    heard = replace(scenario, solution=lambda facts: _heard(scenario.solution(facts), results))
    specs = scenario.toolset.specs
    policy = Expert(solve(heard, blind_to), lambda calls: scaffold.act(calls, specs), scaffold.read)
    score, seconds = _to_the_end(env, policy, observation, resigning=bool(blind_to))
    env.close()
    return Play(score, len(seconds), tuple(results), median(seconds[:-1] or [0.0]), witness.acts)


def _to_the_end(
    env: WildEnv, policy: Expert, observation: Any, *, resigning: bool
) -> tuple[float, list[float]]:
    """Play until the end, or if resigning until the same was done three times in a row.

    Returns:
        The score, and how long each step took; the last includes the verdict.
    """
    seconds, score, said = list[float](), 0.0, list[Any]()
    while not (resigning and len(said) > 2 and said[-3:] == [said[-1]] * 3):
        said.append(policy(observation))
        began = perf_counter()
        observation, reward, terminated, truncated, info = env.step(said[-1])
        seconds.append(perf_counter() - began)
        if "invalid" in info:
            raise RuntimeError(f"the host failed: {info['invalid']}")
        score += reward
        if terminated or truncated:
            break
    return float(score), seconds


def _heard(program: Solution, results: list[Any]) -> Solution:
    """Run a solution, and keep what it is told."""
    try:
        call = next(program)
        while True:
            try:
                value = yield call
            except ToolError as error:
                results.append(error.value)
                call = program.throw(error)
            else:
                results.append(value)
                call = program.send(value)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


@cache
def tasks_of(family: str) -> Sequence[Task]:
    """Return the tasks of a family that trials are made of."""
    tasks = family_tasks(family)
    if family != "codebase":
        return [task for task in tasks if task.name not in LENGTHY]
    return [once_verified(task) for task in tasks if task.name.startswith(QUICK)]


def once_verified(task: Task) -> Task:
    """Return a task that verifies equal files once: its tests would say the same again."""
    verdicts: dict[tuple[str, str], Verdict] = {}

    def draw(seed: int, split: str) -> Scenario:
        scenario = task.draw(seed, split)

        def verify(perturbed: Scenario, world: World, trajectory: Trajectory) -> Verdict:
            try:
                left = perturbed.canonically(world.workspace_here().tree())
            except ValueError:
                return scenario.verifier(perturbed, world, trajectory)
            key = digest(left), str(world.answer)
            if key not in verdicts:
                verdicts[key] = scenario.verifier(perturbed, world, trajectory)
            return verdicts[key]

        return replace(scenario, verifier=verify)

    return replace(task, draw=draw)
