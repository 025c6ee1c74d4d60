"""What task templates have in common: how a request is drawn, and how it is solved."""

import inspect
from collections.abc import Callable
from typing import Generic, TypeVar

from wildgym.envs.scenario import Solution
from wildgym.tools import Facts

Draw = TypeVar("Draw", bound=Callable[..., object])


class Template(Generic[Draw]):
    """A family of requests: `draw` draws one, `solution` registers how it is solved.

    Args:
        name: The name that the task goes by.
        draw: From a scene to what is asked.
    """

    def __init__(self, name: str, draw: Draw) -> None:
        self.name = name
        self.draw = draw
        self.needs: tuple[str, ...] = ()
        self._solution: Callable[..., Solution] | None = None

    @property
    def about(self) -> str:
        """What it is about, in a line."""
        return (inspect.getdoc(self.draw) or "").partition("\n")[0]

    def solution(self, program: Callable[..., Solution]) -> Callable[..., Solution]:
        """Register the solution. Its parameters name the facts that it needs to be told."""
        self._solution = program
        self.needs = tuple(inspect.signature(program).parameters)
        return program

    def solve(self, facts: Facts) -> Solution:
        """Start the solution with the facts that it needs."""
        assert self._solution is not None, f"{self.name} has no solution"
        return self._solution(**{name: facts[name] for name in self.needs})
