"""Calls that are billed, and a tariff to be chosen for them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import ABOVE_RETRIES, Watching, bound, with_tools
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    finish,
    plain_spec,
)

_USAGE = "get_usage"
_BOOK = "book_tariff"
_FIRST = "single"


@dataclass(frozen=True)
class Billed(Watching):
    """A toolset whose calls are billed in the end, by the tariff that is booked then.

    Args:
        tariffs: For each tariff, how many calls it covers, and its price.
    """

    tariffs: Mapping[str, tuple[int, int]]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Count the calls."""
        made, booked = self.noted(world) or (0, _FIRST)
        if call.name == _USAGE:
            return ToolResult({"calls": made, "booked": booked})
        if call.name == _BOOK:
            tariff = str(call.arguments["tariff"])
            if tariff not in self.tariffs:
                known = ", ".join(self.tariffs)
                return ToolError("unknown_tariff", f"There are these: {known}.").result
            self.note(world, (made, tariff))
            return ToolResult({"booked": tariff})
        if call.name not in EPISODE_TOOLS:
            self.note(world, (made + 1, booked))
        elif call.name == finish.name and booked != self._cheapest(made):
            self.breach(world)
        return self.inner.call(call, world)

    def _cheapest(self, calls: int) -> str:
        return min(self.tariffs, key=lambda name: self._price(name, calls))

    def _price(self, tariff: str, calls: int) -> float:
        covered, price = self.tariffs[tariff]
        if tariff == _FIRST:
            return max(1, calls) * price
        return price if calls <= covered else math.inf

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Before the work is handed in, book what is cheapest for the calls that were made."""
        if call.name == finish.name:
            usage = yield ToolCall(_USAGE)
            yield ToolCall(_BOOK, {"tariff": self._cheapest(usage.value["calls"])})
        return (yield call)


class BillCalls(Perturbation):
    """Let a rule bill all calls, and demand the cheapest tariff for as many as were made."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "P12"
    lesson: ClassVar = (
        "Calls are billed, so before I hand in I count them and book the tariff that is "
        "cheapest for so many."
    )
    rank: ClassVar = ABOVE_RETRIES

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the tariffs, and with which strength calls are billed at all."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        rng = draw.rng("tariffs")
        small, large = rng.integer(4, 12), rng.integer(20, 60)
        tariffs = {
            _FIRST: (1, rng.integer(40, 60)),
            "small": (small, rng.integer(10, 20)),
            "large": (large, rng.integer(21, 35)),
            "open": (1_000_000, rng.integer(36, 39)),
        }
        layer = Billed(scenario.toolset, with_tools(scenario, *_SPECS), self.name, tariffs)
        rule = (
            "Calls are billed when the work is handed in, all by the tariff that is booked then:"
            f" {_FIRST} ({tariffs[_FIRST][1]} credits for each call), which is booked now, small"
            f" ({tariffs['small'][1]} credits for up to {small} calls), large"
            f" ({tariffs['large'][1]} credits for up to {large} calls) or open"
            f" ({tariffs['open'][1]} credits for any number). {_USAGE} counts the calls. Before you"
            f" hand in the work, book the cheapest one that covers them with {_BOOK}."
        )
        return bound(scenario, layer, rule)


_SPECS = (
    plain_spec(_USAGE, "Tell how many calls will be billed so far, and which tariff is booked."),
    plain_spec(_BOOK, "Book a tariff, also for the calls that were made.", tariff="Its name."),
)
