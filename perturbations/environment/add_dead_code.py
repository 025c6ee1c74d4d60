"""Code that nobody calls, and that looks like what is called."""

import ast
from functools import partial
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.code import Rewritten, code_of, rewritten
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, world_with
from wildgym.tools.sandboxes import File, Tree

_HEAD = "\n\n# Superseded: kept for comparison, called by nothing.\n"
_LONGEST = 60


class AddDeadCode(Perturbation):
    """Add outdated twins of functions, which nothing calls, at the ends of modules."""

    axis: ClassVar = "environment"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.5
    source: ClassVar = "E12"
    families: ClassVar = ("codebase",)
    rank: ClassVar = -27

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Add twins of a share of the functions; a repair of a twin is none."""
        tree = files_of(scenario)
        code = code_of(scenario, tree)
        dead = {path: _twins(path, text, draw, self.strength) for path, text in code.items()}
        dead = {path: text for path, text in dead.items() if text}
        if not dead:
            return scenario
        before, undo = {path: code[path] for path in dead}, scenario.canonically
        rewrite = partial(_with_dead, dead)
        return scenario.behind(
            self.name,
            Rewritten(before, rewrite),
            world=world_with(scenario, rewritten(before, tree, rewrite)),
            canonically=lambda left: undo(_without(left, dead)),
        )


def _twins(path: str, text: str, draw: Draw, share: float) -> str:
    """Return outdated copies of a module's plain functions."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, RecursionError):
        return ""
    lines = text.split("\n")
    twins = [
        _HEAD + _twin(node, lines)
        for node in body
        if isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and (node.end_lineno or 0) - node.lineno < _LONGEST
        and draw.chance(share, path, node.name)
    ]
    return "".join(twins)


def _twin(node: ast.FunctionDef, lines: list[str]) -> str:
    head, *inside = lines[node.lineno - 1 : node.end_lineno]
    name = f"def _{node.name.strip('_')}_before("
    head = head.replace(f"def {node.name}(", name, 1)
    return "\n".join([head, *inside]) + "\n"


def _with_dead(dead: dict[str, str], path: str, text: str) -> str:
    return text + dead[path]


def _without(tree: Tree, dead: dict[str, str]) -> Tree:
    """Return the files without the twins; raise ValueError where somebody changed one."""
    after = dict(tree)
    for path, text in dead.items():
        if path in after:
            data, end = after[path].data, text.encode()
            if not data.endswith(end):
                raise ValueError(f"{path} does not end as it did")
            after[path] = File(data.removesuffix(end), after[path].mode)
    return after
