"""How amounts and dates are written in answers."""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.binding import ABOVE_RETRIES, Watching, bound
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, ToolCall, ToolResult, World, finish

_AMOUNT = re.compile(r"(?<![\w.,-])(-?\d+)\.(\d\d)(?![\w.])")
_CENTS = re.compile(r"(?<![\w.,-])(-?)(\d+) cents?\b", re.IGNORECASE)
_DATE = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_DOTTED = re.compile(r"(?<![\w.])(\d\d)\.(\d\d)\.(\d{4})(?![\w.])")
_SLASHED = re.compile(r"(?<![\w/])(\d\d)/(\d\d)/(\d{4})(?![\w/])")


@dataclass(frozen=True)
class Styled(Watching):
    """A toolset in which answers are written in the style of a house.

    Args:
        dates: How dates are written.
    """

    dates: Literal["dotted", "slashed"]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Bring the answer into the usual style."""
        answer = call.arguments.get("answer")
        if call.name != finish.name or not isinstance(answer, str):
            return self.inner.call(call, world)
        if _AMOUNT.search(answer) or _DATE.search(answer):
            self.breach(world)
        usual = _CENTS.sub(_in_euros, answer)
        if self.dates == "dotted":
            usual = _DOTTED.sub(r"\3-\2-\1", usual)
        else:
            usual = _SLASHED.sub(r"\3-\1-\2", usual)
        return self.inner.call(ToolCall(call.name, {**call.arguments, "answer": usual}), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Write amounts and dates as the house does."""
        answer = call.arguments.get("answer")
        if call.name != finish.name or not isinstance(answer, str):
            return (yield call)
        styled = _AMOUNT.sub(_in_cents, answer)
        styled = _DATE.sub(r"\3.\2.\1" if self.dates == "dotted" else r"\2/\3/\1", styled)
        if styled == answer:
            return (yield call)
        return (yield ToolCall(call.name, {**call.arguments, "answer": styled}))


def _in_cents(amount: re.Match[str]) -> str:
    return f"{int(amount[1] + amount[2])} cents"


def _in_euros(cents: re.Match[str]) -> str:
    euros, rest = divmod(int(cents[2]), 100)
    return f"{cents[1]}{euros}.{rest:02d}"


class ReportInHouseStyle(Perturbation):
    """Let a rule demand that answers give amounts in cents, and dates in another order."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "P11"
    lesson: ClassVar = (
        "The house writes amounts in cents and dates in its own order, so I write them so."
    )
    families: ClassVar = ("api", "desk", "web")
    rank: ClassVar = ABOVE_RETRIES + 5.9

    dates: Literal["dotted", "slashed"] = "dotted"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        layer = Styled(scenario.toolset, scenario.toolset.specs, self.name, self.dates)
        example = "24.05.2031" if self.dates == "dotted" else "05/24/2031"
        rule = (
            "In the answer that you hand in, amounts of money are given in whole cents, with the"
            f" word ('1250 cents' for 12.50 EUR), and dates as in '{example}' for 24 May 2031."
        )
        return bound(scenario, layer, rule)
