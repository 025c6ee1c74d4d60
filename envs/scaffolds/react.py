"""Thought, action and observation in labelled lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import (
    FormatError,
    Syntax,
    TextScaffold,
    as_call,
    read_json,
    write_json,
)
from wildgym.tools import Specs, ToolCall

_ACTION = re.compile(r"^Action:", re.MULTILINE)
_LABEL = re.compile(r"^(Thought|Action|Action Input|Observation):", re.MULTILINE)


@dataclass(frozen=True)
class React:
    """A line for the tool, then JSON for its arguments.

    JSON has no line end within a string, so no string can pass for a label.

    Attributes:
        group: The group of syntaxes.
    """

    group: str = "react"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; thinking stands before them on lines of its own."""
        return "\n".join(
            f"Action: {call.name}\nAction Input: {write_json(call.arguments)}" for call in calls
        )

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read each action and its input, up to an observation that the agent made up."""
        start = _ACTION.search(text)
        if not start:
            return 0, []
        _, *parts = _LABEL.split(text[start.start() :])
        labelled = zip(parts[::2], parts[1::2], strict=True)
        steps = ((label, content.strip()) for label, content in labelled if label != "Thought")
        calls = []
        for label, name in steps:
            if label == "Observation":
                break
            below, content = next(steps, ("", ""))
            if (label, below) != ("Action", "Action Input"):
                raise FormatError("A call is 'Action: tool_name' and below it 'Action Input: {…}'.")
            arguments = read_json(content, f"The Action Input of {name}")
            calls.append(as_call({"name": name, "arguments": arguments}))
        return start.start(), calls


_REACT: Syntax = React()

SCAFFOLDS = (
    TextScaffold(
        "react",
        _REACT,
        docs.markdown,
        "Observation: {}",
        note="Thinking stands above, after 'Thought: '.\n",
    ),
)
