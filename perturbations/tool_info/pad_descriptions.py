"""More said of tools, none of it to the point."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.plain_specs import respecified
from wildgym.tools import ToolSpec

Topic = Literal["history", "support", "credits"]

_PASSAGES: Mapping[Topic, str] = {
    "history": (
        "This operation was first offered in the spring release of 2019 and has since been carried"
        " over to three generations of the platform. It was among the first to be moved to the new"
        " gateway, and the team that did so wrote about it in the engineering journal."
    ),
    "support": (
        "Questions about this operation are answered by the integration desk on working days from"
        " nine to five. Please have the name of your organisation at hand. Answers to the most"
        " common questions are collected in the handbook, which is printed twice a year."
    ),
    "credits": (
        "Many people have contributed to this operation, and we thank all of them: those who"
        " reviewed its first draft, those who translated the handbook, and the customers who took"
        " part in the early trials. Its icon was drawn by the design team."
    ),
}


class PadDescriptions(Perturbation):
    """Put a passage that says nothing of use ahead of what a tool does."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "T25"
    lesson: ClassVar = (
        "The descriptions begin with words of no use; I read on to what the tool does."
    )
    rank: ClassVar = 55

    topic: Topic = "history"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Pad the descriptions of a share of all tools."""
        passage = _PASSAGES[self.topic]

        def change(spec: ToolSpec, usual: ToolSpec | None) -> ToolSpec:
            return spec.but(description=f"{passage} {spec.description}".rstrip())

        return respecified(scenario, draw, self.strength, change)


class QuoteLatency(Perturbation):
    """Say of each tool how fast it is and how often it succeeds, which tells nothing of use."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "T22"
    lesson: ClassVar = "How fast a tool claims to be does not matter; I go by what it does."
    rank: ClassVar = 54

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Say it of a share of all tools."""

        def change(spec: ToolSpec, usual: ToolSpec | None) -> ToolSpec:
            rng = draw.rng(spec.name)
            seconds, share = rng.integer(2, 90) / 10, rng.integer(700, 999) / 10
            quality = f"(Average response {seconds} s, {share} % of calls succeed.)"
            return spec.but(description=f"{spec.description} {quality}".lstrip())

        return respecified(scenario, draw, self.strength, change)
