"""The codebase family: real packages with defects that were made and validated by program."""

from wildgym.envs.codebase.bank import banks
from wildgym.envs.codebase.task import CodebaseTask as CodebaseTask
from wildgym.envs.codebase.task import as_task as as_task

TASKS: dict[str, CodebaseTask] = {
    task.name: task
    for split in ("train", "test")
    for bank in banks(split)
    for task in (CodebaseTask(bank, defect) for defect in bank.defects)
}
"""Every defect of the bank that comes with the package, by name."""
