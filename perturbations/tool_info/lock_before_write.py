"""Records that are locked before they are changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
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

_LOCK = "lock_record"


def said_too(specs: Specs, more: Mapping[str, str]) -> dict[str, ToolSpec]:
    """Return specs with more said at the end of some descriptions."""
    return {
        name: spec.but(description=f"{spec.description} {more[name]}") if name in more else spec
        for name, spec in specs.items()
    }


def record_of(spec: ToolSpec) -> str:
    """Return the argument that names the record or file that a tool is about; empty if none."""
    names: list[str] = [*spec.parameters["properties"]]
    needed = (n for n in names if n in spec.required and (n.endswith("_id") or n == "path"))
    return next(needed, "")


@dataclass(frozen=True)
class Locking(Layer):
    """A toolset in which a record is locked before it is written to.

    Args:
        records: For each tool that wants a lock, the argument that names the record.
    """

    records: Mapping[str, str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Lock, or write to what is locked; once that succeeds, the lock has ended."""
        if call.name == _LOCK:
            record = str(call.arguments.get("record_id"))
            world.memory[_LOCK, record] = True
            return ToolResult({"locked": record})
        if call.name not in self.records:
            return self.inner.call(call, world)
        record = str(call.arguments.get(self.records[call.name]))
        if not world.memory.get((_LOCK, record)):
            message = f"{record[:100]} is not locked: call {_LOCK} first. A lock is for one change."
            return ToolError("not_locked", message).result
        result = self.inner.call(call, world)
        if not result.is_error:
            world.memory[_LOCK, record] = False
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Lock first."""
        if call.name in self.records:
            yield ToolCall(_LOCK, {"record_id": call.arguments.get(self.records[call.name])})
        return (yield call)


class LockBeforeWrite(Perturbation):
    """Refuse to change a record or file that was not locked just before, by another tool."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46"
    lesson: ClassVar = "What is changed has to be locked first, so I lock it and then write."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.8

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand locks for a share of the tools that change a record."""
        specs = scenario.toolset.specs
        records = {
            name: record
            for name in sorted(chosen(specs, draw, self.strength, effect="write"))
            if (record := record_of(specs[name]))
        }
        if not records:
            return scenario
        note = f"What it names first has to be locked with {_LOCK} before, each time."
        outer = {**said_too(specs, dict.fromkeys(records, note)), _LOCK: _LOCK_SPEC}
        layer = Locking(scenario.toolset, outer, records)
        return scenario.behind(self.name, layer, toolset=layer)


_LOCK_SPEC = plain_spec(
    _LOCK, "Lock a record or file for one change.", record_id="Its id, or its path."
)
