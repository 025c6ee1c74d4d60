"""Tasks over a server that is not ours: what is asked, how it could be done, and what decides."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wildgym.envs.prompts import fields
from wildgym.envs.scenario import Solution
from wildgym.tools import Facts, Json, ToolCall

Asked = Callable[..., Json]
"""Calls one of the server's own tools, by name and arguments; raises ToolError where it says no."""


class Call(BaseModel):
    """A call of one of the server's own tools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Check(Call):
    """What one of the server's tools has to say in the end.

    Attributes:
        equals: The whole of it.
        contains: An entry of the list, a key of the object, or a part of the text that it is.
        lacks: What must be no such entry, key or part.
    """

    equals: Any = None
    contains: Any = None
    lacks: Any = None

    @model_validator(mode="after")
    def _decides(self) -> "Check":
        if not self.model_fields_set & {"equals", "contains", "lacks"}:
            raise ValueError("a check has 'equals', 'contains' or 'lacks'")
        return self

    def holds(self, ask: Asked) -> bool:
        """Say whether it does."""
        said = ask(self.tool, **self.arguments)
        held = said if isinstance(said, str | list | dict) else []
        given = self.model_fields_set
        return (
            ("equals" not in given or said == self.equals)
            and ("contains" not in given or self.contains in held)
            and ("lacks" not in given or self.lacks not in held)
        )


class McpTask(BaseModel):
    """A task over the tools of an MCP server.

    Attributes:
        name: What it goes by.
        request: What the user asks: a template that `facts` fill, such as `Delete {title}.`
        facts: What decides success and no change of wording may touch.
        setup: Calls that bring the server into the state in which the episode begins.
        solution: A way to do it, for the expert: calls, or a function of the facts that yields
            calls, is sent their values, and returns the answer.
        answer: What is to be reported; None where nothing is.
        check: What has to hold in the end, asked of the server out of the agent's reach: calls and
            what they have to give, or a function of `ask`, which is called as
            `ask("list_notes", folder="inbox")`.
        rules: What the agent is told beside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    request: str = Field(min_length=1)
    facts: dict[str, Any] = Field(default_factory=dict)
    setup: tuple[Call, ...] = ()
    solution: Callable[[Facts], Solution] | tuple[Call, ...] | None = None
    answer: Any = None
    check: Callable[[Asked], bool] | tuple[Check, ...] = ()
    rules: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_judged(self) -> "McpTask":
        unknown = [name for name in fields(self.request) if name not in self.facts]
        if unknown:
            raise ValueError(f"the request names {unknown[0]!r}, which is no fact")
        if self.answer is None and not self.check:
            raise ValueError("nothing decides whether it was done: give an answer or a check")
        return self

    def solved(self, facts: Facts) -> Solution:
        """Return the program that does it; raise ValueError if there is none."""
        if self.solution is None:
            raise ValueError(f"task {self.name} has no solution, so no expert can play it")
        if callable(self.solution):
            return self.solution(facts)
        return self._calls(self.solution)

    def _calls(self, calls: Sequence[Call]) -> Solution:
        for call in calls:
            yield ToolCall(call.tool, call.arguments)
        return self.answer


Tasks = str | Path | Sequence[McpTask | Mapping[str, Json]]


def tasks_of(given: Tasks) -> tuple[McpTask, ...]:
    """Return tasks as they are given, or from a JSON file that lists them.

    Raises:
        ValueError: The file cannot be read, or a task is wrong; the message says which, and why.
    """
    listed: Any = _file(Path(given)) if isinstance(given, str | Path) else list(given)
    if not isinstance(listed, list) or not listed:
        raise ValueError(f"tasks are a list of at least one, not {type(listed).__name__}")
    tasks = tuple(_task(n, one) for n, one in enumerate(listed))
    names = [task.name for task in tasks]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"there are two tasks {min(twice)!r}")
    return tasks


def _file(path: Path) -> Json:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"tasks cannot be read from {path}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"tasks cannot be read from {path}: {error}") from None


def _task(number: int, given: McpTask | Mapping[str, Json]) -> McpTask:
    if isinstance(given, McpTask):
        return given
    try:
        return McpTask.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # Where a function or a list would do, what is wrong with the list says more.
        first = next((one for one in found if one["type"] != "callable_type"), found[0])
        where = ".".join(map(str, first["loc"])) or "it"
        raise ValueError(f"task {number}: {where}: {first['msg']}") from None
