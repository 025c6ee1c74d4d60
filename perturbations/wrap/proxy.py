"""A perturbing proxy: an MCP server in front of another one, whose tools it offers otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from mcp_types import CallToolResult, TextContent, Tool, ToolAnnotations

from wildgym.envs import Scenario, SystemPrompt, UserPrompt
from wildgym.envs.mcp.contents import media, received, sent
from wildgym.envs.mcp.session import Session
from wildgym.envs.mcp.upstream import Upstream
from wildgym.perturbations.factory import Perturbations
from wildgym.perturbations.wrap.fitting import bare, fitted, unsolved
from wildgym.perturbations.wrap.joining import Joined, joined
from wildgym.tools import (
    Json,
    ToolCall,
    Tools,
    check,
    wait,
)

_PROMPT = SystemPrompt("", (), ())


class Proxy:
    """A server's tools, perturbed.

    Args:
        session: The connection to the server, open.
        perturbations: As for `make`; of a mix only the operators count that can be applied.
        seed: Draws what is perturbed, and how.
        today: The date that tools go by which speak of today, ISO 8601.

    Raises:
        Unreachable: The server has no tools, or one whose name is taken.
        ValueError: A perturbation that is named cannot be applied.

    Attributes:
        scenario: The tools as they are offered, with the way through what was put in their way.
        variation: The JSON that replays the perturbations.
    """

    def __init__(
        self, session: Session, perturbations: Perturbations, seed: int, today: str
    ) -> None:
        self._listed = {tool.name: tool for tool in session.tools()}
        self._upstream = Upstream(session, list(self._listed.values()))
        offered = scenario_of(joined(self._upstream, Tools([wait]), session.shown), today)
        perturb = fitted(perturbations, offered, today)
        self.scenario, self.variation = perturb(offered, seed, {})
        self._is_plain = not self.scenario.obstacles
        if self._is_plain:
            self.scenario = replace(self.scenario, toolset=self._upstream)
        self._world = self.scenario.world
        self._lock = Lock()
        self._calls = 0

    @property
    def rules(self) -> Sequence[str]:
        """What an agent has to be told beside what tools say."""
        scenario = self.scenario
        return [rule.format_map(scenario.told) for rule in scenario.system.rules]

    @property
    def tools(self) -> list[Tool]:
        """The tools as they are offered.

        Once anything is perturbed, nothing is promised of what results look like.
        """
        if self._is_plain:
            return list(self._listed.values())
        usual = self._upstream.specs
        return [
            self._listed[name].model_copy(update={"output_schema": None})
            if spec is usual.get(name)
            else Tool(
                name=name,
                description=spec.description,
                input_schema=dict(spec.parameters),
                annotations=ToolAnnotations(read_only_hint=spec.effect == "read"),
            )
            for name, spec in self.scenario.toolset.specs.items()
        ]

    def call(self, name: str, arguments: Mapping[str, Json]) -> CallToolResult:
        """Make a call of an agent's.

        What comes through unperturbed is given as the server gave it. Images and the like are never
        touched.

        Raises:
            MCPError: The server is gone, or does not answer.
        """
        call = ToolCall(name, arguments)
        with self._lock:
            self._calls += 1
            raw = self._upstream.raw
            raw.clear()
            problem = check(call, self.scenario.toolset.specs)
            if problem is not None:
                return sent(problem.result)
            result = self.scenario.toolset.call(call, self._world)
            if len(raw) == 1 and received(raw[0]) == result:
                return raw[0]
            attached = [block for one in raw for block in media(one)]
            structured = any(one.structured_content is not None for one in raw)
            return sent(result, attached, structured=structured)

    def report(self) -> Mapping[str, Json]:
        """Return what came of it: the rules kept and the lures followed, by perturbation."""
        scenario, world = self.scenario, self._world
        return {
            "calls": self._calls,
            "variation": self.variation,
            "checks": {name: holds(world) for name, holds in scenario.checks},
            "lures": {name: fell(world) for name, fell in scenario.lures},
        }


def scenario_of(toolset: Joined, today: str) -> Scenario:
    """Return a scenario that has tools and nothing else."""
    return bare(
        toolset.specs,
        today,
        task="proxy",
        system=_PROMPT,
        user=UserPrompt(("",)),
        toolset=toolset,
        solution=unsolved,
        verifier=unsolved,
    )


def said(error: Exception) -> CallToolResult:
    """Return a result that says what went wrong between here and the server."""
    text = f"The server behind this one failed: {type(error).__name__}: {error}"
    return CallToolResult(content=[TextContent(text=text)], is_error=True)
