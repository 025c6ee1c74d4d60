"""Records that have to be looked at before they are changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.lock_before_write import record_of, said_too
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    World,
)

_READ = "read_before_write"


@dataclass(frozen=True)
class ReadFirst(Layer):
    """A toolset in which what is to be changed has to be read first.

    Args:
        readers: For each tool that changes something, the tool that reads it, and the argument
            that names it for both.
        reading: From each of the tools that read to that argument.
    """

    readers: Mapping[str, tuple[str, str]]
    reading: Mapping[str, str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Note what is read; refuse to change what was not."""
        if call.name in self.reading:
            record = str(call.arguments.get(self.reading[call.name]))
            world.memory[_READ, call.name, record] = True
        elif call.name in self.readers:
            reader, argument = self.readers[call.name]
            record = str(call.arguments.get(argument))
            if (_READ, reader, record) not in world.memory:
                message = f"{record[:100]} was not read yet: call {reader} first."
                return ToolError("not_read", message).result
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Read it, and try again."""
        result = yield call
        if result.code == "not_read" and call.name in self.readers:
            reader, argument = self.readers[call.name]
            yield ToolCall(reader, {argument: call.arguments.get(argument)})
            result = yield call
        return result


class ReadBeforeWrite(Perturbation):
    """Refuse to change a record or file that was not read before in the same episode."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, T48"
    lesson: ClassVar = "This has to be read before it can be changed, so I read it and write again."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = -1.9

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand it of a share of the tools that change what another one reads."""
        specs = scenario.toolset.specs
        readers = _readers(specs)
        pairs = {
            name: (readers[record], record)
            for name in sorted(chosen(specs, draw, self.strength, effect="write"))
            if (record := record_of(specs[name])) in readers
        }
        if not pairs:
            return scenario
        more = {n: f"Only after {r} for the same {a}." for n, (r, a) in pairs.items()}
        reading = {reader: argument for reader, argument in pairs.values()}
        layer = ReadFirst(scenario.toolset, said_too(specs, more), pairs, reading)
        return scenario.behind(self.name, layer, toolset=layer)


def _readers(specs: Specs) -> Mapping[str, str]:
    """Return for each argument the first tool that reads what this alone names."""
    readers: dict[str, str] = {}
    for name, spec in specs.items():
        record = record_of(spec)
        if spec.required == {record} and spec.effect == "read" and name not in EPISODE_TOOLS:
            readers.setdefault(record, name)
    return readers
