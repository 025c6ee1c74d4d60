"""Rules that operators add to a system prompt."""

from dataclasses import replace

from wildgym.envs import Scenario, SystemPrompt
from wildgym.envs.prompts import literal


def ruled(scenario: Scenario, rule: str) -> SystemPrompt:
    """Return the system prompt with one more rule, given as plain text."""
    system = scenario.system
    return replace(system, rules=(*system.rules, literal(rule)))
