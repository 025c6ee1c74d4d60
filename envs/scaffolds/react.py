"""Thought, action and observation in labelled lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.json_in_tag import JsonInTag
from wildgym.envs.scaffolds.values import (
    Encoding,
    FormatError,
    as_call,
    encoded,
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
        encoding: How the arguments stand in the input.
        group: The group of syntaxes.
    """

    encoding: Encoding = "object"
    group: str = "react"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; thinking stands before them on lines of its own."""
        return "\n".join(
            f"Action: {call.name}\n"
            f"Action Input: {write_json(encoded(call.arguments, self.encoding))}"
            for call in calls
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
            call = {"name": name, "arguments": arguments}
            calls.append(as_call(call, encoding=self.encoding))
        return start.start(), calls


_REACT: Syntax = React()
_REACT_JSON: Syntax = JsonInTag(
    "Action:\n```json\n", "\n```", "action", "action_input", group="react"
)
_THOUGHT = "Thinking stands above, after 'Thought: '.\n"

SCAFFOLDS = (
    TextScaffold(
        "react",
        _REACT,
        docs.markdown,
        "Observation: {}",
        note=_THOUGHT,
        thought="Thought: {}",
    ),
    TextScaffold(
        "react-json",
        _REACT_JSON,
        docs.json_lines,
        "Observation: {}",
        note=_THOUGHT,
        thought="Thought: {}",
    ),
)
