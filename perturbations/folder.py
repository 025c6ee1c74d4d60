"""What operators over files ask of a scenario, and how they change its folder."""

import re
from collections.abc import Callable, Iterable, Mapping

from wildgym.envs import Scenario
from wildgym.perturbations.draw import Draw
from wildgym.tools import World
from wildgym.tools.sandboxes import File, Tree
from wildgym.tools.workspace import Workspace

TEXT = (".csv", ".json", ".jsonl", ".md", ".txt", ".xml", ".yaml", ".yml", ".toml", ".ini", ".log")
"""The suffixes of text files."""

_CODE = "run_tests"
_CLOSED = "CLOSED.md"
_BYTES = re.compile(
    r"byte|encod|UTF|latin|ISO-|carriage|newline|line end|checksum|SHA\d|MD5|hash|\bsizes?\b"
    r"|identical|same content|permission|executable|archive",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"names of|whose name|(?:the|their) names|\brenam|\bmove (?:each|all|the) file|\bpaths\b"
    r"|folder|NAME|\blinks?\b"
)
_FIELD = re.compile(r"\{\w+[^}]*\}")


def files_of(scenario: Scenario) -> Tree:
    """Return the files that an episode begins with; none where there is no folder."""
    workspace = scenario.world.workspace
    return {} if workspace is None else workspace.start


def regular_files(tree: Tree) -> dict[str, File]:
    """Return the files that are no links, and not hidden."""
    return {path: file for path, file in tree.items() if file.regular and not _hidden(path)}


def _hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def is_codebase(scenario: Scenario) -> bool:
    """Say whether a codebase with tests lies in the folder."""
    return _CODE in scenario.canonical.specs and any(p.endswith(".py") for p in files_of(scenario))


def request_of(scenario: Scenario) -> str:
    """Return what the user asks, with all facts, as the task has it."""
    facts = [str(v) for k, v in scenario.facts.items() if not k.startswith("user_")]
    return " ".join([_wording(scenario), *facts])


def _wording(scenario: Scenario) -> str:
    assert scenario.asked is not None
    return _FIELD.sub("", " ".join(scenario.asked.parts))


def about_bytes(scenario: Scenario) -> bool:
    """Say whether the request is about how files are kept rather than what is in them."""
    return _BYTES.search(request_of(scenario)) is not None


def about_names(scenario: Scenario) -> bool:
    """Say whether the request is about what files are called, or all that lie in a folder."""
    folders = {path.rpartition("/")[0] for path in files_of(scenario)}
    if any(isinstance(fact, str) and fact in folders for fact in scenario.facts.values()):
        return True
    return _NAMES.search(_wording(scenario)) is not None


def as_named(scenario: Scenario) -> bool:
    """Say whether a request goes by what files hold, so that they may be kept in other files."""
    return not (is_codebase(scenario) or about_bytes(scenario) or about_names(scenario))


def closed(path: str, tree: Tree) -> bool:
    """Say whether a file lies in a folder that is closed."""
    folders = [p.removesuffix(_CLOSED) for p in tree if p.endswith(_CLOSED)]
    return any(path.startswith(folder) for folder in folders)


def suffix(path: str) -> str:
    """Return the last suffix of a path, with its dot; nothing where there is none."""
    name = path.rpartition("/")[2]
    return name[name.rindex(".") :] if "." in name[1:] else ""


def _anything(data: bytes) -> bool:
    return True


def drawn_suffixes(
    tree: Tree,
    draw: Draw,
    share: float,
    known: Iterable[str],
    fits: Callable[[bytes], bool] = _anything,
) -> list[str]:
    """Return a share of the suffixes of which every file fits.

    Args:
        tree: All files.
        draw: Each suffix has a draw of its own.
        share: From 0 to 1.
        known: Suffixes that may be drawn.
        fits: Whether content can be kept otherwise.
    """
    contents: dict[str, list[bytes]] = {}
    for path, file in regular_files(tree).items():
        contents.setdefault(suffix(path), []).append(file.data)
    return [
        name
        for name in known
        if name in contents and draw.chance(share, name) and all(map(fits, contents[name]))
    ]


def listed(names: Iterable[str]) -> str:
    """Write names as a list in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def world_with(scenario: Scenario, tree: Tree) -> World:
    """Return the scenario's world with other files at the beginning."""
    before = scenario.world.workspace_here()
    world = scenario.world.fork()
    world.workspace = Workspace(tree, before.outfit, before.backend)
    return world


def facts_that_are_files(scenario: Scenario) -> Mapping[str, str]:
    """Return the facts that are paths of files there, by name."""
    tree = files_of(scenario)
    return {k: v for k, v in scenario.facts.items() if isinstance(v, str) and v in tree}
