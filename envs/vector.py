"""Many envs as one, without the copies and per-key bookkeeping of general vector envs."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from gymnasium import Env, Space
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from wildgym.envs.env import WildEnv

Bools = NDArray[np.bool_]
Batch = tuple[tuple[Any, ...], NDArray[np.float64], Bools, Bools, dict[str, Any]]
Seeds = int | Sequence[int | None] | None


class Opening(NamedTuple):
    """Tells an env to open an episode: the arguments of its reset."""

    seed: int | None = None
    options: dict[str, Any] | None = None


class Action(NamedTuple):
    """Tells an env to play an action.

    Attributes:
        action: As for `step`.
        then: What to open at once if that ends the episode.
    """

    action: Any
    then: Opening | None = None


Command = Opening | Action


class Reply(NamedTuple):
    """What an env gave.

    Attributes:
        final: The last observation and info of an episode after which another one was opened.
    """

    observation: Any
    info: dict[str, Any]
    reward: float = 0.0
    terminated: bool = False
    truncated: bool = False
    final: tuple[Any, dict[str, Any]] | None = None


def obey(env: Env[Any, Any], command: Command) -> Reply:
    """Do in an env what it is told."""
    if isinstance(command, Opening):
        return Reply(*env.reset(seed=command.seed, options=command.options))
    observation, reward, terminated, truncated, info = env.step(command.action)
    if command.then is None or not (terminated or truncated):
        return Reply(observation, info, float(reward), terminated, truncated)
    opened = env.reset(seed=command.then.seed, options=command.then.options)
    return Reply(*opened, float(reward), terminated, truncated, (observation, info))


class BatchedEnv(VectorEnv[Any, Any, Any]):
    """A vector env, wherever its envs are: subclasses say how these are reached.

    Observations are a tuple; infos are as Gymnasium batches them.

    Args:
        num_envs: How many.
        autoreset_mode: When an env whose episode has ended is reset: by the `NEXT_STEP` (whose
            action it ignores), in the `SAME_STEP` (the last observation and info then are in
            `final_obs` and `final_info`), or by the caller (`DISABLED`, with
            `reset(options={"reset_mask": mask})`).
        observation_space: Of one env.
        action_space: Of one env.
        metadata: Of one env.
        render_mode: Of one env.
    """

    def __init__(
        self,
        num_envs: int,
        autoreset_mode: AutoresetMode | str,
        observation_space: Space[Any],
        action_space: Space[Any],
        metadata: Mapping[str, Any],
        render_mode: str | None,
    ) -> None:
        self.num_envs = num_envs
        self._mode = AutoresetMode(autoreset_mode)
        self.metadata = {**metadata, "autoreset_mode": self._mode}
        self.render_mode = render_mode
        self.single_observation_space = observation_space
        self.single_action_space = action_space
        self.observation_space = batch_space(observation_space, num_envs)
        self.action_space = batch_space(action_space, num_envs)
        self._done: Bools = np.zeros(num_envs, dtype=np.bool_)
        self._observations: list[Any] = [None] * num_envs

    @abstractmethod
    def _play(self, commands: Mapping[int, Command]) -> Iterable[Reply]:
        """Tell some envs, by their numbers, what to do; give the replies in that order."""

    @abstractmethod
    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return an attribute of each env, called with the arguments if it can be."""

    @abstractmethod
    def set_attr(self, name: str, values: Sequence[Any]) -> None:
        """Set an attribute of each env, as Gymnasium's vector envs do."""

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """Return an attribute of each env, as Gymnasium's vector envs do."""
        return self.call(name)

    def render(self) -> Any:
        """Return every env's transcript."""
        return self.call("render")

    def reset(
        self, *, seed: Seeds = None, options: dict[str, Any] | None = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Reset all envs, or those in `options["reset_mask"]` (bool, shape `(num_envs,)`).

        Args:
            seed: One for each env; an int stands for `seed, seed + 1, …`.
            options: Passed to every env, but for `reset_mask`, `group` and `vary`. With a `group`
                of n, each n envs in a row open the same episode, under the seed of the first; and
                if they are to `vary`, the same task, each with a perturbation seed of its own.
        """
        if seed is None or isinstance(seed, int | np.integer):
            seeds = [None if seed is None else int(seed) + i for i in range(self.num_envs)]
        else:
            seeds = list(seed)
        if len(seeds) != self.num_envs:
            raise ValueError(f"{len(seeds)} seeds were given for {self.num_envs} envs")
        chosen = dict(options or {})
        mask = chosen.pop("reset_mask", None)
        group, vary = int(chosen.pop("group", 1)), bool(chosen.pop("vary", False))
        if group < 1 or self.num_envs % group:
            raise ValueError(f"{self.num_envs} envs make no groups of {group}")
        if group > 1 and None in seeds:
            raise ValueError("a group opens the same episode: give reset a seed")
        openings: dict[int, Command] = {}
        for i in range(self.num_envs) if mask is None else map(int, np.flatnonzero(mask)):
            first = i - i % group
            own = {**chosen, "perturbation_seed": seeds[i]} if vary and i > first else chosen
            openings[i] = Opening(seeds[first], own or None)
        infos: dict[str, Any] = {}
        for i, reply in zip(openings, self._play(openings), strict=True):
            self._observations[i], self._done[i] = reply.observation, False
            infos = self._add_info(infos, reply.info, i)
        return tuple(self._observations), infos

    def step(self, actions: Sequence[Any]) -> Batch:
        """Step every env with its action; shapes are `(num_envs,)`."""
        if len(actions) != self.num_envs:
            raise ValueError(f"{len(actions)} actions were given for {self.num_envs} envs")
        rewards = np.zeros(self.num_envs)
        terminated = np.zeros(self.num_envs, dtype=np.bool_)
        truncated = np.zeros(self.num_envs, dtype=np.bool_)
        infos: dict[str, Any] = {}
        then = Opening() if self._mode is AutoresetMode.SAME_STEP else None
        commands: dict[int, Command] = {i: Action(a, then) for i, a in enumerate(actions)}
        if self._mode is AutoresetMode.NEXT_STEP:
            commands.update((int(i), Opening()) for i in np.flatnonzero(self._done))
        for i, reply in enumerate(self._play(commands)):
            self._observations[i], rewards[i] = reply.observation, reply.reward
            terminated[i], truncated[i] = reply.terminated, reply.truncated
            if reply.final is not None:
                final = {"final_obs": reply.final[0], "final_info": reply.final[1]}
                infos = self._add_info(infos, final, i)
            if reply.info:
                infos = self._add_info(infos, reply.info, i)
        self._done = terminated | truncated
        return tuple(self._observations), rewards, terminated, truncated, infos


class WildVectorEnv(BatchedEnv):
    """Step `num_envs` envs of this process in turn.

    Args:
        make: Makes one env.
        num_envs: How many.
        autoreset_mode: As for `BatchedEnv`.

    Attributes:
        envs: Each of them.
    """

    def __init__(
        self,
        make: Callable[[], WildEnv],
        num_envs: int,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        self.envs = [make() for _ in range(num_envs)]
        spaces = self.envs[0].observation_space, self.envs[0].action_space
        told = self.envs[0].metadata, self.envs[0].render_mode
        super().__init__(num_envs, autoreset_mode, *spaces, *told)

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return an attribute of each env, called with the arguments if it can be."""
        found = [getattr(env, name) for env in self.envs]
        return tuple(one(*args, **kwargs) if callable(one) else one for one in found)

    def set_attr(self, name: str, values: Sequence[Any]) -> None:
        """Set an attribute of each env, as Gymnasium's vector envs do."""
        for env, value in zip(self.envs, values, strict=True):
            setattr(env, name, value)

    def _play(self, commands: Mapping[int, Command]) -> Iterable[Reply]:
        return (obey(self.envs[i], command) for i, command in commands.items())
