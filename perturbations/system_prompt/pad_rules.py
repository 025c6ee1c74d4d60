"""Rules that never come into force, and why not."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.binding import LAST_OF_ALL
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Obstacle


class PadRules(Perturbation):
    """Add rules about things that do not exist in this episode, so that they never bind."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P06"
    lesson: ClassVar = (
        "Most of these rules are about things that do not occur here; I go by those that apply."
    )
    rank: ClassVar = LAST_OF_ALL

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Scatter up to all of them among the rules; nothing of ours is about any."""
        rules = list(scenario.system.rules)
        for n, rule in enumerate(IDLE_RULES.values()):
            if draw.chance(self.strength, n):
                place = int(draw.uniform(n, "place") * (len(rules) + 1))
                rules.insert(place, literal(rule))
        system = replace(scenario.system, rules=tuple(rules))
        return scenario.behind(self.name, Obstacle(), system=system)


IDLE_RULES = {
    "laboratory coat": "A laboratory coat is handed out by the front desk only.",
    "video recording": "Every video recording of a conference is kept for at most 90 days.",
    "laminator": "The laminator on the third floor may be used by trained staff only.",
    "data centre": "Whoever enters the data centre signs the paper register in person.",
    "parrot": "A parrot is welcome in the courtyard, but not in the canteen.",
    "fire drill": "A fire drill takes place on the first Monday of every quarter.",
    "journalist": "A journalist who enquires is answered by the press office, never by assistants.",
    "forklift": "A forklift may be driven by certified staff only.",
    "bicycle": "A bicycle is parked in the east courtyard, and nowhere else.",
    "patent": "Before a patent is filed, the legal department has to agree in writing.",
    "flagpole": "The flagpole is painted every five years, in white.",
    "candle": "No candle may be lit in a room with a smoke detector.",
    "internship": "An internship of more than three months needs the consent of the works council.",
    "parking permit": "A parking permit is valid for one vehicle and twelve months.",
    "aquarium": "The aquarium in the lobby is fed by the porter alone.",
    "blood donation": "Whoever takes part in a blood donation has the rest of the day off.",
    "drone": "No drone may be flown over the premises without a licence.",
    "asbestos": "Work on walls that contain asbestos is left to specialised firms.",
    "orchestra": "The orchestra of the staff rehearses in the hall, every second Tuesday.",
    "vaccination": "A vaccination is offered in autumn by the company's physician.",
}
"""By what each is about, of which no task, tool or world ever speaks, as the tests show: so no such
rule can ever come into force."""
