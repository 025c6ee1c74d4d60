"""The expert: a scenario's own solution, carried through every obstacle, as a policy."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from wildgym.envs.answer import written
from wildgym.envs.conversation import newest
from wildgym.envs.reasons import Noticed, Reasons
from wildgym.envs.scaffolds import Scaffold
from wildgym.envs.scaffolds.dialed import Dialed
from wildgym.envs.scenario import Answer, Impossible, Refusal, Scenario, Solution
from wildgym.tools import (
    Calls,
    CannotBeDone,
    Facts,
    Obstacle,
    ToolCall,
    ToolError,
    ToolResult,
    finish,
)

T = TypeVar("T")
_CONFUSED = (
    ToolError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,  # also a `next` that finds nothing, inside a generator
    TypeError,
    ValueError,
)
GAVE_UP = finish(answer="gave up")


def final_call(answer: Answer) -> ToolCall:
    """Return the canonical call that hands in an answer."""
    if isinstance(answer, Refusal):
        return finish(answer=written(answer.answer), status="refused")
    if isinstance(answer, Impossible):
        return finish(answer=written(answer.answer), status="impossible")
    return finish(answer=written(answer))


def answered(solution: Solution) -> Calls[Answer]:
    """Run a solution, which is sent plain values and thrown errors, as a program of calls."""
    try:
        call = next(solution)
        while True:
            result = yield call
            if result.is_error:
                error = result.value if isinstance(result.value, dict) else {}
                known = {"code": "unknown", "message": str(result.value), **error}
                call = solution.throw(ToolError(**known))
            else:
                call = solution.send(result.value)
    except StopIteration as end:
        return end.value


def climb(program: Calls[T], obstacles: Sequence[Obstacle]) -> Calls[T]:
    """Run a program whose every call has to get through `obstacles`, innermost first."""
    if not obstacles:
        return (yield from program)
    innermost, above = obstacles[0], obstacles[1:]
    try:
        call = next(program)
        while True:
            result = yield from climb(innermost.overcome(call), above)
            call = program.send(result)
    except StopIteration as end:
        value: T = end.value
        return value


def solve(
    scenario: Scenario, blind_to: Collection[str] = (), reasons: Reasons | None = None
) -> Calls[None]:
    """Solve a scenario through its perturbed interface, and hand in the answer.

    Args:
        scenario: What to solve.
        blind_to: Names of perturbations whose way through is left out.
        reasons: Where to think of why each call is made, if anywhere.
    """
    obstacles = [
        Unseen(o) if name in blind_to else Noticed(name, o, reasons) if reasons else o
        for name, o in scenario.obstacles
    ]
    told: Facts = scenario.told
    try:
        for depth in reversed(range(len(obstacles))):
            told = yield from climb(obstacles[depth].brief(told), obstacles[depth + 1 :])
        solution = answered(scenario.solution(told))
        answer = yield from climb(reasons.wanted(solution) if reasons else solution, obstacles)
        last = final_call(answer)
    except CannotBeDone as found:
        last = final_call(Impossible(found.answer))
    except _CONFUSED:
        # A blind twin is sent what its program does not understand: it fails, as an agent would.
        if not blind_to:
            raise
        last = GAVE_UP
    while True:
        try:
            end = _once(last)
            yield from climb(reasons.wanted(end) if reasons else end, obstacles)
        except _CONFUSED:
            if not blind_to:
                raise
            yield last


@dataclass(frozen=True, slots=True)
class Unseen(Obstacle):
    """An obstacle in the way of who does not know of it."""

    obstacle: Obstacle

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Fall for it, if there is anything to fall for."""
        return self.obstacle.succumb(call)


def _once(call: ToolCall) -> Calls[ToolResult]:
    return (yield call)


class Expert:
    """A policy: an observation in, an action out.

    Args:
        program: What it does; an endless generator.
        act: Writes one call as an action.
        read: Reads an observation back into results.
    """

    def __init__(
        self,
        program: Calls[None],
        act: Callable[[Sequence[ToolCall]], Any],
        read: Callable[[Any], Sequence[ToolResult]],
    ) -> None:
        self._program = program
        self._act = act
        self._read = read
        self._started = False

    def __call__(self, observation: Any) -> Any:
        """Return the next action."""
        if self._started:
            call = self._program.send(self._read(observation)[0])
        else:
            call, self._started = next(self._program), True
        return self._act([call])


def played_by_expert(
    scenario: Scenario,
    scaffold: Scaffold,
    blind_to: Sequence[str] | Literal["all"] = (),
    lessons: Mapping[str, str] | None = None,
    whole: bool = False,
) -> Expert:
    """Return a policy that solves one episode, from its beginning.

    Args:
        scenario: What to solve.
        scaffold: How actions and results are written.
        blind_to: Names of perturbations that it does not know how to get through, or "all".
        lessons: As for `Reasons`; None to give no reasons.
        whole: Whether an observation is the whole conversation.
    """
    specs = scenario.toolset.specs
    names = [name for name, _ in scenario.obstacles] if blind_to == "all" else blind_to
    reasons = None if lessons is None else Reasons(lessons, scenario.canonical.specs)
    program = solve(scenario, names, reasons)
    if isinstance(scaffold, Dialed):
        program = scaffold.recovered(program, specs)

    def act(calls: Sequence[ToolCall]) -> Any:
        if reasons is None:
            return scaffold.act(calls, specs)
        return scaffold.act(calls, specs, scaffold.thought.format(reasons.taken(calls[0], specs)))

    read = (lambda seen: scaffold.read(newest(seen))) if whole else scaffold.read
    return Expert(program, act, read)
