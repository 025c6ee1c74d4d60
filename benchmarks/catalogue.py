"""`wildgym list`: what there is."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import plainly
from wildgym.benchmarks.report import Grid, show
from wildgym.benchmarks.suites import SUITES
from wildgym.envs.scaffolds import SCAFFOLDS
from wildgym.perturbations import AXES, REGISTRY
from wildgym.perturbations.factory import FAMILIES, family_tasks
from wildgym.perturbations.mix import named_mixes
from wildgym.perturbations.splits import splits

Row = dict[str, Any]


@plainly()
def catalogue(
    what: Annotated[Literal["perturbations", "tasks", "scaffolds", "mixes", "suites"], Argument()],
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what there is to choose from."""
    rows = LISTS[what]()
    if as_json:
        typer.echo(json.dumps(rows))
        return
    cells = [[_cell(value) for value in row.values()] for row in rows]
    show([Grid("", list(rows[0]), cells)])


def perturbations() -> list[Row]:
    """Return every operator, by axis."""
    ordered = sorted(REGISTRY.values(), key=lambda o: (AXES.index(o.axis), o.name))
    return [
        {
            "name": operator.name,
            "axis": operator.axis,
            "kind": operator.kind,
            "bites": operator.bites or "cosmetic",
            "split": splits().sides.get(operator.name, ""),
            "source": operator.source,
            "what": _first_line(operator),
        }
        for operator in ordered
    ]


def tasks() -> list[Row]:
    """Return every task, by family."""
    return [
        {
            "name": task.name,
            "family": family,
            "splits": list(task.splits),
            "what": task.about,
        }
        for family in FAMILIES
        for task in family_tasks(family)
    ]


def scaffolds() -> list[Row]:
    """Return every scaffold of the text interface."""
    return [
        {
            "name": scaffold.name,
            "group": scaffold.group,
            "calls a reply": scaffold.most_calls,
            "split": splits().groups.get(scaffold.group, ""),
        }
        for scaffold in SCAFFOLDS.values()
    ]


def mixes() -> list[Row]:
    """Return every mix."""
    return [
        {
            "name": name,
            "operators": len(mix.operators),
            "most of an axis": mix.per_axis,
            "scaffolds": mix.scaffold or "",
            "clean share": mix.clean,
            "strengths": list(mix.strengths),
        }
        for name, mix in named_mixes().items()
    ]


def suites() -> list[Row]:
    """Return every suite."""
    return [
        {
            "name": suite.name,
            "tasks": len(suite.of_split("test")),
            "arms": len(suite.arms),
            "seeds": suite.seeds,
            "episodes": len(suite.of_split("test")) * len(suite.arms) * suite.seeds,
            "digest": suite.digest,
            "what": suite.about,
        }
        for suite in SUITES.values()
    ]


LISTS: Mapping[str, Callable[[], list[Row]]] = {
    made.__name__: made for made in (perturbations, tasks, scaffolds, mixes, suites)
}


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
