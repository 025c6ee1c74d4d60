"""An episode as an MCP server: its tools, its prompts, and nothing of how it is judged."""

import json
import logging
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import anyio.to_thread
from mcp.server import Server
from mcp_types import (
    CallToolResult,
    GetPromptResult,
    ListPromptsResult,
    ListToolsResult,
    Prompt,
    PromptMessage,
    TextContent,
    Tool,
)

from wildgym.envs.env import WildEnv
from wildgym.envs.scaffolds.values import write_result
from wildgym.envs.trajectory import Message
from wildgym.tools import Json, ToolResult

PROMPT = "task"
_NAME = "workspace"
_OVER = {"code": "episode_over", "message": "The episode is over: nothing more can be called."}

logger = logging.getLogger(__name__)

Verdicts = Callable[[Mapping[str, Json]], None]
"""Takes what came of an episode, as JSON. No agent sees it."""


class Episode:
    """An episode that is played by calling tools, one at a time.

    Args:
        env: An env with the chat interface; it is reset here, and closed with the episode.
        seed: Of the reset.
        written: Takes what came of it: once, when it ends or is given up.

    Raises:
        ValueError: The env has the text interface.
    """

    def __init__(self, env: WildEnv, seed: int, written: Verdicts) -> None:
        messages, info = env.reset(seed=seed)
        if not isinstance(messages, list):
            raise ValueError("an episode over MCP needs interface='chat': its calls are native")
        self.messages: list[Message] = messages
        self.tools: list[Mapping[str, Json]] = [tool["function"] for tool in info["tools"]]
        self._env = env
        self._written = written
        self._known = {"task": info["task_id"], "seed": seed, "variation": info["variation"]}
        self._lock = Lock()
        self._over = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be called."""
        return self._over

    def call(self, name: str, arguments: Mapping[str, Json]) -> tuple[str, bool]:
        """Call a tool; return what the agent is shown, and whether that is an error."""
        # As text, so that it is read, and found fault with, as in any other episode.
        function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
        with self._lock:
            if self._over:
                return write_result(ToolResult(_OVER, is_error=True)), True
            observation, _, terminated, truncated, info = self._env.step(
                {"role": "assistant", "tool_calls": [{"id": "call", "function": function}]}
            )
            if terminated or truncated:
                self._end(info)
            results = self._env.trajectory.turns[-1].results
            shown = "\n".join(message["content"] for message in observation)
            return shown, not results or results[-1].is_error

    def close(self) -> None:
        """Give up the episode if it is not over."""
        with self._lock:
            if not self._over:
                turns = len(self._env.trajectory.turns)
                self._end({"score": 0.0, "given_up": True, "turns": turns})

    def _end(self, info: Mapping[str, Json]) -> None:
        self._over = True
        self._env.close()
        self._written({**self._known, **info})


def server_of(episode: Episode) -> Server[Any]:
    """Return an MCP server that plays an episode.

    What the agent is told first is the server's instructions, and its one prompt.
    """
    told = "\n\n".join(message["content"] for message in episode.messages)
    tools = [
        Tool(name=tool["name"], description=tool["description"], input_schema=tool["parameters"])
        for tool in episode.tools
    ]

    async def list_tools(_: Any, __: Any) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(_: Any, params: Any) -> CallToolResult:
        text, failed = await anyio.to_thread.run_sync(
            episode.call, params.name, params.arguments or {}
        )
        return CallToolResult(content=[TextContent(text=text)], is_error=failed)

    async def list_prompts(_: Any, __: Any) -> ListPromptsResult:
        return ListPromptsResult(prompts=[Prompt(name=PROMPT, description="What is to be done.")])

    async def get_prompt(_: Any, params: Any) -> GetPromptResult:
        said = TextContent(text=told)
        return GetPromptResult(messages=[PromptMessage(role="user", content=said)])

    return Server(
        _NAME,
        instructions=told,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )
