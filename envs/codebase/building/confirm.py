"""Confirming: all tests, on the whole broken tree, more than once."""

from wildgym.envs.codebase.bank import Defect, Symptom
from wildgym.envs.codebase.building.profile import Profile
from wildgym.envs.codebase.building.screen import Candidate, Screened
from wildgym.envs.codebase.mutate import apply, solved
from wildgym.envs.codebase.mutate.renames import NAME as RENAMED
from wildgym.envs.codebase.running import Suite, run_suite
from wildgym.tools.sandboxes import Sandbox, Tree

_SYMPTOMS, _LONGEST = 3, 160


def confirmed(
    sandbox: Sandbox, profile: Profile, candidate: Candidate, screened: Screened, identity: str
) -> Defect | None:
    """Return the task that a mutant makes, or None if it makes none after all.

    Some tests fail, each time and whatever the order; all others pass. Where the goal is not the
    pristine tree, all tests pass in the goal.

    Args:
        sandbox: Where; it must be furnished with the `workshop`.
        profile: Of the codebase.
        candidate: The mutant.
        screened: What screening said of it.
        identity: The id of the task.
    """
    broken = apply(profile.codebase, candidate.mutations)
    told = _all_tests(sandbox, profile, broken, tell=True)
    failing = _failing(profile, told)
    if not failing or not told.ended:
        return None
    if _failing(profile, _all_tests(sandbox, profile, broken, seed=3)) != failing:
        return None
    if candidate.operator == RENAMED:
        goal = _all_tests(sandbox, profile, solved(profile.codebase, candidate.mutations))
        if _failing(profile, goal) or not goal.ended:
            return None
    return Defect(
        identity,
        candidate.mutations,
        candidate.functions,
        failing,
        tuple(Symptom(test, _first_line(told.messages.get(test, ""))) for test in failing)[
            :_SYMPTOMS
        ],
        screened.entries[:4],
        screened.witness,
    )


def _all_tests(
    sandbox: Sandbox, profile: Profile, tree: Tree, seed: int = 0, tell: bool = False
) -> Suite:
    sandbox.restore(tree)
    return run_suite(sandbox, timeout=10 * profile.seconds + 10, seed=seed, tell=tell)


def _failing(profile: Profile, suite: Suite) -> tuple[str, ...]:
    """Return the tests that do not pass; one that is not there does not pass, either."""
    return tuple(test for test in profile.tests if suite.outcomes.get(test) != "passed")


def _first_line(message: str) -> str:
    return message.partition("\n")[0][:_LONGEST]
