"""Curricula: how strong perturbations are, axis by axis, while a policy learns.

A curriculum wraps any vector env of this package, Gymnasium's own included. What it sets shows in
`info["variation"]`, so that each of its episodes replays without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from gymnasium.vector import VectorEnv, VectorWrapper

from wildgym.perturbations.core import AXES, Axis, operator
from wildgym.tools import Json, uniform

Strengths = Mapping[str, float]
"""For each axis, which share of the strength of its perturbations is used, from 0 to 1."""


class Schedule(Protocol):
    """Decides how strong the perturbations of the next episodes are."""

    def strengths(self, episode: int) -> Strengths:
        """Return the strengths for an episode, counted over all envs in the order of opening."""
        ...

    def ended(self, axes: Sequence[Axis], success: bool) -> None:
        """Take note of an episode that was perturbed on some axes."""
        ...

    def state(self) -> dict[str, Json]:
        """Return what `restore` needs in order to go on from here, as JSON."""
        ...

    def restore(self, state: Mapping[str, Json]) -> None:
        """Go on from a state."""
        ...


class Adaptive:
    """Automatic domain randomization: each axis is kept where success is neither rare nor sure.

    After every `window` episodes that an axis was perturbed in, its strength goes up by `step` if
    more than `band[1]` of them succeeded, and down if fewer than `band[0]` did. The idea is
    OpenAI's (arXiv 1910.07113); the band is where a group's rewards differ.

    Args:
        band: The lowest and the highest share of success that leaves a strength as it is.
        window: How many episodes decide.
        step: By how much a strength moves.
        start: The strength of every axis at first.
    """

    def __init__(
        self,
        band: tuple[float, float] = (0.3, 0.7),
        window: int = 32,
        step: float = 0.1,
        start: float = 0.0,
    ) -> None:
        if not 0 <= band[0] < band[1] <= 1:
            raise ValueError(f"a band is two shares, the lower first, not {band}")
        if window < 1 or not 0 < step <= 1 or not 0 <= start <= 1:
            raise ValueError("a window is at least 1, a step and a start are at most 1")
        self._band, self._window, self._step = band, window, step
        self._strengths: dict[str, float] = dict.fromkeys(AXES, start)
        self._outcomes: dict[str, list[bool]] = {axis: [] for axis in AXES}

    def strengths(self, episode: int) -> Strengths:
        """Return where each axis is."""
        return dict(self._strengths)

    def ended(self, axes: Sequence[Axis], success: bool) -> None:
        """Count the outcome for each axis, and move those that have a full window."""
        for axis in axes:
            outcomes = self._outcomes[axis]
            outcomes.append(success)
            if len(outcomes) == self._window:
                self._strengths[axis] = self._moved(axis, sum(outcomes) / self._window)
                outcomes.clear()

    def state(self) -> dict[str, Json]:
        """Return the strengths, and the outcomes that have not decided yet."""
        outcomes = {axis: list(past) for axis, past in self._outcomes.items()}
        return {"strengths": dict(self._strengths), "outcomes": outcomes}

    def restore(self, state: Mapping[str, Json]) -> None:
        """Go on from a state."""
        self._strengths = dict(state["strengths"])
        self._outcomes = {axis: list(past) for axis, past in state["outcomes"].items()}

    def _moved(self, axis: str, success: float) -> float:
        low, high = self._band
        change = self._step * ((success > high) - (success < low))
        # Rounded: so many steps up and down come back to the same strength.
        return round(min(1.0, max(0.0, self._strengths[axis] + change)), 6)


@dataclass(frozen=True)
class Ramp:
    """Strengths that grow evenly over a number of episodes, and stay.

    Attributes:
        episodes: Over how many.
        start: The strength of the first episode.
        end: The strength of the last, and of all after it.
    """

    episodes: int
    start: float = 0.0
    end: float = 1.0

    def strengths(self, episode: int) -> Strengths:
        """Return the same for all axes."""
        share = min(1.0, episode / max(1, self.episodes))
        return dict.fromkeys(AXES, self.start + share * (self.end - self.start))

    def ended(self, axes: Sequence[Axis], success: bool) -> None:
        """Nothing depends on it."""

    def state(self) -> dict[str, Json]:
        """There is none: the count of episodes says all."""
        return {}

    def restore(self, state: Mapping[str, Json]) -> None:
        """There is none."""


@dataclass(frozen=True)
class Uniform:
    """Strengths that are drawn anew for every episode and axis.

    Attributes:
        low: The lowest.
        high: The highest.
        seed: What draws them.
    """

    low: float = 0.0
    high: float = 1.0
    seed: int = 0

    def strengths(self, episode: int) -> Strengths:
        """Draw, for each axis by itself."""
        span = self.high - self.low
        return {a: self.low + span * uniform(self.seed, "uniform", episode, a) for a in AXES}

    def ended(self, axes: Sequence[Axis], success: bool) -> None:
        """Nothing depends on it."""

    def state(self) -> dict[str, Json]:
        """There is none: the count of episodes says all."""
        return {}

    def restore(self, state: Mapping[str, Json]) -> None:
        """There is none."""


class Curriculum(VectorWrapper):
    """A vector env whose episodes are as strongly perturbed as a schedule says.

    Args:
        envs: A vector env of this package's envs, in any autoreset mode.
        schedule: `Adaptive`, `Ramp`, `Uniform`, or one of your own.
    """

    def __init__(self, envs: VectorEnv[Any, Any, Any], schedule: Schedule) -> None:
        super().__init__(envs)
        self.schedule = schedule
        self._opened = 0
        self._axes: list[Sequence[Axis]] = [()] * envs.num_envs

    def reset(self, **arguments: Any) -> tuple[Any, dict[str, Any]]:
        """Open episodes of the present strength."""
        self._set()
        observations, infos = self.env.reset(**arguments)
        self._note_openings(infos)
        return observations, infos

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step, and take note of what ended and what began."""
        observations, rewards, terminated, truncated, infos = self.env.step(actions)
        ended = np.flatnonzero(np.logical_or(terminated, truncated))
        for i in ended:
            score = _score(infos, int(i))
            if score is not None:
                self.schedule.ended(self._axes[i], score >= 1)
        self._note_openings(infos)
        if len(ended):
            self._set()
        return observations, rewards, terminated, truncated, infos

    def state(self) -> dict[str, Json]:
        """Return what `restore` needs in order to go on from here, as JSON."""
        return {"opened": self._opened, "schedule": self.schedule.state()}

    def restore(self, state: Mapping[str, Json]) -> None:
        """Go on from a state; the next reset is the first to show it."""
        self._opened = int(state["opened"])
        self.schedule.restore(state["schedule"])
        self._set()

    def _set(self) -> None:
        """Say how strongly each env perturbs the next episode that it opens."""
        count = self.env.num_envs
        values = [self.schedule.strengths(self._opened + i) for i in range(count)]
        self.env.set_attr("strengths", values)  # type: ignore[attr-defined]

    def _note_openings(self, infos: Mapping[str, Any]) -> None:
        opened = infos.get("variation", {})
        for i in np.flatnonzero(opened.get("_perturbations", ())):
            names = [perturbation["name"] for perturbation in opened["perturbations"][i]]
            axes = {operator(name).axis for name in names}
            self._axes[i] = [axis for axis in AXES if axis in axes]
            self._opened += 1


def _score(infos: Mapping[str, Any], i: int) -> float | None:
    """Return the score of the episode that ended in an env; None if it came out invalid."""
    last = infos.get("final_info", infos)
    return float(last["score"][i]) if "score" in last and last["_score"][i] else None
