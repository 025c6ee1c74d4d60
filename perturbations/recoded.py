"""Results that come in another form, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.rules import ruled
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, World

Told = Literal["rule", "note"]
"""Where an agent is told of a form: by a rule, or beside each result that has it."""

_NOTE = {"format", "result"}


@dataclass(frozen=True)
class Recoded(Layer):
    """A toolset whose results come in another form.

    Args:
        tools: Whose results.
        code: From a value to how it is given.
        decode: The inverse.
        note: What is said beside each result that is given otherwise; None for nothing.
    """

    tools: frozenset[str]
    code: Callable[[Json], Json]
    decode: Callable[[Json], Json]
    note: str | None = None

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Give the result in its form; errors come as they are."""
        result = self.inner.call(call, world)
        if result.is_error or call.name not in self.tools:
            return result
        coded = self.code(result.value)
        if self.note is None or coded == result.value:
            return ToolResult(coded)
        return ToolResult({"format": self.note, "result": coded})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Read the form."""
        result = yield call
        if result.is_error or call.name not in self.tools:
            return result
        value = result.value
        if self.note is not None and isinstance(value, dict) and value.keys() == _NOTE:
            value = value["result"]
        return ToolResult(self.decode(value))


def recoded(
    scenario: Scenario,
    draw: Draw,
    share: float,
    code: Callable[[Json], Json],
    decode: Callable[[Json], Json],
    *,
    about: str = "",
    told: Told = "rule",
    lists: bool = False,
) -> Scenario:
    """Return the scenario with the results of a share of all tools in another form.

    Args:
        scenario: What to change.
        draw: Which tools.
        share: Of how many.
        code: From a value to how it is given.
        decode: The inverse.
        about: What is told about the form; nothing where it explains itself.
        told: Where.
        lists: Whether only tools that give lists of rows are meant.
    """
    toolset = scenario.toolset
    having = {"returns": "rows"} if lists else {}
    tools = chosen(toolset.specs, draw, share, **having)
    if not tools:
        return scenario
    note = about if about and told == "note" else None
    layer = Recoded(toolset, toolset.specs, tools, code, decode, note)
    system = ruled(scenario, about) if about and note is None else scenario.system
    return scenario.behind(draw.operator, layer, toolset=layer, system=system)
