"""What operators over codebases share: which files are code, and repairs that follow a rewrite."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wildgym.envs import Scenario
from wildgym.envs.codebase.visible import edits
from wildgym.perturbations.folder import is_codebase, regular_files
from wildgym.tools import Calls, Obstacle, ToolCall, ToolResult
from wildgym.tools.editor import replace_text
from wildgym.tools.sandboxes import File, Tree

Rewrite = Callable[[str, str], str]
"""From a path and source code to source code that does the same."""


def code_of(scenario: Scenario, tree: Tree) -> dict[str, str]:
    """Return the code of a codebase's packages by path, without tests and what is no UTF-8."""
    if not is_codebase(scenario):
        return {}
    packages, tests = (str(scenario.facts[name]).split(", ") for name in ("code", "tests"))
    found = {}
    for path, file in regular_files(tree).items():
        inside = any(_within(path, package) for package in packages)
        if path.endswith(".py") and inside and not any(_within(path, test) for test in tests):
            found[path] = file.data.decode("utf-8", "replace")
    return {path: text for path, text in found.items() if "\ufffd" not in text}


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


@dataclass(frozen=True)
class Rewritten(Obstacle):
    """Code that is written otherwise and does the same, so that repairs of it are, too.

    Args:
        before: The code as it was, by path.
        rewrite: What was made of each of them.
    """

    before: Mapping[str, str]
    rewrite: Rewrite

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Make the change that leads from the one to the other, once both are rewritten."""
        path, old = str(call.arguments.get("path")), str(call.arguments.get("old"))
        text = self.before.get(path, "")
        if call.name != replace_text.name or text.count(old) != 1:
            return (yield call)
        repaired = text.replace(old, call.arguments["new"])
        found = _tree(path, self.rewrite(path, text)), _tree(path, self.rewrite(path, repaired))
        result = ToolResult({"path": path, "line": 1})
        for _, old, new in edits(*found):
            result = yield replace_text(path=path, old=old, new=new)
        return result


def _tree(path: str, text: str) -> Tree:
    return {path: File(text.encode())}


def rewritten(before: Mapping[str, str], tree: Tree, rewrite: Rewrite) -> Tree:
    """Return a tree with its code rewritten."""
    new = {path: rewrite(path, text).encode() for path, text in before.items()}
    return {p: File(new[p], file.mode) if p in new else file for p, file in tree.items()}
