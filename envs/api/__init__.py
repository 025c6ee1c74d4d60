"""The api family: stateful services, one file each, and tasks over them."""

import importlib
import pkgutil

from wildgym.envs.api import services, tasks
from wildgym.envs.api.service import Service as Service
from wildgym.envs.api.service import Value as Value
from wildgym.envs.api.task import TASKS as TASKS
from wildgym.envs.api.task import as_task as as_task

for _package in (services, tasks):
    for _module in sorted(
        found.name for found in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}.")
    ):
        importlib.import_module(_module)

SERVICES: dict[str, Service] = {
    service.name: service for task in TASKS.values() for service in task.services
}
"""Every service that some task uses, by name."""
