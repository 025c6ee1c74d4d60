"""SkyRL: an env of SkyRL-gym, and the rows of its dataset.

Needs `pip install 'wildgym[skyrl]'`. Source: https://github.com/NovaSky-AI/SkyRL.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import skyrl_gym
from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

from wildgym.envs.integrations.row import Row, made, opened, row

ENV_CLASS = "wildgym"
"""What SkyRL knows the env as, in `env_class` of a row."""


class SkyRLEnv(BaseTextEnv):  # type: ignore[misc]  # the package has no types
    """One episode, which SkyRL begins anew for each rollout of a group.

    Args:
        env_config: The settings that SkyRL has for this env: arguments of `gym.make`.
        extras: The row: what `dataset` wrote, and what SkyRL adds.
    """

    def __init__(
        self,
        env_config: Mapping[str, Any] | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._row = dict(extras or {})
        # SkyRL stops an episode by itself after that many turns; both count the same.
        limit = {"max_turns": int(self._row["max_turns"])} if "max_turns" in self._row else {}
        self._env = made(self._row, interface="text", **dict(env_config or {}), **limit)
        self._end: dict[str, Any] = {}

    def init(self, prompt: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Open the episode of the row; its messages take the place of the row's prompt."""
        _, info = opened(self._env, self._row)
        return info["messages"], {"task_id": info["task_id"], "variation": info["variation"]}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """Play one action of the agent."""
        self.turns += 1
        observation, reward, terminated, truncated, info = self._env.step(action)
        over = terminated or truncated
        self._end = info if over else {}
        return BaseTextEnvStepOutput(
            observations=[] if over else [{"role": "user", "content": observation}],
            reward=reward,
            done=over,
            metadata=info,
        )

    def get_metrics(self) -> dict[str, Any]:
        """Return the score, and whether the host failed: such an episode tells nothing."""
        return {"score": self._end.get("score", 0.0), "invalid": float("invalid" in self._end)}

    def close(self) -> None:
        """Give back what the episode holds."""
        self._env.close()


def register() -> None:
    """Make the env known to SkyRL; call it in the process that makes envs."""
    if ENV_CLASS not in skyrl_gym.registry:
        skyrl_gym.register(id=ENV_CLASS, entry_point=f"{__name__}:{SkyRLEnv.__name__}")


def dataset(env_id: str, seeds: Iterable[int], **arguments: Any) -> list[Row]:
    """Return the rows of a dataset for SkyRL: write them as JSON or Parquet.

    Args:
        env_id: As for `row`.
        seeds: As for `row`, one for each row.
        arguments: As for `row`.
    """
    placeholder = [{"role": "user", "content": "The episode's own messages come here."}]
    return [
        {"prompt": placeholder, "env_class": ENV_CLASS, **row(env_id, seed, **arguments)}
        for seed in seeds
    ]
