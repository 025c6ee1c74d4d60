"""One step becomes two: prepare, then carry out."""

import json
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    plain_spec,
)

_CARRY_OUT = "carry_out"


@dataclass(frozen=True)
class Split(Layer):
    """A toolset in which some tools only prepare what another one carries out.

    Args:
        tools: Which tools prepare.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Keep what was prepared in the world's memory until it is carried out, once."""
        if call.name == _CARRY_OUT:
            return self._carry_out(str(call.arguments["draft_id"]), world)
        if call.name not in self.tools:
            return self.inner.call(call, world)
        number = world.memory.get((_CARRY_OUT, "count"), 0) + 1
        world.memory[_CARRY_OUT, "count"] = number
        draft = f"draft-{number}"
        world.memory[_CARRY_OUT, draft] = (call.name, json.dumps(call.arguments))
        note = f"Nothing has changed yet. Pass the draft to {_CARRY_OUT}."
        return ToolResult({"draft_id": draft, "note": note})

    def _carry_out(self, draft: str, world: World) -> ToolResult:
        prepared = world.memory.get((_CARRY_OUT, draft))
        if prepared is None:
            return ToolError("not_found", f"There is no draft {draft!r} to carry out.").result
        name, arguments = prepared
        result = self.inner.call(ToolCall(name, json.loads(arguments)), world)
        if not result.is_error:
            world.memory[_CARRY_OUT, draft] = None
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Carry out what was prepared."""
        result = yield call
        if call.name in self.tools and not result.is_error:
            result = yield ToolCall(_CARRY_OUT, {"draft_id": result.value["draft_id"]})
        return result


class SplitWrites(Perturbation):
    """Let tools that change something only prepare it, to be carried out by a second call."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "T38"
    lesson: ClassVar = "The change was only prepared, so I carry it out with a second call."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Split a share of all tools that write."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        outer = {name: _prepares(s) if name in tools else s for name, s in specs.items()}
        layer = Split(scenario.toolset, {**outer, _CARRY_OUT: _SPEC}, tools)
        return scenario.behind(self.name, layer, toolset=layer)


def _prepares(spec: ToolSpec) -> ToolSpec:
    return spec.but(description=f"Prepare, without effect yet: {spec.description}")


_SPEC = plain_spec(
    _CARRY_OUT, "Carry out what another tool has prepared.", draft_id="The draft's id."
)
