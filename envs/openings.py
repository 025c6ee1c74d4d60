"""What a reset is told, and what it tells of tools."""

import json
from typing import Any

from wildgym.tools import Specs

_KNOWN = ("perturbation_seed", "task", "task_seed")
_GYMNASIUM = "reset_mask"


def known(options: dict[str, Any] | None) -> dict[str, Any]:
    """Return the options of a reset; raise ValueError if one of them is unknown."""
    chosen = options or {}
    unknown = sorted(chosen.keys() - {*_KNOWN, _GYMNASIUM})
    if unknown:
        raise ValueError(f"unknown reset option {', '.join(unknown)}; options: {', '.join(_KNOWN)}")
    return chosen


def functions(specs: Specs) -> list[dict[str, Any]]:
    """Return tools as chat completions have them.

    The objects are new each time: what a caller does to them must not reach other episodes.
    """
    listed = json.loads(f"[{','.join([spec.json for spec in specs.values()])}]")
    return [{"type": "function", "function": function} for function in listed]
