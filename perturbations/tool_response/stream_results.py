"""Results in pieces, as a stream delivers them."""

import json
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.tools import Json

Order = Literal["any", "reversed", "given"]

_KEYS = {"chunks", "total"}
_PIECES = 6


class StreamResults(Perturbation):
    """Give results as pieces of JSON text with numbers, in whatever order they came."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R56"
    lesson: ClassVar = "The result comes in numbered pieces, so I put them in order and join them."
    # Above what replaces ids, which it may cut in two.
    rank: ClassVar = 3.8

    order: Order = "any"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Cut up what a share of all tools give."""

        def coded(value: Json) -> Json:
            text = json.dumps(value, ensure_ascii=False)
            size = max(8, -(-len(text) // _PIECES))
            pieces = [text[start : start + size] for start in range(0, len(text), size)]
            chunks: list[Json] = [{"seq": n, "text": piece} for n, piece in enumerate(pieces, 1)]
            if self.order == "reversed":
                chunks.reverse()
            elif self.order == "any":
                chunks = draw.rng(text).shuffled(chunks)
            return {"total": len(chunks), "chunks": chunks}

        def decoded(value: Json) -> Json:
            if not isinstance(value, dict) or value.keys() != _KEYS:
                return value
            chunks = sorted(value["chunks"], key=lambda chunk: int(chunk["seq"]))
            return json.loads("".join([chunk["text"] for chunk in chunks]))

        return recoded(scenario, draw, self.strength, coded, decoded)
