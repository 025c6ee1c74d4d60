"""A user who changes the request while the agent is looking things up."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, NEXT, WithUser
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import label, others, stated_here
from wildgym.perturbations.user_prompt.shared_user import user_layer
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Facts,
    Json,
    Specs,
    ToolCall,
    ToolResult,
    World,
)

_JSON = r'("(?:[^"\\]|\\.)*"|[^\s"]+)'
_CHANGE = re.compile(rf"not {_JSON} but {_JSON}(?=[.,])")
_HINT = (
    "I may still change something once you have begun to look: right before you change anything or"
    " hand in, read my next message."
)


@dataclass(frozen=True)
class Changing(WithUser):
    """A toolset with a user who writes again once something was looked up.

    Args:
        change: What the user writes then.
        before: The facts that change, as they were told.
        look_up: A call that looks something up.
    """

    change: str = ""
    before: Facts = field(default_factory=dict)
    look_up: str = ""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Notice the first look-up."""
        if call.name not in _NO_LOOK_UP:
            world.memory[self.name] = True
        return super().call(call, world)

    def messages(self, world: World) -> tuple[str, ...]:
        """Have the change arrive after it."""
        return (self.change,) if self.name in world.memory else ()

    def brief(self, told: Facts) -> Calls[Facts]:
        """Look around first, then read what has changed."""
        yield ToolCall(self.look_up)
        result = yield ToolCall(NEXT)
        after = [json.loads(new) for _, new in _CHANGE.findall(result.value["message"])]
        kinds = self.before.values()
        values: list[Json] = [type(k)(v) for k, v in zip(kinds, after, strict=True)]
        return {**told, **dict(zip(self.before, values, strict=True))}


class ChangeMind(Perturbation):
    """Change facts of the request after the first look-up: the final ones count."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.7
    source: ClassVar = "U07"
    lesson: ClassVar = (
        "The user may still change something, so I read the next message before I change anything."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 0.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Tell other values than the final ones for a share of the facts."""
        first, here, look_up = others(scenario, draw), {*stated_here(scenario)}, _look_up(scenario)
        before = {k: v for k, v in first.items() if k in here and draw.chance(self.strength, k)}
        if not before or not look_up:
            return scenario
        changes = [_change(name, value, scenario.told[name]) for name, value in before.items()]
        change = f"I have thought about it again: {', and '.join(changes)}."
        own: dict[str, Any] = {"change": change, "before": before, "look_up": look_up}
        layer = user_layer(Changing, scenario, self.name, (NEXT,), **own)
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINT))
        told = {**scenario.told, **before}
        return scenario.behind(self.name, layer, toolset=layer, told=told, user=user)


_NO_LOOK_UP = frozenset({*EPISODE_TOOLS, ASK, NEXT})


def _look_up(scenario: Scenario) -> str:
    """Return the name of a tool that looks something up without being told anything."""
    specs: Specs = scenario.toolset.specs
    fitting = (
        name
        for name, spec in specs.items()
        if spec.effect == "read" and not spec.required and name not in _NO_LOOK_UP
    )
    return next(fitting, "")


def _change(name: str, before: Json, after: Json) -> str:
    old, new = (json.dumps(value, ensure_ascii=False) for value in (before, after))
    return f"the {label(name)} is not {old} but {new}"
