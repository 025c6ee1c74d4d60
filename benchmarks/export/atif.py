"""Harbor's Agent Trajectory Interchange Format, version 1.8."""

from collections.abc import Iterator
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.export.metadata import Metadata
from wildgym.benchmarks.export.said import said

Step = dict[str, Any]
VERSION = "ATIF-v1.8"


def atif(record: Record, metadata: Metadata) -> dict[str, Any]:
    """Return an episode as a trajectory document: what was seen belongs to the step before it."""
    steps = [
        *({"source": m["role"], "message": m["content"]} for m in record["opening"]),
        *_agents(record),
    ]
    usage = record["usage"]
    return {
        "schema_version": VERSION,
        "session_id": metadata["policy"],
        "trajectory_id": metadata["id"],
        "agent": {
            "name": metadata["policy"],
            "version": metadata["version"],
            **({"tool_definitions": record["tools"]} if "tools" in record else {}),
        },
        "steps": [{"step_id": n, **step} for n, step in enumerate(steps, 1)],
        "final_metrics": {
            "total_steps": len(steps),
            **{f"total_{name}": usage[name] for name in _TOKENS if name in usage},
        },
        "extra": metadata,
    }


_TOKENS = ("prompt_tokens", "completion_tokens")


def _agents(record: Record) -> Iterator[Step]:
    """Yield a step for each action."""
    written = [part.message for part in said(record) if part.trained]
    for n, (turn, message) in enumerate(zip(record["transcript"], written, strict=True), 1):
        ids = [call["id"] for call in message.get("tool_calls", ())]
        ids = ids or [f"call_{n}_{k}" for k in range(1, len(turn["calls"]) + 1)]
        step: Step = {"source": "agent", "message": message["content"] or ""}
        if "reasoning_content" in message:
            step["reasoning_content"] = message["reasoning_content"]
        if turn["calls"]:
            step["tool_calls"] = [
                {
                    "tool_call_id": id,
                    "function_name": call["name"],
                    "arguments": call["arguments"],
                }
                for id, call in zip(ids, turn["calls"], strict=True)
            ]
        yield {**step, "observation": {"results": _results(turn["observation"], ids)}}


def _results(observation: Any, ids: list[str]) -> list[Step]:
    if not isinstance(observation, str):
        seen = [(message.get("tool_call_id"), message["content"]) for message in observation]
    else:
        # Several results in one text belong to no call alone.
        seen = [(ids[0] if len(ids) == 1 else None, observation)]
    return [
        {**({} if id is None else {"source_call_id": id}), "content": content}
        for id, content in seen
    ]
