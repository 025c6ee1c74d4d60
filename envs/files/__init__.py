"""The files family: a folder of real formats, to be queried, mended, converted, kept in order."""

import importlib
import pkgutil

from wildgym.envs.files import tasks
from wildgym.envs.files.task import TASKS as TASKS
from wildgym.envs.files.task import as_task as as_task

for _module in sorted(
    found.name for found in pkgutil.walk_packages(tasks.__path__, f"{tasks.__name__}.")
):
    importlib.import_module(_module)
