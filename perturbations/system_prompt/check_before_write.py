"""Looking before touching: an entry is read before it is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import Watching, bound, writing
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Specs, ToolCall, ToolResult, ToolSpec, World


@dataclass(frozen=True)
class LookedAt(Watching):
    """A toolset in which some calls have to follow a reading call with the same arguments.

    Args:
        looks: From the names of those tools to the specs of the reading ones.
        reading: The names of the reading ones.
    """

    looks: Mapping[str, ToolSpec]
    reading: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Remember what was looked at."""
        read = self.noted(world) or ()
        if call.name in self.reading:
            self.note(world, (*read, _only_required(call, self.inner.specs[call.name]).slot))
        look = self.looks.get(call.name)
        if look is not None and _only_required(call, look).slot not in read:
            self.breach(world)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Look first."""
        if call.name in self.looks:
            yield _only_required(call, self.looks[call.name])
        return (yield call)


def _only_required(call: ToolCall, spec: ToolSpec) -> ToolCall:
    """Return the call of a tool with those of the given arguments that it asks for."""
    return ToolCall(spec.name, {k: v for k, v in call.arguments.items() if k in spec.required})


class CheckBeforeWrite(Perturbation):
    """Let a rule demand that an entry is read by a tool before it is changed."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.45
    source: ClassVar = "T46, T48, rules that bind"
    lesson: ClassVar = (
        "The rules want an entry to be read before it is changed, so I read it first."
    )
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 1.5  # beneath all faults: they can befall what is read first, too

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Bind a share of the tools that write and have a tool that reads by their arguments."""
        specs = scenario.toolset.specs
        tools = writing(scenario, draw, self.strength)
        looks = {n: look for n in specs if n in tools and (look := _look_for(specs[n], specs))}
        if not looks:
            return scenario
        reading = frozenset(look.name for look in looks.values())
        outer = {n: _noted(s, looks[n]) if n in looks else s for n, s in specs.items()}
        layer = LookedAt(scenario.toolset, outer, self.name, looks, reading)
        return bound(scenario, layer, _RULE)


def _look_for(spec: ToolSpec, specs: Specs) -> ToolSpec | None:
    """Return the tool that reads what another writes: it asks for nothing that is not given."""
    fits = [
        s.name
        for s in specs.values()
        if s.effect == "read" and s.returns == "row" and s.required and s.required <= spec.required
    ]
    return specs[min(fits)] if fits else None


def _noted(spec: ToolSpec, look: ToolSpec) -> ToolSpec:
    given = " and ".join(sorted(look.required))
    return spec.but(description=f"{spec.description} Look first: {look.name}, by {given}.")


_RULE = (
    "What you change, you look at before: where the description of a tool names a tool to look with"
    " first, call that one, with the same values, at some time before."
)
