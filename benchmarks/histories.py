"""What is lost with the history: `python -m wildgym.benchmarks.histories`.

Jobs at the desk are done by an expert without a memory. It knows what to do, but of what it was
shown it can use only what its present observation shows: it depends on how the scaffold shows the
conversation again. Before each call it thinks, and writes down what it will need later, as far as
that is in view. All policies play the same jobs.
"""

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Annotated, Any, NamedTuple

import typer

from wildgym.benchmarks.errors import Misuse, plainly
from wildgym.benchmarks.metrics import Estimate, gap
from wildgym.benchmarks.report import Grid, show
from wildgym.envs import WildEnv
from wildgym.perturbations.factory import make, matching
from wildgym.tools import Json, ToolCall

HISTORIES: Mapping[str, Mapping[str, Json]] = {
    "kept": {},
    "last 8 turns": {"window": "last_8"},
    "last 3 turns": {"window": "last_3"},
    "older results masked": {"window": "masked"},
    "summarised": {"compaction": "facts"},
}
THINKING = ("kept", "none")
_HEADER = (
    *("history", "thinking", "characters, median", "most", "calls with all in view %"),
    *("solved %", "difference"),
)
_FACT = re.compile(r"https?://[^\s\"\\]+|[\w.+-]+@[\w.-]*\w|\w[\w./-]*\d(?:[\w./-]*\w)?|\d")
_BREAK = re.compile(r"\\[nrt]")
_SHORTEST = 3
_FORGOTTEN = "?"


def facts_in(text: str) -> frozenset[str]:
    """Return the facts of a text that one has to copy: ids, codes, amounts, dates, addresses."""
    found = _FACT.findall(_BREAK.sub(" ", text))
    return frozenset(_plain(fact) for fact in found if len(fact) >= _SHORTEST)


def _plain(fact: str) -> str:
    """Return a fact in one way, since an amount may be written in several."""
    return str(float(fact)) if re.fullmatch(r"\d+(\.\d+)?", fact) else fact


class Step(NamedTuple):
    """A step of a job.

    Attributes:
        call: What is called.
        needed: The facts in it that were learned on the way.
    """

    call: ToolCall
    needed: frozenset[str]


def plan(env: WildEnv, task: str, seed: int) -> list[Step]:
    """Return what the expert does."""
    observation, _ = env.reset(seed=seed, options={"task": task})
    policy, over, told, learned = env.expert(), False, facts_in(observation), set[str]()
    steps = list[Step]()
    while not over:
        observation, _, ended, cut, _ = env.step(policy(observation))
        over, (call,) = ended or cut, env.trajectory.turns[-1].calls
        steps.append(Step(call, facts_in(str(call.arguments)) & learned - told))
        learned |= facts_in(observation)
    return steps


def without(value: Json, lost: frozenset[str]) -> Json:
    """Return a value with a mark in place of each fact that is lost."""
    if isinstance(value, Mapping):
        return {name: without(one, lost) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without(one, lost) for one in value]
    if isinstance(value, str):
        return _FACT.sub(lambda m: _FORGOTTEN if _plain(m[0]) in lost else m[0], value)
    return type(value)(0) if facts_in(str(value)) & lost else value


def played(env: WildEnv, task: str, seed: int, steps: Sequence[Step]) -> dict[str, Any]:
    """Do a job by what each observation shows, and return how that went."""
    observation, _ = env.reset(seed=seed, options={"task": task})
    opening, sizes, in_view = len(observation), list[int](), list[bool]()
    for n, (call, needed) in enumerate(steps):
        shown = facts_in(observation)
        later = frozenset[str]().union(*(step.needed for step in steps[n + 1 :]))
        thought = f"<think>To remember: {' '.join(sorted(later & shown))}</think>\n"
        known = ToolCall(call.name, without(call.arguments, needed - shown))
        observation, _, _, _, end = env.step(thought + env.written(known))
        sizes.append(len(observation) - opening)
        in_view += [needed <= shown] if needed else []
    record = {"family": "desk", "task": task, "seed": seed, "score": end["score"]}
    return {**record, "sizes": sizes, "in_view": statistics.mean(in_view)}


def compared(jobs: Sequence[str], seeds: int) -> Grid:
    """Play some episodes of each job that a glob matches under every policy."""
    planner, tasks = make("desk", tasks=jobs), matching("desk", jobs, "train")
    episodes = [(task.name, seed) for task in tasks for seed in range(seeds)]
    plans = [plan(planner, *episode) for episode in episodes]
    rows, first = list[Sequence[str]](), list[dict[str, Any]]()
    for (shown, dials), thinking in product(HISTORIES.items(), THINKING):
        scaffold = {"syntax": "hermes", "thinking": thinking, **dials}
        env = make("desk", tasks=jobs, history="full", scaffold=scaffold)
        records = [played(env, *e, job) for e, job in zip(episodes, plans, strict=True)]
        first = first or records
        rows.append((shown, thinking, *_numbers(records, gap(first, records))))
    return Grid(f"{len(episodes)} jobs at the desk, by a policy without a memory", _HEADER, rows)


def _numbers(records: Sequence[dict[str, Any]], difference: Estimate | None) -> Iterable[str]:
    sizes = [size for record in records for size in record["sizes"]]
    yield f"{statistics.median(sizes):,.0f}"
    yield f"{max(sizes):,}"
    for name in ("in_view", "score"):
        yield f"{100 * statistics.mean(record[name] for record in records):.1f}"
    assert difference is not None, "all policies play the same jobs"
    value, low, high = (100 * n for n in (difference.value, difference.low, difference.high))
    yield f"{value:+.1f} ({low:+.0f}…{high:+.0f})"


def main(
    jobs: Annotated[list[str] | None, typer.Option(help="Globs over jobs; all by default.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many episodes of each.")] = 4,
) -> None:
    """Compare histories and thinking policies."""
    with plainly():
        try:
            show([compared(jobs or ["desk/*"], seeds)])
        except ValueError as error:
            raise Misuse(str(error)) from None


if __name__ == "__main__":
    typer.run(main)
