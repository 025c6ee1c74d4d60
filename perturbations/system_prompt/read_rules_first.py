"""House rules that are to be read, and acknowledged, before anything is done."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import (
    ABOVE_RETRIES,
    Watching,
    bound,
    what_counts,
    with_tools,
    writing,
)
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Facts,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    finish,
    plain_spec,
)

_READ = "read_house_rules"
_ACKNOWLEDGE = "acknowledge_house_rules"
_HOUSE_RULES = (
    "Be brief, and polite to everybody.",
    "Work through the tools that you are given, and through no others.",
    "What you learn here stays here.",
)


@dataclass(frozen=True)
class Acknowledged(Watching):
    """A toolset that is to be used only after house rules were acknowledged.

    Args:
        tools: What changes something.
        code: What stands under the rules, and acknowledges them.
    """

    tools: frozenset[str]
    code: str

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the rules, take the code, and see what is done before."""
        if call.name == _READ:
            seen = bool(self.noted(world))
            rules = {"rules": [*_HOUSE_RULES], "code": self.code, "acknowledged": seen}
            return ToolResult(rules)
        if call.name == _ACKNOWLEDGE:
            if call.arguments["code"] != self.code:
                return ToolError("wrong_code", f"{_READ} shows the code.").result
            self.note(world, True)
            return ToolResult({"acknowledged": True})
        if not self.noted(world) and (call.name in self.tools or call.name == finish.name):
            self.breach(world)
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read and acknowledge."""
        yield from _acknowledged()
        return told

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Make sure of it before handing in, also if there turned out to be nothing to do."""
        if call.name == finish.name:
            yield from _acknowledged()
        return (yield call)


def _acknowledged() -> Calls[None]:
    read = yield ToolCall(_READ)
    if not read.value["acknowledged"]:
        yield ToolCall(_ACKNOWLEDGE, {"code": read.value["code"]})


class ReadRulesFirst(Perturbation):
    """Let a rule demand that house rules are read and acknowledged before anything is done."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, P09, rules that bind"
    lesson: ClassVar = (
        "House rules have to be read and acknowledged before anything else, so I do that."
    )
    rank: ClassVar = ABOVE_RETRIES + 5.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the code, and with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        tools, specs = writing(scenario, draw, 1.0), with_tools(scenario, *_SPECS)
        code = f"hr-{draw.token('code')[:6]}"
        layer = Acknowledged(scenario.toolset, specs, self.name, tools, code)
        return bound(scenario, layer, _RULE + what_counts(scenario))


_RULE = (
    "Before you change anything, and in any case before you hand in the work, read the house rules"
    f" with {_READ} and acknowledge them with {_ACKNOWLEDGE}, by the code that they end with."
)
_SPECS = (
    plain_spec(_READ, "Read the house rules."),
    plain_spec(_ACKNOWLEDGE, "Acknowledge the house rules.", code="The code under them."),
)
