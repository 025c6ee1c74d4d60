"""OpenEnv: a server of episodes, each session with its own, and sessions for its harnesses.

Needs `pip install 'wildgym[openenv]'`. Source: https://github.com/huggingface/OpenEnv.

An env with the text interface takes text. One with the chat interface takes calls of tools, and
what it lists are those of the episode that was opened last.
"""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from fastapi import FastAPI
from openenv.core.env_server.http_server import create_fastapi_app
from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.mcp_types import (
    CallToolAction,
    CallToolObservation,
    ListToolsAction,
    ListToolsObservation,
    Tool,
)
from openenv.core.env_server.types import Action, Observation, State
from openenv.core.harness import (
    ResourceSession,
    ResourceSessionFactory,
    ToolResult,
    VerifyResult,
)
from pydantic import Field

from wildgym.envs.conversation import as_text
from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import Row, made, opened, row
from wildgym.tools import ToolCall

SPLITS = ("train", "test")
Interface = Literal["text", "chat"]


class Said(Action):  # type: ignore[misc]  # the package has no types
    """What an agent wrote, as it wrote it."""

    text: str = Field(description="The whole reply of the agent, thinking included.")


class Shown(Observation):  # type: ignore[misc]
    """What an agent is shown. `reward` is None where the host failed: such an episode is unscored.

    Attributes:
        text: All of it.
        messages: The same as chat messages.
    """

    text: str
    messages: list[dict[str, Any]]


class Progress(State):  # type: ignore[misc]
    """How an episode stands, for who trains and not for the agent.

    Attributes:
        row: What names the episode.
        task_id: The name of its task.
        variation: The JSON that replays it, given as `perturbations`.
        reward: All that was gained so far; None where the host failed.
        done: Whether it is over.
        end: Once it is over, its score and checks.
    """

    row: dict[str, Any] = Field(default_factory=dict)
    task_id: str = ""
    variation: dict[str, Any] = Field(default_factory=dict)
    reward: float | None = 0.0
    done: bool = False
    end: dict[str, Any] = Field(default_factory=dict)


class Episodes(Environment):  # type: ignore[misc]
    """One episode at a time under OpenEnv's contract, and the tasks there are.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        interface: What agents write: "text", or calls of tools in "chat".
        tasks: How many tasks a split lists; the index of one is its seed.
        arguments: For `gym.make`; what a reset names goes before them.
    """

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(
        self,
        env_id: str = "wildgym/Api-v0",
        interface: Interface = "text",
        tasks: int = 1000,
        **arguments: Any,
    ) -> None:
        super().__init__()
        self._env_id, self._interface = env_id, interface
        self._tasks, self._arguments = tasks, arguments
        self._env: WildEnv | None = None
        self._tools: list[Tool] = []
        self._state = Progress()

    def reset(
        self,
        seed: int | None = None,
        episode_id: str | None = None,
        *,
        index: int | None = None,
        row: Row | None = None,
        **given: Any,
    ) -> Shown:
        """Open an episode.

        Args:
            seed: Draws the task and its perturbations, these alone where `index` names the task;
                None draws a seed.
            episode_id: Comes again in the state.
            index: Which task of the `split` that is given, by default of "train".
            row: An episode whole, as the tasks are listed; nothing else is looked at.
            given: `task` and `perturbation_seed`, and arguments of `gym.make`.

        Raises:
            ValueError: There is no such episode.
        """
        named = dict(row) if row is not None else self._named(seed, index, given)
        if not str(named.get("env_id", "")).startswith("wildgym/"):
            raise ValueError(f"env_id must begin with wildgym/, unlike {named.get('env_id')!r}")
        env = made(named, interface=self._interface)
        _, info = opened(env, named)
        self.close()
        self._env = env
        self._tools = [_tool(tool["function"]) for tool in info["tools"]]
        known = {"row": named, "task_id": info["task_id"], "variation": dict(info["variation"])}
        self._state = Progress(episode_id=episode_id, **known)
        return Shown(text=as_text(info["messages"]), messages=info["messages"])

    def step(self, action: Action, timeout_s: float | None = None, **_: Any) -> Observation:
        """Play what the agent wrote, or list the tools, which costs no turn.

        The metadata of a call may have the `content` and `reasoning_content` that it came with.

        Raises:
            ValueError: No episode was opened.
        """
        if isinstance(action, ListToolsAction):
            return ListToolsObservation(tools=self._tools)
        if self._env is None:
            raise ValueError(
                "no episode was opened: reset first, in the same session; a plain HTTP request is"
                " a session of its own"
            )
        if isinstance(action, CallToolAction):
            beside = {k: v for k, v in action.metadata.items() if k in _BESIDE}
            call = self._env.written(ToolCall(action.tool_name, action.arguments))
            messages, came = self._played(self._env, {**call, **beside})
            text = "\n".join(message["content"] for message in messages)
            return CallToolObservation(tool_name=action.tool_name, result=text, **came)
        text, came = self._played(self._env, action.text)
        return Shown(text=text, messages=[{"role": "user", "content": text}], **came)

    @property
    def state(self) -> Progress:
        """How the episode stands."""
        return self._state

    def close(self) -> None:
        """Give back what the episode holds."""
        if self._env is not None:
            self._env.close()

    def list_splits(self) -> list[str]:
        """Return the names of the splits."""
        return list(SPLITS)

    def num_tasks(self, split: str) -> int:
        """Return how many tasks a split lists."""
        return len(self._seeds(split))

    def list_tasks(self, split: str) -> list[Row]:
        """Return the tasks of a split, each as the row of an episode."""
        return [self.get_task(split, seed) for seed in self._seeds(split)]

    def get_task(self, split: str, index: int) -> Row:
        """Return one task.

        Raises:
            IndexError: There is no such split, or no such task in it.
        """
        return row(self._env_id, self._seeds(split)[index], split=split, **self._arguments)

    def get_task_range(
        self, split: str, start: int | None = None, stop: int | None = None
    ) -> list[Row]:
        """Return the tasks from one index to before another."""
        return [self.get_task(split, seed) for seed in self._seeds(split)[start:stop]]

    def _seeds(self, split: str) -> range:
        if split not in SPLITS:
            raise IndexError(f"there is no split {split!r}; splits: {', '.join(SPLITS)}")
        return range(self._tasks)

    def _named(self, seed: int | None, index: int | None, given: Mapping[str, Any]) -> Row:
        arguments = {**self._arguments, **given}
        if index is None:
            return row(self._env_id, secrets.randbits(31) if seed is None else seed, **arguments)
        index = self._seeds(arguments.setdefault("split", "train"))[index]
        return row(self._env_id, index, **{"perturbation_seed": seed, **arguments})

    def _played(self, env: WildEnv, action: Any) -> tuple[Any, dict[str, Any]]:
        """Play an action; return the observation, and what OpenEnv is told beside it."""
        observation, reward, terminated, truncated, info = env.step(action)
        gained = None if "invalid" in info else float(reward)
        state = self._state
        state.step_count += 1
        state.reward = None if gained is None else (state.reward or 0.0) + gained
        state.done, state.end = terminated or truncated, info
        return observation, {"reward": gained, "done": state.done, "metadata": info}


class Session(ResourceSession):  # type: ignore[misc]
    """An episode in this process, for a harness of OpenEnv that calls tools.

    Args:
        episode: An env with the chat interface; it is reset here, and closed with the session.
        named: How: arguments of its reset.
    """

    def __init__(self, episode: Episodes, **named: Any) -> None:
        self._episode = episode
        self._first: list[dict[str, Any]] = episode.reset(**named).messages

    def initial_messages(self) -> list[dict[str, Any]]:
        """Return what the agent is told first."""
        return self._first

    def list_tools(self) -> list[Tool]:
        """Return the tools of this episode."""
        return list(self._episode.step(ListToolsAction()).tools)

    def call_tool(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Call a tool."""
        seen = self._episode.step(CallToolAction(tool_name=name, arguments=arguments))
        return ToolResult(data=seen.result, done=seen.done, metadata={"reward": seen.reward})

    def verify(self, transcript: list[Any], final_state: Any | None = None) -> VerifyResult:
        """Return the reward: 0 where nothing was handed in, None where the host failed."""
        state = self._episode.state
        return VerifyResult(env_reward=state.reward, done=state.done, metrics=dict(state.end))

    def close(self) -> None:
        """Give back what the episode holds."""
        self._episode.close()


class Sessions(ResourceSessionFactory[Session]):  # type: ignore[misc]
    """Makes a session for each rollout.

    Args:
        env_id: As for `Episodes`.
        arguments: As for `Episodes`.
    """

    def __init__(self, env_id: str = "wildgym/Api-v0", **arguments: Any) -> None:
        self._made_of = env_id, arguments

    def create(
        self, task: Row | None, seed: int | None = None, episode_id: str | None = None
    ) -> Session:
        """Open the episode of a row, or where there is none that of a seed."""
        env_id, arguments = self._made_of
        episode = Episodes(env_id, "chat", **arguments)
        return Session(episode, row=task, seed=seed, episode_id=episode_id)


def app(
    env_id: str = "wildgym/Api-v0",
    *,
    interface: Interface = "text",
    tasks: int = 1000,
    sessions: int = 64,
    **arguments: Any,
) -> FastAPI:
    """Return a server of episodes, for uvicorn.

    Args:
        env_id: Such as `wildgym/Api-v0`; its part after the slash is the name in the task API.
        interface: As for `Episodes`.
        tasks: As for `Episodes`.
        sessions: How many there may be at a time.
        arguments: For `gym.make`.
    """
    serving: FastAPI = create_fastapi_app(
        partial(Episodes, env_id, interface, tasks, **arguments),
        Said if interface == "text" else CallToolAction,
        Shown if interface == "text" else CallToolObservation,
        sessions,
        env_name=env_id.rpartition("/")[2],
        state_cls=Progress,
        reset_observation_cls=Shown,
    )
    return serving


def _tool(function: Mapping[str, Any]) -> Tool:
    return Tool(
        name=function["name"],
        description=function["description"],
        input_schema=function["parameters"],
    )


_BESIDE = ("content", "reasoning_content")
