"""Tools that get other names while the work goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import free_name
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.unlisted import (
    CONTROLS,
    by_name,
    by_name_spec,
    checked,
    shown,
    unpacked,
)
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    plain_spec,
)

Notice = Literal["list", "error", "none"]

_LIST, _INVOKE = "refresh_tools", "invoke_tool"
_GONE = "tool_gone"
_CHANGED = "tools/list_changed"


@dataclass(frozen=True)
class Changing(Layer):
    """A toolset in which some tools have other names after some calls.

    Args:
        names: From those tools' names to their later ones.
        back: The inverse.
        later: What is offered later.
        calls: After how many calls.
        notice: Who says so: a note with the result of the last call before the change; the error
            that the old name answers with; or nobody but the list.
    """

    names: Mapping[str, str]
    back: Mapping[str, str]
    later: Specs
    calls: int
    notice: Notice

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Count calls, and go by the names of the hour."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        made = world.memory.get(_LIST, 0)
        if call.name == _LIST:
            specs = self.later if made >= self.calls else self.inner.specs
            return ToolResult({"tools": [shown(spec) for spec in specs.values()]})
        world.memory[_LIST] = made + 1
        if made >= self.calls:
            return self._later(call, world)
        result = self._called(call, self.inner.specs, {}, world)
        return _noted(result) if self.notice == "list" and made + 1 == self.calls else result

    def _later(self, call: ToolCall, world: World) -> ToolResult:
        name = call.arguments["name"] if call.name == _INVOKE else call.name
        new = self.names.get(name) if isinstance(name, str) else None
        if new is None:
            return self._called(call, self.later, self.back, world)
        if self.notice == "error":
            message = f"{name} was renamed to {new}. {_INVOKE} calls it by that name."
            return ToolError(_GONE, message, successor=new).result
        return ToolError(_GONE, f"There is no tool {name!r}.").result

    def _called(
        self, call: ToolCall, specs: Specs, back: Mapping[str, str], world: World
    ) -> ToolResult:
        """Run a call, made directly or by name, of one of the tools of the hour."""
        if call.name == _INVOKE:
            try:
                call = checked(unpacked(call), specs)
            except ToolError as error:
                return error.result
        return self.inner.call(ToolCall(back.get(call.name, call.name), call.arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Look for the tool under its new name, in the list unless the error tells it."""
        result = yield call
        if result.code == _GONE:
            new = result.value.get("successor")
            if new is None:
                yield ToolCall(_LIST)
                new = self.names[call.name]
            result = yield by_name(_INVOKE, ToolCall(new, call.arguments))
        return _unnoted(result)


def _noted(result: ToolResult) -> ToolResult:
    return ToolResult({"notice": _CHANGED, "result": result.value}, result.is_error)


def _unnoted(result: ToolResult) -> ToolResult:
    value = result.value
    if isinstance(value, dict) and value.get("notice") == _CHANGED:
        return ToolResult(value["result"], result.is_error)
    return result


class ChangeToolsMidway(Perturbation):
    """Rename tools after a call or two; the list tells, and perhaps a note or an error."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "T44"
    lesson: ClassVar = (
        "A tool was renamed while I worked, so I look for its new name and call that."
    )
    # Not the desk: its list of tools is too long to be shown again and again.
    families: ClassVar = ("api", "codebase", "files", "web")
    rank: ClassVar = -0.22

    notice: Notice = "error"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw which tools change, and when."""
        specs = scenario.toolset.specs
        moved = chosen(specs, draw, self.strength) - CONTROLS
        names: dict[str, str] = {}
        later: dict[str, ToolSpec] = {}
        for name, spec in specs.items():
            if name in moved:
                names[name] = free_name(_turned(name), {**specs, **later})
            new = names.get(name, name)
            later[new] = spec.but(name=new)
        back = {new: name for name, new in names.items()}
        outer = {**specs, _LIST: _LIST_SPEC, _INVOKE: _INVOKE_SPEC}
        calls = draw.rng("calls").integer(1, 2)
        layer = Changing(scenario.toolset, outer, names, back, later, calls, self.notice)
        return scenario.behind(self.name, layer, toolset=layer)


def _turned(name: str) -> str:
    """Return a name with its words the other way round, as a release may do it."""
    first, _, rest = name.partition("_")
    return f"{rest}_{first}" if rest else f"do_{first}"


_LIST_SPEC = plain_spec(
    _LIST, "List the tools as they are at present: names can change while the work goes on."
)
_INVOKE_SPEC = by_name_spec(_INVOKE, f"Call a tool by its present name, as {_LIST} shows it.")
