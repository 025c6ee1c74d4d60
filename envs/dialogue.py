"""A running episode as an endpoint for chat completions takes it: what its dials show again."""

from collections.abc import Mapping
from typing import Any

from wildgym.envs.conversation import Conversation
from wildgym.envs.env import WildEnv
from wildgym.envs.trajectory import Message


class Dialogue:
    """An episode as messages of which the last one is never the assistant's.

    Args:
        env: Where it is played.
        info: What the env's `reset` gave.
    """

    def __init__(self, env: WildEnv, info: Mapping[str, Any]) -> None:
        dials = env.dials
        # Results that are the assistant's would have the last word.
        own = {"placement": "own"} if dials.placement == "observation" else {}
        self._turns = env.trajectory.turns
        self._in_text = isinstance(env.trajectory.opening, str)
        self._conversation = Conversation(tuple(info["messages"]), dials.model_copy(update=own))

    def messages(self) -> list[Message]:
        """Return the conversation, with the turns that were played since the last time."""
        for turn in self._turns[len(self._conversation.said) :]:
            self._conversation.add(turn)
        shown = self._conversation.messages()
        return [_untooled(message) for message in shown] if self._in_text else shown


def _untooled(message: Message) -> Message:
    """Let the user say what a tool would: endpoints reject results that no native call precedes."""
    return {**message, "role": "user"} if message["role"] == "tool" else message
