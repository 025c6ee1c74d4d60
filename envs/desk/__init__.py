"""The desk family: long jobs that chain services, files, code and the web, while things happen."""

import importlib
import pkgutil

from wildgym.envs.desk import jobs
from wildgym.envs.desk.task import TASKS as TASKS
from wildgym.envs.desk.task import as_task as as_task

for _module in sorted(found.name for found in pkgutil.iter_modules(jobs.__path__)):
    importlib.import_module(f"{jobs.__name__}.{_module}")
