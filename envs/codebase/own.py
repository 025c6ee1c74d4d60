"""Tasks over a codebase of the user's own: made when they are first asked for, and kept."""

import logging
from functools import cache

from wildgym.envs.codebase.bank import Bank, load, made_here, save
from wildgym.envs.codebase.build import Progress, build
from wildgym.envs.codebase.catalogue import CODEBASES, Codebase
from wildgym.envs.codebase.checkout import UnfitError, checkout
from wildgym.envs.codebase.local import named
from wildgym.envs.codebase.task import CodebaseTask, as_task
from wildgym.envs.scenario import Task
from wildgym.tools.sandboxes import digest

logger = logging.getLogger(__name__)

_WANTED = 24


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
    bank = _bank(codebase, sandbox)
    if not bank.defects:
        raise UnfitError(f"{codebase.release}: no change of its code is noticed by its tests")
    tasks = [as_task(CodebaseTask(bank, defect)) for defect in bank.defects]
    if codebase.name in CODEBASES:
        return tuple(tasks)
    # A codebase of the user's own is of no split.
    return tuple(Task(task.name, task.draw, about=task.about) for task in tasks)


def _bank(codebase: Codebase, sandbox: str) -> Bank:
    if codebase.name in CODEBASES and codebase == CODEBASES[codebase.name]:
        return load(codebase.name)
    # A checkout changes, and its tasks with it.
    name = f"{codebase.release}-{digest(checkout(codebase))[:12]}"
    try:
        return load(name)
    except LookupError:
        logger.warning("making tasks of %s, once; this takes minutes", codebase.release)
    bank = build(codebase, _WANTED, sandbox=sandbox, tell=_tell)
    save(bank, made_here() / f"{name}.json")
    return bank


def _tell(progress: Progress) -> None:
    logger.info("%s: %s %d of %d", progress.codebase, progress.stage, progress.done, progress.total)
