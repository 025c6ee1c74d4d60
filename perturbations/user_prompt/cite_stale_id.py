"""An id that is out of date, beside a description that is not."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.look_up import Described, described, found
from wildgym.perturbations.user_prompt.refer_indirectly import by_column, with_value


class CiteStaleId(Perturbation):
    """Give a wrong id beside a true description of the row; a rule says that the latter counts."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.8
    source: ClassVar = "U09"
    lesson: ClassVar = (
        "The id may be wrong, and the description counts, so I look the row up by that."
    )
    families: ClassVar = ("api",)
    rank: ClassVar = -1.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Cite a wrong one for a share of the ids in the request."""
        rows = [
            _cited(row, draw.rng("wrong", it.fact).pick(sorted(ids - {it.row["id"]})))
            for it in found(scenario)
            if it.key == "id"
            and draw.chance(self.strength, it.fact)
            and (row := by_column(it, draw))
            and len(ids := {other["id"] for other in it.rows}) > 1
        ]
        changed = described(scenario, self.name, rows, with_value)
        if changed is scenario:
            return scenario
        cited = {row.fact: row.told[f"{row.fact}__cited"] for row in rows}
        system = replace(changed.system, rules=(*changed.system.rules, _RULE))
        return replace(changed, system=system, told={**changed.told, **cited})


_RULE = (
    "Users often quote ids that are out of date. Where a request gives an id and describes what is"
    " meant, the description counts."
)


def _cited(row: Described, id: str) -> Described:
    name = f"{row.fact}__cited"
    return replace(row, snippet=f"{{{name}}} {row.snippet}", told={**row.told, name: id})
