"""Arguments that are written in another form than usual, which their schemas tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wildgym.envs import Scenario
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
)


@dataclass(frozen=True, slots=True)
class ArgumentForm:
    """Another form for one argument.

    Attributes:
        schema: Its schema in that form, which tells how to write it.
        write: From the usual value; what it does not understand it leaves as it is.
        read: From the form to the usual value; raises ValueError that says what it must be.
    """

    schema: Mapping[str, Json]
    write: Callable[[Json], Json]
    read: Callable[[Json], Json]


Forms = Mapping[str, Mapping[str, ArgumentForm]]
FormOf = Callable[[ToolSpec, str, Mapping[str, Json]], ArgumentForm | None]


@dataclass(frozen=True)
class Reformed(Layer):
    """A toolset with some arguments in another form. Null is what is left out, in every form.

    Args:
        forms: By tool, by argument.
    """

    forms: Forms

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Read the arguments, or say how they are written."""
        forms = self.forms.get(call.name)
        if forms is None:
            return self.inner.call(call, world)
        arguments, problems = dict(call.arguments), {}
        for name, form in forms.items():
            if arguments.get(name) is not None:
                try:
                    arguments[name] = form.read(arguments[name])
                except (ValueError, OverflowError) as error:
                    problems[name] = str(error)
        if problems:
            return invalid(problems)
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Write the arguments as their schemas say."""
        forms = self.forms.get(call.name)
        if forms is None:
            return (yield call)
        arguments = {
            name: forms[name].write(value) if name in forms and value is not None else value
            for name, value in call.arguments.items()
        }
        return (yield ToolCall(call.name, arguments))


def in_other_forms(scenario: Scenario, operator: str, form_of: FormOf) -> Scenario:
    """Return the scenario with some arguments of the services' tools in another form.

    Args:
        scenario: What to change.
        operator: The name of who changes it.
        form_of: From a tool, an argument's name and its schema to its form, or None if it stays.
    """
    forms: dict[str, dict[str, ArgumentForm]] = {}
    for tool, spec in scenario.toolset.specs.items():
        if tool in EPISODE_TOOLS:
            continue
        properties = spec.parameters["properties"].items()
        found = {name: form_of(spec, name, schema) for name, schema in properties}
        if changed := {name: form for name, form in found.items() if form is not None}:
            forms[tool] = changed
    if not forms:
        return scenario
    specs = {
        tool: with_schemas(spec, {name: form.schema for name, form in forms[tool].items()})
        if tool in forms
        else spec
        for tool, spec in scenario.toolset.specs.items()
    }
    layer = Reformed(scenario.toolset, specs, forms)
    return scenario.behind(operator, layer, toolset=layer)


def with_schemas(spec: ToolSpec, schemas: Mapping[str, Mapping[str, Json]]) -> ToolSpec:
    """Return a spec with other schemas for some of its arguments, all in their old places."""
    properties = {**spec.parameters["properties"], **schemas}
    return spec.but(parameters={**spec.parameters, "properties": properties})


def with_argument(
    spec: ToolSpec, name: str, schema: Mapping[str, Json], *, required: bool
) -> ToolSpec:
    """Return a spec with one more argument, the last."""
    properties = {**spec.parameters["properties"], name: schema}
    parameters: dict[str, Json] = {**spec.parameters, "properties": properties}
    if required:
        parameters["required"] = [*spec.parameters.get("required", ()), name]
    return spec.but(parameters=parameters)


def described(schema: Mapping[str, Json], more: str) -> str:
    """Return the description of an argument with more said at its end."""
    return f"{schema.get('description', '')} {more}".strip()


def invalid(problems: Mapping[str, str]) -> ToolResult:
    """Return the error that says what is wrong with some arguments."""
    listed = [{"argument": name, "problem": problem} for name, problem in problems.items()]
    message = f"Invalid: {', '.join(problems)}."
    return ToolError("invalid_arguments", message, problems=listed).result
