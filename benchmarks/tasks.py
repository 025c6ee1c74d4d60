"""`wildgym tasks`: packages are fetched, and tasks made of them."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from typer import Argument, Option

from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.benchmarks.report import Grid, show
from wildgym.envs.cache import cache_folder
from wildgym.envs.codebase.bank import Bank, load, made_here, save
from wildgym.envs.codebase.build import Progress, build
from wildgym.envs.codebase.catalogue import CODEBASES
from wildgym.envs.codebase.checkout import UnfitError, checkout
from wildgym.envs.codebase.fetch import FetchError
from wildgym.envs.codebase.local import named
from wildgym.envs.codebase.toolchain import toolchain
from wildgym.tools.sandboxes import Unavailable

app = typer.Typer(help="Make tasks of packages.", no_args_is_help=True, rich_markup_mode=None)

_WHICH = "Names of the catalogue, name==version, or folders; all of the catalogue by default."
_COLUMNS = ["codebase", "split", "tests", "tasks", "operators", "shown by a call"]


@app.command("fetch")
@plainly()
def fetch(codebases: Annotated[list[str] | None, Argument(help=_WHICH)] = None) -> None:
    """Fetch packages and pytest into the cache, so that no network is needed later."""
    try:
        toolchain()
        for name in codebases or CODEBASES:
            checkout(named(name))
    except (FetchError, UnfitError) as error:
        raise Halted(str(error)) from None
    typer.echo(f"fetched into {cache_folder()}")


@app.command("build")
@plainly()
def make(
    codebases: Annotated[list[str] | None, Argument(help=_WHICH)] = None,
    count: Annotated[int, Option(min=1, help="Tasks of each codebase.")] = 45,
    into: Annotated[Path | None, Option(help="A folder; by default one in the cache.")] = None,
    sandbox: Annotated[str, Option(help="Where packages run.")] = "auto",
    as_json: Annotated[bool, Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Make tasks and validate them by running. The same command goes on where it was stopped."""
    folder = into or made_here()
    made: list[Bank] = []
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console) as bars:
        for name in codebases or CODEBASES:
            tell = partial(_tell, bars, bars.add_task(f"{name}: fetching", total=None))
            try:
                bank = build(named(name), count, sandbox=sandbox, tell=tell)
            except (UnfitError, FetchError, Unavailable) as error:
                raise Halted(str(error)) from None
            save(bank, folder / f"{bank.codebase.name}.json")
            made.append(bank)
    _publish(made, folder, as_json)


@app.command("count")
@plainly()
def count_tasks(
    codebases: Annotated[list[str] | None, Argument(help="Names of the catalogue.")] = None,
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count the tasks there are, by codebase."""
    try:
        banks = [load(name) for name in codebases or CODEBASES]
    except LookupError as error:
        raise Misuse(str(error.args[0])) from None
    _publish(banks, None, as_json)


def _tell(bars: Bars, bar: TaskID, progress: Progress) -> None:
    told = f"{progress.codebase}: {progress.stage} ({progress.useful} useful)"
    # A stage of unknown length has a bar that moves to and fro.
    total = progress.total or None
    bars.update(bar, description=told, completed=progress.done, total=total)


def _publish(banks: list[Bank], folder: Path | None, as_json: bool) -> None:
    rows = [_row(bank) for bank in banks]
    if as_json:
        operators = Counter(defect.operator for bank in banks for defect in bank.defects)
        summary = {
            "codebases": [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
            "operators": dict(sorted(operators.items())),
            "folder": folder and str(folder),
        }
        typer.echo(json.dumps(summary))
        return
    show([Grid("", _COLUMNS, [[str(cell) for cell in row] for row in rows])])
    if folder is not None:
        typer.echo(f"tasks are in {folder}")


def _row(bank: Bank) -> list[str | int]:
    return [
        bank.codebase.release,
        bank.codebase.split,
        len(bank.tests),
        len(bank.defects),
        len({defect.operator for defect in bank.defects}),
        sum(defect.witness is not None for defect in bank.defects),
    ]
