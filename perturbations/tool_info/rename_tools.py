"""Tools under other names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World


@dataclass(frozen=True)
class Renamed(Layer):
    """A toolset under other names.

    Args:
        names: From inner to outer names.
        back: From outer to inner names.
    """

    names: Mapping[str, str]
    back: Mapping[str, str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Undo the renaming."""
        return self.inner.call(ToolCall(self.back[call.name], call.arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Use the name that is offered."""
        return (yield ToolCall(self.names[call.name], call.arguments))


def rename(scenario: Scenario, draw: Draw, strength: float, new: Callable[[str], str]) -> Scenario:
    """Rename a share of all tools; where two would share a name, the later one keeps its own."""
    specs, names = scenario.toolset.specs, {}
    taken = set(specs)
    for old in specs:
        name = new(old) if draw.chance(strength, old) else old
        names[old] = old if name in taken else name
        taken.add(names[old])
    back = {outer: inner for inner, outer in names.items()}
    outer = {names[old]: spec.but(name=names[old]) for old, spec in specs.items()}
    layer = Renamed(scenario.toolset, outer, names, back)
    return scenario.behind(draw.operator, layer, toolset=layer)


def in_convention(name: str, convention: str) -> str:
    """Write a snake_case name in another convention for identifiers."""
    words = [word for word in re.split(r"[_\W]+", name) if word]
    if convention == "kebab":
        return "-".join(words)
    if convention == "upper":
        return "_".join(words).upper()
    capitals = [word[:1].upper() + word[1:] for word in words]
    if convention == "pascal":
        return "".join(capitals)
    return words[0] + "".join(capitals[1:])


class RenameByConvention(Perturbation):
    """Write tool names in camelCase, PascalCase, kebab-case or UPPER_CASE."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T08"
    lesson: ClassVar = "Tool names follow another convention, so I use them as listed."

    convention: Literal["camel", "pascal", "kebab", "upper"] = "camel"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename."""
        return rename(
            scenario, draw, self.strength, lambda name: in_convention(name, self.convention)
        )


class RenameBySynonym(Perturbation):
    """Put other verbs into tool names: `get_` becomes `fetch_`, `list_` becomes `enumerate_`."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T07"
    lesson: ClassVar = "The tools have other verbs in their names, so I use the names as listed."

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename."""

        def new(name: str) -> str:
            verb, _, rest = name.partition("_")
            options = _VERBS.get(verb.lower())
            return "_".join(filter(None, [draw.rng(verb).pick(options), rest])) if options else name

        return rename(scenario, draw, self.strength, new)


class RenameOpaquely(Perturbation):
    """Give tools names that say nothing: what they do stands in their descriptions alone."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T01"
    lesson: ClassVar = "The names say nothing, so I choose tools by their descriptions."
    rank: ClassVar = 1

    style: Literal["numbered", "random"] = "numbered"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename."""
        order = draw.rng("order").shuffled(list(scenario.toolset.specs))
        numbers = {name: n for n, name in enumerate(order, 1)}

        def new(name: str) -> str:
            return f"tool_{numbers[name]}" if self.style == "numbered" else f"t{draw.token(name)}"

        return rename(scenario, draw, self.strength, new)


_VERBS: Mapping[str, tuple[str, ...]] = {
    "get": ("fetch", "retrieve", "read", "load"),
    "list": ("enumerate", "index", "browse"),
    "find": ("locate", "lookup", "search_for"),
    "search": ("query", "scan", "look_through"),
    "create": ("add_new", "make", "open_new"),
    "add": ("append", "attach", "insert"),
    "send": ("dispatch", "transmit", "deliver"),
    "cancel": ("revoke", "abort", "call_off"),
    "update": ("modify", "edit", "change"),
    "set": ("assign", "put", "define"),
    "delete": ("remove", "erase", "discard"),
    "move": ("relocate", "shift", "reassign"),
    "finish": ("submit", "conclude", "hand_in"),
    "wait": ("sleep", "pause", "idle"),
    "place": ("submit", "issue", "file"),
    "book": ("reserve", "secure"),
    "close": ("resolve", "settle"),
    "transfer": ("wire", "remit"),
    "refund": ("reimburse", "pay_back"),
}
