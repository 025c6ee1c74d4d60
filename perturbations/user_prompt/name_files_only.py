"""Files that are named without the folders that they are in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import facts_that_are_files, files_of
from wildgym.perturbations.user_prompt.facts_of_request import stated_here
from wildgym.tools import Calls, Facts, Json, Obstacle
from wildgym.tools.find import find_files

_HINT = "(Where I name a file without a folder, it is somewhere in there.)"


@dataclass(frozen=True)
class NamedOnly(Obstacle):
    """Files that have to be found by their names.

    Args:
        names: The facts that are their paths.
    """

    names: tuple[str, ...]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Find each."""
        known: dict[str, Json] = dict(told)
        for name in self.names:
            result = yield find_files(pattern=f"**/{told[name]}")
            known[name] = result.value[0]["path"]
        return known


class NameFilesOnly(Perturbation):
    """Name files without their folders, where only one has that name."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "U04, U25"
    lesson: ClassVar = "The file is named without its folder, so I find out where it is."
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Leave out the folders of a share of the files."""
        if find_files.name not in scenario.toolset.specs:
            return scenario
        short = _names(scenario)
        chosen = {n: s for n, s in short.items() if draw.chance(self.strength, n)}
        if not chosen:
            return scenario
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINT))
        told = {**scenario.told, **chosen}
        return scenario.behind(self.name, NamedOnly(tuple(chosen)), told=told, user=user)


def _names(scenario: Scenario) -> Mapping[str, str]:
    """Return the names of the files that the request states, where they tell a file."""
    here, files = set(stated_here(scenario)), facts_that_are_files(scenario)
    taken = [path.rpartition("/")[2] for path in files_of(scenario)]
    short = {
        n: p.rpartition("/")[2] for n, p in files.items() if n in here and scenario.told[n] == p
    }
    return {n: s for n, s in short.items() if taken.count(s) == 1 and s != files[n]}
