"""System prompts in other languages."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.directory.scenario import PERSONA as FOLDER_PERSONA
from wildgym.envs.prompts import SystemPrompt
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import is_codebase
from wildgym.perturbations.languages import french, german, spanish
from wildgym.tools import Obstacle

Language = Literal["german", "french", "spanish"]

_SPOKEN: Mapping[Language, ModuleType] = {"german": german, "french": french, "spanish": spanish}


class TranslateRules(Perturbation):
    """Put the system prompt into German, French or Spanish; facts stay as they are."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "P16"
    lesson: ClassVar = "The rules are in another language; I follow them as they are meant."
    families: ClassVar = ("api", "codebase", "files")
    rank: ClassVar = -650  # before all, so that it finds the prompt as the task words it

    language: Language = "german"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Translate a share of the rules, and with one of them also who the agent is."""
        translated = in_language(scenario, self.language)
        both = zip(scenario.system.rules, translated.rules, strict=True)
        rules = tuple(new if draw.chance(self.strength, old) else old for old, new in both)
        if rules == scenario.system.rules:
            return scenario
        return scenario.behind(self.name, Obstacle(), system=replace(translated, rules=rules))


def in_language(scenario: Scenario, language: Language) -> SystemPrompt:
    """Return a task's own system prompt in another language."""
    system, spoken, family = scenario.system, _SPOKEN[language], _family(scenario)
    common = spoken.COMMON[family]
    known = _rules_of_services(language)
    rest = tuple(known.get(rule, rule) for rule in system.rules[len(common) :])
    return replace(
        system,
        persona=spoken.PERSONAS[family],
        context=spoken.CONTEXT[family],
        rules=common + rest,
    )


def _family(scenario: Scenario) -> str:
    if scenario.world.workspace is None:
        return "api"
    if is_codebase(scenario):
        return "codebase"
    return "folder" if scenario.system.persona == FOLDER_PERSONA else "files"


@cache
def _rules_of_services(language: Language) -> Mapping[str, str]:
    from wildgym.envs.api import SERVICES

    spoken = _SPOKEN[language].SERVICES
    return {
        rule: translated
        for name, service in SERVICES.items()
        for rule, translated in zip(service.rules, spoken[name], strict=True)
    }
