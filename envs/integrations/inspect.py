"""Inspect AI: episodes as a task, which any model of Inspect plays, with its logs and its viewer.

Needs `pip install 'wildgym[inspect]'`. Source: https://github.com/UKGovernmentBEIS/inspect_ai.

A turn is all that a model writes at a time, its calls and its thinking: Inspect's own loop, which
makes calls one by one, would lose what holds them together.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from anyio import to_thread
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    get_model,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams
from pydantic import Field, model_serializer

from wildgym.envs.integrations.row import made, opened, row
from wildgym.envs.trajectory import Message

_END = "wildgym:end"


@task  # type: ignore[untyped-decorator]  # the package has no types
def episodes(
    env_id: str = "wildgym/Api-v0",
    seed: int = 0,
    count: int = 100,
    interface: Literal["chat", "text"] = "chat",
    **arguments: Any,
) -> Task:
    """Return a task with a sample for each seed: `inspect eval wildgym/episodes -T seed=7`.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        seed: The first.
        count: How many there are.
        interface: "chat" (native tool calls) or "text" (plain messages, by a scaffold).
        arguments: As for `row`, such as `perturbations`, `split`, `task` or `scaffold`.
    """
    listed = [row(env_id, s, interface=interface, **arguments) for s in range(seed, seed + count)]
    for one in listed[:1]:
        made(one).close()  # What cannot be made should fail here, and not in every sample.
    return Task(
        dataset=[
            Sample(id=one["seed"], input=f"{env_id}, seed {one['seed']}", metadata={"row": one})
            for one in listed
        ],
        solver=episode(),
        scorer=verified(),
    )


@solver  # type: ignore[untyped-decorator]
def episode() -> Solver:
    """Play the episode of a sample's row to its end."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        one = state.metadata["row"]
        env = made(one)
        try:
            _, info = await to_thread.run_sync(opened, env, one)
            state.metadata |= {name: info[name] for name in ("task_id", "variation")}
            state.messages = [received(message) for message in info["messages"]]
            chat = one["arguments"]["interface"] == "chat"
            tools = _tools(info["tools"]) if chat else []
            end: Mapping[str, Any] = {}
            while not end:
                state.output = await get_model().generate(state.messages, tools)
                said = state.output.message
                state.messages.append(said)
                seen, *_, end = await to_thread.run_sync(
                    env.step, sent(said) if chat else _text(said)
                )
                state.messages += _seen(seen, said)
            state.store.set(_END, end)
        finally:
            env.close()
        state.completed = True
        return state

    return solve


@scorer(metrics=[mean(), stderr()])  # type: ignore[untyped-decorator]
def verified() -> Scorer:
    """Score what the episode ended with. Where the host failed, the sample is unscored."""

    async def score(state: TaskState, target: Target) -> Score:
        end = state.store.get(_END, {})
        if "invalid" in end:
            return Score.unscored(reason="scoring_failed", explanation=end["invalid"], metadata=end)
        return Score(value=end.get("score", 0.0), answer=end.get("status"), metadata=end)

    return score


class _Parameters(ToolParams):  # type: ignore[misc]
    """A schema with every keyword that it has: Inspect's own class knows some of them."""

    told: dict[str, Any] = Field(exclude=True)

    @model_serializer
    def as_it_is(self) -> dict[str, Any]:
        """Return it for a model's endpoint."""
        return self.told


class _Tool(ToolInfo):  # type: ignore[misc]
    parameters: _Parameters


def _tools(functions: Sequence[Mapping[str, Any]]) -> list[ToolInfo]:
    listed = [function["function"] for function in functions]
    return [
        _Tool(
            name=one["name"],
            description=one["description"],
            parameters=_Parameters(**one["parameters"], told=one["parameters"]),
        )
        for one in listed
    ]


def received(message: Message) -> ChatMessage:
    """Return a message of an opening as Inspect has it."""
    of = ChatMessageSystem if message["role"] == "system" else ChatMessageUser
    return of(content=message["content"])


def sent(message: ChatMessageAssistant) -> Message:
    """Return what a model wrote as a chat message of ours, thinking included."""
    thinking = [
        (part.summary or "") if part.redacted else part.reasoning
        for part in _parts(message, "reasoning")
    ]
    calls = [
        {"id": call.id, "type": "function", "function": _function(call)}
        for call in message.tool_calls or ()
    ]
    return {
        "role": "assistant",
        "content": message.text,
        **({"reasoning_content": "\n".join(thinking)} if thinking else {}),
        **({"tool_calls": calls} if calls else {}),
    }


def _function(call: ToolCall) -> Message:
    # Where Inspect could not read the arguments, what it says of them cannot be read either.
    arguments = call.parse_error or json.dumps(call.arguments, ensure_ascii=False)
    return {"name": call.function, "arguments": arguments}


def _text(message: ChatMessageAssistant) -> str:
    """Return all that was written, with thinking in its tag."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text for part in _parts(message, "reasoning", "text"))


def _parts(message: ChatMessageAssistant, *types: str) -> list[Any]:
    parts = message.content if isinstance(message.content, list) else []
    return [part for part in parts if part.type in types]


def _seen(observation: Any, said: ChatMessageAssistant) -> list[ChatMessage]:
    """Return what an action brought."""
    if isinstance(observation, str):
        return [ChatMessageUser(content=observation)]
    calls = said.tool_calls or []
    if not calls:
        return [ChatMessageUser(content=message["content"]) for message in observation]
    # Where one call of several cannot be read, none is made, and one message says so: to each.
    answers = observation if len(observation) == len(calls) else list(observation) * len(calls)
    return [
        ChatMessageTool(content=a["content"], tool_call_id=call.id, function=call.function)
        for a, call in zip(answers, calls, strict=True)
    ]
