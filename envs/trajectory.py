"""What happened in an episode."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wildgym.tools import ToolCall, ToolResult

Message = dict[str, Any]
Content = str | Sequence[Message]
"""An observation or action: text, or chat messages."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call that was made, and its result."""

    call: ToolCall
    result: ToolResult


@dataclass(frozen=True, slots=True)
class Passage:
    """What one call of the agent came to on its way through the perturbations.

    Attributes:
        call: As the agent made it.
        true: What reached the canonical tools, and what these said; nothing, where it did not.
        acted: The names of the operators that changed the call, its result, or the number of calls
            made, innermost first.
    """

    call: ToolCall
    true: tuple[Exchange, ...]
    acted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One action of the agent, and what came of it.

    Attributes:
        action: What the agent wrote, to the letter; thinking included.
        thinking: The part of it that is not calls.
        calls: The calls, as the agent phrased them; none if the action was malformed.
        results: One for each call.
        observation: What the agent was shown.
        passages: One for each call that was made, in an env that traces them.
    """

    action: Any
    thinking: str
    calls: tuple[ToolCall, ...]
    results: tuple[ToolResult, ...]
    observation: Any
    passages: tuple[Passage, ...] = ()


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
