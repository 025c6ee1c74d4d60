"""Any MCP server as an environment, perturbed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

from wildgym.envs import Scenario, SystemPrompt, Task, Trajectory, UserPrompt, Verdict, WildEnv
from wildgym.envs.mcp.contents import noted
from wildgym.envs.mcp.session import Session, Target
from wildgym.envs.mcp.upstream import Upstream
from wildgym.envs.prompts import literal
from wildgym.envs.verifier import handed_in
from wildgym.perturbations.factory import Perturbations, Scaffolding, refuse_unknown, scaffolding
from wildgym.perturbations.wrap.fitting import bare, fitted
from wildgym.perturbations.wrap.proxy import joined
from wildgym.perturbations.wrap.tasks import Call, McpTask, Tasks, tasks_of
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


class McpEnv(WildEnv):
    """Episodes over a server that is not ours: each begins with the server begun anew.

    The server is started by the first call of an episode, and ended with the episode.

    Args:
        session: The connection to the server.
        arguments: As for `WildEnv`.
    """

    def __init__(self, session: Session, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._session = session

    def close(self) -> None:
        """End the episode and its server."""
        super().close()
        self._session.close()

    def fork(self) -> WildEnv:
        """Refuse: there is no second server in the same state.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("this cannot be forked: the state is that of a server")


@dataclass(frozen=True)
class Begun:
    """A server's tools, which begins anew when the first of them is called after it was ended.

    Args:
        upstream: The tools.
        session: The connection.
        reset: What is called before each start.
        task: What the server is brought into the state for.
    """

    upstream: Upstream
    session: Session
    reset: Callable[[], object]
    task: McpTask

    @property
    def specs(self) -> Specs:
        """What the server offers."""
        return self.upstream.specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Call a tool; raise RuntimeError if the server cannot be brought into its first state."""
        if not self.session.is_open:
            self.reset()
            self.session.open()
            for one in self.task.setup:
                said = self.upstream.call(ToolCall(one.tool, one.arguments), world)
                if said.is_error:
                    raise RuntimeError(f"setup of {self.task.name}: {one.tool}: {said.value}")
        self.upstream.raw.clear()
        return self.upstream.call(call, world)

    def ask(self, world: World, tool: str, /, **arguments: Json) -> Json:
        """Return the value of a call that is no part of the episode; raise ToolError as it does."""
        said = self.call(ToolCall(tool, arguments), world)
        if said.is_error:
            raise ToolError(**{"code": "tool_error", "message": "", **said.value})
        return said.value


@dataclass(frozen=True)
class Asking:
    """A verifier that asks the server, out of the agent's reach.

    Args:
        task: What has to hold.
        tools: The server's own.
    """

    task: McpTask
    tools: Begun

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Judge what was handed in, and what the server says; where that is an error, it fails."""
        checks = handed_in(world, self.task.answer)
        progress = 0.0
        if self.task.check:
            try:
                checks["server"] = self._holds(world)
            except ToolError:
                checks["server"] = False
            progress = float(checks["server"])
        return Verdict(checks, progress)

    def _holds(self, world: World) -> bool:
        ask = partial(self.tools.ask, world)
        if callable(self.task.check):
            return bool(self.task.check(ask))
        return all(one.holds(ask) for one in self.task.check)


def mcp(
    server: Target,
    tasks: Tasks,
    *,
    reset: Callable[[], object] | None = None,
    perturbations: Perturbations = "none",
    scaffold: Scaffolding | None = None,
    interface: Literal["text", "chat"] = "text",
    history: Literal["last", "full"] = "last",
    max_turns: int = 400,
    reward: Literal["sparse", "dense"] = "sparse",
    render_mode: str | None = None,
    today: str | None = None,
    timeout: float = 60.0,
) -> McpEnv:
    """Make an env of any MCP server.

    Args:
        server: A command that starts it on its stdin and stdout, its URL, or a function that makes
            one in this process. A command or a function begins each episode anew.
        tasks: `McpTask`s, mappings of their fields, or a JSON file that lists such.
        reset: Called before each episode; what a URL leads to has to be brought into its first
            state by it.
        perturbations: As for `gym.make`. Only what needs nothing but the tools' specs and results
            can be applied: of a mix the rest is left out, a list that names some is refused.
        scaffold: As for `gym.make`.
        interface: As for `gym.make`.
        history: As for `gym.make`.
        max_turns: As for `gym.make`.
        reward: As for `gym.make`.
        render_mode: As for `gym.make`.
        today: The date of the episodes, ISO 8601; None for the present one.
        timeout: For how many seconds to wait for the server's answer to a call.

    Raises:
        Unreachable: The server cannot be had, or cannot be wrapped; the message says why.
        ValueError: A task or another argument is wrong; the message says what would be right.
    """
    refuse_unknown(
        interface=(interface, ("text", "chat")),
        history=(history, ("last", "full")),
        reward=(reward, ("sparse", "dense")),
    )
    asked = tasks_of(tasks)
    session = Session(server, timeout)
    if reset is None and isinstance(server, str) and server.startswith(("http://", "https://")):
        raise ValueError(
            "a server behind a URL keeps its state from one episode to the next: give `reset`, a"
            " function that brings it into its first state"
        )
    session.open()
    try:
        upstream = Upstream(session, session.tools(), noted)
    finally:
        session.close()
    for task in asked:
        _refuse_unknown_calls(task, upstream.specs)
    day = date.fromisoformat(today).isoformat() if today else date.today().isoformat()
    own = Tools([wait, finish])
    begin = reset or _nothing

    def draw(task: McpTask, _: int, __: str) -> Scenario:
        begun = Begun(upstream, session, begin, task)
        toolset = joined(begun, own, session.shown)
        return _scenario(task, toolset, Asking(task, begun), day)

    drawn = [Task(task.name, partial(draw, task)) for task in asked]
    scaffolds, dials = scaffolding(scaffold, perturbations, interface)
    return McpEnv(
        session,
        drawn,
        scaffolds,
        dials=dials,
        perturb=fitted(perturbations, drawn[0].draw(0, "train"), day),
        interface=interface,
        history=history,
        max_turns=max_turns,
        reward=reward,
        render_mode=render_mode,
    )


def _scenario(task: McpTask, toolset: Toolset, verifier: Asking, today: str) -> Scenario:
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


def _refuse_unknown_calls(task: McpTask, specs: Specs) -> None:
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


def _nothing() -> None:
    pass
