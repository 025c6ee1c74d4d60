"""The one environment class. It plays the scenario it is given, and knows of no perturbation."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import gymnasium as gym
from gymnasium import error

from wildgym.envs.conversation import Conversation, as_text
from wildgym.envs.expert import played_by_expert
from wildgym.envs.openings import functions, known
from wildgym.envs.scaffolds import SCAFFOLDS, Native, Offer, RunningScaffold, Scaffold
from wildgym.envs.scaffolds.dialed import as_json, dialed, effective
from wildgym.envs.scaffolds.dials import Dials
from wildgym.envs.scenario import Perturb, Scenario, Task
from wildgym.envs.spaces import AssistantMessage, Messages, Unicode
from wildgym.envs.tracing import Tracer
from wildgym.envs.trajectory import Trajectory, Turn
from wildgym.envs.transcript import ansi
from wildgym.envs.user import Speaker, put_in_place
from wildgym.envs.verifier import Verdict
from wildgym.tools import Json, Rng, Specs, ToolCall, ToolResult, World, check, key
from wildgym.tools.sandboxes import backend

logger = logging.getLogger(__name__)

_PLAIN = Dials()

Reward = Literal["sparse", "dense"]
History = Literal["last", "full"]


class WildEnv(gym.Env[Any, Any]):
    """Draw a scenario, play it turn by turn, verify what is left.

    Args:
        tasks: What to draw scenarios from; each reset draws one of them.
        scaffolds: Text scaffolds to draw from; with more than one, each reset draws.
        dials: From the seed of a reset to how the dials of its scaffold are turned; None leaves
            all scaffolds as they are.
        perturb: What changes each scenario before it is played; None leaves it as it is.
        interface: "text" (str in, str out) or "chat" (chat messages and native tool calls).
        split: "train" or "test": two disjoint sets of scenarios.
        max_turns: How many actions an episode may take before it is truncated.
        history: What an observation is: what the "last" action brought, or the "full" conversation,
            as the scaffold's dials show it again, so that a policy needs no memory.
        reward: "sparse" pays the score at the end. "dense" pays progress as it is made, and sums
            to the same.
        render_mode: None or "ansi".
        sandbox: The name of a backend for families and scaffolds that run something, or "auto".
        user: What speaks for the user in place of our program, in episodes that have one.
        trace: Whether turns have `passages`: what each call and result really was, and which
            perturbations changed it. It makes steps slower.

    Raises:
        Unavailable: A scaffold needs such a sandbox, and it cannot be had here.

    Attributes:
        strengths: For each axis, which share of the strength of its perturbations episodes have
            that are opened from now on; all of it where none is named. Curricula set it.
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012 (as Gymnasium has it)

    def __init__(
        self,
        tasks: Sequence[Task],
        scaffolds: Sequence[Scaffold] = (SCAFFOLDS["hermes"],),
        *,
        dials: Callable[[int], Dials] | None = None,
        perturb: Perturb | None = None,
        interface: Literal["text", "chat"] = "text",
        split: Literal["train", "test"] = "train",
        max_turns: int = 400,
        history: History = "last",
        reward: Reward = "sparse",
        render_mode: str | None = None,
        sandbox: str = "auto",
        user: Speaker | None = None,
        trace: bool = False,
    ) -> None:
        self.observation_space = Unicode() if interface == "text" else Messages()
        self.action_space = Unicode() if interface == "text" else AssistantMessage()
        self.render_mode = render_mode
        self._tasks = tuple(tasks)
        self._scaffolds = scaffolds if interface == "text" else (Native(),)
        self._dialling = dials
        self._perturb = perturb
        self._interface = interface
        self._split = split
        self._max_turns = max_turns
        self._whole = history == "full"
        self._dense = reward == "dense"
        self._sandbox = sandbox
        self._user = user
        self._tracing = trace
        for scaffold in self._scaffolds:
            if isinstance(scaffold, RunningScaffold):
                scaffold.prepare(sandbox)
        self.strengths: Mapping[str, float] = {}
        self._world = World({}, {}, "")
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Open a new episode. Equal seeds give equal episodes, byte for byte.

        Args:
            seed: Draws the task and its perturbations; None draws one from the env's generator.
            options: `task_seed` and `perturbation_seed` set the two apart; `task` names the task.

        Returns:
            What the agent sees first, and an info with `task_id`, `messages`, `tools` and
            `variation` (the JSON that replays the episode, given as `perturbations`).

        Raises:
            ValueError: An option is unknown or names no task of this env.
        """
        super().reset(seed=seed)
        chosen = known(options)
        drawn = int(self.np_random.integers(2**62)) if seed is None else seed
        task_seed = int(chosen.get("task_seed", drawn))
        perturbation_seed = int(chosen.get("perturbation_seed", drawn))
        scenario = self._task(chosen.get("task"), task_seed).draw(task_seed, self._split)
        variation: Mapping[str, Json] = {}
        if self._perturb is not None:
            scenario, variation = self._perturb(scenario, perturbation_seed, self.strengths)
        scaffold = Rng(perturbation_seed, "scaffold").pick(self._scaffolds)
        dials = _PLAIN if self._dialling is None else self._dialling(perturbation_seed)
        self._dials = effective(scaffold, dials) if dials is not _PLAIN else dials
        self._scaffold = dialed(scaffold, self._dials)
        return self._open(scenario, {**variation, "scaffold": as_json(scaffold, self._dials)})

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action of the agent.

        An action that cannot be read is answered by an observation that says why. It costs a turn.

        Returns:
            The observation, reward, terminated, truncated, and an info that is empty until the end;
            then it has `score`, `checks`, the `status` that was handed in, `turns`, `lures` (for
            each that was set, whether it was followed), where tables are judged how many changes
            were `collateral` and how many of these `duplicates`, where something was run the
            `sandbox` that did, and, where the host failed, `invalid`.

        Raises:
            gymnasium.error.ResetNeeded: The episode is over, or none was begun.
        """
        if self._over:
            raise error.ResetNeeded("call reset() first: no episode is running")
        left = self._max_turns - len(self._trajectory.turns)
        turns = self._trajectory.turns
        world = self._world
        offer = Offer(
            self._specs,
            self._call,
            left,
            self._sandbox,
            turns,
            lambda: world.answer is not None,
        )
        try:
            turn = self._scaffold.play(action, offer)
        except Exception as fault:
            observation = self._scaffold.complain("The environment failed. This is not your fault.")
            turns.append(Turn(action, "", (), (), observation))
            return self._invalid(self._shown(turns[-1]), fault)
        if self._tracer is not None:
            turn = replace(turn, passages=self._tracer.taken())
        turns.append(turn)
        return self._settle(self._shown(turn))

    def render(self) -> str | None:
        """Return the transcript so far, coloured, with `render_mode="ansi"`."""
        if self.render_mode is None:
            return None
        return ansi(self._trajectory)

    def close(self) -> None:
        """Give back what the episode holds. A reset opens the next."""
        self._over = True
        if self._world.workspace is not None:
            self._world.workspace.close()

    def fork(self) -> "WildEnv":
        """Return an env in the same state, whose steps leave this one as it is.

        For tree search and group rollouts. A reset without a seed on the fork draws its seed from
        the fork's own generator.
        """
        twin = WildEnv.__new__(WildEnv)
        twin.__dict__.update(self.__dict__)
        twin._np_random = None
        twin._world = self._world.fork()
        twin._trajectory = self._trajectory.fork()
        twin._tracer = Tracer(self._scenario) if self._tracing else None
        if self._conversation is not None:
            twin._conversation = self._conversation.fork()
        return twin

    @property
    def scenario(self) -> Scenario:
        """The scenario being played, solution included: keep it from the agent."""
        return self._scenario

    @property
    def variation(self) -> Mapping[str, Json]:
        """The JSON that replays this episode, given as `perturbations`, under the same seed."""
        return self._variation

    @property
    def dials(self) -> Dials:
        """How the dials of this episode's scaffold are turned."""
        return self._dials

    @property
    def trajectory(self) -> Trajectory:
        """What has happened in this episode."""
        return self._trajectory

    def expert(
        self,
        blind_to: Sequence[str] | Literal["all"] = (),
        lessons: Mapping[str, str] | None = None,
    ) -> Callable[[Any], Any]:
        """Return a policy that solves this episode from its beginning, by what it observes.

        Args:
            blind_to: Names of perturbations that it does not know how to get through, or "all".
            lessons: For each perturbation what an agent thinks that has noticed it, such as
                `wildgym.perturbations.lessons()`. Then each action begins with why it is done.
        """
        return played_by_expert(self._scenario, self._scaffold, blind_to, lessons, self._whole)

    def written(self, call: ToolCall) -> Any:
        """Return the action that makes one call of a tool that this episode offers."""
        return self._scaffold.act([call], self._specs)

    def verify(self) -> Verdict:
        """Return what the verifier says of the world as it stands."""
        scenario, world = self._scenario, self._world
        verdict = scenario.verifier(scenario, world, self._trajectory)
        if not scenario.checks:
            return verdict
        kept = {name: holds(world) for name, holds in scenario.checks}
        progress = verdict.progress if all(kept.values()) else 0.0
        return replace(verdict, checks={**verdict.checks, **kept}, progress=progress)

    def _task(self, name: str | None, seed: int) -> Task:
        if name is None:
            return self._tasks[key(seed, "task") % len(self._tasks)]
        for task in self._tasks:
            if task.name == name:
                return task
        raise ValueError(f"this env has no task {name!r}; `wildgym list tasks` shows all")

    def _open(self, scenario: Scenario, variation: dict[str, Json]) -> tuple[Any, dict[str, Any]]:
        self._scenario = scenario
        self._variation = variation
        self._specs: Specs = scenario.toolset.specs
        self._tracer = Tracer(scenario) if self._tracing else None
        self.close()
        self._world = scenario.world.fork()
        if scenario.world.workspace is not None:
            self._world.workspace = scenario.world.workspace.on(self._sandbox)
        if self._user is not None:
            put_in_place(self._user, self._world)
        self._over = False
        self._progress = 0.0
        messages = self._scaffold.opening(
            scenario.system.render(scenario.told), scenario.user.render(scenario.told), self._specs
        )
        observation = messages if self._interface == "chat" else as_text(messages)
        self._trajectory = Trajectory(observation)
        self._conversation = Conversation(tuple(messages), self._dials) if self._whole else None
        info = {
            "task_id": scenario.task,
            "messages": [message.copy() for message in messages],
            "tools": functions(self._specs),
            "variation": variation,
        }
        return observation, info

    def _shown(self, turn: Turn) -> Any:
        """Return the observation that a turn brings."""
        if self._conversation is None:
            return turn.observation
        self._conversation.add(turn)
        messages = self._conversation.messages()
        if self._interface == "text":
            return as_text(messages)
        return [message.copy() for message in messages]

    def _call(self, call: ToolCall) -> ToolResult:
        if self._tracer is not None:
            self._tracer.begin(call)
        if self._world.answer is not None:
            closed = {"code": "episode_over", "message": "The work was handed in already."}
            return ToolResult(closed, is_error=True)
        problem = check(call, self._specs)
        if problem is not None:
            return problem.result
        return (self._tracer or self._scenario.toolset).call(call, self._world)

    def _settle(self, observation: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        terminated = self._world.answer is not None
        truncated = not terminated and len(self._trajectory.turns) >= self._max_turns
        try:
            if not (terminated or truncated):
                return observation, self._gain(), False, False, {}
            verdict = self.verify()
        except Exception as fault:
            return self._invalid(observation, fault)
        self.close()
        score = verdict.score if terminated else 0.0
        info = {
            "score": score,
            "checks": verdict.checks,
            "status": self._world.answer["status"] if self._world.answer is not None else None,
            "turns": len(self._trajectory.turns),
        }
        if verdict.collateral is not None:
            info |= {"collateral": verdict.collateral, "duplicates": verdict.duplicates}
        if self._world.workspace is not None or isinstance(self._scaffold, RunningScaffold):
            info["sandbox"] = backend(self._sandbox).name
        if self._scenario.lures:
            followed = {name: fell(self._world) for name, fell in self._scenario.lures}
            info["lures"] = followed
        return observation, score - self._progress, terminated, truncated, info

    def _gain(self) -> float:
        """The progress since the last step: a difference of potentials, so it cannot be farmed."""
        if not self._dense:
            return 0.0
        before, self._progress = self._progress, self.verify().progress / 2
        return self._progress - before

    def _invalid(
        self, observation: Any, fault: Exception
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """End the episode without a score: the host failed, not the agent."""
        logger.error("the host failed in %s", self._scenario.task, exc_info=fault)
        self.close()
        info = {"invalid": f"{type(fault).__name__}: {fault}", "turns": len(self._trajectory.turns)}
        return observation, 0.0, False, True, info
