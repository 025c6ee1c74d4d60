"""Documents of nested values: JSON, JSON Lines, TOML, INI, YAML."""

import configparser
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import yaml

from wildgym.envs.files.formats.core import Content, same, same_text
from wildgym.tools import Json


@dataclass(frozen=True)
class JsonDocument(Content):
    """One JSON value.

    Args:
        value: The value.
    """

    value: Json

    def right(self, data: bytes) -> bool:
        """Compare by value; the order of keys does not count."""
        return same(self.value, json.loads(data.decode()))


@dataclass(frozen=True)
class JsonLines(Content):
    """One JSON value a line, in order.

    Args:
        values: The values.
    """

    values: Sequence[Json]

    def right(self, data: bytes) -> bool:
        """Compare line by line."""
        lines = [line for line in data.decode().split("\n") if line.strip()]
        if len(lines) != len(self.values):
            return False
        return all(same(v, json.loads(line)) for v, line in zip(self.values, lines, strict=True))


@dataclass(frozen=True)
class Toml(Content):
    """A TOML document. The time to read long dotted keys grows with their square: few bytes.

    Args:
        value: Its value.
    """

    most: ClassVar[int] = 1 << 13

    value: Mapping[str, Json]

    def right(self, data: bytes) -> bool:
        """Compare by value."""
        return same(self.value, tomllib.loads(data.decode()))


@dataclass(frozen=True)
class Ini(Content):
    """Sections of options. A value that is a number may be written in any way that means it.

    Args:
        sections: The options of each section.
    """

    sections: Mapping[str, Mapping[str, str | int | float]]

    def right(self, data: bytes) -> bool:
        """Compare by value; options are the same in upper and lower case."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(data.decode())
        given = {name: dict(parser.items(name)) for name in parser.sections()}
        if given.keys() != self.sections.keys() or parser.defaults():
            return False
        return all(
            given[name].keys() == options.keys()
            and all(same_text(value, given[name][key]) for key, value in options.items())
            for name, options in self.sections.items()
        )


@dataclass(frozen=True)
class Yaml(Content):
    """A YAML document.

    Args:
        value: Its value.
    """

    most: ClassVar[int] = 1 << 16

    value: Json

    def right(self, data: bytes) -> bool:
        """Compare by value; dates are text, quoted or not."""
        return same(self.value, yaml.load(data.decode(), _Loader))


class _Loader(yaml.SafeLoader):
    """Reads plain YAML: no aliases, which could stand for more than memory holds, and no dates."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
