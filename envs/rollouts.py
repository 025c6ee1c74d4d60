"""Rollouts: whole episodes of a policy, by one call, in step with each other or each at its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from wildgym.envs.dialogue import Dialogue
from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.row import made, opened
from wildgym.envs.trajectory import Message, Trajectory
from wildgym.envs.vector import WildVectorEnv
from wildgym.tools import Json

T = TypeVar("T")

Act = Callable[[Sequence[int], Sequence[Any]], Sequence[Any]]
"""From the numbers of the envs whose episodes still run, and their observations, to actions."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One episode, played to its end.

    Attributes:
        task: The name of its task.
        variation: The JSON that replays it.
        trajectory: What happened.
        reward: The sum of its rewards.
        info: The last info: `score` and `checks`, or `invalid` where the host failed, so that the
            rollout must not be learnt from.
    """

    task: str
    variation: Mapping[str, Json]
    trajectory: Trajectory
    reward: float
    info: Mapping[str, Any]

    @property
    def valid(self) -> bool:
        """Whether it may be learnt from."""
        return "invalid" not in self.info


@dataclass(frozen=True, slots=True)
class Seen:
    """What a policy sees before an action.

    Attributes:
        number: Which row the episode is of, counted from 0.
        observation: What the env gave: text or messages, by its interface.
        messages: The conversation so far as chat completions take it, shown as the scaffold's
            dials say.
        tools: What goes with the messages: for native calls the tools, in text none.
    """

    number: int
    observation: Any
    messages: list[Message]
    tools: list[Mapping[str, Json]]


Policy = Callable[[Seen], Awaitable[Any]]
"""From what is seen to an action, or to None by which it gives up."""


def rollouts(
    envs: WildVectorEnv,
    act: Act,
    *,
    seed: int | Sequence[int],
    group: int = 1,
    vary: bool = False,
    task: str | None = None,
) -> list[Rollout]:
    """Open an episode in every env, and play all of them to their ends.

    Args:
        envs: Where to play. Their autoreset mode does not matter: each is stepped to its end.
        act: The policy; it is asked for all running episodes at once.
        seed: As for `reset`.
        group: How many envs in a row share the task of an episode, as group-relative methods want.
        vary: Whether those of a group differ in their perturbations; else they are equal.
        task: The name of the task, if all are to play the same.

    Returns:
        One rollout for each env, in order.
    """
    options = {"group": group, "vary": vary} | ({} if task is None else {"task": task})
    observed, started = envs.reset(seed=seed, options=options)
    observations, running = list(observed), list(range(envs.num_envs))
    rewards, infos = [0.0] * envs.num_envs, [dict[str, Any]()] * envs.num_envs
    while running:
        actions = act(running, [observations[i] for i in running])
        going = []
        for i, action in zip(running, actions, strict=True):
            observations[i], reward, ended, cut, infos[i] = envs.envs[i].step(action)
            rewards[i] += reward
            if not (ended or cut):
                going.append(i)
        running = going
    return [
        Rollout(str(started["task_id"][i]), env.variation, env.trajectory, rewards[i], infos[i])
        for i, env in enumerate(envs.envs)
    ]


async def async_rollouts(
    rows: Iterable[Mapping[str, Any]], policy: Policy, **how: Any
) -> list[Rollout]:
    """Play the episode of each row, many at a time, and return their rollouts in order.

    Args:
        rows: As for `streamed`.
        policy: As for `streamed`.
        how: As for `streamed`.
    """
    played = {number: one async for number, one in streamed(rows, policy, **how)}
    return [played[number] for number in sorted(played)]


async def streamed(
    rows: Iterable[Mapping[str, Any]],
    policy: Policy,
    *,
    concurrency: int = 64,
    sandboxes: int = 8,
    unscored: tuple[type[Exception], ...] = (),
) -> AsyncIterator[tuple[int, Rollout]]:
    """Play the episode of each row, many at a time, and yield the rollouts as they end.

    The event loop waits for policies alone: what envs do is done in threads. Whoever stops early
    is to close the iterator (`contextlib.aclosing`); then, and when this is cancelled, the episodes
    that are being played give back what they hold.

    Args:
        rows: Which episodes, as `wildgym.envs.integrations.row.row` returns them; taken one by one.
            Members of a group have the same row.
        policy: Is asked for one action of one episode.
        concurrency: How many episodes are played at a time.
        sandboxes: How many of these may have something done by their env at a time: a thread each.
        unscored: What the policy may raise without being to blame, such as `openai.APIError`: it
            makes the one episode invalid. All else that it raises ends all of them.

    Yields:
        The number of a row, and its rollout.

    Raises:
        ValueError: A row, or a number, is none.
    """
    if concurrency < 1 or sandboxes < 1:
        raise ValueError(f"concurrency {concurrency} and sandboxes {sandboxes} must be at least 1")
    waiting, running = enumerate(rows), dict[asyncio.Task[Rollout], int]()
    with ThreadPoolExecutor(sandboxes, "env") as threads:
        try:
            while True:
                for number, row in islice(waiting, concurrency - len(running)):
                    episode = _Episode(number, row, threads, unscored)
                    running[asyncio.create_task(episode.play(policy))] = number
                if not running:
                    return
                ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    yield running.pop(task), task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Episode:
    """An episode that is played at its own pace."""

    number: int
    row: Mapping[str, Any]
    threads: Executor
    unscored: tuple[type[Exception], ...]

    async def play(self, policy: Policy) -> Rollout:
        """Play it to its end, and give back what it holds however that comes."""
        env = await self._aside(partial(made, self.row))
        try:
            try:
                observation, info = await self._aside(partial(opened, env, self.row))
            except ValueError:
                raise
            except Exception as fault:
                task = str((self.row.get("options") or {}).get("task") or "")
                return Rollout(task, {}, Trajectory(None), 0.0, {"invalid": _said(fault)})
            reward, end = await self._turns(env, observation, info, policy)
            return Rollout(info["task_id"], env.variation, env.trajectory, reward, end)
        finally:
            await self._aside(env.close)

    async def _turns(
        self, env: WildEnv, observation: Any, info: Mapping[str, Any], policy: Policy
    ) -> tuple[float, Mapping[str, Any]]:
        """Return the sum of the rewards, and the last info."""
        dialogue, total = Dialogue(env, info), 0.0
        tools = [] if isinstance(observation, str) else info["tools"]
        while True:
            try:
                action = await policy(Seen(self.number, observation, dialogue.messages(), tools))
            except self.unscored as fault:
                return 0.0, {"invalid": _said(fault), "turns": len(env.trajectory.turns)}
            if action is None:
                given = {"score": 0.0, "checks": {}, "status": None}
                return 0.0, {**given, "turns": len(env.trajectory.turns)}
            try:
                stepped = await self._aside(partial(env.step, action))
            except Exception as fault:
                return 0.0, {"invalid": _said(fault), "turns": len(env.trajectory.turns)}
            observation, reward, terminated, truncated, end = stepped
            total += reward
            if terminated or truncated:
                return (0.0 if "invalid" in end else total), end

    async def _aside(self, work: Callable[[], T]) -> T:
        """Do a piece of work in a thread.

        Whoever is cancelled meanwhile waits for it: an env is not to be closed while it steps.
        """
        doing = self.threads.submit(work)
        try:
            return await asyncio.wrap_future(doing)
        except asyncio.CancelledError:
            if not doing.cancel():
                await asyncio.wait([asyncio.wrap_future(doing)])
            raise


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
