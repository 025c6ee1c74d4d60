"""Tasks over a codebase of the user's own: made when they are first asked for, and kept."""

import logging
from functools import cache

from wildgym.envs.codebase.bank import Bank, load, made_here, save
from wildgym.envs.codebase.build import Progress, Tell, build
from wildgym.envs.codebase.catalogue import CODEBASES, Codebase
from wildgym.envs.codebase.checkout import UnfitError, checkout
from wildgym.envs.codebase.local import named
from wildgym.envs.codebase.task import CodebaseTask, as_task
from wildgym.envs.scenario import Task
from wildgym.tools.sandboxes import digest

logger = logging.getLogger(__name__)

WANTED = 24
"""How many tasks are made of a codebase, where nobody says."""


@cache
def own_tasks(text: str, sandbox: str) -> tuple[Task, ...]:
    """Return tasks over one codebase.

    Args:
        text: A name of the catalogue, `name==version`, or the path of a local checkout.
        sandbox: The name of the backend in which tasks are made, if there are none yet.

    Raises:
        FetchError: It cannot be had.
        UnfitError: No tasks can be made of it; the message says why.
    """
    codebase = named(text)
    bank = bank_of(codebase, sandbox)
    tasks = [as_task(CodebaseTask(bank, defect)) for defect in bank.defects]
    if codebase.name in CODEBASES:
        return tuple(tasks)
    # A codebase of the user's own is of no split.
    told = [f"{defect.operator}: {', '.join(defect.functions)}" for defect in bank.defects]
    return tuple(Task(t.name, t.draw, about=about) for t, about in zip(tasks, told, strict=True))


def bank_of(codebase: Codebase, sandbox: str = "auto", tell: Tell | None = None) -> Bank:
    """Return the tasks of a codebase: those that there are, or else new ones, which are kept.

    Args:
        codebase: Which.
        sandbox: The name of the backend in which tasks are made.
        tell: Is told of progress; None for the log.

    Raises:
        FetchError: It cannot be had.
        UnfitError: No tasks can be made of it; the message says why.
    """
    name = bank_name(codebase)
    try:
        bank = load(name)
    except LookupError:
        if tell is None:
            logger.warning("making tasks of %s, once; this takes minutes", codebase.release)
        bank = build(codebase, WANTED, sandbox=sandbox, tell=tell or _tell)
        save(bank, made_here() / f"{name}.json")
    if not bank.defects:
        raise UnfitError(
            f"{codebase.release}: no change of its code is noticed by its {len(bank.tests)} tests,"
            f" so that nothing could be repaired: they have to check what the code in"
            f" {', '.join(codebase.packages)} gives"
        )
    return bank


def bank_name(codebase: Codebase) -> str:
    """Return the name of a codebase's bank: of a checkout, which changes, by what is in it."""
    if codebase == CODEBASES.get(codebase.name):
        return codebase.name
    return f"{codebase.release}-{digest(checkout(codebase))[:12]}"


def _tell(progress: Progress) -> None:
    logger.info("%s: %s %d of %d", progress.codebase, progress.stage, progress.done, progress.total)
