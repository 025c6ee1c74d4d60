"""Rules about how an answer is handed in: in a form, or by another tool."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.answer import written
from wildgym.envs.prompts import literal
from wildgym.perturbations.binding import ABOVE_RETRIES, Watching, bound, with_tools
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    finish,
    plain_spec,
)

Form = Literal["json", "xml", "prefix", "last_line"]

FORMS: dict[Form, str] = {
    "json": '{"answer": "%s"}',
    "xml": "<answer>%s</answer>",
    "prefix": "ANSWER: %s",
    "last_line": "%s\n-- end of answer --",
}
_SUBMIT = "submit_answer"


def formed(answer: str, form: Form) -> str:
    """Write an answer in a form."""
    if form == "json":
        return json.dumps({"answer": answer}, ensure_ascii=False)
    return FORMS[form].replace("%s", answer)


def unformed(text: str, form: Form) -> str | None:
    """Return the answer in a form; None if the text does not have that form."""
    if form == "json":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        alone = isinstance(value, dict) and [*value] == ["answer"]
        return written(value["answer"]) if alone else None
    before, after = (re.escape(part.strip()) for part in FORMS[form].split("%s"))
    found = re.fullmatch(f"{before}(.*){after}", text.strip(), re.DOTALL)
    return found[1].strip() if found else None


@dataclass(frozen=True)
class Formed(Watching):
    """A toolset in which answers are handed in in a form.

    Args:
        form: Which form.
    """

    form: Form

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the answer out of its form."""
        if call.name != finish.name:
            return self.inner.call(call, world)
        answer = unformed(str(call.arguments.get("answer", "")), self.form)
        if answer is None:
            self.breach(world)
            return self.inner.call(call, world)
        return self.inner.call(ToolCall(call.name, {**call.arguments, "answer": answer}), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Bring the answer into the form."""
        if call.name != finish.name:
            return (yield call)
        answer = formed(str(call.arguments.get("answer", "")), self.form)
        return (yield ToolCall(call.name, {**call.arguments, "answer": answer}))


class FormatAnswer(Perturbation):
    """Let a rule demand that answers are handed in as JSON, in a tag, or with a line around."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "P11"
    lesson: ClassVar = "The rules want the answer in a certain form, so I bring it into that form."
    rank: ClassVar = ABOVE_RETRIES + 6.1

    form: Form = "json"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        layer = Formed(scenario.toolset, scenario.toolset.specs, self.name, self.form)
        shown = FORMS[self.form].replace("%s", "…").replace("\n", "\\n")
        rule = (
            "The answer that you hand in, also an empty one, has this form, with the answer itself"
            f" in place of the dots and nothing around it: {shown}"
        )
        return bound(scenario, layer, literal(rule))


@dataclass(frozen=True)
class Submitted(Watching):
    """A toolset in which the answer is given to a tool of its own, before the work is handed in.

    Args:
        longest: How many characters it takes at once.
    """

    longest: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Keep the parts, and hand them in together."""
        parts = self.noted(world)
        if call.name == _SUBMIT:
            part = str(call.arguments["part"])
            if len(part) > self.longest:
                message = f"At most {self.longest} characters at once."
                return ToolError("too_long", message).result
            self.note(world, (parts or "") + part)
            return ToolResult({"so_far": (parts or "") + part})
        if call.name != finish.name:
            return self.inner.call(call, world)
        if parts is None or call.arguments.get("answer"):
            self.breach(world)
            return self.inner.call(call, world)
        return self.inner.call(ToolCall(call.name, {**call.arguments, "answer": parts}), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Submit the answer part by part."""
        if call.name != finish.name:
            return (yield call)
        answer = str(call.arguments.get("answer", ""))
        for start in range(0, max(1, len(answer)), self.longest):
            yield ToolCall(_SUBMIT, {"part": answer[start : start + self.longest]})
        return (yield ToolCall(call.name, {**call.arguments, "answer": ""}))


class SubmitThroughTool(Perturbation):
    """Let a rule demand that the answer is given to another tool, in parts, before the end."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "P11"
    lesson: ClassVar = (
        "The answer goes to a tool of its own, so I submit it part by part before I hand in."
    )
    rank: ClassVar = ABOVE_RETRIES + 6.2

    longest: Literal[30, 60, 200] = 60

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        specs = with_tools(scenario, _SPEC)
        layer = Submitted(scenario.toolset, specs, self.name, self.longest)
        rule = (
            f"Give the answer to {_SUBMIT} before you hand in the work, an empty one too, and leave"
            f" it empty when you do. What has more than {self.longest} characters is given in"
            " several parts, which are joined as they are."
        )
        return bound(scenario, layer, rule)


_SPEC = plain_spec(_SUBMIT, "Give the answer, or the next part of it.", part="The part.")
