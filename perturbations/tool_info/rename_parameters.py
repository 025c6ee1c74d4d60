"""Arguments under other names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.rename_tools import in_convention
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, ToolSpec, World

Names = Mapping[str, str]


@dataclass(frozen=True)
class RenamedArguments(Layer):
    """A toolset whose arguments have other names.

    Args:
        names: For each tool, from inner to outer names.
        back: For each tool, from outer to inner names.
    """

    names: Mapping[str, Names]
    back: Mapping[str, Names]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Undo the renaming; an error names the arguments as the agent knows them."""
        back = self.back[call.name]
        arguments = {back[name]: value for name, value in call.arguments.items()}
        result = self.inner.call(ToolCall(call.name, arguments), world)
        if result.code == "invalid_arguments" and result.value.get("problems"):
            return _renamed_problems(result, self.names[call.name])
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Use the names that are offered."""
        names = self.names[call.name]
        arguments = {names[name]: value for name, value in call.arguments.items()}
        return (yield ToolCall(call.name, arguments))


def _renamed_problems(result: ToolResult, names: Names) -> ToolResult:
    problems = []
    for problem in result.value["problems"]:
        first, _, rest = problem["argument"].partition(".")
        path = names.get(first, first) + ("." + rest if rest else "")
        problems.append({**problem, "argument": path})
    named = ", ".join(problem["argument"] for problem in problems)
    value = {**result.value, "message": f"Invalid: {named}.", "problems": problems}
    return ToolResult(value, is_error=True)


def with_renamed_arguments(
    scenario: Scenario, operator: str, names: Mapping[str, Names]
) -> Scenario:
    """Return the scenario with arguments under other names: for each tool, from inner to outer."""
    back = {tool: {new: old for old, new in of.items()} for tool, of in names.items()}
    specs = scenario.toolset.specs
    outer = {tool: _respecified(spec, names[tool]) for tool, spec in specs.items()}
    layer = RenamedArguments(scenario.toolset, outer, names, back)
    return scenario.behind(operator, layer, toolset=layer)


class RenameParameters(Perturbation):
    """Rename arguments: by convention, by a longer word, with a typo, or to nothing telling."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "T26"
    lesson: ClassVar = "The arguments have other names here, so I use those that are offered."

    style: Literal["camel", "kebab", "prefixed", "numbered", "misspelt"] = "camel"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename, within each tool."""
        specs = scenario.toolset.specs
        names = {tool: self._names(spec, draw) for tool, spec in specs.items()}
        return with_renamed_arguments(scenario, self.name, names)

    def _names(self, spec: ToolSpec, draw: Draw) -> Names:
        names: dict[str, str] = {}
        for n, old in enumerate(spec.parameters["properties"], 1):
            changed = draw.chance(self.strength, spec.name, old)
            names[old] = self._new(old, n, draw) if changed else old
        # A name that another argument still has would be ambiguous.
        return names if len(set(names.values())) == len(names) else {old: old for old in names}

    def _new(self, old: str, number: int, draw: Draw) -> str:
        if self.style == "misspelt":
            return _misspelt(old, draw)
        if self.style == "prefixed":
            return f"the_{old}"
        return f"arg{number}" if self.style == "numbered" else in_convention(old, self.style)


def _misspelt(name: str, draw: Draw) -> str:
    """Swap two neighbouring letters, or double the last one where there are too few."""
    places = [n for n in range(len(name) - 1) if name[n : n + 2].isalpha()]
    place = draw.rng("typo", name).pick(places) if places else len(name)
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    return swapped if swapped != name else name + name[-1]


def _respecified(spec: ToolSpec, names: Names) -> ToolSpec:
    parameters: dict[str, Json] = {
        **spec.parameters,
        "properties": {names[k]: v for k, v in spec.parameters["properties"].items()},
    }
    if "required" in parameters:
        parameters["required"] = [names[k] for k in parameters["required"]]
    return spec.but(parameters=parameters)
