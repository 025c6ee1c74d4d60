"""Suites: which episodes are played. A suite is data, and every arm plays the same scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wildgym.benchmarks.errors import Misuse
from wildgym.perturbations import AXES
from wildgym.perturbations.factory import chosen_scaffolds, matching
from wildgym.tools import key

MODEL = "openai:"
"""What the name of a policy begins with that is a model behind an endpoint."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A named condition.

    Attributes:
        name: The name it goes by in results.
        mix: The mix that its episodes are perturbed with.
        scaffold: The choice of scaffolds that it insists on, or None for the run's own.
    """

    name: str
    mix: str = "none"
    scaffold: str | None = None


ARMS: Mapping[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm("clean"),
        *(Arm(axis, axis) for axis in AXES),
        Arm("all", "all"),
        Arm("heldout", "heldout"),
        Arm("cold-start", "cold-start", scaffold="heldout"),
        Arm("wild", "wild", scaffold="heldout"),
    )
}


@dataclass(frozen=True, slots=True)
class Suite:
    """Families, tasks and arms.

    Attributes:
        name: The name it goes by on the command line.
        about: What it is for.
        globs: For each family, globs over the names of its tasks.
        arms: Names of the arms in which every task is played.
    """

    name: str
    about: str
    globs: Mapping[str, Sequence[str]]
    arms: Sequence[str] = tuple(ARMS)


_SPREAD = (
    "bank/pay_somebody",
    "bank/spent_since",
    "calendar/first_gap",
    "calendar/invite_one",
    "crm/size_of_employer",
    "crm/win",
    "inventory/move",
    "mail/confirm_amount",
    "shop/cancel",
    "shop/spent_by_customer",
    "tickets/call_assignee",
    "travel/book_cheapest",
)

SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("core", "every task in every arm", {"api": ("*",)}),
        Suite("smoke", "a dozen tasks over the services, in every arm", {"api": _SPREAD}),
        Suite("files", "every task over folders of files, in every arm", {"files": ("*",)}),
        Suite("web", "every form of questions over webs, in every arm", {"web": ("*",)}),
        Suite("codebase", "every bug in the packages, in every arm", {"codebase": ("*",)}),
        Suite(
            "tiny",
            "two short tasks in three arms, for slow models",
            {"api": ("shop/order_total", "shop/cancel")},
            ("clean", "tool_info", "tool_response"),
        ),
    )
}


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
        limit: Play at most this many scenarios, spread over the tasks; None for all.
        max_tokens: The longest reply that is asked of a model; None leaves it to the endpoint.
        temperature: For a model's replies; None leaves it to the endpoint.
    """

    suite: str
    policy: str
    seeds: int = 1
    interface: Literal["text", "chat"] = "text"
    scaffold: str = "hermes"
    split: Literal["train", "test"] = "test"
    max_turns: int = 400
    limit: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None

    @property
    def model(self) -> str:
        """The name of the model if the policy is one, else empty."""
        return self.policy.removeprefix(MODEL) if self.policy.startswith(MODEL) else ""

    @property
    def arms(self) -> list[Arm]:
        """The arms that are played: on the chat wire there are no scaffolds to hold out."""
        chosen = [ARMS[name] for name in suite(self.suite).arms]
        return [arm for arm in chosen if self.interface == "text" or arm.scaffold is None]

    @property
    def left_out(self) -> list[str]:
        """Names of the arms of the suite that this interface does not have."""
        played = {arm.name for arm in self.arms}
        return [name for name in suite(self.suite).arms if name not in played]


@dataclass(frozen=True, slots=True)
class Episode:
    """What identifies an episode within a run. Episodes that differ in the arm alone are paired."""

    family: str
    task: str
    seed: int
    arm: str

    @property
    def env_seed(self) -> int:
        """The seed for `reset`: tasks share no draws, arms share all."""
        return key(self.task, self.seed) % 2**31


def suite(name: str) -> Suite:
    """Return the suite with a name; raise Misuse if there is none."""
    if name not in SUITES:
        raise Misuse(f"there is no suite {name!r}; suites: {', '.join(SUITES)}")
    return SUITES[name]


def plan(setting: Setting) -> list[Episode]:
    """Return all episodes of a run in order: by task, then by seed, then by arm.

    Raises:
        Misuse: The setting names a suite, task or scaffold that there is not.
    """
    try:
        chosen_scaffolds(setting.scaffold)
        scenarios = [
            (family, task.name, seed)
            for family, globs in suite(setting.suite).globs.items()
            for task in matching(family, globs, setting.split)
            for seed in range(setting.seeds)
        ]
    except ValueError as error:
        raise Misuse(str(error)) from None
    if setting.limit is not None:
        kept = set(sorted(scenarios, key=lambda scenario: key(*scenario))[: setting.limit])
        scenarios = [scenario for scenario in scenarios if scenario in kept]
    return [Episode(*scenario, arm.name) for scenario in scenarios for arm in setting.arms]
