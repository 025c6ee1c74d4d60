"""ORS, the protocol of OpenReward: a server of episodes, each with tools of its own.

Needs `pip install 'wildgym[ors]'`. Source: https://openrewardstandard.io.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from fastapi import FastAPI
from openreward.environments import Environment, Server, TextBlock, terminal, tool
from openreward.environments.types import ListToolsOutput, Message, ToolOutput, ToolSpec
from pydantic import BaseModel

from wildgym.envs.integrations.row import Row, made, opened, row
from wildgym.tools import ToolCall

SPLITS = ("train", "test")


class Arguments(BaseModel, extra="allow"):
    """Whatever a call has: the episode itself says what is wrong with it."""


class Said(BaseModel):
    """A message without a call, which in this protocol is the last.

    Attributes:
        text: All of it.
    """

    text: str


class Episode(Environment):  # type: ignore[misc]  # the package has no types
    """One episode, for as long as its session lasts. `serving` makes subclasses.

    Args:
        task_spec: The episode's row, as `list_tasks` has it.
        secrets: None are needed.
    """

    env_id: ClassVar[str]
    size: ClassVar[int]
    arguments: ClassVar[Mapping[str, Any]]

    def __init__(self, task_spec: Row, secrets: Mapping[str, str] | None = None) -> None:
        super().__init__(task_spec, dict(secrets or {}))
        if task_spec.get("env_id") != self.env_id:
            raise ValueError(f"a task of {self.env_id} is wanted, not {task_spec.get('env_id')!r}")
        self._env = made(task_spec, interface="chat")
        _, self._info = opened(self._env, task_spec)
        for name in self._env.scenario.toolset.specs:
            if hasattr(self, name):
                raise ValueError(f"ORS has no tool named {name}; leave out what renames tools")
            setattr(self, name, self._method(name))

    @classmethod
    def list_splits(cls) -> Sequence[str]:
        """Return the names of the splits."""
        return SPLITS

    @classmethod
    def list_tasks(cls, split: str) -> Sequence[Row]:
        """Return the tasks of a split, each as the row of an episode; its index is its seed."""
        if split not in SPLITS:
            raise ValueError(f"there is no split {split!r}; splits: {', '.join(SPLITS)}")
        return [row(cls.env_id, seed, split=split, **cls.arguments) for seed in range(cls.size)]

    def get_messages(self) -> Sequence[Message]:
        """Return what the agent is told first."""
        return [
            Message(role=message["role"], blocks=[TextBlock(text=message["content"])])
            for message in self._info["messages"]
        ]

    def list_task_tools(self) -> ListToolsOutput:
        """Return the tools of this episode, with their names and schemas."""
        functions = [listed["function"] for listed in self._info["tools"]]
        return ListToolsOutput(
            tools=[
                ToolSpec(
                    name=function["name"],
                    description=function["description"],
                    input_schema=function["parameters"],
                )
                for function in functions
            ]
        )

    @terminal  # type: ignore[untyped-decorator]
    @tool  # type: ignore[untyped-decorator]
    def said(self, message: Said) -> ToolOutput:
        """Take a message without a call, which ends the rollout."""
        return self._played({"role": "assistant", "content": message.text}, last=True)

    def teardown(self) -> None:
        """Give back what the episode holds."""
        self._env.close()

    def _method(self, name: str) -> Callable[[Arguments], ToolOutput]:
        # One call at a time: what one does, the next one meets.
        @tool(exclusive=True)  # type: ignore[untyped-decorator]
        def call(arguments: Arguments) -> ToolOutput:
            return self._played(self._env.written(ToolCall(name, arguments.model_dump())))

        method: Callable[[Arguments], ToolOutput] = call
        return method

    def _played(self, action: Mapping[str, Any], last: bool = False) -> ToolOutput:
        """Play an action. Where the host failed there is no reward."""
        observation, reward, terminated, truncated, info = self._env.step(action)
        return ToolOutput(
            blocks=[TextBlock(text=message["content"]) for message in observation],
            reward=None if "invalid" in info else float(reward),
            finished=terminated or truncated or last,
            metadata=info,
        )


def serving(env_id: str, tasks: int = 1000, **arguments: Any) -> FastAPI:
    """Return a server of episodes, for uvicorn.

    Args:
        env_id: Such as `wildgym/Api-v0`; its part between slash and dash is the environment's name.
        tasks: How many a split lists.
        arguments: As for `row`, for every episode.
    """
    name = env_id.rpartition("/")[2].partition("-")[0]
    parts = {"env_id": env_id, "size": tasks, "arguments": arguments}
    app: FastAPI = Server([type(name, (Episode,), parts)]).app
    return app
