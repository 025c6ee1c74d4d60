"""A trajectory as coloured text for terminals."""

import json
from typing import Any

from wildgym.envs.trajectory import Trajectory

_BLUE, _GREEN, _OFF = "\x1b[34m", "\x1b[32m", "\x1b[0m"


def ansi(trajectory: Trajectory) -> str:
    """Return what was said so far: observations in blue, actions in green."""
    lines = [f"{_BLUE}{_text(trajectory.opening)}{_OFF}"]
    for turn in trajectory.turns:
        lines.append(f"{_GREEN}{_text(turn.action)}{_OFF}")
        lines.append(f"{_BLUE}{_text(turn.observation)}{_OFF}")
    return "\n\n".join(lines)


def _text(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content, indent=1, default=repr)
    # What an agent or a tool wrote must not drive the terminal.
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
