"""A model as a policy: any endpoint that speaks chat completions, as OpenAI, vLLM and others do.

Needs `pip install 'wildgym[bench]'`.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import openai
import tenacity

from wildgym.benchmarks.episode import Act, Info, Policy, Stopped, Unscored
from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.rates import Rates
from wildgym.benchmarks.suites import Episode, Setting
from wildgym.envs import WildEnv
from wildgym.envs.conversation import aloud
from wildgym.envs.dialogue import Dialogue
from wildgym.envs.trajectory import Message

_MOST_FAILURES = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is reached; the key is taken from OPENAI_API_KEY.

    Attributes:
        base_url: Mostly ends in `/v1`; None for what OPENAI_BASE_URL says, or OpenAI's own.
        timeout: Seconds after which a request is taken to have failed.
        retries: How often a request that failed for the moment is sent again: after as long as the
            endpoint asks for, or with backoff.
        requests_per_minute: As many are sent at most; None for no limit.
        tokens_per_minute: As many are taken at most; None for no limit.
    """

    base_url: str | None = None
    timeout: float = 300.0
    retries: int = 5
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    @asynccontextmanager
    async def connected(self, setting: Setting) -> AsyncIterator[Policy]:
        """Open connections, and give the policy that asks the setting's model over them."""
        async with self._client() as client:
            rates = Rates(self.requests_per_minute, self.tokens_per_minute)
            yield Model(client, setting, rates).begin

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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model replied with, and what that took."""

    message: Any
    usage: Mapping[str, float]


class Model:
    """A model that is asked through a client, in all episodes of a run.

    Args:
        client: Sends requests, and sends them again where that may help.
        setting: What is measured.
        rates: What has to be waited for before a request.
        most: The longest reply in tokens, if shorter than the setting's.

    Attributes:
        max_replies: After how many in an episode it gives up, if it does.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        setting: Setting,
        rates: Rates | None = None,
        most: int | None = None,
    ) -> None:
        options = {
            "max_tokens": setting.max_tokens and (most or setting.max_tokens),
            "temperature": setting.temperature,
        }
        self._client = client
        self._model = setting.model
        self._chat = setting.interface == "chat"
        self._options: dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        self.max_replies = setting.max_replies
        self._rates = rates or Rates()
        self._failures = 0

    def begin(self, env: WildEnv, info: Info, episode: Episode) -> Act:
        """Begin an episode: a `Policy`."""
        return ChatTalk(self, env, info) if self._chat else TextTalk(self, env, info)

    async def ask(self, messages: Sequence[Message], **more: Any) -> Reply:
        """Return what the model replies with; raise as the client does."""
        # What the client takes as arguments it rewrites piece by piece, which in a long episode
        # costs it ten times what the rest of a request does.
        body = {"messages": messages, **more}
        guess = await self._rates.admit(messages)
        began = perf_counter()
        completion: Any = await self._client.chat.completions.create(
            model=self._model, messages=(), extra_body=body, **self._options
        )
        if not getattr(completion, "choices", None):
            raise ValueError("the reply is no chat completion")
        usage = {**_tokens(completion), "model_seconds": round(perf_counter() - began, 4)}
        await self._rates.spend(sum(_tokens(completion).values()) - guess)
        return Reply(completion.choices[0].message, usage)

    async def reply(self, messages: Sequence[Message], **more: Any) -> Reply:
        """Ask within an episode.

        Raises:
            Stopped: The episode has outgrown the model's context.
            Unscored: The request failed, and so did its retries.
            Halted: As did many before it.
        """
        try:
            reply: Reply = await self._patiently()(self.ask, messages, **more)
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
        return reply

    def _patiently(self) -> tenacity.AsyncRetrying:
        """Return what asks again where a proxy replied in a model's place.

        The client asks again after errors; to it, a proxy's page with status 200 is none.
        """
        return tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(ValueError),
            stop=tenacity.stop_after_attempt(1 + self._client.max_retries),
            wait=tenacity.wait_random_exponential(_FIRST_PAUSE, _LONGEST_PAUSE),
            reraise=True,
        )


class _Talk:
    """An episode as messages, shown to the model as the dials of its scaffold say.

    Args:
        model: Who writes the assistant's.
        env: Where the episode is played.
        info: What the env's `reset` gave.

    Attributes:
        usage: What its replies took so far: tokens, where the endpoint counts them, and seconds.
    """

    def __init__(self, model: Model, env: WildEnv, info: Info) -> None:
        self.usage: dict[str, float] = {}
        self._model = model
        self._turns = env.trajectory.turns
        self._dialogue = Dialogue(env, info)
        self._tools = info["tools"]

    async def _reply(self, **more: Any) -> Any:
        if len(self._turns) == self._model.max_replies:
            raise Stopped("gave up")
        reply = await self._model.reply(self._dialogue.messages(), **more)
        for name, amount in reply.usage.items():
            self.usage[name] = round(self.usage.get(name, 0) + amount, 4)
        return reply.message


class TextTalk(_Talk):
    """An episode in which calls are text, over plain messages: an `Act`."""

    async def __call__(self, observation: str) -> str:
        """Answer an observation by text; thinking comes first."""
        message = await self._reply()
        return aloud(_thinking(message), message.content or "")


class ChatTalk(_Talk):
    """An episode with native tool calls: an `Act`."""

    async def __call__(self, observation: Sequence[Message]) -> Message:
        """Answer messages by one with tool calls; thinking stays with it."""
        message = await self._reply(tools=self._tools)
        # Without calls, endpoints want a text, be it an empty one.
        content = message.content if message.tool_calls else message.content or ""
        action: Message = {"role": "assistant", "content": content}
        if message.tool_calls:
            action["tool_calls"] = [c.model_dump(exclude_none=True) for c in message.tool_calls]
        if thinking := _thinking(message):
            action["reasoning_content"] = thinking
        return action


def _tokens(completion: Any) -> dict[str, int]:
    usage = getattr(completion, "usage", None)
    counted = {name: getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")}
    return {name: count for name, count in counted.items() if isinstance(count, int)}


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
