"""Numbers in, numbers out: episodes for Stable-Baselines3, CleanRL and others that know no text.

Needs `pip install 'wildgym[sb3]'` for Stable-Baselines3 itself, of which nothing is imported here.
Source: https://github.com/DLR-RM/stable-baselines3.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any
from zlib import crc32

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from wildgym.envs.spaces import Messages
from wildgym.tools import Json

Vector = NDArray[np.float32]

_OFFERED = 32
"""Tools to choose from where none are named; some episodes offer fewer."""

_SHOWN = re.compile(
    r"'([^']+)'|\"([^\"]+)\"|([\w.+-]+@[\w.-]+\w)|([A-Z]+-\d+)"
    r"|([A-Z]\w+(?: [A-Z]\w+)+)|(\d[\d.:-]*\b)"
)
"""What a request mentions that a tool might want: quoted, an address, id, name, date or number."""

_WORDS = re.compile(r"\w+|[^\w\s]")


class Choices(gym.Wrapper[Vector, Any, Any, Any]):
    """An env whose actions are numbers of tool calls, and whose observations are vectors.

    An action is `tool * values + value`: it calls a tool with a value that the agent has just been
    shown in the request or in the newest result. A tool that wants more arguments gets the values
    that come next; one that requires none gets its first, if it has any. Numbers beyond what there
    is begin anew, so that each action is a call. All of it comes from what an agent sees.

    An observation is two bags of hashed words, the request and what came last, shape
    `(features,)`, of 0 to 1.

    Args:
        env: Made with `interface="chat"`.
        tools: The names of those to choose from, in the order of the actions; None for all that an
            episode offers, of which only the first 32 can be told apart.
        values: How many values can be told apart.
        features: The size of an observation, even.

    Raises:
        ValueError: The env's interface is another, or an episode offers none of the tools.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        tools: Sequence[str] | None = None,
        values: int = 8,
        features: int = 512,
    ) -> None:
        super().__init__(env)
        if not isinstance(env.observation_space, Messages):
            raise ValueError('Choices needs an env that is made with interface="chat"')
        if values < 1 or features < 2 or features % 2:
            raise ValueError("values must be at least 1, and features an even number")
        self._named, self._values, self._size = tools, values, features // 2
        count = _OFFERED if tools is None else len(tools)
        self.action_space = spaces.Discrete(count * values)
        self.observation_space = spaces.Box(0.0, 1.0, (features,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Vector, dict[str, Any]]:
        """Open an episode: arguments and info are those of the env."""
        _, info = self.env.reset(seed=seed, options=options)
        offered = {tool["function"]["name"]: tool["function"] for tool in info["tools"]}
        names = list(offered) if self._named is None else self._named
        self._tools = [offered[name] for name in names if name in offered]
        if not self._tools:
            raise ValueError(f"this episode has none of {names}; it has {', '.join(offered)}")
        request = str(info["messages"][-1]["content"])
        self._request = _hashed(request, self._size)
        return self._seen(request), info

    def step(self, action: Any) -> tuple[Vector, float, bool, bool, dict[str, Any]]:
        """Make the call whose number an action is: an int, or what NumPy has for one."""
        messages, reward, terminated, truncated, info = self.env.step(self.message(int(action)))
        said = "\n".join(str(message["content"]) for message in messages)
        return self._seen(said), float(reward), terminated, truncated, info

    def message(self, action: int) -> dict[str, Any]:
        """Return what an action says, as a message of the assistant's."""
        tool, value = divmod(action, self._values)
        function = self._tools[tool % len(self._tools)]
        schema = function["parameters"]
        wanted = schema.get("required") or list(schema["properties"])[:1]
        given = {
            name: _fitting(schema["properties"][name], self._shown, value + n)
            for n, name in enumerate(wanted)
        }
        call = {"name": function["name"], "arguments": json.dumps(given)}
        calls = [{"id": "call_0", "type": "function", "function": call}]
        return {"role": "assistant", "content": None, "tool_calls": calls}

    def _seen(self, text: str) -> Vector:
        self._shown = list(dict.fromkeys(_values(text))) or [""]
        return np.concatenate([self._request, _hashed(text, self._size)])


def _values(text: str) -> Iterator[Json]:
    """Yield what a text shows that a tool might want, in order."""
    try:
        yield from _leaves(json.loads(text))
    except ValueError:
        for found in _SHOWN.finditer(text):
            yield next(group for group in found.groups() if group)


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(part)
    elif value is not None:
        yield value


def _fitting(schema: Mapping[str, Any], shown: Sequence[Json], number: int) -> Json:
    """Return one of the values, as what a schema asks for if it can be."""
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    value = shown[number % len(shown)]
    kind = schema.get("type")
    if kind == "array":
        return [_fitting(schema.get("items", {}), shown, number)]
    if kind in ("integer", "number"):
        return _number(value, kind)
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value)
    return value


def _number(value: Json, kind: str) -> Json:
    """Return a value as the number that it is, or as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    if kind == "number" and isfinite(number):
        return number
    return int(number) if number.is_integer() else value


def _hashed(text: str, size: int) -> Vector:
    """Return how often the words of a text occur, by hash: 1 - 1 / (1 + count)."""
    numbers = [crc32(word.encode()) % size for word in _WORDS.findall(text)]
    counts = np.bincount(numbers, minlength=size) if numbers else np.zeros(size)
    return (1 - 1 / (1 + counts)).astype(np.float32)
