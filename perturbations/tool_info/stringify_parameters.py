"""Arguments of other types."""

import json
import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.scaffolds.core import FormatError, read_json
from wildgym.perturbations.argument_forms import ArgumentForm, described, in_other_forms
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, ToolSpec

_SCALARS = ("string", "integer", "number", "boolean")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?([eE][+-]?\d{1,3})?")


class StringifyParameters(Perturbation):
    """Take every argument as a list of one or under its type, or numbers and yes/no as text."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T32"
    lesson: ClassVar = (
        "The tool takes values in another form, as its schema says, so I give them so."
    )
    rank: ClassVar = -0.7

    type: Literal["list", "text", "tagged"] = "list"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change the types in a share of all tools."""

        def form_of(spec: ToolSpec, name: str, schema: Mapping[str, Json]) -> ArgumentForm | None:
            kind = schema.get("type")
            if kind not in _SCALARS or not draw.chance(self.strength, spec.name):
                return None
            if self.type != "text":
                return _as_list(schema) if self.type == "list" else _tagged(schema, kind)
            return None if kind == "string" else _as_text(schema)

        return in_other_forms(scenario, self.name, form_of)


def _as_list(schema: Mapping[str, Json]) -> ArgumentForm:
    items = {key: value for key, value in schema.items() if key != "description"}
    about = described(schema, "A list of one.")
    shape = {"type": "array", "items": items, "minItems": 1, "maxItems": 1, "description": about}
    return ArgumentForm(shape, lambda value: [value], _out_of_list)


def _out_of_list(value: Json) -> Json:
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    raise ValueError("must be a list of one")


def _tagged(schema: Mapping[str, Json], kind: str) -> ArgumentForm:
    inside = {key: value for key, value in schema.items() if key != "description"}
    about = described(schema, f'An object that holds the value under "{kind}".')
    shape = {"type": "object", "properties": {kind: inside}, "required": [kind]}

    def read(value: Json) -> Json:
        if isinstance(value, dict) and value.keys() == {kind}:
            return value[kind]
        raise ValueError(f'must be an object that holds the value under "{kind}"')

    return ArgumentForm({**shape, "description": about}, lambda value: {kind: value}, read)


def _as_text(schema: Mapping[str, Json]) -> ArgumentForm:
    flag = schema["type"] == "boolean"
    about = described(schema, '"yes" or "no".' if flag else "A number, written as text.")
    shape = {"type": "string", "description": about}
    return ArgumentForm(shape, _in_words, _flag if flag else _number)


def _in_words(value: Json) -> Json:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value) if isinstance(value, int | float) else value


def _flag(value: Json) -> Json:
    if value not in ("yes", "no"):
        raise ValueError('must be "yes" or "no", as text')
    return value == "yes"


def _number(value: Json) -> Json:
    if not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError("must be a number, written as text")
    return json.loads(value)


class EncodeArguments(Perturbation):
    """Take the value of every argument as JSON text: a text in quotes of its own, too."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "S13, R51"
    lesson: ClassVar = "Every value has to be JSON text, so I encode each of them."
    rank: ClassVar = -0.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Encode the arguments of a share of all tools."""

        def form_of(spec: ToolSpec, name: str, schema: Mapping[str, Json]) -> ArgumentForm | None:
            # What may be null stays as it is: null has to stay null.
            encodes = "type" in schema and draw.chance(self.strength, spec.name)
            return _encoded(schema) if encodes else None

        return in_other_forms(scenario, self.name, form_of)


def _encoded(schema: Mapping[str, Json]) -> ArgumentForm:
    inside = json.dumps({k: v for k, v in schema.items() if k != "description"})
    about = described(schema, f"The value as JSON, within a text; the JSON's schema is {inside}.")
    shape = {"type": "string", "contentMediaType": "application/json", "description": about}
    return ArgumentForm(shape, lambda value: json.dumps(value, ensure_ascii=False), _decoded)


def _decoded(value: Json) -> Json:
    if not isinstance(value, str):
        raise ValueError("must be JSON, written as text")
    try:
        return read_json(value, "the text")
    except FormatError as error:
        raise ValueError(
            f'must be JSON within a text, such as "\\"abc\\"" or "12": {error}'
        ) from None
