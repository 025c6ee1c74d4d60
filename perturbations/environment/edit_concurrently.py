"""Colleagues who change something between reading and writing."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_REVIEW = "review_conflict"
_SHARE = 0.7
_NAMES = ("Noor", "Ilse", "Tomas", "Wanda")


@dataclass(frozen=True)
class Contended(Layer):
    """A toolset in which some writes meet a change of somebody else's, to be looked at first.

    Args:
        draw: Which writes.
        share: The share of writes.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse a write until its conflict was reviewed."""
        if call.name == _REVIEW:
            return self._review(str(call.arguments["conflict_id"]), world)
        spec = self.inner.specs.get(call.name)
        if spec is None or spec.effect == "read" or call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        slot = call.slot
        if (_REVIEW, slot) in world.memory or not self.draw.chance(self.share, slot):
            return self.inner.call(call, world)
        conflict = f"cf-{self.draw.token(slot)}"
        world.memory[_REVIEW, conflict] = slot
        message = (
            "409: somebody else has just been at this, and nothing was done. Look at the conflict"
            f" by {_REVIEW}, then make the same call again."
        )
        return ToolError("conflict", message, conflict_id=conflict).result

    def _review(self, conflict: str, world: World) -> ToolResult:
        slot = world.memory.get((_REVIEW, conflict))
        if slot is None:
            return ToolError("not_found", f"There is no conflict {conflict!r}.").result
        world.memory[_REVIEW, slot] = True
        who = self.draw.rng(conflict).pick(_NAMES)
        return ToolResult({"changed_by": who, "change": "opened and saved, nothing else"})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Look at the conflict, then write again."""
        result = yield call
        if result.code == "conflict" and "conflict_id" in result.value:
            yield ToolCall(_REVIEW, {"conflict_id": result.value["conflict_id"]})
            result = yield call
        return result


class EditConcurrently(Perturbation):
    """Let writes collide with those of colleagues; a conflict has to be looked at first."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "E20"
    lesson: ClassVar = (
        "Somebody else changed this in the meantime, so I look at the conflict before I write "
        "again."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = 175  # above what reads by commands of its own, beneath the rules that bind

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        toolset = scenario.toolset
        specs = {**toolset.specs, _REVIEW: _SPEC}
        layer = Contended(toolset, specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _REVIEW, "See what somebody else has changed, after a conflict.", conflict_id="The conflict's."
)
