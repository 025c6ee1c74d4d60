"""What is trained on: which episodes, and how they are spoken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import made, opened, rows
from wildgym.tools import Json

TASKS = ("shop/order_total", "bank/balance_of_account", "crm/deal_value", "travel/trip_budget")
"""A look-up by id and an answer, in four services."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Episodes of `wildgym/Api-v0`.

    Attributes:
        tasks: Globs over their names.
        syntax: How calls are written; see `wildgym list scaffolds`.
        docs: How tools are documented: a setting of that dial.
        max_turns: After so many, an episode has failed.
        perturbations: The name of a mix.
    """

    tasks: tuple[str, ...] = TASKS
    syntax: str = "pythonic"
    docs: str = "signatures"
    max_turns: int = 3
    perturbations: str = "none"

    env_id = "wildgym/Api-v0"

    def arguments(self, split: str = "train") -> dict[str, Json]:
        """Return what `row` and `dataset` are given beside the seeds.

        Args:
            split: "train" or "test", whose scenarios are others.
        """
        return {
            "tasks": list(self.tasks),
            "scaffold": {"syntax": self.syntax, "docs": self.docs},
            "max_turns": self.max_turns,
            "split": split,
            "perturbations": self.perturbations,
        }

    def demonstrated(self, seeds: Iterable[int]) -> Iterator["Demonstration"]:
        """Let the expert play the episodes of these seeds."""
        env: WildEnv | None = None
        for one in rows(self.env_id, seeds, **self.arguments()):
            env = env or made(one, interface="text")
            yield _played(env, one)


Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An episode that the expert played.

    Attributes:
        messages: What opens it.
        turns: What the expert wrote, each with what was then observed.
    """

    messages: list[Message]
    turns: list[tuple[str, str]]

    @property
    def texts(self) -> Iterator[str]:
        """Yield all that was said, part by part."""
        yield from (message["content"] for message in self.messages)
        for turn in self.turns:
            yield from turn


def _played(env: WildEnv, one: dict[str, Any]) -> Demonstration:
    _, info = opened(env, one)
    policy, observation, over, turns = env.expert(), None, False, []
    while not over:
        action = policy(observation)
        observation, _, terminated, truncated, _ = env.step(action)
        over = terminated or truncated
        turns.append((action, observation))
    return Demonstration(info["messages"], turns)
