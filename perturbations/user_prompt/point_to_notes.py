"""Facts that the user has in notes, where later entries overrule earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.dates import shifted
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import label, others, stated_here
from wildgym.perturbations.user_prompt.shared_user import with_blanks
from wildgym.tools import Calls, Facts, Json, Layer, ToolCall, ToolResult, World, plain_spec

_NOTES = "read_notes"
_HINT = "(What I have left blank is in my notes, where the latest entry on something counts.)"


@dataclass(frozen=True)
class Noted(Layer):
    """A toolset with the user's notes.

    Args:
        notes: All of them, in no order.
        blank: The facts that they hold, by name.
    """

    notes: Sequence[Json]
    blank: Facts

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the notes."""
        if call.name == _NOTES:
            return ToolResult(list(self.notes))
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Take the latest entry on each."""
        result = yield ToolCall(_NOTES)
        known: dict[str, Json] = dict(told)
        for name, value in self.blank.items():
            on_it = [note for note in result.value if note["about"] == label(name)]
            latest = max(on_it, key=lambda note: str(note["written_on"]))
            known[name] = type(value)(latest["entry"])
        return known


class PointToNotes(Perturbation):
    """Leave blanks for facts that are in the user's notes, among older entries that are wrong."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "U04"
    lesson: ClassVar = "The user's notes hold what is missing, and the latest entry on each counts."
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 2.7

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Leave out a share of the facts for which there are other values."""
        wrong, told = others(scenario, draw), scenario.told
        names = [n for n in stated_here(scenario) if n in wrong and draw.chance(self.strength, n)]
        if not names:
            return scenario
        notes = [
            _note(name, value, scenario.facts["today"], age)
            for name in names
            for value, age in ((wrong[name], _age(draw, name) + 9), (told[name], _age(draw, name)))
        ]
        spec = plain_spec(_NOTES, "Read the user's notes.").but(returns="rows")
        specs = {**scenario.toolset.specs, _NOTES: spec}
        shuffled = draw.rng("order").shuffled(notes)
        layer = Noted(scenario.toolset, specs, shuffled, {n: told[n] for n in names})
        changes = with_blanks(scenario, names, _HINT)
        return scenario.behind(self.name, layer, toolset=layer, **changes)


def _age(draw: Draw, name: str) -> int:
    return draw.rng("age", name).integer(1, 30)


def _note(name: str, value: Json, today: str, age: int) -> Json:
    return {"written_on": shifted(today, -age), "about": label(name), "entry": value}
