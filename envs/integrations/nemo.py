"""NeMo Gym: a resources server for its gymnasium agent, and the rows of its dataset.

Needs `pip install 'wildgym[nemo]'`, on Python 3.12 or later. Source: https://github.com/NVIDIA-NeMo/Gym.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from nemo_gym.openai_utils import NeMoGymResponse
from nemo_gym.server_utils import SESSION_ID_KEY
from resources_servers.gymnasium import GymnasiumServer, extract_text

from wildgym.envs.conversation import aloud
from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import Row, made, opened, row

Step = tuple[str | None, float, bool, bool, dict[str, Any]]

MAX_TURNS = 100
"""How many turns an episode has, where a row says nothing.

Agents before 0.7 close no episode: their `max_steps` must not be less."""


class WildServer(GymnasiumServer):  # type: ignore[misc]  # the package has no types
    """An episode for each session, which its row names.

    Members of a group have sessions of their own, and the same row.
    """

    def setup_webserver(self) -> FastAPI:
        """Add the route by which an agent closes what it leaves before its end."""
        app: FastAPI = super().setup_webserver()

        @app.post("/close")
        async def close(request: Request) -> dict[str, Any]:
            await self.close_session(request.session.get(SESSION_ID_KEY))
            return {}

        return app

    async def reset(
        self, metadata: dict[str, Any], session_id: str | None = None
    ) -> tuple[str | None, dict[str, Any]]:
        """Open the episode of a row, which shows its messages and tools already."""
        await self.close_session(session_id)
        env = await asyncio.to_thread(made, metadata)
        self.session_state[session_id] = env
        _, info = await asyncio.to_thread(opened, env, metadata)
        told = {name: info[name] for name in ("task_id", "variation")}
        return None, {**told, "supports_explicit_close": True}

    async def step(
        self, action: NeMoGymResponse, metadata: dict[str, Any], session_id: str | None = None
    ) -> Step:
        """Play what the model said, or called.

        Its `info` has the results of calls as `tool_outputs`, and in the end what the env tells:
        where that has `invalid`, the host failed, and the reward says nothing of the model.
        """
        env: WildEnv | None = self.session_state.get(session_id)
        if env is None:
            raise HTTPException(409, "this session has no episode: call /reset first")
        chat = not isinstance(env.trajectory.opening, str)
        said = _message(action)
        played = await asyncio.to_thread(env.step, said if chat else _text(said))
        observation, reward, terminated, truncated, info = played
        if chat:
            observation, results = _shown(observation, said.get("tool_calls", ()))
            info = {**info, "tool_outputs": results}
        shown = None if terminated or truncated else observation
        return shown, float(reward), terminated, truncated, info

    async def close_session(self, session_id: str | None) -> None:
        """Give back what the episode holds."""
        env = self.session_state.pop(session_id, None)
        if env is not None:
            await asyncio.to_thread(env.close)

    def compute_metrics(self, tasks: list[list[dict[str, Any]]]) -> dict[str, Any]:
        """Return the share of episodes in which the host failed, beside the usual metrics."""
        failed = ["invalid" in (one.get("info") or {}) for task in tasks for one in task]
        return {"mean/invalid": sum(failed) / len(failed)}


def dataset(
    env_id: str, seeds: Iterable[int], agent: str = "wildgym_agent", **arguments: Any
) -> list[Row]:
    """Return the rows of a dataset, one JSON line each: with the tools of their own episodes.

    Args:
        env_id: As for `row`.
        seeds: As for `row`, one for each row.
        agent: What the configuration calls the gymnasium agent.
        arguments: As for `row`; calls are native unless `interface` is "text".
    """
    given = {"interface": "chat", "max_turns": MAX_TURNS, **arguments}
    return [_row(row(env_id, seed, **given), agent) for seed in seeds]


def _row(one: Row, agent: str) -> Row:
    env = made(one)
    _, info = opened(env, one)
    env.close()
    tools = info["tools"] if one["arguments"]["interface"] == "chat" else []
    return {
        "responses_create_params": {
            "input": info["messages"],
            "tools": [{"type": "function", **t["function"], "strict": False} for t in tools],
        },
        **one,
        "agent_ref": {"type": "responses_api_agents", "name": agent},
    }


def _message(response: NeMoGymResponse) -> dict[str, Any]:
    """Return a response as one message of chat completions."""
    calls = [
        {
            "id": item.call_id,
            "type": "function",
            "function": {"name": item.name, "arguments": item.arguments},
        }
        for item in response.output
        if item.type == "function_call"
    ]
    thoughts = [
        part.text for item in response.output if item.type == "reasoning" for part in item.summary
    ]
    message: dict[str, Any] = {"role": "assistant", "content": extract_text(response)}
    if calls:
        message["tool_calls"] = calls
    if thoughts:
        message["reasoning_content"] = "\n".join(thoughts)
    return message


def _text(message: Mapping[str, Any]) -> str:
    """Return what was said, after what was thought."""
    return aloud(message.get("reasoning_content", ""), str(message["content"]))


def _shown(
    observation: Sequence[Mapping[str, Any]], calls: Sequence[Mapping[str, Any]]
) -> tuple[str | None, list[dict[str, Any]]]:
    """Return what is shown as a message, and the results of calls; no call goes without one."""
    results = {m["tool_call_id"]: m["content"] for m in observation if m["role"] == "tool"}
    words = "\n".join(m["content"] for m in observation if m["role"] != "tool")
    outputs = [{"call_id": c["id"], "output": results.get(c["id"], words)} for c in calls]
    return (None if calls else words), outputs
