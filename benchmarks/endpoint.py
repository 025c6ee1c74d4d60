"""A model as a policy: any endpoint that speaks chat completions, as OpenAI, vLLM and others do.

Needs `pip install 'wildgym[bench]'`.
"""

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import openai

from wildgym.benchmarks.episode import Act, Info, Policy, Stopped, Unscored
from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.suites import Episode, Setting
from wildgym.envs import WildEnv
from wildgym.envs.trajectory import Message

_MOST_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is reached; the key is taken from OPENAI_API_KEY.

    Attributes:
        base_url: Mostly ends in `/v1`; None for what OPENAI_BASE_URL says, or OpenAI's own.
        timeout: Seconds after which a request is taken to have failed.
        retries: How often a request that failed for the moment is sent again, with backoff.
    """

    base_url: str | None = None
    timeout: float = 300.0
    retries: int = 5

    @asynccontextmanager
    async def connected(self, setting: Setting) -> AsyncIterator[Policy]:
        """Open connections, and give the policy that asks the setting's model over them."""
        async with self._client() as client:
            yield Model(client, setting).begin

    async def check(self, setting: Setting) -> None:
        """Ask for one token; raise Misuse if the endpoint, key or model is of no use."""
        async with self._client() as client:
            where, model = client.base_url, setting.model
            try:
                await Model(client, setting, most=1).ask([{"role": "user", "content": "Say ok."}])
            except openai.APIConnectionError as error:
                raise Misuse(f"{where} cannot be reached: {error.__cause__ or error}") from None
            except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
                raise Misuse(f"{where} wants another OPENAI_API_KEY: {_line(error)}") from None
            except openai.NotFoundError as error:
                known = await _models(client)
                raise Misuse(f"{where} has no model {model!r}: {_line(error)}; {known}") from None
            except (openai.OpenAIError, ValueError) as error:
                raise Misuse(f"{where} does not serve {model!r}: {_line(error)}") from None

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            timeout=self.timeout,
            max_retries=self.retries,
        )


class Model:
    """A model that is asked through a client, in all episodes of a run.

    Args:
        client: Sends requests, and sends them again where that may help.
        setting: What is measured.
        most: The longest reply in tokens, if shorter than the setting's.
    """

    def __init__(
        self, client: openai.AsyncOpenAI, setting: Setting, most: int | None = None
    ) -> None:
        options = {
            "max_tokens": setting.max_tokens and (most or setting.max_tokens),
            "temperature": setting.temperature,
        }
        self._client = client
        self._model = setting.model
        self._chat = setting.interface == "chat"
        self._options: dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        self._failures = 0

    def begin(self, env: WildEnv, info: Info, episode: Episode) -> Act:
        """Begin an episode: a `Policy`."""
        talk = Talk(self, info)
        return talk.chat if self._chat else talk.text

    async def ask(self, messages: Sequence[Message], **more: Any) -> Any:
        """Return the message that the model replies with; raise as the client does."""
        request: dict[str, Any] = {"model": self._model, "messages": messages, **self._options}
        reply: Any = await self._client.chat.completions.create(**request, **more)
        if not getattr(reply, "choices", None):
            raise ValueError("the reply is no chat completion")
        return reply.choices[0].message

    async def reply(self, messages: Sequence[Message], **more: Any) -> Any:
        """Ask within an episode.

        Raises:
            Stopped: The episode has outgrown the model's context.
            Unscored: The request failed, and so did its retries.
            Halted: As did many before it.
        """
        try:
            message = await self.ask(messages, **more)
        except (openai.OpenAIError, ValueError) as error:
            if isinstance(error, openai.BadRequestError) and "context" in str(error).lower():
                raise Stopped("context") from None
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise Halted(
                    f"{self._failures} requests failed in a row, the last with: {_line(error)};"
                    " the same command continues the run"
                ) from None
            raise Unscored(_line(error)) from None
        self._failures = 0
        return message


class Talk:
    """An episode as messages.

    Args:
        model: Who writes the assistant's.
        info: What the env's `reset` gave.
    """

    def __init__(self, model: Model, info: Info) -> None:
        self._model = model
        self._messages: list[Message] = list(info["messages"])
        self._tools = info["tools"]

    async def text(self, observation: str) -> str:
        """Answer an observation by text; thinking comes first, and is not sent back."""
        if self._has_spoken:
            self._messages.append({"role": "user", "content": observation})
        message = await self._model.reply(self._messages)
        content, thinking = message.content or "", _thinking(message)
        self._messages.append({"role": "assistant", "content": content})
        return f"<think>{thinking}</think>\n{content}" if thinking else content

    async def chat(self, observation: Sequence[Message]) -> Message:
        """Answer messages by one with tool calls; thinking stays with it."""
        if self._has_spoken:
            if observation[0]["role"] != "tool":
                self._messages.append(_without_calls(self._messages.pop()))
            self._messages.extend(observation)
        message = await self._model.reply(self._messages, tools=self._tools)
        action: Message = {"role": "assistant", "content": message.content}
        if message.tool_calls:
            action["tool_calls"] = [c.model_dump(exclude_none=True) for c in message.tool_calls]
        if thinking := _thinking(message):
            action["reasoning_content"] = thinking
        self._messages.append(action)
        return action

    @property
    def _has_spoken(self) -> bool:
        return bool(self._messages[-1]["role"] == "assistant")


def _without_calls(message: Message) -> Message:
    """Quote calls that could not be read: endpoints reject calls that no result follows."""
    kept = {name: value for name, value in message.items() if name != "tool_calls"}
    quoted = json.dumps(message["tool_calls"]) if "tool_calls" in message else ""
    return {**kept, "content": f"{message['content'] or ''}{quoted}"}


def _thinking(message: Any) -> str:
    """Return a message's thinking, which endpoints send under one of two names."""
    thinking = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
    return thinking if isinstance(thinking, str) else ""


async def _models(client: openai.AsyncOpenAI) -> str:
    try:
        names = [model.id async for model in client.models.list()]
    except (openai.OpenAIError, ValueError, AttributeError):
        return "and lists none; is the path right? It mostly ends in /v1"
    return f"models: {', '.join(names) or 'none'}"


def _line(error: Exception, most: int = 300) -> str:
    return " ".join(str(error).split())[:most]
