"""Output that is put into a file."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.command_output import output_of, with_output
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World
from wildgym.tools.python import run_python
from wildgym.tools.shell import run_command

_COUNT = "spill_to_file"
_MOST_PARTS = 6
_FOLDER = "outputs"
_STORE = 'mkdir -p "${0%/*}" && cat > "$0"'


@dataclass(frozen=True)
class InFile(Layer):
    """A toolset that puts long output into a file, from which it is read in parts.

    Args:
        tools: Which tools.
        limit: How many characters are shown; more, once something was put aside that would take
            too many parts.
    """

    tools: frozenset[str]
    limit: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put output aside that is too long."""
        result = self.inner.call(call, world)
        output = output_of(result) if call.name in self.tools else None
        number, limit = world.memory.get(_COUNT, (0, self.limit))
        if output is None or len(output) <= limit:
            return result
        limit = max(limit, -(-len(output) // _MOST_PARTS))
        world.memory[_COUNT] = (number + 1, limit)
        sandbox = world.workspace_here().sandbox
        path = f"{sandbox.scratch}/{_FOLDER}/{number + 1}.txt"
        sandbox.run(["/bin/sh", "-c", _STORE, path], stdin=output.encode("utf-8", "replace"))
        shown = with_output(result, output[: self.limit // 4]).value
        saved = {"path": path, "characters": len(output), "shown_at_once": limit}
        return ToolResult({**shown, "saved_in": saved})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Read the file by parts, as long as are shown."""
        result = yield call
        if output_of(result) is None or not isinstance(result.value.get("saved_in"), dict):
            return result
        saved, output = result.value["saved_in"], ""
        while len(output) < saved["characters"]:
            end = len(output) + saved["shown_at_once"]
            part = yield _reading(call.name, saved["path"], len(output), end)
            output += output_of(part) or " " * saved["shown_at_once"]
        kept = {k: v for k, v in result.value.items() if k != "saved_in"}
        return ToolResult({**kept, "output": output})


def _reading(tool: str, path: str, start: int, end: int) -> ToolCall:
    program = f"print(open({path!r}, newline='').read()[{start}:{end}], end='')"
    if tool == run_python.name:
        return run_python(code=program)
    return run_command(command=f'python3 -c "{program}"')


class SpillToFile(Perturbation):
    """Put long output into a temporary file, which a command has to read."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.12
    source: ClassVar = "R37"
    lesson: ClassVar = "The output went into a file, so I read that part by part."
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -12

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the limit: the stronger, the lower."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, 1.0) & {run_command.name, run_python.name}
        if not tools:
            return scenario
        limit = round(draw.rng("limit").integer(16, 80) / self.strength)
        layer = InFile(scenario.toolset, specs, frozenset(tools), limit)
        return scenario.behind(self.name, layer, toolset=layer)
