"""`wildgym tasks`: packages are fetched, and tasks made of them, or of what the user has."""

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from typer import Argument, Option

from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.benchmarks.play import named as perturbing
from wildgym.benchmarks.proof import Proof, proofs
from wildgym.benchmarks.report import Grid, show
from wildgym.envs.cache import cache_folder
from wildgym.envs.codebase.bank import Bank, load, made_here, save
from wildgym.envs.codebase.build import Progress, build
from wildgym.envs.codebase.catalogue import CODEBASES
from wildgym.envs.codebase.checkout import UnfitError, checkout
from wildgym.envs.codebase.fetch import FetchError
from wildgym.envs.codebase.local import named
from wildgym.envs.codebase.own import bank_name, bank_of, own_tasks
from wildgym.envs.codebase.toolchain import toolchain
from wildgym.envs.scenario import Task
from wildgym.perturbations.factory import perturber
from wildgym.perturbations.wrap.directory import directory_tasks
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
    with _bars() as bars:
        for name in codebases or CODEBASES:
            tell = partial(_tell, bars, bars.add_task(f"{name}: fetching", total=None))
            try:
                codebase = named(name)
                bank = build(codebase, count, sandbox=sandbox, tell=tell)
            except (UnfitError, FetchError, Unavailable) as error:
                raise Halted(str(error)) from None
            # What is meant for elsewhere goes by the codebase; here, a checkout by what is in it.
            saved = bank.codebase.name if into else bank_name(codebase)
            save(bank, folder / f"{saved}.json")
            made.append(bank)
    _publish(made, folder, as_json)


@app.command("own")
@plainly()
def prove_own(
    where: Annotated[str, Argument(help="A checkout, name==version, or with --files a folder.")],
    files: Annotated[bool, Option("--files", help="Ask about the folder's files.")] = False,
    given: Annotated[
        Path | None, Option(help="With --files: your tasks, as JSON or Python with TASKS.")
    ] = None,
    perturbations: Annotated[str, Option(help="As in `wildgym play`.")] = "all",
    seeds: Annotated[int, Option(min=1, help="Episodes of each task.")] = 1,
    sandbox: Annotated[str, Option(help="Where everything runs.")] = "auto",
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make tasks of a checkout or a folder of yours, and prove each: the expert can, a no-op not.

    Tasks of a checkout are kept: `wildgym play --codebase` and gym.make find them made.
    """
    if given is not None and not files:
        raise Misuse("--given says tasks over files: give --files, too")
    with _bars() as bars:
        try:
            tasks = directory_tasks(where, given) if files else _repairs(where, sandbox, bars)
            perturb = perturber(perturbing(perturbations), "files" if files else "codebase")
            bar = bars.add_task("proving", total=len(tasks))
            found = []
            for proof in proofs(tasks, perturb, range(seeds), sandbox):
                found.append(proof)
                bars.advance(bar)
        except (UnfitError, FetchError, Unavailable) as error:
            raise Halted(str(error)) from None
        except ValueError as error:
            raise Misuse(str(error)) from None
    _tell_of(found, as_json)
    if not (files or as_json):
        typer.echo(f"one of them, before one's eyes: wildgym play --codebase {shlex.quote(where)}")
    if failed := [proof for proof in found if not proof.holds]:
        raise Halted(f"{len(failed)} of {len(found)} tasks are not proven")


def _repairs(where: str, sandbox: str, bars: Bars) -> Sequence[Task]:
    tell = partial(_tell, bars, bars.add_task(f"{where}: fetching", total=None))
    bank_of(named(where), sandbox, tell)
    return own_tasks(where, sandbox)


def _tell_of(found: Sequence[Proof], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"tasks": [{**asdict(p), "holds": p.holds} for p in found]}))
        return
    columns = ["task", "about", "expert", "perturbed", "no-op", "proven"]
    show([Grid("", columns, [_proof_row(proof) for proof in found])])


def _proof_row(proof: Proof) -> list[str]:
    scores = ["-" if s is None else f"{s:g}" for s in (proof.expert, proof.perturbed, proof.noop)]
    return [proof.task, proof.about, *scores, "yes" if proof.holds else proof.fault or "no"]


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


def _bars() -> Bars:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True))


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
