"""Rate limits: how many requests and tokens an endpoint is asked for in a minute."""

import json
from collections.abc import Sequence

from aiolimiter import AsyncLimiter

from wildgym.envs.trajectory import Message

_MINUTE = 60.0
_CHARACTERS_IN_A_TOKEN = 4


class Rates:
    """Limits for all requests of one event loop.

    Requests go out evenly. Tokens of a whole minute may go at once: what a request takes is guessed
    when it is sent, and put right when the reply says so.

    Args:
        requests: A minute; None for as many as there are.
        tokens: A minute, of prompts and replies together; None for as many as there are.
    """

    def __init__(self, requests: float | None = None, tokens: float | None = None) -> None:
        self._requests = AsyncLimiter(1, _MINUTE / requests) if requests else None
        self._tokens = AsyncLimiter(tokens, _MINUTE) if tokens else None

    async def admit(self, messages: Sequence[Message]) -> int:
        """Wait until a request may be sent, and return how many tokens it was guessed to take."""
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is None:
            return 0
        guess = len(json.dumps(messages)) // _CHARACTERS_IN_A_TOKEN
        await self.spend(guess)
        return guess

    async def spend(self, tokens: float) -> None:
        """Wait until so many tokens may be taken, but never for more than a minute's."""
        if self._tokens is not None and tokens > 0:
            await self._tokens.acquire(min(tokens, self._tokens.max_rate))
