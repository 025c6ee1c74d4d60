"""Toolsets: the narrow waist between what an agent calls and what happens."""

import difflib
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from wildgym.tools.tool import Json, Tool, ToolCall, ToolError, ToolResult, ToolSpec
from wildgym.tools.world import World

T = TypeVar("T")
Specs = Mapping[str, ToolSpec]


class Toolset(Protocol):
    """Tools offered together. A layer around a toolset is a toolset too."""

    @property
    def specs(self) -> Specs:
        """What is offered, by name, in the order in which it is shown."""
        ...

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Run one call that `check` has accepted. All state is in `world`."""
        ...


class Tools:
    """The canonical toolset: functions over the world, unperturbed."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self.specs: Specs = {name: tool.spec for name, tool in self._tools.items()}

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Validate and run the call."""
        return self._tools[call.name].run(world, call.arguments)


Facts = Mapping[str, Json]
Calls = Generator[ToolCall, ToolResult, T]
"""A program that makes calls, is sent their results, and ends with a T."""


class Obstacle:
    """Something in an agent's way, and the way through it. This one lets everything pass.

    Both methods are programs for an agent: they may use what an agent can see, and nothing else.
    """

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Make a call phrased for what lies beneath by calls phrased for what lies above.

        Returns:
            The result as the layer beneath would have given it.
        """
        return (yield call)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Turn the facts as told into the facts as meant, asking where needed.

        Raises:
            CannotBeDone: What is asked cannot be done, as far as an agent can find out.
        """
        return told
        yield

    def succumb(self, call: ToolCall) -> Calls[ToolResult]:
        """Make a call as an agent does that does not know of this: a blind twin's `overcome`.

        Mostly it passes the call on. Where something lures, it takes that at its word.
        """
        return (yield call)


class CannotBeDone(Exception):
    """A program finds that what is asked cannot be done.

    Args:
        answer: What to report then.
    """

    def __init__(self, answer: Json = None) -> None:
        super().__init__("what is asked cannot be done")
        self.answer = answer


@dataclass(frozen=True)
class Layer(Obstacle):
    """A toolset around a toolset: what goes out changed comes in undone.

    Args:
        inner: What is wrapped.
        specs: What is offered instead.
    """

    inner: Toolset
    specs: Specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Pass the call on."""
        return self.inner.call(call, world)


def check(call: ToolCall, specs: Specs) -> ToolError | None:
    """Return what is wrong with a call's name or the names of its arguments, if anything.

    Done once, against the outermost specs: so a name that a layer has replaced is really gone.
    """
    spec = specs.get(call.name)
    if spec is None:
        return unknown_tool(call.name, specs)
    given = call.arguments.keys()
    if given <= spec.arguments and spec.required <= given:
        return None
    problems = [
        {"argument": name, "problem": "required, but missing"}
        for name in sorted(spec.required - given)
    ] + [{"argument": name, "problem": "unknown"} for name in sorted(given - spec.arguments)]
    known = ", ".join(spec.parameters["properties"]) or "none"
    return ToolError(
        "invalid_arguments", f"{call.name} takes these arguments: {known}.", problems=problems
    )


def unknown_tool(name: str, specs: Specs) -> ToolError:
    """Say that there is no such tool, and which are close."""
    near = difflib.get_close_matches(name[:100], specs, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Tools: {', '.join(specs)}."
    return ToolError("unknown_tool", f"There is no tool {name[:100]!r}. {hint}")
