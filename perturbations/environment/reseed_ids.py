"""The same entities under other ids."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, Layer, ToolCall, ToolResult, World

_ID = re.compile(r"\b[A-Z]{2,5}-\d{1,9}\b")
_CODE = re.compile(r"\b(?:[a-z]{2,5}_[0-9a-f]{8}|[0-9a-f]{4}-[0-9a-f]{4}-[A-Z]{2,5})\b")


@dataclass(frozen=True)
class Reseeded(Layer):
    """A toolset in which every id is another one, both ways.

    Args:
        key: Where the ids come from.
        style: How they look.
        share: The share of tables whose ids change.
    """

    key: Draw
    style: Literal["hex", "grouped"]
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Undo the ids in the arguments, and do them in the result."""
        arguments = {k: _mapped(v, _CODE, self.undone) for k, v in call.arguments.items()}
        result = self.inner.call(ToolCall(call.name, arguments), world)
        return ToolResult(_mapped(result.value, _ID, self.done), result.is_error)

    def done(self, match: re.Match[str]) -> str:
        """Return the id that stands for a canonical one."""
        prefix, _, number = match[0].partition("-")
        if not self.key.chance(self.share, prefix) or len(number) > 8:
            return match[0]
        code = f"{_shuffled(int(number), self.key, prefix):08x}"
        if self.style == "hex":
            return f"{prefix.lower()}_{code}"
        return f"{code[:4]}-{code[4:]}-{prefix}"

    def undone(self, match: re.Match[str]) -> str:
        """Return the canonical id for one that stands for it."""
        text = match[0]
        if self.style == "hex":
            prefix, _, code = text.partition("_")
            prefix = prefix.upper()
        else:
            head, tail, prefix = text.split("-") if text.count("-") == 2 else ("", "", "")
            code = head + tail
        if not code or not self.key.chance(self.share, prefix):
            return text
        number = _shuffled(int(code, 16), self.key, prefix, back=True)
        canonical = f"{prefix}-{number}"
        found = _ID.fullmatch(canonical)
        return canonical if found and self.done(found) == text else text


def _shuffled(number: int, draw: Draw, prefix: str, back: bool = False) -> int:
    """Permute 32-bit numbers: a Feistel network of three rounds, undone by `back`."""
    left, right = number >> 16, number & 0xFFFF
    for step in (2, 1, 0) if back else (0, 1, 2):
        if back:
            left, right = right ^ int(draw.uniform(prefix, step, left) * 0x10000), left
        else:
            left, right = right, left ^ int(draw.uniform(prefix, step, right) * 0x10000)
    return left << 16 | right


def _mapped(value: Json, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Json:
    if isinstance(value, str):
        return pattern.sub(new, value)
    if isinstance(value, dict):
        return {pattern.sub(new, k): _mapped(v, pattern, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_mapped(v, pattern, new) for v in value]
    return value


class ReseedIds(Perturbation):
    """Give all rows of a table other ids, in another form."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "E01"
    lesson: ClassVar = (
        "Ids look different here; I take them as they are given and do not guess any."
    )
    families: ClassVar = ("api",)
    # Above what draws by the canonical call, beneath what may cut an id in two.
    rank: ClassVar = 103

    style: Literal["hex", "grouped"] = "hex"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change the ids that tools and prompts mention."""
        if not scenario.world.base:
            return scenario
        toolset = scenario.toolset
        layer = Reseeded(toolset, toolset.specs, draw, self.style, self.strength)
        told = {k: _mapped(v, _ID, layer.done) for k, v in scenario.told.items()}
        return scenario.behind(self.name, layer, toolset=layer, told=told)
