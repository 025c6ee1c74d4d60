"""How fast the api env is, beside peers, in one run: `python -m wildgym.benchmarks.throughput`.

All times are CPU time of this process, the best of several repeats, so that a busy machine moves
them little. Peers: AgentDojo (`pip install 'wildgym[peers]'`) and Gymnasium's own vector env.
"""

import gc
import importlib
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from gymnasium.vector import SyncVectorEnv
from rich.console import Console
from rich.table import Table

from wildgym.envs import WildEnv
from wildgym.envs.api import TASKS
from wildgym.envs.api.task import toolset
from wildgym.perturbations.factory import make, make_vec

EPISODES = 300
REPEATS = 5
MIXES = ("none", "all")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    Attributes:
        what: What was measured.
        value: How much, in `unit`.
        unit: "µs", "KB" or "x".
        target: The most it should be, or None.
        peer: The same of a peer, or None.
        of: Which peer.
    """

    what: str
    value: float
    unit: str
    target: float | None = None
    peer: float | None = None
    of: str = ""


def cpu_us(work: Callable[[], object], count: int, repeats: int = REPEATS) -> float:
    """Return the least CPU time of a piece of `work`, in microseconds, where it has `count`."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best / count * 1e6


def recorded(env: WildEnv, seeds: Sequence[int]) -> list[tuple[int, list[Any]]]:
    """Return the expert's actions in one episode for each seed."""
    episodes = []
    for seed in seeds:
        observation, _ = env.reset(seed=seed)
        policy, over = env.expert(), False
        while not over:
            observation, _, terminated, truncated, _ = env.step(policy(observation))
            over = terminated or truncated
        episodes.append((seed, [turn.action for turn in env.trajectory.turns]))
    return episodes


def steps(mix: str) -> Iterator[Figure]:
    """Measure steps and resets of real episodes, played again."""
    env = make("api", perturbations=mix, scaffold="hermes")
    seeds = range(EPISODES)
    episodes = recorded(env, seeds)
    reset = cpu_us(lambda: [env.reset(seed=s) for s in seeds], EPISODES)
    step = min(replayed(env, episodes) for _ in range(REPEATS))
    dojo = agentdojo()
    yield Figure(
        f"reset, mix {mix}", reset, "µs", 500 if mix == "none" else None, dojo[0], "AgentDojo"
    )
    target = 40 if mix == "none" else 120
    yield Figure(f"step, mix {mix}", step, "µs", target, dojo[1], "AgentDojo")


def replayed(env: WildEnv, episodes: Sequence[tuple[int, list[Any]]]) -> float:
    """Return the CPU µs of one step, the last with its verification among them."""
    spent, count = 0.0, 0
    for seed, actions in episodes:
        env.reset(seed=seed)
        begin = time.process_time()
        for action in actions:
            env.step(action)
        spent += time.process_time() - begin
        count += len(actions)
    return spent / count * 1e6


def growth() -> Figure:
    """Compare the 900th step of an episode with its tenth."""
    env = make("api", tasks="shop/order_total", max_turns=10**6)
    _, (action, *_) = recorded(env, [0])[0]

    def block() -> None:
        for _ in range(100):
            env.step(action)

    env.reset(seed=0)
    early = cpu_us(block, 100, 1)
    for _ in range(7):
        block()
    return Figure("step 900 over step 50 of one episode", cpu_us(block, 100, 1) / early, "x", 1.5)


def fork() -> Figure:
    """Fork an env in the middle of an episode."""
    env = make("api", perturbations="all")
    _, actions = max(recorded(env, range(20)), key=lambda episode: len(episode[1]))
    env.reset(seed=next(s for s, a in recorded(env, range(20)) if a == actions))
    for action in actions[: len(actions) // 2]:
        env.step(action)
    return Figure(
        "fork, mix all", cpu_us(lambda: [env.fork() for _ in range(1000)], 1000), "µs", 20
    )


def memory(count: int = 512) -> Figure:
    """Hold many idle envs, the base worlds included that they share."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    # The test split has base worlds of its own, which nothing has drawn yet.
    envs = [make("api", split="test") for _ in range(count)]
    for seed, env in enumerate(envs):
        env.reset(seed=2 * 10**6 + seed)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return Figure(f"memory of an idle env, {count} of them", used / count / 1024, "KB", 30)


def cold() -> Figure:
    """Reset where each base world is drawn on first use."""
    for template in TASKS.values():
        toolset(template.services)
    env = make("api")
    seeds = range(10**6, 10**6 + EPISODES)
    spent = cpu_us(lambda: [env.reset(seed=s) for s in seeds], EPISODES, 1)
    return Figure("reset, most base worlds drawn for it, mix none", spent, "µs", 500)


def vector(num_envs: int) -> Figure:
    """Compare a vector env's step with a plain loop over as many envs."""
    rounds = max(4, 2048 // num_envs)
    action = ""

    def per_env(step: Callable[[], object]) -> float:
        return cpu_us(lambda: [step() for _ in range(rounds)], rounds * num_envs)

    single = partial(make, "api", tasks="shop/order_total", max_turns=10**9)
    own = make_vec("api", num_envs, tasks="shop/order_total", max_turns=10**9)
    gymnasium = SyncVectorEnv([single] * num_envs, copy=False)
    alone = [single() for _ in range(num_envs)]
    for env in (own, gymnasium):
        env.reset(seed=0)
    for n, one in enumerate(alone):
        one.reset(seed=n)
    actions = [action] * num_envs
    loop = per_env(lambda: [one.step(action) for one in alone])
    ours = per_env(lambda: own.step(actions)) - loop
    theirs = per_env(lambda: gymnasium.step(actions)) - loop
    what = f"vector overhead an env, {num_envs} envs"
    return Figure(what, ours, "µs", 3, theirs, "SyncVectorEnv")


def agentdojo() -> tuple[float, float] | tuple[None, None]:
    """Return CPU µs of AgentDojo's reset (its workspace) and step (a query, result as text)."""
    try:
        suites = importlib.import_module("agentdojo.task_suite.load_suites")
        runtimes = importlib.import_module("agentdojo.functions_runtime")
        execution = importlib.import_module("agentdojo.agent_pipeline.tool_execution")
    except ImportError:
        return None, None
    suite = suites.get_suite("v1", "workspace")
    reset = cpu_us(lambda: suite.load_and_inject_default_environment({}), 1, 3)
    world = suite.load_and_inject_default_environment({})
    runtime = runtimes.FunctionsRuntime(suite.tools)

    def query() -> object:
        result, _ = runtime.run_function(
            world, "search_calendar_events", {"query": "meeting", "date": "2024-05-15"}
        )
        return execution.tool_result_to_str(result)

    return reset, cpu_us(lambda: [query() for _ in range(20)], 20)


def rates() -> Iterator[Figure]:
    """Step and reset a vector of 64, and one env, as a trainer would."""
    for mix in MIXES:
        env = make_vec("api", 64, perturbations=mix, max_turns=10**9)
        reset = cpu_us(lambda env=env: env.reset(seed=0), 64)  # type: ignore[misc]
        observations, _ = env.reset(seed=0)
        policies = [single.expert() for single in env.envs]
        actions = [p(o) for p, o in zip(policies, observations, strict=True)]
        step = cpu_us(lambda env=env, a=actions: [env.step(a) for _ in range(20)], 20 * 64)  # type: ignore[misc]
        yield Figure(f"vector of 64: reset, an env, mix {mix}", reset, "µs")
        yield Figure(f"vector of 64: step, an env, mix {mix}", step, "µs")


def measure() -> Iterator[Figure]:
    """Yield every figure."""
    yield cold()
    yield memory()
    for mix in MIXES:
        yield from steps(mix)
    yield growth()
    yield fork()
    yield vector(64)
    yield vector(1024)
    yield from rates()


def main() -> None:
    """Print every figure as a table, or with `--json` as JSON lines."""
    if "--json" in sys.argv[1:]:
        for figure in measure():
            print(json.dumps(asdict(figure)))
        return
    table = Table("what", "value", "target", "a second", "peer", "ratio")
    for f in measure():
        value = f"{f.value:,.2f} {f.unit}"
        target = (
            ""
            if f.target is None
            else f"≤ {f.target:g} {f.unit}" + ("" if f.value <= f.target else "  MISSED")
        )
        rate = f"{1e6 / f.value:,.0f}" if f.unit == "µs" and f.value > 0 else ""
        peer = f"{f.of} {f.peer:,.1f} {f.unit}" if f.peer is not None else ""
        ratio = f"{f.peer / f.value:,.0f}x" if f.peer is not None and f.value > 0 else ""
        table.add_row(f.what, value, target, rate, peer, ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
