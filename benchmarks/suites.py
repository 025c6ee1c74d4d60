"""What is measured: the settings of a run, and the episodes that they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.frozen import Arm, Suite, frozen
from wildgym.perturbations.factory import chosen_scaffolds
from wildgym.tools import key

MODEL = "openai:"
"""What the name of a policy begins with that is a model behind an endpoint."""


ARMS: Mapping[str, Arm] = frozen().arms
SUITES: Mapping[str, Suite] = frozen().suites


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that shapes a record: runs with equal settings can be continued.

    Attributes:
        suite: The name of a suite.
        policy: The name of a policy.
        seeds: Seeds 0 to `seeds` - 1 are played for each task.
        interface: "text" or "chat".
        scaffold: The choice of scaffolds, where the arm leaves it open.
        split: "train" or "test".
        max_turns: How many actions an episode may take.
        reruns: How often each episode is played, for policies that draw.
        limit: Play at most this many scenarios, spread over the tasks; None for all.
        max_tokens: The longest reply that is asked of a model; None leaves it to the endpoint.
        temperature: For a model's replies; None leaves it to the endpoint.
        max_replies: After how many replies in an episode a model gives up; None if never.
    """

    suite: str
    policy: str
    seeds: int = 1
    interface: Literal["text", "chat"] = "text"
    scaffold: str = "hermes"
    split: Literal["train", "test"] = "test"
    max_turns: int = 400
    reruns: int = 1
    limit: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    max_replies: int | None = None

    @property
    def model(self) -> str:
        """The name of the model if the policy is one, else empty."""
        return self.policy.removeprefix(MODEL) if self.policy.startswith(MODEL) else ""

    @property
    def arms(self) -> list[Arm]:
        """The arms that are played: on the chat wire there are no scaffolds to hold out."""
        chosen = suite(self.suite).arms
        return [arm for arm in chosen if self.interface == "text" or arm.scaffold is None]

    @property
    def left_out(self) -> list[str]:
        """Names of the arms of the suite that this interface does not have."""
        played = {arm.name for arm in self.arms}
        return [arm.name for arm in suite(self.suite).arms if arm.name not in played]


@dataclass(frozen=True, slots=True)
class Episode:
    """What identifies an episode within a run.

    Episodes that differ in the arm alone are paired; those that differ in the rerun are the same.
    """

    family: str
    task: str
    seed: int
    arm: str
    rerun: int = 0

    @property
    def env_seed(self) -> int:
        """The seed for `reset`: tasks share no draws, arms and reruns share all."""
        return key(self.task, self.seed) % 2**31

    @property
    def key(self) -> str:
        """The name it goes by in links and lists."""
        again = f"#{self.rerun}" if self.rerun else ""
        return f"{self.task}@{self.seed}/{self.arm}{again}"


def suite(name: str) -> Suite:
    """Return the suite with a name; raise Misuse if there is none."""
    if name not in SUITES:
        raise Misuse(f"there is no suite {name!r}; suites: {', '.join(SUITES)}")
    return SUITES[name]


def plan(setting: Setting) -> list[Episode]:
    """Return all episodes of a run in order: by task, then by seed, by arm, and by rerun.

    Raises:
        Misuse: The setting names a suite or scaffold that there is not.
    """
    scenarios = [
        (family, task, seed)
        for family, task in suite(setting.suite).of_split(setting.split)
        for seed in range(setting.seeds)
    ]
    try:
        chosen_scaffolds(setting.scaffold)
    except ValueError as error:
        raise Misuse(str(error)) from None
    if setting.limit is not None:
        kept = set(sorted(scenarios, key=lambda scenario: key(*scenario))[: setting.limit])
        scenarios = [scenario for scenario in scenarios if scenario in kept]
    return [
        Episode(*scenario, arm.name, rerun)
        for scenario in scenarios
        for arm in setting.arms
        for rerun in range(setting.reruns)
    ]
