"""Episodes over a server that is not ours: it begins each anew, and is asked what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, Protocol, TypedDict, Unpack

from wildgym.envs import Scenario, SystemPrompt, Task, Trajectory, UserPrompt, Verdict, WildEnv
from wildgym.envs.prompts import literal
from wildgym.envs.verifier import handed_in
from wildgym.perturbations.factory import Perturbations, Scaffolding, refuse_unknown, scaffolding
from wildgym.perturbations.wrap.fitting import bare, fitted, survey
from wildgym.perturbations.wrap.joining import joined
from wildgym.perturbations.wrap.tasks import Call, WrappedTask
from wildgym.tools import (
    Json,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    Tools,
    Toolset,
    World,
    check,
    finish,
    wait,
)

_PERSONA = "You are the user's assistant. You work through tools alone."
_RULES = (
    "Carry out what is asked, completely, and change nothing else.",
    "When something is to be reported, the answer that you hand in holds only that: numbers"
    " plain, several items separated by commas.",
)
_CALLS = "wrapped", "calls"


class Server(Toolset, Protocol):
    """Tools whose state is a server's, and none of it in the world."""

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether it can be called."""
        ...

    def open(self) -> None:
        """Bring the server into its first state; any exception is a fault of the host."""
        ...

    def close(self) -> None:
        """Leave it, and end it if it was started."""
        ...


class Playing(TypedDict, total=False):
    """How episodes over a server are played.

    Each is as for `gym.make`, but that of `perturbations` only those can be applied that need
    nothing but the tools' specs and results: of a mix the rest is left out, a list that names some
    is refused. `today` is the date of the episodes, ISO 8601; the present one if it is not given.
    """

    perturbations: Perturbations
    scaffold: Scaffolding | None
    interface: Literal["text", "chat"]
    history: Literal["last", "full"]
    max_turns: int
    reward: Literal["sparse", "dense"]
    render_mode: str | None
    trace: bool
    today: str | None


class WrappedEnv(WildEnv):
    """Episodes over a server that is not ours: each begins with the server begun anew.

    The server is started by the first call of an episode, and left with the episode.

    Args:
        server: The server.
        plain: A scenario over its tools, unperturbed.
        arguments: As for `WildEnv`.
        named: As for `WildEnv`.
    """

    def __init__(self, server: Server, plain: Scenario, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._server = server
        self._plain = plain

    def close(self) -> None:
        """End the episode, and leave its server."""
        super().close()
        self._server.close()

    def fork(self) -> WildEnv:
        """Refuse: there is no second server in the same state.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("this cannot be forked: the state is that of a server")

    def survey(self) -> Mapping[str, str | None]:
        """Return for every operator why it cannot be applied to these tools, or None if it can."""
        return survey(self._plain)


@dataclass(frozen=True)
class Begun:
    """A server's tools, which begins anew when the first of them is called after it was left.

    Args:
        server: The server.
        task: What it is brought into the state for.
    """

    server: Server
    task: WrappedTask

    @property
    def specs(self) -> Specs:
        """What the server offers."""
        return self.server.specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Call a tool; raise RuntimeError if the server cannot be brought into its first state."""
        self._begin(world)
        world.memory[_CALLS] = (*world.memory.get(_CALLS, ()), call)
        return self.server.call(call, world)

    def ask(self, world: World, tool: str, /, **arguments: Json) -> Json:
        """Return the value of a call that is no part of the episode; raise ToolError as it does."""
        call = ToolCall(tool, arguments)
        problem = check(call, self.specs)
        if problem is not None:
            raise ValueError(f"check of {self.task.name}: {problem}")
        self._begin(world)
        said = self.server.call(call, world)
        if said.is_error:
            raise ToolError(**{"code": "tool_error", "message": "", **said.value})
        return said.value

    def _begin(self, world: World) -> None:
        if self.server.is_open:
            return
        self.server.open()
        for one in self.task.setup:
            said = self.server.call(ToolCall(one.tool, one.arguments), world)
            if said.is_error:
                raise RuntimeError(f"setup of {self.task.name}: {one.tool}: {said.value}")


@dataclass(frozen=True)
class Asking:
    """A verifier that asks the server, out of the agent's reach.

    Args:
        task: What has to hold.
        tools: The server's own.
    """

    task: WrappedTask
    tools: Begun

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Judge what was handed in, and what the server says; where that is an error, it fails."""
        checks = handed_in(world, self.task.answer)
        if not self.task.check:
            return Verdict(checks, 0.0)
        found = self._found(world)
        if taken := checks.keys() & found.keys():
            raise ValueError(f"check of {self.task.name}: the name {min(taken)!r} is taken")
        return Verdict({**checks, **found}, sum(found.values()) / max(1, len(found)))

    def _found(self, world: World) -> Mapping[str, bool]:
        answer = "" if world.answer is None else str(world.answer["answer"])
        try:
            ask = partial(self.tools.ask, world)
            return self.task.judged(ask, answer, world.memory.get(_CALLS, ()))
        except ToolError:
            return {"server": False}


def wrapped(server: Server, tasks: Sequence[WrappedTask], **playing: Unpack[Playing]) -> WrappedEnv:
    """Make an env of a server and tasks over it.

    Args:
        server: The server, not open.
        tasks: What is asked.
        playing: See `Playing`.

    Raises:
        ValueError: A task or an argument is wrong; the message says what would be right.
    """
    played: dict[str, Any] = {"perturbations": "none", "interface": "text", **playing}
    perturbations = played.pop("perturbations")
    scaffold, today = played.pop("scaffold", None), played.pop("today", None)
    refuse_unknown(
        interface=(played["interface"], ("text", "chat")),
        history=(played.get("history", "last"), ("last", "full")),
        reward=(played.get("reward", "sparse"), ("sparse", "dense")),
    )
    for task in tasks:
        _refuse_unknown_calls(task, server.specs)
    day = date.fromisoformat(today).isoformat() if today else date.today().isoformat()
    own = Tools([wait, finish])

    def draw(task: WrappedTask, _: int, __: str) -> Scenario:
        begun = Begun(server, task)
        return _scenario(task, joined(begun, own, server.shown), Asking(task, begun), day)

    drawn = [Task(task.name, partial(draw, task)) for task in tasks]
    plain = drawn[0].draw(0, "train")
    scaffolds, dials = scaffolding(scaffold, perturbations, played["interface"])
    perturb = fitted(perturbations, plain, day)
    return WrappedEnv(server, plain, drawn, scaffolds, dials=dials, perturb=perturb, **played)


def _scenario(task: WrappedTask, toolset: Toolset, verifier: Asking, today: str) -> Scenario:
    facts = {"today": today, **task.facts}
    return bare(
        toolset.specs,
        today,
        task=task.name,
        system=SystemPrompt(_PERSONA, ("Today is {today}.",), (*_RULES, *map(literal, task.rules))),
        user=UserPrompt((task.request,)),
        facts=facts,
        told=facts,
        toolset=toolset,
        solution=task.solved,
        verifier=verifier,
    )


def _refuse_unknown_calls(task: WrappedTask, specs: Specs) -> None:
    """Raise ValueError if a task calls a tool that there is not, or with other arguments."""
    calls: dict[str, Sequence[Call] | object] = {
        "setup": task.setup,
        "solution": task.solution,
        "check": task.check,
    }
    for part, listed in calls.items():
        for number, call in enumerate(listed if isinstance(listed, tuple) else ()):
            problem = check(ToolCall(call.tool, call.arguments), specs)
            if problem is not None:
                raise ValueError(f"task {task.name}: {part} {number}: {problem}")
