"""Other names for what a package calls its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.code import code_of
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, regular_files, world_with
from wildgym.perturbations.identifiers import renamable
from wildgym.perturbations.inside import words
from wildgym.perturbations.reshaped import Form
from wildgym.tools import Calls, Json, Layer, Rng, Specs, ToolCall, ToolResult, World
from wildgym.tools.sandboxes import Tree

_TEXT = [".py", ".pyi", ".md", ".rst", ".txt", ".toml", ".cfg"]
_FIRST = ("inner", "plain", "outer", "whole", "basic", "own", "usual", "given", "local", "common")
_THEN = ("part", "step", "piece", "item", "entry", "case", "unit", "core", "piece", "kind", "side")


@dataclass(frozen=True)
class OtherWords(Layer):
    """Words that are others in the files, and in whatever the user says.

    Args:
        swaps: For each word the other.
        known: The canonical tools: they see the files as they are.
    """

    swaps: Mapping[str, str]
    known: Specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let the user speak in the words of the files."""
        result = self.inner.call(call, world)
        if call.name in self.known:
            return result
        return ToolResult(_swapped(result.value, self.swaps), result.is_error)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Use the words of the files."""
        arguments = {k: _swapped(v, self.swaps) for k, v in call.arguments.items()}
        result = yield ToolCall(call.name, arguments)
        return ToolResult(_swapped(result.value, self.swaps), result.is_error)


def _swapped(value: Json, swaps: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        new = words.swapped(data, dict(swaps))
        return value if new == data else new.decode("utf-8", "surrogatepass")
    if isinstance(value, dict):
        return {k: _swapped(v, swaps) for k, v in value.items()}
    return [_swapped(v, swaps) for v in value] if isinstance(value, list) else value


class RenameIdentifiers(Perturbation):
    """Rename local variables, and what modules define for their own use; what is public stays."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.05
    source: ClassVar = "E03"
    lesson: ClassVar = (
        "The code has its own names for things, so I use those that stand in the files."
    )
    families: ClassVar = ("codebase",)
    rank: ClassVar = -30

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename a share of them, in all files and in what is told."""
        tree = files_of(scenario)
        taken, swaps = _words(tree), dict[str, str]()
        for name in renamable(code_of(scenario, tree), regular_files(tree)):
            if draw.chance(self.strength, name):
                swaps[name] = _fresh(name, taken, draw.rng(name))
                taken.add(swaps[name])
        if not swaps:
            return scenario
        form, undo = Form(words, {"suffixes": _TEXT, "swaps": swaps}), scenario.canonically
        layer = OtherWords(
            scenario.toolset, scenario.toolset.specs, swaps, scenario.canonical.specs
        )
        return scenario.behind(
            self.name,
            layer,
            toolset=layer,
            world=world_with(scenario, form.kept(tree)),
            canonically=lambda left: undo(form.canonical(left)),
            told={name: _swapped(value, swaps) for name, value in scenario.told.items()},
        )


def _words(tree: Tree) -> set[str]:
    return {word for file in tree.values() for word in _words_in(file.data)}


@lru_cache(maxsize=1024)
def _words_in(data: bytes) -> frozenset[str]:
    return frozenset(word.decode() for word in re.findall(rb"[A-Za-z_]\w*", data))


def _fresh(name: str, taken: set[str], rng: Rng) -> str:
    """Return a new name in the same convention."""
    number, ahead = 0, "_" if name.startswith("_") else ""
    while True:
        parts = [rng.pick(_FIRST), rng.pick(_THEN), *([str(number)] if number else [])]
        if name.isupper():
            new = ahead + "_".join(parts).upper()
        elif name.lstrip("_")[:1].isupper():
            new = ahead + "".join(part.capitalize() for part in parts)
        else:
            new = ahead + "_".join(parts)
        if new not in taken:
            return new
        number += 1
