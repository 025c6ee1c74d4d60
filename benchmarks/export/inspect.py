"""Runs as logs of Inspect AI, one file for each, so that its viewer opens them.

Needs `pip install 'wildgym[inspect]'`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalSample,
    EvalScore,
    EvalSpec,
    write_eval_log,
)
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.scorer import Score
from inspect_ai.tool import ToolCall

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.export.metadata import metadata
from wildgym.benchmarks.export.recorded import Place
from wildgym.benchmarks.export.said import said
from wildgym.benchmarks.runs import EPISODES, Run
from wildgym.envs.trajectory import Message

_SCORER = "verified"
_TOLD = ("checks", "stopped", "lures", "collateral", "duplicates", "calls", "unreadable")


def write_logs(found: Sequence[Place], out: Path) -> None:
    """Write a log for each run that some of the episodes are of.

    Args:
        found: The episodes.
        out: The folder.

    Raises:
        Misuse: A log is there already.
        Halted: There is no episode, or no room.
    """
    if not found:
        raise Halted("no episode fits; nothing was written")
    runs: dict[int, list[Place]] = defaultdict(list)
    for place in found:
        runs[id(place.run)].append(place)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for places in runs.values():
            run = places[0].run
            path = out / f"{run.setting.suite}-{run.folder.name}-{_digest(run)[:8]}.eval"
            if path.exists():
                raise Misuse(f"{path} is there already; name another folder")
            write_eval_log(log_of(run, places), str(path))
    except OSError as error:
        raise Halted(f"cannot write to {out}: {error.strerror or error}") from None


def log_of(run: Run, places: Sequence[Place]) -> EvalLog:
    """Return a log of some episodes of a run."""
    setting, samples = run.setting, [_sample(place) for place in places]
    ids = list(dict.fromkeys(sample.id for sample in samples))
    written = datetime.fromtimestamp((run.folder / EPISODES).stat().st_mtime, UTC)
    return EvalLog(
        status="success",
        eval=EvalSpec(
            **dict.fromkeys(("run_id", "eval_id", "task_id"), _digest(run)),
            created=written.isoformat(),
            task=f"wildgym/{setting.suite}",
            task_args=run.about,
            model=setting.policy,
            dataset=EvalDataset(name=setting.suite, samples=len(ids), sample_ids=ids),
            config=EvalConfig(epochs=setting.reruns),
            packages={"wildgym": run.version},
        ),
        results=EvalResults(
            total_samples=len(samples),
            completed_samples=len(samples),
            scores=[
                EvalScore(
                    name=_SCORER,
                    scorer=_SCORER,
                    scored_samples=len(samples),
                    unscored_samples=0,
                    metrics=_means(places),
                )
            ],
        ),
        samples=samples,
    )


def _digest(run: Run) -> str:
    return hashlib.sha256(json.dumps(run.about, sort_keys=True).encode()).hexdigest()[:22]


def _means(places: Sequence[Place]) -> dict[str, EvalMetric]:
    """Return the mean score, and that of each arm."""
    scores = defaultdict[str, list[float]](list)
    for place in places:
        scores["mean"].append(place.record["score"])
        scores[place.record["arm"]].append(place.record["score"])
    return {name: EvalMetric(name=name, value=fmean(found)) for name, found in scores.items()}


def _sample(place: Place) -> EvalSample:
    record, run = place.run.whole(place.index), place.run
    messages = list(_messages(record))
    opening = len(record["opening"])
    usage = record["usage"]
    spent = (int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0)))
    score = Score(
        value=record["score"],
        answer=record["given"],
        explanation=record["stopped"],
        metadata={name: record[name] for name in _TOLD if record.get(name) is not None},
    )
    return EvalSample(
        id=f"{record['task']}@{record['seed']}/{record['arm']}",
        epoch=record["rerun"] + 1,
        input=messages[:opening],
        target="",
        messages=messages,
        output=ModelOutput(model=record["policy"]),
        scores={_SCORER: score},
        metadata=metadata(record, run.version, run.suite_digest),
        model_usage={
            record["policy"]: ModelUsage(
                input_tokens=spent[0], output_tokens=spent[1], total_tokens=sum(spent)
            )
        },
        total_time=record["seconds"],
    )


def _messages(record: Record) -> Iterator[ChatMessage]:
    """Yield all that was said; ids count, since Inspect would draw some."""
    names: dict[str, str] = {}
    for n, part in enumerate(said(record), 1):
        message, id = part.message, f"message-{n}"
        content = message["content"] or ""
        if part.trained:
            calls = _calls(message)
            names |= {call.id: call.function for call in calls}
            yield ChatMessageAssistant(id=id, content=_content(message), tool_calls=calls or None)
        elif message["role"] == "tool":
            of = message["tool_call_id"]
            yield ChatMessageTool(
                id=id, content=content, tool_call_id=of, function=names.get(of, "")
            )
        elif message["role"] == "system":
            yield ChatMessageSystem(id=id, content=content)
        else:
            yield ChatMessageUser(id=id, content=content)


def _content(message: Message) -> str | list[Content]:
    text, thinking = message["content"] or "", message.get("reasoning_content")
    if not thinking:
        return str(text)
    return [ContentReasoning(reasoning=thinking), *([ContentText(text=text)] if text else [])]


def _calls(message: Message) -> list[ToolCall]:
    functions: list[tuple[str, Any]] = [
        (call["id"], call["function"]) for call in message.get("tool_calls", ())
    ]
    return [
        ToolCall(id=id, function=function["name"], arguments=json.loads(function["arguments"]))
        for id, function in functions
    ]
