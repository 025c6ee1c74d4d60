"""What stands around the rules: a company's costume, and examples from elsewhere."""

from dataclasses import replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.binding import LAST_OF_ALL
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Obstacle

_COMPANIES = (
    "Brightwater Logistics", "Kestrel & Sons", "Lumen Publishing", "Nordhafen Marine",
    "Orchard Analytics", "Quarry Street Studios", "Saltmarsh Insurance", "Tallgrass Energy",
)  # fmt: skip
_NAMES = ("Ada", "Bo", "Cleo", "Fenn", "Iris", "Juno", "Milo", "Odile", "Pax", "Wren")
_MANNERS = (
    "You are calm and exact, and you like a job well done.",
    "You are cheerful, and curious about how things work.",
    "You are known for few words and no mistakes.",
    "You treat everybody as you would a guest in your own house.",
)
_VOICES = {
    "company": "You are {name}, a digital colleague at {company}. {manner}",
    "butler": "Your name is {name}, and you are the butler in the house of {company}. {manner}",
    "ship": "This is the good ship {company}. You are {name}, the officer on watch. {manner}",
}


class DressPersona(Perturbation):
    """Give the agent a name, a manner, and a company, a house or a ship to work for."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P03, P14"
    lesson: ClassVar = "The persona changes how I am addressed, not what is to be done."
    rank: ClassVar = LAST_OF_ALL + 0.05

    voice: Literal["company", "butler", "ship"] = "company"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put that ahead of who the agent is, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        rng = draw.rng("costume")
        costume = _VOICES[self.voice].format(
            name=rng.pick(_NAMES), company=rng.pick(_COMPANIES), manner=rng.pick(_MANNERS)
        )
        persona = f"{literal(costume)} {scenario.system.persona}"
        system = replace(scenario.system, persona=persona)
        return scenario.behind(self.name, Obstacle(), system=system)


class ShowForeignExamples(Perturbation):
    """Show examples of work with other tools, in other syntaxes than the one to be used."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "P13"
    lesson: ClassVar = (
        "The examples use other tools and another syntax; I use the tools and the format that "
        "I have."
    )
    rank: ClassVar = LAST_OF_ALL + 0.06

    count: Literal[1, 2, 3] = 2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Add as many as the count says, or with less strength fewer."""
        shown = round(self.count * self.strength)
        if not shown:
            return scenario
        examples = draw.rng("which").shuffled(_EXAMPLES)[:shown]
        added = "\n\n".join([_HEAD, *examples])
        system = replace(scenario.system, persona=f"{scenario.system.persona}\n\n{literal(added)}")
        return scenario.behind(self.name, Obstacle(), system=system)


_HEAD = (
    "Examples follow from other assistants, which have other tools and call them otherwise. They"
    " show the spirit in which to work; how you call your own tools is told elsewhere."
)
_EXAMPLES = (
    "<example>\nWhich lamp is brightest?\n"
    '>>> invoke brightness_of {"lamp": "hall"}\n<<< 420\n'
    '>>> invoke brightness_of {"lamp": "porch"}\n<<< 610\n'
    ">>> say The porch lamp.\n</example>",
    "<example>\nDim the stage by half.\n"
    "CALL stage.level\nRETURNS 0.8\nCALL stage.level:set 0.4\nRETURNS ok\nEND\n</example>",
    "<example>\nHow deep is the well?\n(do (sonar/ping :well) => 31.5)\n(answer 31.5)\n</example>",
    "<example>\nWater the ferns.\n"
    "step 1 | valve | open=ferns | ok\nstep 2 | valve | close=ferns | ok\nfinished\n</example>",
    "<example>\nIs the kiln cold?\n?kiln_temperature;\n#18;\n!yes;\n</example>",
)
