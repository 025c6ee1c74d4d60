"""JSON Schemas of others: their references followed, and then as plain as agents are shown them."""

from collections.abc import Mapping
from typing import Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012

from wildgym.tools.tool import Json, Returns

Resolver = Any
"""What `referencing` looks references up with; it names no public type for it."""

_DROPPED = (
    *("title", "$defs", "definitions", "$schema", "xml", "discriminator", "externalDocs"),
    *("deprecated", "readOnly", "writeOnly"),
)
_NULL: Json = {"type": "null"}
_DEEPEST = 12


def resolver_within(schema: Mapping[str, Json]) -> Resolver:
    """Return what looks up references within a schema."""
    return Registry().resolver_with_root(DRAFT202012.create_resource(dict(schema)))


def expanded(schema: Json, resolver: Resolver, within: tuple[int, ...] = ()) -> Json:
    """Return a schema with what it refers to in the place of each reference.

    What refers to itself ends in a schema that allows everything.

    Args:
        schema: The schema.
        resolver: Looks up its references.
        within: The identities of what is being expanded already.

    Raises:
        Unresolvable: A reference leads nowhere.
    """
    if isinstance(schema, list):
        return [expanded(item, resolver, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        found = resolver.lookup(schema["$ref"])
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if id(found.contents) in within or len(within) >= _DEEPEST:
            return expanded(beside, resolver, within)
        inner = expanded(found.contents, found.resolver, (*within, id(found.contents)))
        outer = expanded(beside, resolver, within)
        return {**inner, **outer} if isinstance(inner, dict) else outer
    return {key: expanded(value, resolver, within) for key, value in schema.items()}


def simplified(schema: Json) -> Json:
    """Return a schema without references as agents are shown it.

    Titles and alternatives of null are gone, since absent is how agents say null, and what is
    all of several objects is one.
    """
    if isinstance(schema, list):
        return [simplified(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: {name: simplified(inner) for name, inner in value.items()}
        if key == "properties" and isinstance(value, dict)
        else simplified(value)
        for key, value in schema.items()
        if key not in _DROPPED and not (key == "default" and value is None)
    }
    if isinstance(kept.get("type"), list):
        kinds = [kind for kind in kept["type"] if kind != "null"]
        kept["type"] = kinds[0] if len(kinds) == 1 else kinds
    for several in ("anyOf", "oneOf", "allOf"):
        kept = _single(kept, several)
    return _one_object(kept)


def _single(schema: dict[str, Json], several: str) -> dict[str, Json]:
    """Return a schema with a choice of one, beside null, in the place of the choice."""
    others = [option for option in schema.get(several, ()) if option != _NULL]
    if len(others) != 1 or not isinstance(others[0], dict):
        return schema
    return {**others[0], **{key: value for key, value in schema.items() if key != several}}


def _one_object(schema: dict[str, Json]) -> dict[str, Json]:
    """Return a schema with all its objects in one, where it is all of several."""
    parts = schema.get("allOf", ())
    if not parts or not all(is_object(part) for part in parts):
        return schema
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    parts = [*parts, whole]
    properties: dict[str, Json] = {}
    for part in parts:
        properties |= part.get("properties", {})
    required = [name for part in parts for name in part.get("required", ())]
    return {**whole, "type": "object", "properties": properties, "required": required}


def is_object(schema: Json) -> bool:
    """Say whether a plain schema describes an object."""
    return isinstance(schema, dict) and ("properties" in schema or schema.get("type") == "object")


def of_object(schema: Json) -> dict[str, Json]:
    """Return the schema of an object with no more than a tool's parameters need."""
    parameters = {"type": "object", "properties": schema.get("properties", {})}
    if required := schema.get("required"):
        parameters["required"] = required
    return parameters


def returns_of(schema: Json) -> Returns:
    """Say what kind of value a plain schema describes."""
    if schema.get("type") == "array":
        return "rows" if is_object(schema.get("items", {})) else "value"
    return "row" if is_object(schema) else "value"
