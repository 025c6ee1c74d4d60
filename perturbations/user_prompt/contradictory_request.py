"""A request that says two things."""

import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.envs.user import ASK, WithUser, heard
from wildgym.perturbations.core import Perturbation, Twin
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.twins import case_number, is_impossible, twinned
from wildgym.perturbations.user_prompt.facts_of_request import (
    label,
    others,
    stated_here,
    with_parts,
)
from wildgym.perturbations.user_prompt.shared_user import known, user_layer
from wildgym.tools import Calls, CannotBeDone, Facts, Json, ToolCall

_RIGHT_FIRST = 1 / 3
_CASE = re.compile(r"my case is (K\d+)\.")


@dataclass(frozen=True)
class Contradicted(WithUser):
    """A toolset with a user whose request says two things about a fact.

    Args:
        fact: Which fact.
        value: What is meant, if one of the two.
        evidence: The number of the user's case.
        hopeless: Whether the user wants both.
    """

    fact: str = ""
    value: Json = None
    evidence: str = ""
    hopeless: bool = False

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask which of the two holds."""
        name = label(self.fact)
        question = f"Your request contradicts itself about the {name}. What is right?"
        result = yield ToolCall(ASK, {"question": question})
        case = _CASE.search(result.value["reply"])
        if case is not None:
            raise CannotBeDone(case[1])
        return {**told, self.fact: heard(result.value["reply"], name, self.value)}


class ContradictoryRequest(Perturbation):
    """Say two things about a fact, and want both; in its twin, the user knows which is right."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.6
    source: ClassVar = "U08"
    lesson: ClassVar = "The request says two things, so I ask which of them holds."
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 0.6

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Contradict one fact, or with less strength more often none."""
        wrong = others(scenario, draw)
        names = [n for n in stated_here(scenario) if n in wrong]
        if is_impossible(scenario) or not names or not draw.chance(self.strength, "whether"):
            return scenario
        name = draw.rng("fact").pick(names)
        value, case = scenario.told[name], case_number(draw)
        hopeless = self.twin == "impossible"
        says = f"I want both of them for the {label(name)}, and I insist: my case is {case}."
        fact = known(name, value, says=says if hopeless else "")
        own = {"fact": name, "value": value, "evidence": case, "hopeless": hopeless}
        layer = user_layer(Contradicted, scenario, self.name, (ASK,), (fact,), **own)
        said = [wrong[name], value]
        if draw.rng("first").chance(_RIGHT_FIRST):
            said.reverse()
        once, again = f"{name}__first", f"{name}__again"
        told = {**scenario.told, name: said[0], once: said[0], again: said[1]}
        hint = _HINT.format(label=label(name), field=f"{{{again}}}")
        user = with_parts(scenario, lambda part: renamed_field(part, name, once), hint)
        return twinned(scenario, self.name, layer, _RULE, toolset=layer, told=told, user=user)


_HINT = "And please do not forget: the {label} is {field}."
_RULE = (
    "If a request contradicts itself, ask the user which of the two holds. If the user insists on"
    " both, change nothing and hand in the work with the status 'impossible', and as the answer"
    " the number of the user's case."
)
