"""Writes that are jobs: accepted now, done later."""

import json
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_GET_JOB = "get_job"


@dataclass(frozen=True)
class Queued(Layer):
    """A toolset in which some tools queue jobs, done once their time has come.

    Args:
        tools: Which tools.
        draw: How long jobs take.
    """

    tools: frozenset[str]
    draw: Draw

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Do what is due, then queue the call, or answer it."""
        self._work(world)
        if call.name == _GET_JOB:
            return self._state(str(call.arguments["job_id"]), world)
        if call.name not in self.tools:
            return self.inner.call(call, world)
        queue = world.memory.get(_GET_JOB, ())
        number = world.memory.get((_GET_JOB, "count"), 0) + 1
        seconds = 10 + int(self.draw.uniform(call.slot) * 80)
        job = f"job-{number}"
        due = world.clock + seconds
        world.memory[_GET_JOB, "count"] = number
        world.memory[_GET_JOB] = (*queue, (job, due, call.name, json.dumps(call.arguments)))
        return ToolResult({"job_id": job, "status": "queued", "ready_in_seconds": seconds})

    def _work(self, world: World) -> None:
        queue = world.memory.get(_GET_JOB, ())
        due = sorted((job for job in queue if job[1] <= world.clock), key=lambda job: job[1])
        if not due:
            return
        world.memory[_GET_JOB] = tuple(job for job in queue if job not in due)
        for id, _, name, arguments in due:
            result = self.inner.call(ToolCall(name, json.loads(arguments)), world)
            world.memory[_GET_JOB, id] = result

    def _state(self, id: str, world: World) -> ToolResult:
        for job, due, _, _ in world.memory.get(_GET_JOB, ()):
            if job == id:
                left = due - world.clock
                return ToolResult({"job_id": id, "status": "queued", "ready_in_seconds": left})
        result = world.memory.get((_GET_JOB, id))
        if result is None:
            return ToolError("not_found", f"There is no job {id!r}.").result
        status = "failed" if result.is_error else "done"
        return ToolResult({"job_id": id, "status": status, "result": result.value})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait until the job is done, and take its result."""
        result = yield call
        if call.name not in self.tools or result.is_error:
            return result
        job = result.value
        while job["status"] == "queued":
            yield ToolCall("wait", {"seconds": job["ready_in_seconds"]})
            job = (yield ToolCall(_GET_JOB, {"job_id": job["job_id"]})).value
        return ToolResult(job["result"], job["status"] == "failed")


class AsyncWrites(Perturbation):
    """Answer writes with a job that is done only after some time; a tool tells its state."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "E18"
    lesson: ClassVar = (
        "This only queued a job, so I wait until the job is done and take its result."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = 3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Queue a share of all tools that write."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        layer = Queued(scenario.toolset, {**specs, _GET_JOB: _SPEC}, tools, draw)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _GET_JOB, "Get the state of a job, and its result once it is done.", job_id="The job's id."
)
