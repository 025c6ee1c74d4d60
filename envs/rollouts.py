"""Rollouts: whole episodes of a policy, in groups that share a task, by one call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wildgym.envs.trajectory import Trajectory
from wildgym.envs.vector import WildVectorEnv
from wildgym.tools import Json

Act = Callable[[Sequence[int], Sequence[Any]], Sequence[Any]]
"""From the numbers of the envs whose episodes still run, and their observations, to actions."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One episode, played to its end.

    Attributes:
        task: The name of its task.
        variation: The JSON that replays it.
        trajectory: What happened.
        reward: The sum of its rewards.
        info: The last info: `score` and `checks`, or `invalid` where the host failed, so that the
            rollout must not be learnt from.
    """

    task: str
    variation: Mapping[str, Json]
    trajectory: Trajectory
    reward: float
    info: Mapping[str, Any]

    @property
    def valid(self) -> bool:
        """Whether it may be learnt from."""
        return "invalid" not in self.info


def rollouts(
    envs: WildVectorEnv,
    act: Act,
    *,
    seed: int | Sequence[int],
    group: int = 1,
    vary: bool = False,
    task: str | None = None,
) -> list[Rollout]:
    """Open an episode in every env, and play all of them to their ends.

    Args:
        envs: Where to play. Their autoreset mode does not matter: each is stepped to its end.
        act: The policy; it is asked for all running episodes at once.
        seed: As for `reset`.
        group: How many envs in a row share the task of an episode, as group-relative methods want.
        vary: Whether those of a group differ in their perturbations; else they are equal.
        task: The name of the task, if all are to play the same.

    Returns:
        One rollout for each env, in order.
    """
    options = {"group": group, "vary": vary} | ({} if task is None else {"task": task})
    observed, opened = envs.reset(seed=seed, options=options)
    observations, running = list(observed), list(range(envs.num_envs))
    rewards, infos = [0.0] * envs.num_envs, [dict[str, Any]()] * envs.num_envs
    while running:
        actions = act(running, [observations[i] for i in running])
        going = []
        for i, action in zip(running, actions, strict=True):
            observations[i], reward, ended, cut, infos[i] = envs.envs[i].step(action)
            rewards[i] += reward
            if not (ended or cut):
                going.append(i)
        running = going
    return [
        Rollout(str(opened["task_id"][i]), env.variation, env.trajectory, rewards[i], infos[i])
        for i, env in enumerate(envs.envs)
    ]
