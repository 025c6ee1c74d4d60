"""A user played by a model, behind any endpoint that speaks chat completions.

Needs `pip install 'wildgym[bench]'`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from wildgym.envs.user.speaking import Asked

if TYPE_CHECKING:
    import openai

_ROLE = (
    "You play somebody who has given work to an assistant. Now the assistant asks you something."
    " Answer as that person, in one or two sentences. Tell what you are asked for and nothing"
    " more. If you do not know something, say so and invent nothing."
)
_ROLES = {"agent": "user", "user": "assistant"}


class UserFailed(Exception):
    """A user said nothing: the host failed, not the agent."""


@dataclass(frozen=True, slots=True)
class UserModel:
    """A user played by a model; the endpoint's key is taken from OPENAI_API_KEY.

    Attributes:
        model: The name of the model.
        base_url: Mostly ends in `/v1`; None for what OPENAI_BASE_URL says, or OpenAI's own.
        timeout: Seconds after which a request is taken to have failed.
        retries: How often a request that failed for the moment is sent again, with backoff.
        max_tokens: The longest reply; None for what the endpoint sets.
        temperature: 0 for the likeliest words; None for what the endpoint sets.

    Raises:
        ImportError: `openai` is not installed.
    """

    model: str
    base_url: str | None = None
    timeout: float = 60.0
    retries: int = 2
    max_tokens: int | None = 200
    temperature: float | None = 0.0

    def __post_init__(self) -> None:
        self._client()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the model that a mapping describes; raise ValueError where it does not."""
        known = [field.name for field in fields(cls)]
        unknown = [name for name in value if name not in known]
        if unknown or not isinstance(value.get("model"), str):
            wrong = f"unknown: {', '.join(unknown)}" if unknown else "it has to name a 'model'"
            raise ValueError(f"user, as a model: {wrong}; it may have {', '.join(known)}")
        return cls(**value)

    def __call__(self, asked: Asked) -> str:
        """Ask the model for the reply.

        Raises:
            UserFailed: The request failed, and so did its retries, or the reply was empty.
        """
        import openai

        options = {"max_tokens": self.max_tokens, "temperature": self.temperature}
        request: dict[str, Any] = {"model": self.model, "messages": _messages(asked)}
        request |= {name: value for name, value in options.items() if value is not None}
        try:
            reply: Any = self._client().chat.completions.create(**request)
        except openai.OpenAIError as error:
            raise UserFailed(f"{self.model!r}, which plays the user, failed: {error}") from error
        said = reply.choices[0].message.content if getattr(reply, "choices", None) else None
        if not said or not said.strip():
            raise UserFailed(f"{self.model!r}, which plays the user, said nothing")
        return str(said.strip())

    def _client(self) -> "openai.OpenAI":
        return _connected(self.base_url, self.timeout, self.retries, os.getpid())


@lru_cache(maxsize=8)
def _connected(base_url: str | None, timeout: float, retries: int, process: int) -> "openai.OpenAI":
    """Return a client, one for all envs of a process: connections must not cross a fork."""
    try:
        import openai
    except ImportError:
        raise ImportError(
            "openai is not installed; it comes with: pip install 'wildgym[bench]'"
        ) from None
    key = os.environ.get("OPENAI_API_KEY") or "none"
    return openai.OpenAI(base_url=base_url, api_key=key, timeout=timeout, max_retries=retries)


def _messages(asked: Asked) -> list[dict[str, str]]:
    """Return the conversation as the model has to see it, which is the user's side of it."""
    told = [_ROLE, "You know this:", *(f"- {fact.told}" for fact in asked.known)]
    manner = " … ".join(filter(None, (asked.manner.opening, asked.manner.closing)))
    if manner:
        told.append(f"You sound like this: {manner}")
    if asked.remarks:
        told.append(f"Say this, too, word for word: {' '.join(asked.remarks)}")
    said = [{"role": _ROLES[line.who], "content": line.text} for line in asked.conversation]
    question = {"role": "user", "content": asked.question}
    return [{"role": "system", "content": "\n".join(told)}, *said, question]
