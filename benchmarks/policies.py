"""Policies that need no model: the expert, its blind twin, one that does nothing, one that guesses.

A model's policy is `openai:MODEL`, in `endpoint.py`; one's own is `python:MODULE:FUNCTION`, in
`callables.py`.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from wildgym.benchmarks.callables import PYTHON, callable_policy
from wildgym.benchmarks.episode import Act, Info, Policy
from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.suites import MODEL, Episode
from wildgym.envs import WildEnv
from wildgym.tools import Json, Rng, ToolCall, finish

_ENDS = 0.1
_WORDS = ("ORD-1001", "Ada", "urgent", "7", "2030-01-31", "ada@mail.example", "+15550100")

Answer = Callable[[Any], Any]


def expert(env: WildEnv, info: Info, episode: Episode) -> Answer:
    """Solve the episode."""
    return env.expert()


def blind(env: WildEnv, info: Info, episode: Episode) -> Answer:
    """Solve it as if nothing had been perturbed, until that leads nowhere."""
    return resigning(env.expert("all"))


def noop(env: WildEnv, info: Info, episode: Episode) -> Answer:
    """Hand in the work at once."""
    return resigning(lambda observation: env.written(finish()))


def random(env: WildEnv, info: Info, episode: Episode) -> Answer:
    """Call any tool with any arguments that its schema allows, and hand in the work some time."""
    rng = Rng("random", episode.key)
    specs = list(env.scenario.toolset.specs.values())

    def answer(observation: Any) -> Any:
        if rng.chance(_ENDS):
            return env.written(finish())
        spec = rng.pick(specs)
        return env.written(ToolCall(spec.name, _value(spec.parameters, rng)))

    return answer


POLICIES: Mapping[str, Callable[[WildEnv, Info, Episode], Answer]] = {
    policy.__name__: policy for policy in (expert, blind, noop, random)
}


def local(name: str) -> Policy:
    """Return the policy with a name, as what a `Stage` plays; raise Misuse if there is none."""
    if name.startswith(PYTHON):
        return callable_policy(name)
    if name not in POLICIES:
        known = ", ".join([*POLICIES, f"{MODEL}NAME-OF-A-MODEL", f"{PYTHON}MODULE:FUNCTION"])
        raise Misuse(f"there is no policy {name!r}; policies: {known}")

    def begin(env: WildEnv, info: Info, episode: Episode) -> Act:
        return partial(_at_once, POLICIES[name](env, info, episode))

    return begin


async def _at_once(answer: Answer, observation: Any) -> Any:
    return answer(observation)


def resigning(answer: Answer) -> Answer:
    """Return a policy that gives up rather than do the same three times in a row."""
    said: list[Any] = []

    def answer_or_resign(observation: Any) -> Any:
        action = answer(observation)
        if said == [action] * 2:
            return None
        said[:] = [*said[-1:], action]
        return action

    return answer_or_resign


def _value(schema: Mapping[str, Json], rng: Rng) -> Json:
    """Return a value that a schema of a tool's arguments allows."""
    if "enum" in schema:
        return rng.pick(schema["enum"])
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {
                name: _value(inner, rng)
                for name, inner in schema.get("properties", {}).items()
                if name in required or rng.chance(0.5)
            }
        case "array":
            return [_value(schema.get("items", {}), rng) for _ in range(rng.integer(1, 3))]
        case "boolean":
            return rng.chance(0.5)
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
            return rng.integer(least, min(schema.get("maximum", least + 99), least + 99))
        case _:
            pattern = schema.get("pattern", "^[0-9]{4}-" if "format" in schema else "")
            return rng.pick([w for w in _WORDS if re.search(pattern, w)] or _WORDS)
