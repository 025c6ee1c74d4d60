"""Code that nobody calls, and that looks like what is called."""

import ast
from functools import lru_cache, partial
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.code import Rewritten, code_of, rewritten
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, world_with
from wildgym.tools.sandboxes import Tree

_HEAD = "\n\n# Superseded: kept for comparison, called by nothing.\n"
_LONGEST = 60


class AddDeadCode(Perturbation):
    """Add twins of functions, which nothing calls, at the ends of modules."""

    axis: ClassVar = "environment"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.5
    source: ClassVar = "E12"
    lesson: ClassVar = (
        "Some functions look alike; I find out which one is really called before I change anything."
    )
    families: ClassVar = ("codebase",)
    rank: ClassVar = -27

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Add twins of a share of the functions; a repair of a twin is none."""
        tree = files_of(scenario)
        if _looks_at_itself(tree):
            return scenario
        code = code_of(scenario, tree)
        dead = {path: _twins(path, text, draw, self.strength) for path, text in code.items()}
        dead = {path: text for path, text in dead.items() if text}
        if not dead:
            return scenario
        before = {path: code[path] for path in dead}
        rewrite = partial(_with_dead, dead)
        world = world_with(scenario, rewritten(before, tree, rewrite))
        return scenario.behind(self.name, Rewritten(before, rewrite), world=world)


def _looks_at_itself(tree: Tree) -> bool:
    """Say whether code or tests go through all that a module defines: a twin is no secret then."""
    return any(b"in vars(" in f.data for path, f in tree.items() if path.endswith(".py"))


def _twins(path: str, text: str, draw: Draw, share: float) -> str:
    """Return twins of a share of the plain functions of a module."""
    functions = _plain_functions(text)
    return "".join([twin for name, twin in functions if draw.chance(share, path, name)])


@lru_cache(maxsize=1024)
def _plain_functions(text: str) -> list[tuple[str, str]]:
    """Return the names of a module's plain functions, and their twins."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, RecursionError):
        return []
    lines = text.split("\n")
    return [
        (node.name, _HEAD + _twin(node, lines))
        for node in body
        if isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and (node.end_lineno or 0) - node.lineno < _LONGEST
    ]


def _twin(node: ast.FunctionDef, lines: list[str]) -> str:
    head, *inside = lines[node.lineno - 1 : node.end_lineno]
    name = f"def _{node.name.strip('_')}_before("
    head = head.replace(f"def {node.name}(", name, 1)
    return "\n".join([head, *inside]) + "\n"


def _with_dead(dead: dict[str, str], path: str, text: str) -> str:
    return text + dead[path]
