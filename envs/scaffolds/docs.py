"""How tools are documented in a prompt."""

import json
from xml.sax.saxutils import escape, quoteattr

from wildgym.tools import Json, Specs, ToolSpec


def json_lines(specs: Specs) -> str:
    """One JSON object a line."""
    return "\n".join([spec.json for spec in specs.values()])


def tagged_json(specs: Specs) -> str:
    """JSON objects in the shape of the chat-completions wire, within one tag."""
    lines = [f'{{"type": "function", "function": {spec.json}}}' for spec in specs.values()]
    return "\n".join(["<tools>", *lines, "</tools>"])


def markdown(specs: Specs) -> str:
    """A heading for each tool, a list of its arguments."""
    return "\n".join(
        line
        for spec in specs.values()
        for line in [f"## {spec.name}", spec.description, *_listed(spec), ""]
    )


def signatures(specs: Specs) -> str:
    """Python signatures with docstrings."""
    return "\n".join(_signature(spec) for spec in specs.values())


def xml(specs: Specs) -> str:
    """Nested elements."""
    return "\n".join(
        f"<function><name>{escape(spec.name)}</name>"
        f"<description>{escape(spec.description)}</description>"
        f"<parameters>{''.join(_elements(spec))}</parameters></function>"
        for spec in specs.values()
    )


def _about(schema: Json) -> str:
    text = str(schema.get("description", ""))
    extra = {k: v for k, v in schema.items() if k not in ("description", "type", "title")}
    return f"{text} {json.dumps(extra, ensure_ascii=False)}" if extra else text


def _listed(spec: ToolSpec) -> list[str]:
    return [
        f"- `{name}` ({schema.get('type', 'any')}"
        f"{'' if name in spec.required else ', optional'}): {_about(schema)}"
        for name, schema in spec.parameters["properties"].items()
    ]


def _elements(spec: ToolSpec) -> list[str]:
    return [
        f"<parameter name={quoteattr(name)} type={quoteattr(str(schema.get('type', 'any')))}"
        f' required="{str(name in spec.required).lower()}">{escape(_about(schema))}</parameter>'
        for name, schema in spec.parameters["properties"].items()
    ]


_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def _signature(spec: ToolSpec) -> str:
    properties = spec.parameters["properties"]
    ordered = sorted(properties, key=lambda name: name not in spec.required)
    parameters = [
        f"{name}: {_PYTHON.get(properties[name].get('type'), properties[name].get('type', 'Any'))}"
        + ("" if name in spec.required else " = ...")
        for name in ordered
    ]
    about = [f"        {name}: {_about(properties[name])}" for name in ordered]
    arguments = ["    Args:", *about] if about else []
    body = [f'    """{spec.description}', *arguments, '    """']
    return "\n".join([f"def {spec.name}({', '.join(parameters)}):", *body])
