"""Formats that only an error tells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import invalid
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Json,
    Layer,
    Specs,
    ToolCall,
    ToolResult,
    ToolSpec,
    World,
)

Around = tuple[str, str]
_FORMS: Mapping[str, Around] = {"hash": ("#", ""), "angle": ("<", ">"), "typed": ("id:", "")}
_PATH: Around = ("./", "")
_LIKE = re.compile(r"must be written like (\S*?)(ABC-123|notes/a\.txt)(\S*?), not like ")


@dataclass(frozen=True)
class Unsaid(Layer):
    """A toolset that wants ids and paths in a form of which it does not tell beforehand.

    Args:
        tools: Which tools want it.
        id: What stands before and after an id.
    """

    tools: frozenset[str]
    id: Around

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the form off; without it, say what it is."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments, problems = dict(call.arguments), {}
        for name, value in call.arguments.items():
            if not isinstance(value, str) or not _refers(name):
                continue
            before, after = _PATH if name == "path" else self.id
            inside = value.removeprefix(before).removesuffix(after)
            if len(inside) + len(before + after) == len(value):
                arguments[name] = inside
            else:
                problems[name] = self._form(name, value)
        if problems:
            return invalid(problems)
        return self.inner.call(ToolCall(call.name, arguments), world)

    def _form(self, name: str, value: str) -> str:
        example = "notes/a.txt" if name == "path" else "ABC-123"
        before, after = _PATH if name == "path" else self.id
        return f"must be written like {before}{example}{after}, not like {value[:40]!r}"

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Try, read the form in the error, and use it."""
        result = yield call
        if call.name not in self.tools or result.code != "invalid_arguments":
            return result
        forms = {
            match[2]: (match[1], match[3])
            for problem in result.value.get("problems", ())
            if (match := _LIKE.search(str(problem.get("problem"))))
        }
        if not forms:
            return result
        arguments = {name: _formed(name, v, forms) for name, v in call.arguments.items()}
        return (yield ToolCall(call.name, arguments))


def _refers(name: str) -> bool:
    return name.endswith("_id") or name == "path"


def _formed(name: str, value: Json, forms: Mapping[str, Around]) -> Json:
    around = forms.get("notes/a.txt" if name == "path" else "ABC-123")
    if around is None or not isinstance(value, str) or not _refers(name):
        return value
    return f"{around[0]}{value}{around[1]}"


class UnderspecifyTools(Perturbation):
    """Want ids and paths in a form that is documented nowhere: an error tells it."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T23"
    lesson: ClassVar = (
        "The form of ids is told nowhere but in the error, so I read it there and use it."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.0

    form: Literal["hash", "angle", "typed"] = "hash"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Want it of a share of the tools that take ids or paths."""
        specs = scenario.toolset.specs
        tools = frozenset(n for n in chosen(specs, draw, self.strength) if _takes_any(specs, n))
        if not tools:
            return scenario
        layer = Unsaid(scenario.toolset, specs, tools, _FORMS[self.form])
        return scenario.behind(self.name, layer, toolset=layer)


def _takes_any(specs: Specs, tool: str) -> bool:
    spec: ToolSpec = specs[tool]
    return any(_refers(name) for name in spec.arguments)
