"""A line that every message ends with."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import ABOVE_RETRIES, Watching, bound, writing
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, ToolCall, ToolResult, World

_MESSAGES = frozenset({"body", "note", "reason", "text"})
_LINES = (
    "Written by an assistant.",
    "This message was not written by a person.",
    "Sent on behalf of the office.",
    "Please do not print this message.",
)


@dataclass(frozen=True)
class Signed(Watching):
    """A toolset in which messages end with a line, which is taken off before they are kept.

    Args:
        tools: The tools that change something.
        line: The line.
    """

    tools: frozenset[str]
    line: str

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the line off."""
        messages = self._messages(call)
        if not messages:
            return self.inner.call(call, world)
        if not all(text.rstrip().endswith(self.line) for text in messages.values()):
            self.breach(world)
        bare = {n: t.rstrip().removesuffix(self.line).rstrip() for n, t in messages.items()}
        return self.inner.call(ToolCall(call.name, {**call.arguments, **bare}), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Add the line."""
        signed = {name: f"{text}\n{self.line}" for name, text in self._messages(call).items()}
        if not signed:
            return (yield call)
        return (yield ToolCall(call.name, {**call.arguments, **signed}))

    def _messages(self, call: ToolCall) -> dict[str, str]:
        if call.name not in self.tools:
            return {}
        given = call.arguments.items()
        return {n: v for n, v in given if n in _MESSAGES and isinstance(v, str) and v}


class SignMessages(Perturbation):
    """Let a rule demand that every text that the agent writes ends with a certain line."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "P11, rules that bind"
    lesson: ClassVar = "Every text that I write has to end with a certain line, so I add it."
    families: ClassVar = ("api",)
    rank: ClassVar = ABOVE_RETRIES + 6.05

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the line, and with which strength there is such a rule."""
        specs = scenario.toolset.specs
        tools = writing(scenario, draw, self.strength)
        worded = frozenset(name for name in tools if specs[name].arguments & _MESSAGES)
        if not worded:
            return scenario
        line = draw.rng("line").pick(_LINES)
        layer = Signed(scenario.toolset, specs, self.name, worded, line)
        rule = (
            "Every text that you write (the body of a mail, a comment, a note, a reason, an"
            f" automatic reply) ends with this line, exactly: {line}"
        )
        return bound(scenario, layer, rule)
