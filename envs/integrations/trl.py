"""TRL: environments and rollouts for its GRPOTrainer.

Needs `pip install 'wildgym[trl]'`. Source: https://github.com/huggingface/trl.

Two ways. `episodes` gives tools to TRL's own loop: a class for every set of tools that there is,
since TRL takes the tools from the class. `rollouts` plays whole episodes by scaffolds, for every
perturbation there is, tools that change midway among them; token ids are kept as they were sampled.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any, Literal

from datasets import Dataset

from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import Row, made, opened, row
from wildgym.envs.integrations.tokens import Chat, Tokens
from wildgym.tools import Specs, ToolSpec

Rewards = list[float | None]
_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_MOST_SETS = 64


@dataclass(frozen=True, slots=True)
class Spec:
    """What a GRPOTrainer takes.

    Attributes:
        train_dataset: A row for each seed.
        environment_factory: For each set of tools, the class that has them.
        reward_funcs: None are needed: each environment knows its reward.
    """

    train_dataset: Dataset
    environment_factory: dict[str, Callable[[], Any]]
    reward_funcs: tuple[()] = ()


class Episode:
    """One episode at a time, whose tools are methods of the subclasses that `episodes` makes."""

    def __init__(self) -> None:
        self._env: WildEnv | None = None
        self._end: Mapping[str, Any] = {}

    def reset(self, **given: Any) -> None:
        """Open the episode of a dataset's row."""
        self._env = made(json.loads(given["row"]), interface="chat")
        opened(self._env, json.loads(given["row"]))
        self._end = {}

    def get_reward(self) -> float | None:
        """Return the score, 0 where nothing was handed in; None, a mask, if the host failed."""
        return None if "invalid" in self._end else float(self._end.get("score", 0.0))

    def _call(self, name: str, arguments: Mapping[str, Any]) -> str:
        if self._env is None or self._end:
            return json.dumps({"error": "The episode is over."})
        function = {"name": name, "arguments": json.dumps(arguments)}
        calls = [{"id": "call_0", "type": "function", "function": function}]
        action = {"role": "assistant", "content": None, "tool_calls": calls}
        observation, _, terminated, truncated, info = self._env.step(action)
        self._end = info if terminated or truncated else {}
        return str(observation[0]["content"])


def episodes(env_id: str, seeds: Iterable[int], **arguments: Any) -> Spec:
    """Return a dataset of episodes, and the environments in which TRL plays them.

    TRL shows tools by Python signatures, so of a schema within an argument only its type is left.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        seeds: One for each row; members of a group share theirs.
        arguments: As for `row`.

    Raises:
        ValueError: The episodes have more sets of tools than TRL should be given classes.
    """
    classes: dict[str, tuple[str, type[Episode]]] = {}
    listed = []
    for seed in seeds:
        one = row(env_id, seed, **arguments)
        env = made(one, interface="chat")
        _, info = opened(env, one)
        specs = env.scenario.toolset.specs
        key = json.dumps(info["tools"], sort_keys=True)
        if key not in classes:
            name = f"tools_{len(classes)}"
            classes[key] = name, _class(name, specs)
        listed.append(
            {
                "prompt": info["messages"],
                "environment": classes[key][0],
                "seed": seed,
                "row": json.dumps(one),
            }
        )
        env.close()
    if len(classes) > _MOST_SETS:
        raise ValueError(
            f"these episodes have {len(classes)} sets of tools; `rollouts` plays such, or give"
            " fewer seeds, or tasks and perturbations that leave tools alone"
        )
    return Spec(Dataset.from_list(listed), dict(classes.values()))


def _class(name: str, specs: Specs) -> type[Episode]:
    methods = {tool: _method(spec) for tool, spec in specs.items()}
    clashing = [tool for tool in methods if hasattr(Episode, tool) or not tool.isidentifier()]
    if clashing:
        raise ValueError(f"TRL has no tools named {', '.join(clashing)}; use `rollouts`")
    return type(name, (Episode,), methods)


def _method(spec: ToolSpec) -> Callable[..., str]:
    def call(self: Episode, **given: Any) -> str:
        return self._call(spec.name, {k: v for k, v in given.items() if v is not None})

    properties: Mapping[str, Any] = spec.parameters["properties"]
    hints = {name: _hint(name in spec.required, schema) for name, schema in properties.items()}
    described = [f"    {n}: {_line(s.get('description', n))}" for n, s in properties.items()]
    call.__name__ = call.__qualname__ = spec.name
    call.__annotations__ = {**hints, "return": str}
    call.__doc__ = "\n".join([_line(spec.description), "", "Args:", *described])
    # Signatures have those first that have to be given.
    ordered = sorted(properties, key=lambda name: name not in spec.required)
    vars(call)["__signature__"] = Signature(
        [
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            *(
                Parameter(
                    name,
                    Parameter.KEYWORD_ONLY,
                    annotation=hints[name],
                    default=Parameter.empty if name in spec.required else None,
                )
                for name in ordered
            ),
        ],
        return_annotation=str,
    )
    return call


def _hint(required: bool, schema: Mapping[str, Any]) -> Any:
    if schema.get("enum") and all(isinstance(value, str) for value in schema["enum"]):
        hint: Any = Literal[tuple(schema["enum"])]
    else:
        hint = _TYPES.get(schema.get("type", "string"), str)
    return hint if required else hint | None


def _line(text: str) -> str:
    return " ".join(text.split()) or "-"


def dataset(env_id: str, seeds: Iterable[int], **arguments: Any) -> Dataset:
    """Return a dataset for `rollouts`: TRL hands over prompts alone, so a prompt is a row."""
    listed = [json.dumps(row(env_id, seed, **arguments)) for seed in seeds]
    return Dataset.from_list([{"prompt": [{"role": "user", "content": one}]} for one in listed])


def rollouts(prompts: Sequence[Any], trainer: Any) -> dict[str, Any]:
    """Play the episodes of a batch, turn by turn: a `rollout_func`.

    An episode that outgrows `max_completion_length` ends there, and gets no reward.

    Args:
        prompts: Rows, as `dataset` writes them.
        trainer: The GRPOTrainer.

    Returns:
        Token ids, `env_mask`, and for `score` the column `reward`.
    """
    chat = Chat(trainer.processing_class, **trainer.chat_template_kwargs)
    playing = [_Rollout(json.loads(prompt[-1]["content"]), chat) for prompt in prompts]
    left = trainer.max_completion_length
    while going := [one for one in playing if one.going(left)]:
        ids, logprobs = trainer._generate_single_turn(
            [one.tokens.ids for one in going], None, {}, trainer.num_generations
        )
        for n, one in enumerate(going):
            one.play(ids[n], None if logprobs is None else logprobs[n])
    kept = [one.tokens for one in playing]
    return {
        "prompt_ids": [tokens.prompt for tokens in kept],
        "completion_ids": [tokens.completion[:left] for tokens in kept],
        "logprobs": [tokens.logprobs[:left] for tokens in kept] if trainer.use_vllm else None,
        "env_mask": [tokens.mask[:left] for tokens in kept],
        "reward": [one.reward for one in playing],
    }


def score(reward: Rewards, **columns: Any) -> Rewards:
    """Return what `rollouts` found: the reward function beside it."""
    return reward


class _Rollout:
    """One episode of a batch.

    Args:
        row: What it is.
        chat: How it is written as tokens.
    """

    def __init__(self, row: Row, chat: Chat) -> None:
        self._env, self._chat, self._over = made(row, interface="text"), chat, False
        _, info = opened(self._env, row)
        self.tokens: Tokens = chat.opening(info["messages"])
        self.reward: float | None = 0.0

    def going(self, most: int) -> bool:
        """Say whether there is a turn to be played, within so many tokens."""
        return not self._over and len(self.tokens.completion) < most

    def play(self, ids: Sequence[int], logprobs: Sequence[float] | None) -> None:
        """Play what was sampled."""
        self.tokens.sampled(ids, logprobs)
        observation, reward, terminated, truncated, info = self._env.step(self._chat.said(ids))
        self._over = terminated or truncated
        if self.reward is not None:
            self.reward = None if "invalid" in info else self.reward + float(reward)
        if not self._over:
            seen = [{"role": "user", "content": observation}]
            self.tokens.observed(self._chat.observation(ids, seen))
