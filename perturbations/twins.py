"""What destroying operators share: what is judged where something cannot be done, and pairs.

Both halves of a pair look alike to an agent that does not look. A pair is scored as one: whoever
does what is asked in any case fails at the impossible half, whoever refuses in any case fails at
the solvable one.
"""

import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from wildgym.envs import Scenario, Trajectory, Verdict
from wildgym.envs.scenario import Impossible
from wildgym.envs.verifier import changes, handed_in
from wildgym.perturbations.core import TWINS, Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, Obstacle, World
from wildgym.tools.sandboxes import File, Tree

P = TypeVar("P", bound=Perturbation)
_CACHES = ("__pycache__", ".pytest_cache", ".hypothesis", ".coverage")


@dataclass(frozen=True)
class NothingDone:
    """A verifier: nothing was changed, and it was handed in as impossible with the evidence.

    Args:
        answer: The evidence, which only looking gives.
    """

    answer: Json

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Judge the final world; there is no progress towards what cannot be done."""
        checks = {
            "nothing_changed": untouched(scenario, world),
            **handed_in(world, Impossible(self.answer)),
        }
        return Verdict(checks, 0.0)


def untouched(scenario: Scenario, world: World) -> bool:
    """Say whether a world is as the episode began, or others have changed it: rows, and files.

    Caches do not matter.
    """
    if any(True for _ in changes(world)):
        return False
    if world.workspace is None:
        return True
    # Imported here: what families over a folder need is no cost to the others.
    from wildgym.envs.files.goal import files_left, same_files

    start = scenario.world.workspace_here().start
    try:
        before, after = scenario.canonically(start), files_left(scenario, world.workspace)
    except ValueError:
        return False
    return same_files(_kept({**before, **world.workspace.brought}), _kept(after))


def _kept(tree: Tree) -> dict[str, File]:
    return {
        path: file
        for path, file in tree.items()
        if not stat.S_ISDIR(file.mode) and not any(part in _CACHES for part in path.split("/"))
    }


def is_impossible(scenario: Scenario) -> bool:
    """Say whether some operator has made it impossible: then it has one answer, and keeps it."""
    return any(getattr(obstacle, "hopeless", False) for _, obstacle in scenario.obstacles)


def twinned(
    scenario: Scenario, operator: str, obstacle: Obstacle, rule: str, **changed: Any
) -> Scenario:
    """Return one half of a pair: behind an obstacle, under the rule that says what to report.

    Args:
        scenario: What to change.
        operator: Who does it.
        obstacle: Where it has an attribute `hopeless` that is set, so is its `evidence`.
        rule: How the system prompt says what to do where something cannot be done, a template.
        changed: What else changes.
    """
    system = replace(scenario.system, rules=(*scenario.system.rules, rule))
    if getattr(obstacle, "hopeless", False):
        changed["verifier"] = NothingDone(getattr(obstacle, "evidence", None))
    return scenario.behind(operator, obstacle, system=system, **changed)


def case_number(draw: Draw, *slot: object) -> str:
    """Return a number that nobody guesses."""
    return f"K{draw.rng('case', *slot).integer(100_000, 999_999)}"


def twins_of(operator: P) -> tuple[P, P]:
    """Return both halves of a destroying operator's pair: what can be done, and what cannot.

    Raises:
        ValueError: It has no twins, since it destroys nothing.
    """
    if operator.kind != "destroying":
        raise ValueError(f"{operator.name} destroys nothing, so it has no twins")
    solvable, impossible = (operator.model_copy(update={"twin": twin}) for twin in TWINS)
    return solvable, impossible


def pair_score(scores: Iterable[float]) -> float:
    """Return the score of a pair, played on equal seeds: 1 only if both halves are right."""
    return float(all(score == 1.0 for score in scores))
