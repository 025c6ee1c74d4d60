"""What a tool is: a typed Python function, and what an agent is told of it."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, cast

from pydantic import Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

if TYPE_CHECKING:
    from wildgym.tools.world import World

_encode = json.JSONEncoder(ensure_ascii=False).encode

Effect = Literal["read", "write"]
Returns = Literal["row", "rows", "value"]
Json = Any


@dataclass(frozen=True)
class ToolSpec:
    """What an agent is told about a tool, and what layers need to know about it.

    Attributes:
        name: How it is called.
        description: What it does, in prose.
        parameters: JSON Schema of the arguments, an object.
        effect: Whether a call can change the world. Not shown to agents.
        returns: What a successful call gives: one `row`, a list of `rows`, or a bare `value`.
    """

    name: str
    description: str
    parameters: Mapping[str, Json]
    effect: Effect = "read"
    returns: Returns = "row"

    def but(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Json] | None = None,
        returns: Returns | None = None,
    ) -> "ToolSpec":
        """Return this spec with something else in it: a fast `dataclasses.replace`."""
        return ToolSpec(
            name or self.name,
            description or self.description,
            parameters or self.parameters,
            self.effect,
            returns or self.returns,
        )

    @cached_property
    def json(self) -> str:
        """The name, description and parameters as compact JSON."""
        shown = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }
        return _encode(shown)

    @cached_property
    def arguments(self) -> frozenset[str]:
        """The names of all arguments."""
        return frozenset(self.parameters["properties"])

    @cached_property
    def required(self) -> frozenset[str]:
        """The names of the arguments that must be given."""
        return frozenset(self.parameters.get("required", ()))


def plain_spec(name: str, description: str, **arguments: str) -> ToolSpec:
    """Return the spec of a tool that needs no types: its arguments are strings, all required.

    Args:
        name: How it is called.
        description: What it does.
        arguments: The description of each argument.
    """
    properties = {n: {"type": "string", "description": text} for n, text in arguments.items()}
    parameters: dict[str, Json] = {"type": "object", "properties": properties}
    if arguments:
        parameters["required"] = list(arguments)
    return ToolSpec(name, description, parameters, returns="value")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What an agent asks for."""

    name: str
    arguments: Mapping[str, Json] = field(default_factory=dict)

    @property
    def slot(self) -> str:
        """The call as a key: equal for equal calls, whatever the order of their arguments."""
        return self.name + json.dumps(self.arguments, sort_keys=True)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What an agent is given back.

    Attributes:
        value: Any JSON value. For an error, an object with at least `code` and `message`.
        is_error: Whether the call failed, as the agent is told.
    """

    value: Json
    is_error: bool = False

    @property
    def code(self) -> str | None:
        """The error's code, or None for a result that is no error."""
        return self.value.get("code") if self.is_error and isinstance(self.value, dict) else None


class ToolError(Exception):
    """A failure that the agent is shown. Any other exception is a fault of the host.

    Args:
        code: What kind of failure, in snake_case.
        message: What was wrong, and what would do.
        details: Further fields of the error object.
    """

    def __init__(self, code: str, message: str, **details: Json) -> None:
        super().__init__(message)
        self.value = {"code": code, "message": message, **details}

    @property
    def code(self) -> str:
        """What kind of failure."""
        return str(self.value["code"])

    @property
    def result(self) -> ToolResult:
        """This failure as a tool result."""
        return ToolResult(self.value, is_error=True)


class Tool:
    """A function whose first parameter is the world, offered to agents.

    The schema comes from the type hints, descriptions from the docstring (Google style). Calling a
    Tool builds the ToolCall, which is how solutions are written: `yield get_order(order_id=...)`.
    """

    def __init__(self, function: Callable[..., Json], effect: Effect) -> None:
        self.name = function.__name__
        self.function = function
        self.effect = effect

    def __call__(self, **arguments: Json) -> ToolCall:
        """Return the call of this tool with these arguments."""
        return ToolCall(self.name, arguments)

    def __repr__(self) -> str:
        return f"<Tool {self.name}>"

    def run(self, world: "World", arguments: Mapping[str, Json]) -> ToolResult:
        """Validate the arguments and run the function."""
        try:
            valid = self._validate(arguments)
        except ValidationError as error:
            return invalid_arguments(error).result
        try:
            return ToolResult(self.function(world, **valid))
        except ToolError as error:
            return error.result

    @cached_property
    def spec(self) -> ToolSpec:
        """What an agent is told about this tool."""
        schema = _simplified(self._adapter.json_schema())
        parameters = {"type": "object", "properties": schema.get("properties", {})}
        if required := schema.get("required"):
            parameters["required"] = required
        summary, _ = _docstring(self.function)
        annotation = inspect.signature(self.function, eval_str=True).return_annotation
        returns: Returns = "value"
        if getattr(annotation, "__origin__", annotation) is list:
            returns = "rows"
        elif annotation not in (str, int, float, bool):
            returns = "row"
        return ToolSpec(self.name, summary, parameters, self.effect, returns)

    @cached_property
    def _validate(self) -> Callable[[Any], dict[str, Json]]:
        return self._adapter.validator.validate_python

    @cached_property
    def _adapter(self) -> TypeAdapter[dict[str, Json]]:
        _, about = _docstring(self.function)
        _, *parameters = inspect.signature(self.function, eval_str=True).parameters.values()
        fields: dict[str, Any] = {}
        for p in parameters:
            hint: Any = Annotated[p.annotation, Field(description=about[p.name])]
            fields[p.name] = hint if p.default is p.empty else NotRequired[hint]
        # The functional form, called as any function: type checkers want a literal there.
        shape = cast(Any, TypedDict)(self.name, fields)
        return TypeAdapter(with_config(extra="forbid", allow_inf_nan=False)(shape))


def reads(function: Callable[..., Json]) -> Tool:
    """Make a tool of a function that leaves the world as it is."""
    return Tool(function, "read")


def writes(function: Callable[..., Json]) -> Tool:
    """Make a tool of a function that may change the world."""
    return Tool(function, "write")


def invalid_arguments(error: ValidationError) -> ToolError:
    """Say which arguments are wrong, and why."""
    problems = [
        {
            "argument": ".".join(map(str, problem["loc"])),
            "problem": problem["msg"],
            "given": _clipped(problem["input"]),
        }
        for problem in error.errors(include_url=False, include_context=False)
    ]
    named = ", ".join(dict.fromkeys(p["argument"] for p in problems))
    return ToolError("invalid_arguments", f"Invalid: {named}.", problems=problems)


def _clipped(value: Json, most: int = 200) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def _docstring(function: Callable[..., Json]) -> tuple[str, dict[str, str]]:
    """Split a Google-style docstring into its prose and its arguments' descriptions."""
    prose, _, arguments = (inspect.getdoc(function) or "").partition("\nArgs:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n      +.*)*)", arguments, re.MULTILINE)
    return " ".join(prose.split()), {name: " ".join(text.split()) for name, text in found}


def _simplified(schema: Json) -> Json:
    """Drop titles and replace `anyOf [X, null]` by X: absent is how agents say null."""
    if isinstance(schema, list):
        return [_simplified(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        k: {name: _simplified(s) for name, s in v.items()} if k == "properties" else _simplified(v)
        for k, v in schema.items()
        if k not in ("title", "additionalProperties")
    }
    options = [o for o in kept.pop("anyOf", ()) if o != {"type": "null"}]
    return {**options[0], **kept} if options else kept
