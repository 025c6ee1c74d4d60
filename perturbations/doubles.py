"""Two tools where there was one: the true one, and one that passes for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from wildgym.envs import Scenario
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolResult,
    Toolset,
    ToolSpec,
    World,
)


@dataclass(frozen=True)
class Pair:
    """A tool and its twin, as agents are told of them; one of the two may have the old name.

    Attributes:
        true: The tool.
        twin: What passes for it.
        ahead: Whether the twin is listed first.
    """

    true: ToolSpec
    twin: ToolSpec
    ahead: bool


@dataclass(frozen=True)
class Twinned(Layer):
    """A toolset in which some tools have a twin.

    Args:
        pairs: The twins of the tools that have one, by the name that the tool has beneath.
        back: From the name of a true tool to the one that it has beneath.
        passes_for: From the name of a twin to that of the tool it passes for, beneath.
    """

    pairs: Mapping[str, Pair]
    back: Mapping[str, str]
    passes_for: Mapping[str, str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Tell the twins apart."""
        name = self.passes_for.get(call.name)
        if name is not None:
            return self.twin(ToolCall(name, call.arguments), world)
        name = self.back.get(call.name, call.name)
        return self.inner.call(ToolCall(name, call.arguments), world)

    def twin(self, call: ToolCall, world: World) -> ToolResult:
        """Answer a call that was meant for a tool and went to its twin."""
        raise NotImplementedError

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Take the tool whose description says that it does what is needed."""
        pair = self.pairs.get(call.name)
        return (yield ToolCall(pair.true.name, call.arguments) if pair else call)


def twinned(
    layer: Callable[..., Twinned], toolset: Toolset, pairs: Mapping[str, Pair], **fields: object
) -> Twinned:
    """Return a toolset with each pair in the place of its tool.

    Args:
        layer: What answers for the twins.
        toolset: What is wrapped.
        pairs: By the name of the tool.
        fields: What else the layer has.
    """
    specs: dict[str, ToolSpec] = {}
    for name, spec in toolset.specs.items():
        pair = pairs.get(name)
        if pair is None:
            specs[name] = spec
            continue
        both = (pair.twin, pair.true) if pair.ahead else (pair.true, pair.twin)
        specs |= {shown.name: shown for shown in both}
    back = {pair.true.name: name for name, pair in pairs.items()}
    passes_for = {pair.twin.name: name for name, pair in pairs.items()}
    return layer(toolset, specs, pairs, back, passes_for, **fields)


def own_tools(scenario: Scenario) -> Iterator[str]:
    """Yield the names of the tools that are offered under the names that services gave them."""
    for name in scenario.toolset.specs:
        if name in scenario.canonical.specs and name not in EPISODE_TOOLS:
            yield name


def free_name(name: str, specs: Specs) -> str:
    """Return a name, or the first numbered one like it that no tool has."""
    free, number = name, 1
    while free in specs:
        number += 1
        free = f"{name}_{number}"
    return free
