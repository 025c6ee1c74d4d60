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


def typescript(specs: Specs) -> str:
    """A TypeScript namespace, with comments."""
    return "\n".join(
        ["namespace functions {", *[_type(spec) for spec in specs.values()], "} // functions"]
    )


def yaml(specs: Specs) -> str:
    """YAML, with JSON for what says more of an argument than its type."""
    return "\n".join(line for spec in specs.values() for line in _yaml_lines(spec))


def openapi(specs: Specs) -> str:
    """An OpenAPI document: each tool is a path that is posted to."""
    paths = {f"/{spec.name}": {"post": _operation(spec)} for spec in specs.values()}
    return json.dumps({"openapi": "3.1.0", "paths": paths}, ensure_ascii=False)


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


_TYPESCRIPT = {"integer": "number", "array": "any[]", "object": "object", "any": "any"}


def _type(spec: ToolSpec) -> str:
    fields = [
        f"  // {_about(schema)}\n  {name if name.isidentifier() else json.dumps(name)}"
        f"{'' if name in spec.required else '?'}: {_typescript(schema)},"
        for name, schema in spec.parameters["properties"].items()
    ]
    arguments = "_: {\n" + "\n".join(fields) + "\n}" if fields else ""
    comment = "\n".join([f"// {line}" for line in spec.description.split("\n")])
    return f"{comment}\ntype {spec.name} = ({arguments}) => any;\n"


def _typescript(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join([json.dumps(value, ensure_ascii=False) for value in schema["enum"]])
    kind = str(schema.get("type", "any"))
    return _TYPESCRIPT.get(kind, kind)


def _yaml_lines(spec: ToolSpec) -> list[str]:
    properties = spec.parameters["properties"]
    arguments = [
        line
        for name, schema in properties.items()
        for line in [
            f"    {name}:",
            f"      type: {schema.get('type', 'any')}",
            f"      required: {str(name in spec.required).lower()}",
            f"      description: {json.dumps(_about(schema), ensure_ascii=False)}",
        ]
    ]
    return [
        f"- name: {spec.name}",
        f"  description: {json.dumps(spec.description, ensure_ascii=False)}",
        "  arguments:" if arguments else "  arguments: {}",
        *arguments,
    ]


def _operation(spec: ToolSpec) -> Json:
    content = {"application/json": {"schema": spec.parameters}}
    return {
        "operationId": spec.name,
        "description": spec.description,
        "requestBody": {"required": True, "content": content},
    }
