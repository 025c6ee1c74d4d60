"""What happened in an episode."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wildgym.tools import ToolCall, ToolResult

Message = dict[str, Any]
Content = str | Sequence[Message]
"""An observation or action: text, or chat messages."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One action of the agent, and what came of it.

    Attributes:
        action: What the agent wrote, to the letter; thinking included.
        thinking: The part of it that is not calls.
        calls: The calls, as the agent phrased them; none if the action was malformed.
        results: One for each call.
        observation: What the agent was shown.
    """

    action: Any
    thinking: str
    calls: tuple[ToolCall, ...]
    results: tuple[ToolResult, ...]
    observation: Any


@dataclass(slots=True)
class Trajectory:
    """An episode so far.

    Attributes:
        opening: The first observation.
        turns: What followed.
    """

    opening: Any
    turns: list[Turn] = field(default_factory=list)

    def fork(self) -> "Trajectory":
        """Return an independent copy that shares all turns."""
        return Trajectory(self.opening, self.turns.copy())
