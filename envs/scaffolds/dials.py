"""The dials of a scaffold that turn independently of its call syntax."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from wildgym.tools import Json, Rng


class Dials(BaseModel):
    """How a scaffold speaks, beside its syntax. The defaults leave it as it is by itself.

    Attributes:
        docs: How tools are documented.
        placement: What results are put into, and who says them.
        parallel: Whether a reply may make one call or many.
        encoding: How arguments stand where the syntax carries JSON: an object, a string of JSON,
            or that once more.
        strictness: Whether small slips are refused ("strict"), read as they were meant ("lenient"),
            or read so and told ("repair").
        lesson: What an agent is told of a reply that cannot be read.
        elision: What becomes of long results: the middle left out and that said ("head_tail"), or
            the end left out without a word ("silent"). Then there is a tool that shows the rest.
        elide_at: How many characters of a result are shown.
        ending: How the work is handed in: by a tool, or by a reply without a call.
        budget: Whether the turns left are shown: never, always, or near the end.
        window: Which turns a conversation shows: all, the last ones, or all with older results
            masked.
        compaction: Whether older turns are put into a summary when the conversation is long.
        thinking: Which earlier thinking is shown again: all, that since the last user message, or
            none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    docs: Literal[
        "own",
        "json",
        "tagged_json",
        "markdown",
        "signatures",
        "xml",
        "typescript",
        "yaml",
        "openapi",
    ] = "own"
    placement: Literal["own", "user", "observation", "xml", "echo"] = "own"
    parallel: Literal["own", "one", "many"] = "own"
    encoding: Literal["own", "object", "string", "double"] = "own"
    strictness: Literal["strict", "lenient", "repair"] = "strict"
    lesson: Literal["none", "short", "example", "schema"] = "example"
    elision: Literal["none", "head_tail", "silent"] = "none"
    elide_at: Literal[500, 2000, 8000] = 2000
    ending: Literal["finish", "answer", "plain", "boxed"] = "finish"
    budget: Literal["hidden", "counter", "warning"] = "hidden"
    window: Literal["everything", "last_3", "last_8", "masked"] = "everything"
    compaction: Literal["none", "facts"] = "none"
    thinking: Literal["kept", "since_user", "none"] = "kept"

    def to_json(self) -> dict[str, Json]:
        """Return the dials that are turned."""
        return self.model_dump(exclude_defaults=True)


REMEMBERING = ("window", "compaction", "thinking")
"""Dials of the conversation alone, which any scaffold has."""

RANDOM = "random"


def options(dial: str) -> tuple[Any, ...]:
    """Return what a dial may be set to."""
    return get_args(Dials.model_fields[dial].annotation)


def dialling(choice: Mapping[str, Json]) -> Callable[[int], Dials]:
    """Return what sets the dials by a seed.

    Args:
        choice: Dials by name; "random" draws one. `dials` may be "random", to draw all others.

    Raises:
        ValueError: There is no such dial or setting.
    """
    chosen = {name: value for name, value in choice.items() if name != "dials"}
    rest = choice.get("dials")
    if rest not in (None, RANDOM):
        raise ValueError(f"dials can be left to {RANDOM!r}, not {rest!r}")
    drawn = [
        name
        for name in Dials.model_fields
        if chosen.get(name) == RANDOM or (rest is not None and name not in chosen)
    ]
    fixed = _checked({name: value for name, value in chosen.items() if name not in drawn})

    def dials(seed: int) -> Dials:
        # Each draw is keyed by its dial: another dial moves no draw.
        picked = {name: Rng(seed, "scaffold", name).pick(options(name)) for name in drawn}
        return fixed.model_copy(update=picked) if picked else fixed

    return dials


def _checked(chosen: Mapping[str, Json]) -> Dials:
    try:
        return Dials.model_validate(chosen)
    except ValidationError as error:
        known = ", ".join(Dials.model_fields)
        raise ValueError(f"scaffold: {error}; dials: {known}") from None
