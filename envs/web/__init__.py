"""The web family: questions whose answers hide behind several pages of a generated web."""

from wildgym.envs.web.task import TASKS as TASKS
from wildgym.envs.web.task import as_task as as_task
