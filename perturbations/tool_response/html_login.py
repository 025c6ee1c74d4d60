"""A page to sign in at, in place of a result."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import EPISODE_TOOLS, Calls, ToolCall, ToolResult, World, plain_spec

_SHARE = 0.45
_SIGN_IN = "sign_in_again"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body>
<h1>Your session has ended</h1>
<p>Your request was not carried out. Sign in again to continue.</p>
<form method="post" action="/sign_in_again"><button>Sign in again</button></form>
</body>
</html>"""


@dataclass(frozen=True)
class SignedOut(Faulty):
    """A toolset that now and then gives a page to sign in at, until somebody does."""

    most: int = 4

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the page while signed out; no call says that it failed."""
        if call.name == _SIGN_IN:
            world.memory[_SIGN_IN] = False
            return ToolResult({"signed_in": True})
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        if not world.memory.get(_SIGN_IN) and self.struck(call, world) is None:
            return self.inner.call(call, world)
        world.memory[_SIGN_IN] = True
        return ToolResult(_PAGE)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Sign in, and call again."""
        result = yield call
        while result.value == _PAGE:
            yield ToolCall(_SIGN_IN)
            result = yield call
        return result


class HtmlLogin(Perturbation):
    """Give the HTML of a sign-in page as a result, as if the call had worked."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R03, R39"
    lesson: ClassVar = "This is a sign-in page and not a result, so I sign in and call again."
    rank: ClassVar = -1.7

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = SignedOut.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(_SIGN_IN, "Sign in again, once the session has ended.")
