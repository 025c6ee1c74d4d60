"""Tasks over a server that is not ours: what is asked, how it could be done, and what decides."""

import inspect
import json
import runpy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wildgym.envs.prompts import fields
from wildgym.envs.scenario import Solution
from wildgym.tools import Facts, Json, ToolCall, ToolError

Asked = Callable[..., Json]
"""Calls one of the server's own tools, by name and arguments; raises ToolError where it says no."""

_FUNCTION_OF = ("ask", "answer", "calls")


class Call(BaseModel):
    """A call of one of the server's own tools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Check(Call):
    """What one of the server's tools has to say in the end.

    Attributes:
        at: Where in what it gives to look: keys of objects, and positions in lists. What is not
            there counts as null.
        equals: The whole of it.
        contains: An entry of the list, a key of the object, or a part of the text that it is.
        lacks: What must be no such entry, key or part.
        count: How many entries, keys or characters it has.
        fails: Whether the call has to be refused, as one for what was deleted is.
    """

    at: tuple[str | int, ...] = ()
    equals: Any = None
    contains: Any = None
    lacks: Any = None
    count: int | None = None
    fails: bool = False

    @model_validator(mode="after")
    def _decides(self) -> "Check":
        ways = {"equals", "contains", "lacks", "count", "fails"}
        if not self.model_fields_set & ways:
            raise ValueError(f"a check has one of {', '.join(map(repr, sorted(ways)))}")
        return self

    def holds(self, ask: Asked) -> bool:
        """Say whether it does; raise ToolError if the call is refused and need not be."""
        try:
            said = ask(self.tool, **self.arguments)
        except ToolError:
            if not self.fails:
                raise
            return True
        found = _at(said, self.at)
        held = found if isinstance(found, str | list | dict) else []
        given = self.model_fields_set
        return not self.fails and (
            ("equals" not in given or found == self.equals)
            and ("contains" not in given or self.contains in held)
            and ("lacks" not in given or self.lacks not in held)
            and ("count" not in given or len(held) == self.count)
        )


def _at(value: Json, path: Sequence[str | int]) -> Json:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else None
        else:
            return None
    return value


class GivenTask(BaseModel):
    """What every task has that a user gives.

    Attributes:
        name: What it goes by.
        request: What the user asks: a template that `facts` fill, such as `Delete {title}.`
        facts: What decides success and no change of wording may touch.
        solution: A way to do it, for the expert: calls, or a function of the facts that yields
            calls, is sent their values, and returns the answer.
        answer: What is to be reported; None where nothing is.
        rules: What the agent is told beside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    request: str = Field(min_length=1)
    facts: dict[str, Any] = Field(default_factory=dict)
    solution: Callable[[Facts], Solution] | tuple[Call, ...] | None = None
    answer: Any = None
    rules: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        unknown = [name for name in fields(self.request) if name not in self.facts]
        if unknown:
            raise ValueError(f"the request names {unknown[0]!r}, which is no fact")
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


class WrappedTask(GivenTask):
    """A task over the tools of a server that is not ours.

    Attributes:
        setup: Calls that bring the server into the state in which the episode begins.
        check: What has to hold in the end, asked of the server out of the agent's reach: calls and
            what they have to give, or a function of up to three arguments: `ask`, which is called
            as `ask("list_notes", folder="inbox")`; the answer that was handed in, as text; and
            the `ToolCall`s that reached the server in the episode. It returns whether all is well,
            or that for each thing by its name.
    """

    setup: tuple[Call, ...] = ()
    check: Callable[..., bool | Mapping[str, bool]] | tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if self.answer is None and not self.check:
            raise ValueError("nothing decides whether it was done: give an answer or a check")
        if callable(self.check) and not 1 <= len(inspect.signature(self.check).parameters) <= 3:
            raise ValueError(f"a check is a function of {', '.join(_FUNCTION_OF)}, or of the first")
        return self

    def judged(self, ask: Asked, answer: str, calls: Sequence[ToolCall]) -> Mapping[str, bool]:
        """Return what holds in the end, by name; raise ToolError as the server does.

        Args:
            ask: Calls the server's tools.
            answer: What was handed in.
            calls: What reached the server.
        """
        if callable(self.check):
            taken = len(inspect.signature(self.check).parameters)
            found = self.check(*(ask, answer, calls)[:taken])
        else:
            found = all(one.holds(ask) for one in self.check)
        if not isinstance(found, Mapping):
            return {"server": bool(found)}
        return {str(name): bool(holds) for name, holds in found.items()}


T = TypeVar("T", bound=GivenTask)
Tasks = str | Path | Sequence[WrappedTask | Mapping[str, Json]]


def tasks_of(given: Tasks) -> tuple[WrappedTask, ...]:
    """Return tasks over a server's tools; raise ValueError as `read_tasks` does."""
    return read_tasks(given, WrappedTask)


def read_tasks(
    given: str | Path | Sequence[T | Mapping[str, Json]], kind: type[T]
) -> tuple[T, ...]:
    """Return tasks as they are given, or from a file: JSON that lists them, or Python with `TASKS`.

    Raises:
        ValueError: The file cannot be read, or a task is wrong; the message says which, and why.
    """
    listed: Any = _file(Path(given)) if isinstance(given, str | Path) else list(given)
    if not isinstance(listed, list) or not listed:
        raise ValueError(f"tasks are a list of at least one, not {type(listed).__name__}")
    tasks = tuple(_task(n, one, kind) for n, one in enumerate(listed))
    names = [task.name for task in tasks]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"there are two tasks {min(twice)!r}")
    return tasks


def _file(path: Path) -> Json:
    try:
        if path.suffix == ".py":
            return list(runpy.run_path(str(path))["TASKS"])
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"tasks cannot be read from {path}: {error.strerror}") from None
    except KeyError:
        raise ValueError(f"tasks cannot be read from {path}: it defines no TASKS") from None
    except ValueError as error:
        raise ValueError(f"tasks cannot be read from {path}: {error}") from None


def _task(number: int, given: T | Mapping[str, Json], kind: type[T]) -> T:
    if isinstance(given, kind):
        return given
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # Where a function or a list would do, what is wrong with the list says more.
        first = next((one for one in found if one["type"] != "callable_type"), found[0])
        where = ".".join(map(str, first["loc"])) or "it"
        raise ValueError(f"task {number}: {where}: {first['msg']}") from None
