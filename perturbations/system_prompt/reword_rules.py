"""The same rules, otherwise laid out: none of these changes what they say."""

from dataclasses import replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.binding import LAST_OF_ALL
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Obstacle


class ShuffleRules(Perturbation):
    """Give the rules in another order."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P04"
    lesson: ClassVar = "The order of the rules means nothing; I keep all of them."
    rank: ClassVar = LAST_OF_ALL + 0.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Move a share of the rules to drawn places."""
        rules = scenario.system.rules
        places = [
            draw.uniform("place", n) * len(rules) if draw.chance(self.strength, "moved", n) else n
            for n in range(len(rules))
        ]
        order = sorted(range(len(rules)), key=lambda n: places[n])
        system = replace(scenario.system, rules=tuple(rules[n] for n in order))
        return scenario.behind(self.name, Obstacle(), system=system)


class RelayPrompt(Perturbation):
    """Lay the system prompt out as Markdown, XML, YAML, JSON, prose, or a workflow of steps."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P01, P02"
    lesson: ClassVar = "The layout of the prompt is unusual; what it says is what counts."
    rank: ClassVar = LAST_OF_ALL + 0.2

    layout: Literal["markdown", "xml", "workflow", "json", "yaml", "prose"] = "markdown"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change the layout, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        system = replace(scenario.system, layout=self.layout)
        return scenario.behind(self.name, Obstacle(), system=system)


class MoveRules(Perturbation):
    """Put rules into the first message of the user instead of the system prompt."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P09"
    lesson: ClassVar = (
        "The rules stand in the user's first message here, and they hold all the same."
    )
    rank: ClassVar = LAST_OF_ALL + 0.3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Move a share of the rules."""
        rules = scenario.system.rules
        moved = [rule for n, rule in enumerate(rules) if draw.chance(self.strength, n)]
        kept = tuple(rule for rule in rules if rule not in moved)
        listed = "\n".join(["Company rules for this session:", *(f"- {r}" for r in moved)])
        before = "\n\n".join(filter(None, [listed, scenario.user.before]))
        return scenario.behind(
            self.name,
            Obstacle(),
            system=replace(scenario.system, rules=kept),
            user=replace(scenario.user, before=before),
        )
