"""Comments that are gone, or that stand elsewhere than they should."""

import io
import tokenize
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.code import Rewrite, Rewritten, code_of, rewritten
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, world_with

_MEANT_FOR_PROGRAMS = ("#!", "# -*-", "# type:", "# noqa", "# pragma", "# pylint", "# coding")


class StripComments(Perturbation):
    """Remove comments from a package's code; docstrings stay."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.0
    source: ClassVar = "E05"
    lesson: ClassVar = "There are no comments to help, so I go by what the code itself does."
    families: ClassVar = ("codebase",)
    rank: ClassVar = -28

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Remove those of a share of all files."""
        return _rewritten(scenario, draw, self.strength, lambda code: _without_comments)


class ShuffleComments(Perturbation):
    """Put comments where other comments of the same file were: they mislead, the code does not."""

    axis: ClassVar = "environment"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "E05, E12"
    lesson: ClassVar = "Comments here do not fit the code beside them, so I go by the code."
    families: ClassVar = ("codebase",)
    rank: ClassVar = -29

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Shuffle those of a share of all files."""

        def rewrite(code: Mapping[str, str]) -> Rewrite:
            others = {path: _others(text, path, draw) for path, text in code.items()}
            return partial(_with_other_comments, others)

        return _rewritten(scenario, draw, self.strength, rewrite)


def _rewritten(
    scenario: Scenario, draw: Draw, share: float, rewrite: Callable[[Mapping[str, str]], Rewrite]
) -> Scenario:
    tree = files_of(scenario)
    code = {p: text for p, text in code_of(scenario, tree).items() if draw.chance(share, p)}
    change = rewrite(code)
    after = rewritten(code, tree, change)
    if after == tree:
        return scenario
    world = world_with(scenario, after)
    return scenario.behind(draw.operator, Rewritten(code, change), world=world)


@lru_cache(maxsize=1024)
def _comments(text: str) -> tuple[tokenize.TokenInfo, ...]:
    """Return a file's comments, but for those that programs read; none where it is no Python."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(
        token
        for token in tokens
        if token.type == tokenize.COMMENT and not token.string.startswith(_MEANT_FOR_PROGRAMS)
    )


def _without_comments(path: str, text: str) -> str:
    def rewrite(code: str, comment: str) -> str | None:
        return code.rstrip() or None

    return _each_comment(text, rewrite)


def _others(text: str, path: str, draw: Draw) -> dict[str, str]:
    found = list(dict.fromkeys(token.string for token in _comments(text)))
    return dict(zip(found, draw.rng(path).shuffled(found), strict=True))


def _with_other_comments(others: Mapping[str, Mapping[str, str]], path: str, text: str) -> str:
    return _each_comment(text, lambda code, comment: code + others[path].get(comment, comment))


def _each_comment(text: str, rewrite: Callable[[str, str], str | None]) -> str:
    """Rewrite each line with a comment, given what stands before it and the comment."""
    lines: list[str | None] = [*text.split("\n")]
    for token in _comments(text):
        row, column = token.start
        line = lines[row - 1]
        assert line is not None
        lines[row - 1] = rewrite(line[:column], token.string)
    return "\n".join([line for line in lines if line is not None])
