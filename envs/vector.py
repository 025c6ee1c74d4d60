"""Many envs in one process, without the copies and per-key bookkeeping of general vector envs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from wildgym.envs.env import WildEnv

Bools = NDArray[np.bool_]
Batch = tuple[tuple[Any, ...], NDArray[np.float64], Bools, Bools, dict[str, Any]]


class WildVectorEnv(VectorEnv[Any, Any, Any]):
    """Step `num_envs` envs in turn. Observations are a tuple; infos are as Gymnasium batches them.

    Args:
        make: Makes one env.
        num_envs: How many.
        autoreset_mode: When an env whose episode has ended is reset: by the `NEXT_STEP` (whose
            action it ignores), in the `SAME_STEP` (the last observation and info then are in
            `final_obs` and `final_info`), or by the caller (`DISABLED`, with
            `reset(options={"reset_mask": mask})`).
    """

    def __init__(
        self,
        make: Callable[[], WildEnv],
        num_envs: int,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        mode = AutoresetMode(autoreset_mode)
        self.envs = [make() for _ in range(num_envs)]
        self.num_envs = num_envs
        first = self.envs[0]
        self.metadata = {**first.metadata, "autoreset_mode": mode}
        self.render_mode = first.render_mode
        self.single_observation_space = first.observation_space
        self.single_action_space = first.action_space
        self.observation_space = batch_space(first.observation_space, num_envs)
        self.action_space = batch_space(first.action_space, num_envs)
        self._mode = mode
        self._done: Bools = np.zeros(num_envs, dtype=np.bool_)
        self._observations: list[Any] = [None] * num_envs

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
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
        infos: dict[str, Any] = {}
        for i in range(self.num_envs) if mask is None else np.flatnonzero(mask):
            first = i - i % group
            own = {**chosen, "perturbation_seed": seeds[i]} if vary and i > first else chosen
            self._observations[i], info = self.envs[i].reset(seed=seeds[first], options=own or None)
            self._done[i] = False
            infos = self._add_info(infos, info, int(i))
        return tuple(self._observations), infos

    def step(self, actions: Sequence[Any]) -> Batch:
        """Step every env with its action; shapes are `(num_envs,)`."""
        rewards = np.zeros(self.num_envs)
        terminated = np.zeros(self.num_envs, dtype=np.bool_)
        truncated = np.zeros(self.num_envs, dtype=np.bool_)
        infos: dict[str, Any] = {}
        observations, late = self._observations, self._done
        waiting = self._mode is AutoresetMode.NEXT_STEP and late.any()
        for i, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            if waiting and late[i]:
                observations[i], info = env.reset()
                infos = self._add_info(infos, info, i)
                continue
            observations[i], rewards[i], ended, cut, info = env.step(action)
            if ended or cut:
                terminated[i], truncated[i] = ended, cut
                if self._mode is AutoresetMode.SAME_STEP:
                    final = {"final_obs": observations[i], "final_info": info}
                    observations[i], info = env.reset()
                    infos = self._add_info(infos, final, i)
            if info:
                infos = self._add_info(infos, info, i)
        self._done = terminated | truncated
        return tuple(observations), rewards, terminated, truncated, infos

    def set_attr(self, name: str, values: Sequence[Any]) -> None:
        """Set an attribute of each env, as Gymnasium's vector envs do."""
        for env, value in zip(self.envs, values, strict=True):
            setattr(env, name, value)

    def render(self) -> Any:
        """Return every env's transcript."""
        return tuple(env.render() for env in self.envs)
