"""What operators over the output of commands have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World


def output_of(result: ToolResult) -> str | None:
    """Return the output that a command's result holds; None for results of another kind."""
    value = result.value
    if result.is_error or not isinstance(value, dict) or "exit_code" not in value:
        return None
    output = value.get("output")
    return output if isinstance(output, str) else None


def with_output(result: ToolResult, output: str) -> ToolResult:
    """Return a command's result with another output."""
    return ToolResult({**result.value, "output": output})


@dataclass(frozen=True)
class Noisy(Layer):
    """A toolset whose commands write something beside their output.

    Args:
        draw: What, and for which calls.
        share: For which share of calls.
        noisy: From output and the draws of its call to output with noise.
        quiet: The inverse, which leaves output without noise as it is.
    """

    draw: Draw
    share: float
    noisy: Callable[[str, Draw, str], str]
    quiet: Callable[[str], str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Add noise to output; to what looks like noise itself always, so that it survives."""
        result = self.inner.call(call, world)
        output = output_of(result)
        if output is None:
            return result
        if self.draw.chance(self.share, call.slot) or self.quiet(output) != output:
            return with_output(result, self.noisy(output, self.draw, call.slot))
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Take it away."""
        result = yield call
        output = output_of(result)
        return result if output is None else with_output(result, self.quiet(output))
