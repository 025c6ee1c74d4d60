"""ART: episodes as rollouts, for its groups and trainers.

Needs `pip install 'wildgym[art]'`, on Python 3.12. Source: https://github.com/OpenPipe/ART.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import art
import openai

from wildgym.envs.conversation import aloud
from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import Row, made, opened


class InvalidEpisode(RuntimeError):
    """An episode in which the host failed: it tells nothing of the model."""


async def rollout(
    model: art.Model, scenario: Row, config: Mapping[str, Any] | None = None
) -> art.Trajectory:
    """Let a model play an episode.

    Every request and reply is kept in the trajectory as it was, tools, thinking and token ids
    included. An episode that outgrows the model's context ends there, without a reward.

    Args:
        model: What is asked, by its own client.
        scenario: The episode, as `wildgym.envs.integrations.row.row` returns it; its tools are
            those of the chat interface, unless its arguments ask for the text interface.
        config: More for each request, such as `max_completion_tokens` or `temperature`.

    Raises:
        InvalidEpisode: The host failed. ART keeps it among a group's exceptions.
    """
    given = {"interface": "chat", **(scenario.get("arguments") or {})}
    env = await asyncio.to_thread(made, {**scenario, "arguments": given})
    try:
        _, info = await asyncio.to_thread(opened, env, scenario)
        trajectory = art.Trajectory(
            metadata={
                "env_id": scenario["env_id"],
                "seed": scenario["seed"],
                "task": info["task_id"],
                "variation": json.dumps(info["variation"]),
            }
        )
        with trajectory:
            end = await _played(env, info, model, config or {}, trajectory)
    finally:
        await asyncio.to_thread(env.close)
    if "invalid" in end:
        raise InvalidEpisode(f"{info['task_id']}, seed {scenario['seed']}: {end['invalid']}")
    trajectory.metrics |= {"score": end.get("score", 0.0), "turns": len(env.trajectory.turns)}
    return trajectory


async def _played(
    env: WildEnv,
    info: Mapping[str, Any],
    model: art.Model,
    config: Mapping[str, Any],
    trajectory: art.Trajectory,
) -> Mapping[str, Any]:
    """Play to the end, and return what the env says of it."""
    client, messages = model.openai_client(), [*info["messages"]]
    chat = not isinstance(env.trajectory.opening, str)
    tools = {"tools": info["tools"]} if chat else {}
    while True:
        try:
            completion = await client.chat.completions.create(
                model=model.get_inference_name(), messages=messages, **tools, **config
            )
        except openai.BadRequestError as error:
            if "context" not in str(error).lower():
                raise
            trajectory.metrics["outgrown"] = 1
            return {}
        message = completion.choices[0].message.model_dump(exclude_none=True)
        messages.append({"content": "", **message})
        observation, reward, terminated, truncated, end = await asyncio.to_thread(
            env.step, messages[-1] if chat else _text(message)
        )
        trajectory.reward += float(reward)
        if terminated or truncated:
            return end
        messages += observation if chat else [{"role": "user", "content": observation}]


def _text(message: Mapping[str, Any]) -> str:
    """Return what was said, after what was thought where an endpoint keeps that apart."""
    thought = message.get("reasoning_content") or message.get("reasoning") or ""
    said = str(message.get("content", ""))
    return aloud(thought, said)
