"""A vector env whose envs are spread over a Ray cluster, and outlive the workers that host them.

Needs `pip install 'wildgym[ray]'`, on every machine of the cluster.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple

import gymnasium as gym
import ray
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode

from wildgym.envs.vector import Action, BatchedEnv, Command, Opening, Reply, obey

_TRIES = 5
"""How often a worker is made again for the same step before it is given up."""

_LOST = (
    ray.exceptions.RayActorError,
    ray.exceptions.NodeDiedError,
    ray.exceptions.ObjectLostError,
)
"""A worker, or with its machine what it had replied."""


class Setting(NamedTuple):
    """Tells an env to set an attribute."""

    name: str
    value: Any


class Journal(NamedTuple):
    """What leads to where an env is.

    Attributes:
        told: Its settings when the episode was opened, the opening, and all since then.
        digest: Of all that it replied since the opening.
    """

    told: list[Command | Setting]
    digest: bytes = b""


class _Spoilt(gym.Wrapper[Any, Any, Any, Any]):
    """An env whose episode cannot go on: played again, it came out otherwise than before."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        seen = self.get_wrapper_attr("trajectory").opening
        self.env.close()
        why = "the worker was lost, and its episode came out otherwise when it was played again"
        return seen, 0.0, False, True, {"invalid": why}


class _Worker:
    """Hosts envs.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        count: How many.
        arguments: For `gym.make`.
    """

    def __init__(self, env_id: str, count: int, arguments: Mapping[str, Any]) -> None:
        self._envs = [_made(env_id, arguments) for _ in range(count)]
        self._spoilt: dict[int, _Spoilt] = {}
        self._digests = [b""] * count

    def play(self, commands: Sequence[tuple[int, Command]]) -> list[tuple[Reply, bytes]]:
        """Tell envs what to do; return their replies, each with the digest of its episode's."""
        return [(self._told(i, command), self._digests[i]) for i, command in commands]

    def set(self, settings: Sequence[Setting]) -> None:
        """Set an attribute of each env."""
        for env, setting in zip(self._envs, settings, strict=True):
            setattr(env, *setting)

    def replay(self, journals: Sequence[Journal]) -> None:
        """Bring envs to where others were that were told the same."""
        for i, (env, journal) in enumerate(zip(self._envs, journals, strict=True)):
            for told in journal.told:
                if isinstance(told, Setting):
                    setattr(env, *told)
                else:
                    self._told(i, told)
            if self._digests[i] != journal.digest:
                self._spoilt[i] = _Spoilt(env)

    def _told(self, i: int, command: Command) -> Reply:
        reply = obey(self._spoilt.pop(i, self._envs[i]), command)
        if isinstance(command, Opening) or reply.final is not None:
            # What else is in the reply is of the episode that ended.
            self._digests[i] = _digest(reply.observation)
        else:
            ends = (reply.reward, reply.terminated, reply.truncated)
            self._digests[i] = _digest((self._digests[i], reply.observation, ends))
        return reply

    def place(self) -> tuple[str, int]:
        """Return the machine that this is on, as Ray calls it, and the process."""
        return str(ray.get_runtime_context().get_node_id()), os.getpid()

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        """Return an attribute of each env, called if it can be."""
        found = [getattr(env, name) for env in self._envs]
        return [one(*args, **kwargs) if callable(one) else one for one in found]


class RayVectorEnv(BatchedEnv):
    """Step envs in the actors of a Ray cluster, one call for each actor and step.

    Episodes are those that the same seeds give in one process, however many workers there are. An
    actor that is lost, or its machine, is made again elsewhere, and plays what its running episodes
    had been told: they go on where they were.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        num_envs: How many.
        workers: How many actors host them, each an equal part; a core each.
        autoreset_mode: As for `BatchedEnv`.
        resources: What each actor wants of Ray besides, such as `{"sandboxes": 8}`.
        arguments: For `gym.make`.

    Raises:
        ValueError: There are more workers than envs, or none.
    """

    def __init__(
        self,
        env_id: str,
        num_envs: int,
        workers: int,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        resources: Mapping[str, float] | None = None,
        **arguments: Any,
    ) -> None:
        if not 0 < workers <= num_envs:
            raise ValueError(f"{workers} workers cannot share {num_envs} envs")
        one = _made(env_id, arguments)
        spaces = one.observation_space, one.action_space
        super().__init__(num_envs, autoreset_mode, *spaces, one.metadata, one.render_mode)
        one.close()
        ends = [num_envs * w // workers for w in range(workers + 1)]
        self._parts = [range(*ends[w : w + 2]) for w in range(workers)]
        self._home = {i: w for w, part in enumerate(self._parts) for i in part}
        # Apart from each other where the cluster allows it, so that sandboxes are, too.
        hosted: Any = ray.remote(num_cpus=1, resources=dict(resources or {}))(_Worker)
        hosted = hosted.options(scheduling_strategy="SPREAD")
        self._begin = partial(hosted.remote, env_id)
        self._arguments = arguments
        self._workers: list[Any] = [self._begin(len(part), arguments) for part in self._parts]
        self._draws = [np_random()[0] for _ in range(num_envs)]
        self._drawn: list[int | None] = [None] * num_envs
        self._set: list[dict[str, Any]] = [{} for _ in range(num_envs)]
        self._journals = [Journal([]) for _ in range(num_envs)]

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return an attribute of each env, called with the arguments if it can be.

        What a call changes in an env is lost with its worker.
        """
        asked = {w: ("call", name, args, kwargs) for w in range(len(self._parts))}
        replies = self._ask(asked)
        return tuple(reply for w in asked for reply in replies[w])

    def set_attr(self, name: str, values: Sequence[Any]) -> None:
        """Set an attribute of each env, as Gymnasium's vector envs do."""
        told = [Setting(name, value) for value in values]
        self._ask({w: ("set", told[part.start : part.stop]) for w, part in enumerate(self._parts)})
        for i, setting in enumerate(told):
            self._set[i][name] = setting.value
            self._journals[i].told.append(setting)

    def places(self) -> list[tuple[str, int]]:
        """Return the machine that each worker is on, as Ray calls it, and its process there."""
        workers = range(len(self._parts))
        replies = self._ask({w: ("place",) for w in workers})
        return [replies[w] for w in workers]

    def close_extras(self, **kwargs: Any) -> None:
        """Give the workers back."""
        for worker in self._workers:
            ray.kill(worker)

    def _play(self, commands: Mapping[int, Command]) -> Iterable[Reply]:
        told = {i: self._resolved(i, command) for i, command in commands.items()}
        asked: dict[int, list[tuple[int, Command]]] = {}
        for i, command in told.items():
            asked.setdefault(self._home[i], []).append((i - self._parts[self._home[i]][0], command))
        replies = self._ask({w: ("play", batch) for w, batch in asked.items()})
        given = {w: iter(found) for w, found in replies.items()}
        for i, command in told.items():
            reply, digest = next(given[self._home[i]])
            self._note(i, command, reply, digest)
            yield reply

    def _resolved(self, i: int, command: Command) -> Command:
        """Return a command that means the same to an env that is made again.

        A reset without a seed draws one from the env's own generator, which would be lost with it:
        the draw is made here.
        """
        if isinstance(command, Action):
            then = command.then and self._named(i, command.then)
            return command._replace(then=then) if then else command
        if command.seed is not None:
            self._draws[i], self._drawn[i] = np_random(command.seed)[0], None
            return command
        named = self._named(i, command)
        self._drawn[i] = None
        return named

    def _named(self, i: int, opening: Opening) -> Opening:
        drawn = self._drawn[i]
        if drawn is None:
            drawn = self._drawn[i] = int(self._draws[i].integers(2**62))
        seeds = {"task_seed": drawn, "perturbation_seed": drawn}
        return Opening(None, {**seeds, **(opening.options or {})})

    def _note(self, i: int, command: Command, reply: Reply, digest: bytes) -> None:
        """Keep what leads to where the env is."""
        opened: Command | None = command if isinstance(command, Opening) else None
        if isinstance(command, Action) and reply.final is not None:
            opened, self._drawn[i] = command.then, None
        told = self._journals[i].told if opened is None else self._settings(i)
        told.append(opened or command)
        self._journals[i] = Journal(told, digest)

    def _settings(self, i: int) -> list[Command | Setting]:
        return [Setting(name, value) for name, value in self._set[i].items()]

    def _ask(self, asked: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Ask workers, all at once; make those again that are lost, and ask them once more."""
        replies: dict[int, Any] = {}
        for tries in range(_TRIES):
            waiting = {
                w: getattr(self._workers[w], name).remote(*given)
                for w, (name, *given) in asked.items()
                if w not in replies
            }
            for w, future in waiting.items():
                try:
                    replies[w] = ray.get(future)
                except _LOST:
                    if tries == _TRIES - 1:
                        raise
                    self._make_again(w)
            if len(replies) == len(asked):
                break
        return replies

    def _make_again(self, w: int) -> None:
        ray.kill(self._workers[w])
        part = self._parts[w]
        self._workers[w] = self._begin(len(part), self._arguments)
        try:
            ray.get(self._workers[w].replay.remote(self._journals[part.start : part.stop]))
        except _LOST:
            # What it is asked next finds it lost.
            ray.kill(self._workers[w])


def _digest(value: Any) -> bytes:
    return blake2b(repr(value).encode("utf-8", "replace"), digest_size=16).digest()


def _made(env_id: str, arguments: Mapping[str, Any]) -> gym.Env[Any, Any]:
    return gym.make(f"wildgym:{env_id}", disable_env_checker=True, **arguments).unwrapped
