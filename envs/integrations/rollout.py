"""Rollouts: an episode as it is played by the token ids that some server samples."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import made, opened
from wildgym.envs.integrations.tokens import Chat, Tokens


class Rollout:
    """One episode, opened.

    Args:
        env: Where it is played, by text.
        chat: How it is written as tokens.
        messages: Its opening.

    Attributes:
        tokens: What was seen and said.
        messages: The same, as messages.
        rewards: One for each turn.
        over: Whether there is no further turn.
        fault: What went wrong on the host; then the episode tells nothing of its policy.
    """

    def __init__(self, env: WildEnv, chat: Chat, messages: Sequence[Mapping[str, Any]]) -> None:
        self._env, self._chat = env, chat
        self.tokens: Tokens = chat.opening(messages)
        self.messages = list(messages)
        self.rewards: list[float] = []
        self.over = False
        self.fault: str | None = None

    @property
    def reward(self) -> float:
        """What was earned so far."""
        return sum(self.rewards)

    async def play(self, ids: Sequence[int], logprobs: Sequence[float] | None = None) -> None:
        """Play what was sampled. The env works in a thread, so that other episodes go on."""
        self.tokens.sampled(ids, logprobs)
        action = self._chat.said(ids)
        self.messages.append({"role": "assistant", "content": action})
        stepped = await asyncio.to_thread(self._env.step, action)
        observation, reward, terminated, truncated, info = stepped
        self.rewards.append(float(reward))
        self.over, self.fault = terminated or truncated, info.get("invalid")
        if not self.over:
            seen = {"role": "user", "content": observation}
            self.messages.append(seen)
            self.tokens.observed(self._chat.observation(ids, [seen]))


@asynccontextmanager
async def begun(row: Mapping[str, Any], chat: Chat, **fixed: Any) -> AsyncIterator[Rollout]:
    """Open the episode of a row, and give back what it holds in the end.

    Args:
        row: As for `made`.
        chat: How the episode is written as tokens.
        fixed: As for `made`.
    """
    env = made(row, interface="text", **fixed)
    try:
        _, info = await asyncio.to_thread(opened, env, row)
        yield Rollout(env, chat, info["messages"])
    finally:
        env.close()
