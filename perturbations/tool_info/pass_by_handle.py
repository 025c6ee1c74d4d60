"""Texts that are stored first, and given by their handle."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import described, invalid, with_schemas
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, ToolSpec, World, plain_spec

_STORE = "store_text"
_TEXTS = frozenset(
    {"body", "code", "command", "new", "note", "old", "reason", "subject", "text", "title"}
)


@dataclass(frozen=True)
class ByHandle(Layer):
    """A toolset that takes some texts by the handle under which they were stored.

    Args:
        texts: For each tool, the arguments that are such texts.
    """

    texts: Mapping[str, tuple[str, ...]]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Store a text, or put those that are stored in the place of their handles."""
        if call.name == _STORE:
            number = world.memory.get(_STORE, 0) + 1
            world.memory[_STORE] = number
            world.memory[_STORE, f"text-{number}"] = call.arguments.get("content")
            return ToolResult({"handle": f"text-{number}"})
        arguments, problems = dict(call.arguments), {}
        for name in self.texts.get(call.name, ()):
            handle = arguments.get(name)
            if handle is None:
                continue
            if (_STORE, str(handle)) in world.memory:
                arguments[name] = world.memory[_STORE, str(handle)]
            else:
                problems[name] = f"must be a handle that {_STORE} gave"
        if problems:
            return invalid(problems)
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Store the texts, and give their handles."""
        arguments = dict(call.arguments)
        for name in self.texts.get(call.name, ()):
            if arguments.get(name) is not None:
                stored = yield ToolCall(_STORE, {"content": arguments[name]})
                arguments[name] = stored.value["handle"]
        return (yield ToolCall(call.name, arguments))


class PassByHandle(Perturbation):
    """Take texts only by a handle, which another tool gives for each that it is to store."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T38"
    lesson: ClassVar = (
        "Texts are taken by handle only, so I store the text first and give its handle."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.15

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Take the texts of a share of all tools by handle."""
        specs = scenario.toolset.specs
        tools = sorted(chosen(specs, draw, self.strength))
        texts = {name: found for name in tools if (found := _texts(specs[name]))}
        if not texts:
            return scenario
        outer = {n: _by_handle(s, texts[n]) if n in texts else s for n, s in specs.items()}
        layer = ByHandle(scenario.toolset, {**outer, _STORE: _SPEC}, texts)
        return scenario.behind(self.name, layer, toolset=layer)


def _texts(spec: ToolSpec) -> tuple[str, ...]:
    properties = spec.parameters["properties"].items()
    return tuple(n for n, schema in properties if n in _TEXTS and schema.get("type") == "string")


def _by_handle(spec: ToolSpec, texts: tuple[str, ...]) -> ToolSpec:
    schemas: dict[str, Mapping[str, Json]] = {}
    for name in texts:
        about = described(spec.parameters["properties"][name], f"As a handle of {_STORE}.")
        schemas[name] = {"type": "string", "description": about}
    return with_schemas(spec, schemas)


_SPEC = plain_spec(
    _STORE,
    "Store a text; gives the handle by which other tools take it.",
    content="The text.",
)
