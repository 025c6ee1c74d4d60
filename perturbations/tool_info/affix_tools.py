"""Tool names with something ahead of them or after them."""

from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import picked
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.rename_tools import rename
from wildgym.tools import EPISODE_TOOLS

_SERVERS = ("acme", "backoffice", "core", "gateway", "internal", "ops", "prod", "workspace")
_LONGEST = 64
_HASH = 8
_SUFFIXES = {
    "neutral": ("_v2", "_tool", "_action", "_op", "-api", "_1", "_rpc"),
    "marketing": ("-fast", "-pro", "-budget", "_ultra", "-lite", "_plus", "_ai", "-secure"),
}


class NamespaceTools(Perturbation):
    """Put a server's or a gateway's prefix ahead of tool names, and cut what gets too long."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T09"
    lesson: ClassVar = "Tool names carry a prefix here, so I call them with it."
    rank: ClassVar = -0.1

    style: Literal["mcp", "dotted", "functions", "clamped"] = "mcp"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename."""
        server = draw.rng("server").pick(_SERVERS)
        prefix = {
            "mcp": f"mcp__{server}__",
            "dotted": f"{server}.",
            "functions": "functions_",
            "clamped": f"mcp__enterprise_gateway_eu_central_1__{server}_services__",
        }[self.style]

        def new(name: str) -> str:
            if name in EPISODE_TOOLS:
                return name
            whole = prefix + name
            if len(whole) <= _LONGEST:
                return whole
            return f"{whole[: _LONGEST - _HASH - 1]}_{draw.token(name)[:_HASH]}"

        return rename(scenario, draw, self.strength, new)


class SuffixTools(Perturbation):
    """Put a version's or a salesman's suffix after tool names: `_v2`, `-fast`, `-pro`."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T06"
    lesson: ClassVar = "Tool names carry a suffix here, so I call them with it."
    rank: ClassVar = -0.12

    tone: Literal["neutral", "marketing"] = "neutral"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename, each tool by a suffix of its own."""

        def new(name: str) -> str:
            if name in EPISODE_TOOLS:
                return name
            return name + picked(_SUFFIXES[self.tone], draw, name, "suffix")

        return rename(scenario, draw, self.strength, new)
