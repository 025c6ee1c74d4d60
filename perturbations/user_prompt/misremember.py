"""A user who quotes from memory, and gets it right when asked."""

import json
import re
from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import alternatives
from wildgym.tools import Calls, Facts, Layer, ToolCall, ToolResult, World, plain_spec

_ASK = "ask_user"
_CORRECTION = re.compile(r'but it is ("(?:[^"\\]|\\.)*")')
_HINT = "I am quoting from memory, so check with me before you act."


@dataclass(frozen=True)
class Misremembered(Layer):
    """A toolset with a tool that asks the user.

    Args:
        wrong: What the user said first.
        right: What the user meant.
    """

    wrong: Facts
    right: Facts

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Correct everything that was wrong."""
        if call.name != _ASK:
            return self.inner.call(call, world)
        corrections = [
            f"I said {json.dumps(self.wrong[name], ensure_ascii=False)},"
            f" but it is {json.dumps(right, ensure_ascii=False)}."
            for name, right in self.right.items()
        ]
        return ToolResult({"reply": " ".join(["Let me look it up.", *corrections])})

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask, and take the correction."""
        result = yield ToolCall(_ASK, {"question": "Is everything in your request right?"})
        corrected = _CORRECTION.findall(result.value["reply"])
        return {**told, **dict(zip(self.right, map(json.loads, corrected), strict=True))}


class Misremember(Perturbation):
    """State some facts of the request wrongly; asked by a tool, the user corrects them."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "U17"
    spares: ClassVar = ("codebase",)
    rank: ClassVar = 0

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put other values of the same world into a share of the facts."""
        others = alternatives(scenario, draw)
        wrong = {k: v for k, v in others.items() if draw.chance(self.strength, k)}
        if not wrong:
            return scenario
        right = {name: scenario.told[name] for name in wrong}
        specs = {**scenario.toolset.specs, _ASK: _SPEC}
        layer = Misremembered(scenario.toolset, specs, wrong, right)
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINT))
        told = {**scenario.told, **wrong}
        return scenario.behind(self.name, layer, toolset=layer, told=told, user=user)


_SPEC = plain_spec(_ASK, "Ask the user something about the request.", question="What to ask.")
