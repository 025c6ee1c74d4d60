"""Choices under codes."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import ArgumentForm, described, in_other_forms
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, ToolSpec


class RecodeEnums(Perturbation):
    """Give the choices of an argument numbers, short codes or capitals instead of words."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T36"
    lesson: ClassVar = "The choices have codes here, so I give the code of what I mean."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.05

    code: Literal["number", "short", "capitals"] = "number"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Recode a share of all arguments that are a choice or a yes or no."""

        def form_of(spec: ToolSpec, name: str, schema: Mapping[str, Json]) -> ArgumentForm | None:
            values = [False, True] if schema.get("type") == "boolean" else schema.get("enum", ())
            if not values or not draw.chance(self.strength, spec.name, name):
                return None
            return _coded(schema, values, self._codes(values, draw))

        return in_other_forms(scenario, self.name, form_of)

    def _codes(self, values: Sequence[Json], draw: Draw) -> Sequence[Json]:
        words = [str(value) for value in values]
        if self.code == "capitals":
            return [word.upper().replace(" ", "_") for word in words]
        # The same choice has the same codes wherever it is offered.
        numbers = draw.rng(*words).shuffled(list(range(1, len(words) + 1)))
        if self.code == "number":
            return numbers
        return [f"{word[0].upper()}{number}" for word, number in zip(words, numbers, strict=True)]


def _coded(
    schema: Mapping[str, Json], values: Sequence[Json], codes: Sequence[Json]
) -> ArgumentForm:
    words = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    listed = ", ".join(f"{code} = {word}" for code, word in zip(codes, words, strict=True))
    kind = "integer" if isinstance(codes[0], int) else "string"
    about = described(schema, f"Codes: {listed}. Results have the words.")

    def write(value: Json) -> Json:
        return codes[values.index(value)] if value in values else value

    def read(value: Json) -> Json:
        if isinstance(value, bool) or value not in codes:
            raise ValueError(f"must be one of the codes: {listed}")
        return values[codes.index(value)]

    return ArgumentForm({"type": kind, "enum": list(codes), "description": about}, write, read)
