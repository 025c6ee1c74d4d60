"""One's own policy: a Python function that begins an episode and returns what acts in it.

`python:MODULE:FUNCTION` names it. The module is looked for where Python looks, and in the current
folder:

    def begin(info):
        # info: `messages`, the opening as chat messages, and `tools`, as chat completions have them
        def act(observation):
            return ...  # the action, or None to give up

        return act

Nothing else is told of an episode: not its task, its perturbations or its solution.
"""

import importlib
import os
import sys
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

from wildgym.benchmarks.episode import Act, Info, Policy
from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.suites import Episode
from wildgym.envs import WildEnv

PYTHON = "python:"
"""What the name of a policy begins with that is somebody's function."""

_TOLD = ("messages", "tools")


def callable_policy(name: str) -> Policy:
    """Return the policy that a function is; raise Misuse if it cannot be had."""
    factory = _found(name)

    def begin(env: WildEnv, info: Info, episode: Episode) -> Act:
        act = factory({told: deepcopy(info[told]) for told in _TOLD})
        if not callable(act):
            raise TypeError(f"{name} returned {type(act).__name__}, and no function that acts")
        return partial(_at_once, act)

    return begin


async def _at_once(act: Callable[[Any], Any], observation: Any) -> Any:
    return act(observation)


def _found(name: str) -> Callable[[dict[str, Any]], Any]:
    module, _, function = name.removeprefix(PYTHON).partition(":")
    if not (module and function):
        raise Misuse(f"{name!r} is no function; write {PYTHON}MODULE:FUNCTION")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = getattr(importlib.import_module(module), function, None)
    except Exception as fault:
        # Whatever a stranger's module does when it is imported.
        raise Misuse(f"{name}: {module} cannot be imported: {_said(fault)}") from None
    if not callable(found):
        what = "no" if found is None else "not a function, but something else named"
        raise Misuse(f"{name}: the module {module} has {what} {function}")
    begin: Callable[[dict[str, Any]], Any] = found
    return begin


def _said(fault: Exception) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())
