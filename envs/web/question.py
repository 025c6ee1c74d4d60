"""Forms of questions: data, that a graph answers, and an agent by its pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wildgym.envs.web.asks import Ask
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.reading import Browse, Found
from wildgym.envs.web.steps import Keep, Step
from wildgym.tools import Facts, Json, Rng


@dataclass(frozen=True, slots=True)
class Form:
    """A form of questions.

    Attributes:
        name: The name that its task goes by.
        about: What it is about, in a line.
        parts: The question, in sentences with fields.
        draw: From a graph and a generator to what the fields say; None where that fails.
        steps: From nothing to the entities that the question is about.
        ask: What is asked of them.
    """

    name: str
    about: str
    parts: tuple[str, ...]
    draw: Callable[[Graph, Rng], Mapping[str, Json] | None]
    steps: tuple[Step, ...]
    ask: Ask

    def answer(self, graph: Graph, facts: Facts) -> Json:
        """Return the one answer that the graph gives; None where there is none, or more.

        A step that keeps some of them has to leave others out: else the question would say what it
        need not.
        """
        found: Sequence[Entity] = ()
        for step in self.steps:
            before = found
            found = step.within(graph, found, facts)
            if isinstance(step, Keep) and len(found) == len(before):
                return None
        return self.ask.within(graph, found, facts)

    def solve(self, facts: Facts) -> Browse[Json]:
        """Answer it as an agent does."""
        found: Sequence[Found] = ()
        for step in self.steps:
            found = yield from step.browse(found, facts)
        return (yield from self.ask.browse(found, facts))
