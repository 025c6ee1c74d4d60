"""verifiers, and by it prime-rl: the taskset `wildgym-v1`.

Needs `pip install 'wildgym[verifiers]'`. Source: https://github.com/PrimeIntellect-ai/verifiers.

With the chat interface a rollout has a process that serves its episode's own tools, with their
names and schemas, and the harness makes the calls. With the text interface the env plays, turn by
turn, by any scaffold. verifiers finds a taskset by the name of a module, which is `wildgym_v1`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import verifiers.v1 as vf
from anyio import to_thread
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, TextContent, Tool
from pydantic import Field
from verifiers.v1.envs.single_agent import SingleAgentEnv

from wildgym.envs.conversation import aloud
from wildgym.envs.integrations.row import made, opened, row


class Data(vf.TaskData):  # type: ignore[misc]  # the package has no types
    """An episode, which members of a group share.

    Attributes:
        row: What names it.
        variation: The JSON that replays it, given as `perturbations`.
    """

    row: dict[str, Any]
    variation: dict[str, Any]


class State(vf.State):  # type: ignore[misc]
    """What a rollout's processes share.

    Attributes:
        end: What came of the episode: empty until it is over.
    """

    end: dict[str, Any] = Field(default_factory=dict)


class Tools(vf.Toolset[vf.ToolsetConfig, State]):  # type: ignore[misc]
    """The tools of one episode, in a process of their own."""

    TOOL_PREFIX = None

    async def setup_task(self, task: Data) -> None:
        """Open the episode."""
        self._env, self._end = made(task.row), dict[str, Any]()
        _, self._info = opened(self._env, task.row)

    def register(self, mcp: MCPServer) -> None:
        """Offer the tools as they are: the server itself makes schemas of Python's functions."""
        functions = [tool["function"] for tool in self._info["tools"]]
        call = self._with_state(self._call)

        async def list_tools() -> list[Tool]:
            return [
                Tool(name=f["name"], description=f["description"], input_schema=f["parameters"])
                for f in functions
            ]

        async def call_tool(name: str, arguments: Mapping[str, Any], *_: Any) -> CallToolResult:
            return CallToolResult(content=[TextContent(text=await call(name, arguments))])

        vars(mcp).update(list_tools=list_tools, call_tool=call_tool)

    async def _call(self, name: str, arguments: Mapping[str, Any]) -> str:
        said = json.dumps({"error": "The episode is over."})
        if not self._end:
            function = {"name": name, "arguments": json.dumps(arguments)}
            calls = [{"id": "call_0", "type": "function", "function": function}]
            action = {"role": "assistant", "content": None, "tool_calls": calls}
            # Nothing is awaited here: of calls at once, each is a turn of its own.
            observation, *_, self._end = self._env.step(action)
            said = str(observation[0]["content"])
        self.state.end = self._end
        return said


class Episode(vf.Task[Data, State]):  # type: ignore[misc]
    """An episode, scored by what it ended with; 0 where nothing was handed in."""

    @vf.stop  # type: ignore[untyped-decorator]
    async def over(self, trace: vf.Trace) -> bool:
        """Say whether there is nothing left to do."""
        return bool(trace.state.end)

    @vf.reward  # type: ignore[untyped-decorator]
    async def verified(self, trace: vf.Trace) -> float:
        """Return the score; raise where the host failed, so that the rollout counts for nothing."""
        end = trace.state.end
        if "invalid" in end:
            raise RuntimeError(f"the host failed: {end['invalid']}")
        return float(end.get("score", 0.0))

    @vf.metric  # type: ignore[untyped-decorator]
    async def checks(self, trace: vf.Trace) -> dict[str, float]:
        """Return every check by name, and the number of turns."""
        end = trace.state.end
        held = {name: float(holds) for name, holds in (end.get("checks") or {}).items()}
        return {**held, "turns": float(end.get("turns", 0))}


class ToolEpisode(Episode):
    """An episode whose tools the harness calls."""

    @classmethod
    def toolsets(cls, config: vf.TaskConfig) -> list[vf.Toolset]:
        """Return what serves its tools."""
        return [Tools(vf.ToolsetConfig())]


class Config(vf.TasksetConfig):  # type: ignore[misc]
    """Which episodes there are.

    Attributes:
        env_id: Such as `wildgym/Api-v0`.
        seed: Of the first.
        count: How many there are, of one seed after another.
        interface: "chat" (native tool calls) or "text" (plain messages, by a scaffold).
        split: "train" or "test".
        perturbations: As `gym.make` takes them.
        arguments: More for `row`, such as `scaffold`, `task` or `max_turns`.
    """

    env_id: str = "wildgym/Api-v0"
    seed: int = 0
    count: int = 1000
    interface: Literal["chat", "text"] = "chat"
    split: Literal["train", "test"] = "train"
    perturbations: str | list[str] | dict[str, Any] = "none"
    arguments: dict[str, Any] = Field(default_factory=dict)


class Episodes(vf.Taskset[ToolEpisode, Config]):  # type: ignore[misc]
    """The episodes of a config."""

    def load(self) -> Iterator[ToolEpisode]:
        """Yield them, each with the messages that it opens with."""
        told = self.config
        fixed = told.model_dump(include={"interface", "split", "perturbations"})
        for seed in range(told.seed, told.seed + told.count):
            one = row(told.env_id, seed, **fixed, **told.arguments)
            env = made(one)
            _, info = opened(env, one)
            env.close()
            system, user = (message["content"] for message in info["messages"])
            data = Data(
                **{"name": info["task_id"], "system_prompt": system, "prompt": user},
                **{"row": one, "variation": info["variation"]},
            )
            yield ToolEpisode(data, told.task)


class Player(SingleAgentEnv):  # type: ignore[misc]
    """One agent in one episode."""

    async def run(self, task: ToolEpisode, agents: Any) -> None:
        """Let the harness play with tools, or play turn by turn in plain messages."""
        if task.data.row["arguments"]["interface"] == "chat":
            await agents.agent.run(task)
            return
        env = made(task.data.row)
        await to_thread.run_sync(opened, env, task.data.row)
        try:
            async with agents.agent.interaction(Episode(task.data, task.config)) as talk:
                segment = await talk.turn()
                while not segment.terminated:
                    observation, *_, end = await to_thread.run_sync(env.step, _said(segment))
                    talk.trace.state.end = end
                    if end:
                        break
                    segment = await talk.turn(observation)
        finally:
            env.close()


def _said(segment: Any) -> str:
    """Return all that was written, thinking first."""
    message = segment.messages[-1]
    return aloud(message.reasoning_content or "", message.content or "")


if __name__ == "__main__":
    Tools.run()
