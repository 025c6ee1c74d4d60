"""An old thread pasted under the request, with values that no longer hold."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated
from wildgym.perturbations.user_prompt.facts_of_request import alternatives

_HEAD = "(What I wrote above is what counts. The old thread follows, only for your records.)"
_LINES = (
    "> On Monday you wrote:",
    "> Thanks for getting back to us. We looked into it, and as far as we can see",
    "> this concerned {values}. Has that been settled in the meantime?",
    "> -- ",
    "> Sent from a mobile device. This message may hold confidential information.",
)


class PasteThread(Perturbation):
    """Paste an old thread under the request that names other values than the request does."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.3
    source: ClassVar = "U23"
    lesson: ClassVar = (
        "The old thread below names other values, and the request itself is what counts."
    )
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Mention stale values for a share of the facts."""
        others = alternatives(scenario, draw)
        stale = {k: v for k, v in others.items() if draw.chance(self.strength, k)}
        if not stale:
            return scenario
        meant = {name: f"{name}__request" for name in stale}
        parts = scenario.user.parts
        for name, other in meant.items():
            parts = tuple(renamed_field(part, name, other) for part in parts)
        told = {**scenario.told, **stale, **{meant[n]: scenario.told[n] for n in stale}}
        values = " and ".join(f"{{{name}}}" for name in stale)
        thread = "\n".join(line.replace("{values}", values) for line in (_HEAD, *_LINES))
        user = replace(scenario.user, parts=parts, after=thread)
        return scenario.behind(self.name, Restated(meant), told=told, user=user)
