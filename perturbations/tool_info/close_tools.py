"""Tools and fields that are not open in this session: what needs them cannot be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.expert import answered
from wildgym.perturbations.core import Perturbation, Twin
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.twins import case_number, is_impossible, twinned
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    CannotBeDone,
    Json,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    plain_spec,
)

_TOOLS, _REQUEST_TOOL = "list_all_tools", "request_tool"
_FIELDS, _REQUEST_FIELD = "list_closed_fields", "request_field"


@dataclass(frozen=True)
class Closed(Layer):
    """A toolset in which something is closed, with a list of it, and a tool to ask for it.

    Args:
        listing: The name of the tool that lists.
        request: The name of the tool that asks.
        listed: What it lists.
        closed: What is closed: the arguments of the request for it.
        evidence: The number of the case that such a request opens.
        hopeless: Whether what is asked needs it.
    """

    listing: str
    request: str
    listed: Sequence[Json]
    closed: Mapping[str, str]
    evidence: str
    hopeless: bool

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """List, or open a case; nothing else goes through that is closed."""
        if call.name == self.listing:
            return ToolResult(list(self.listed))
        if call.name == self.request:
            if call.arguments == self.closed:
                return ToolResult({"granted": False, "case": self.evidence})
            return ToolError("not_closed", "Nothing of that name is closed in this session.").result
        if self._needs(call):
            return ToolError("closed", "This is not open in this session.").result
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for what is needed; where it is not given, it cannot be done."""
        if not self._needs(call):
            return (yield call)
        asked = yield ToolCall(self.request, self.closed)
        raise CannotBeDone(asked.value["case"])

    def _needs(self, call: ToolCall) -> bool:
        field = self.closed.get("field")
        return call.name == self.closed["tool"] and field in (None, *call.arguments)


class RemoveNeededTool(Perturbation):
    """Close a tool for this session that the request needs; in its twin, one it does not need."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.8
    source: ClassVar = "T41"
    lesson: ClassVar = (
        "The tool that I need is closed, so I ask for it; if it is not given, this cannot be done."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -60  # where tools have their canonical names, and all facts are final

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Close one, or with less strength more often none."""
        if is_impossible(scenario) or not draw.chance(self.strength, "whether"):
            return scenario
        writes, (made, around) = _writes(scenario), _writes_made(scenario)
        unused = sorted(writes.keys() - {call.name for call in (*made, *around)})
        if not made or not unused or not _is_needed(made[0], scenario):
            return scenario
        tool = made[0].name if self.twin == "impossible" else draw.rng("tool").pick(unused)
        specs = {name: spec for name, spec in scenario.toolset.specs.items() if name != tool}
        specs[_TOOLS] = _LIST_TOOLS
        specs[_REQUEST_TOOL] = _ASK_FOR_TOOL
        listed = [{"tool": n, "does": s.description, "open": n != tool} for n, s in writes.items()]
        layer = Closed(
            *(scenario.toolset, specs, _TOOLS, _REQUEST_TOOL, listed, {"tool": tool}),
            *(case_number(draw), self.twin == "impossible"),
        )
        return twinned(scenario, self.name, layer, _TOOL_RULE, toolset=layer)


class DropParameter(Perturbation):
    """Take a field from a tool that the request needs; in its twin, one it does not need."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.8
    source: ClassVar = "T42"
    lesson: ClassVar = (
        "The field that I need is missing, so I ask for it; if it is not given, this cannot "
        "be done."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -59

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Take one away, or with less strength more often none."""
        if is_impossible(scenario) or not draw.chance(self.strength, "whether"):
            return scenario
        writes, (made, around) = _writes(scenario), _writes_made(scenario)
        given = {(call.name, field) for call in (*made, *around) for field in call.arguments}
        unused = [
            (n, f) for n, s in writes.items() for f in sorted(s.arguments) if (n, f) not in given
        ]
        if not made or not unused or not _is_needed(made[0], scenario):
            return scenario
        needed = [(made[0].name, field) for field in sorted(made[0].arguments)]
        options = needed if self.twin == "impossible" else unused
        tool, field = draw.rng("field").pick(options)
        spec = scenario.toolset.specs[tool]
        specs = {**scenario.toolset.specs, tool: _without(spec, field)}
        specs[_FIELDS] = _LIST_FIELDS
        specs[_REQUEST_FIELD] = _ASK_FOR_FIELD
        listed = [{"tool": tool, "field": field, **spec.parameters["properties"][field]}]
        layer = Closed(
            *(scenario.toolset, specs, _FIELDS, _REQUEST_FIELD, listed),
            *({"tool": tool, "field": field}, case_number(draw), self.twin == "impossible"),
        )
        return twinned(scenario, self.name, layer, _FIELD_RULE, toolset=layer)


def _writes(scenario: Scenario) -> dict[str, ToolSpec]:
    """Return the services' tools that change something: what others have added is theirs."""
    specs, canonical = scenario.toolset.specs, scenario.canonical.specs
    return {
        name: spec
        for name, spec in specs.items()
        if spec.effect == "write" and name in canonical and name not in EPISODE_TOOLS
    }


def _writes_made(scenario: Scenario) -> tuple[list[ToolCall], list[ToolCall]]:
    """Return the calls by which the solution changes something, and those of ways around them."""
    world, made, around = scenario.origin.fork(), list[ToolCall](), list[ToolCall]()
    for call in _made(answered(scenario.solution(scenario.facts)), scenario, world):
        made.append(call)
        if call.name in scenario.detours:
            detour = scenario.detours[call.name](**call.arguments)
            around += _made(answered(detour), scenario, world.fork())
    return made, around


def _made(program: Calls[Json], scenario: Scenario, world: World) -> Iterator[ToolCall]:
    """Carry a program out; yield each call that changes something before it does."""
    try:
        call = next(program)
        while True:
            if scenario.canonical.specs[call.name].effect == "write":
                yield call
            call = program.send(scenario.canonical.call(call, world))
    except (StopIteration, ToolError):
        return


def _is_needed(call: ToolCall, scenario: Scenario) -> bool:
    """Say whether a tool is open so far, and there is no way around it."""
    return call.name in _writes(scenario) and call.name not in scenario.detours


def _without(spec: ToolSpec, field: str) -> ToolSpec:
    properties = {n: s for n, s in spec.parameters["properties"].items() if n != field}
    required = [n for n in spec.parameters.get("required", ()) if n != field]
    parameters = {**spec.parameters, "properties": properties, "required": required}
    return spec.but(parameters=parameters)


_TOOL_RULE = (
    "Not every tool is open in each session: list_all_tools lists all that change something. If"
    " what is asked needs one that is not open, change nothing, ask for it with request_tool, and"
    " hand in the work with the status 'impossible', and as the answer the number of the case."
)
_FIELD_RULE = (
    "Some fields of tools are closed in a session: list_closed_fields lists them. If what is asked"
    " needs one, change nothing, ask for it with request_field, and hand in the work with the"
    " status 'impossible', and as the answer the number of the case."
)
_LIST_TOOLS = plain_spec(_TOOLS, "List all tools that change something, open or not.")
_ASK_FOR_TOOL = plain_spec(
    _REQUEST_TOOL, "Ask for a tool that is not open.", tool="Its name, as it is listed."
)
_LIST_FIELDS = plain_spec(_FIELDS, "List the fields of tools that are closed in this session.")
_ASK_FOR_FIELD = plain_spec(
    _REQUEST_FIELD, "Ask for a field that is closed.", tool="The tool.", field="The field."
)
