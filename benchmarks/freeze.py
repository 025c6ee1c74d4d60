"""Freezing suites: `python -m wildgym.benchmarks.freeze`.

Writes down which tasks there are, and for some episodes of each suite what they look like. The
tests compare that with what is played: where they differ, it is time for a new version of the
suites.
"""

import json
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import typer

from wildgym.benchmarks.episode import Stage
from wildgym.benchmarks.frozen import LOCK, digest_of, frozen, lock
from wildgym.benchmarks.suites import Episode, Setting, plan
from wildgym.perturbations.factory import FAMILIES, matching
from wildgym.tools import key

_SAMPLE = 60
_PLACE = Path(__file__).with_name(LOCK)


def roster() -> dict[str, dict[str, list[str]]]:
    """Return the names of all tasks that there are, by split and family."""
    return {
        split: {family: [t.name for t in matching(family, "*", split)] for family in FAMILIES}
        for split in ("train", "test")
    }


def sample(name: str) -> dict[str, str]:
    """Return digests of how some episodes of a suite open, by the keys of the episodes."""
    setting = Setting(name, "expert", seeds=frozen().suites[name].seeds)
    stage = Stage(setting)
    planned = sorted(plan(setting), key=lambda episode: key(*astuple(episode)))
    return {episode.key: opening(stage, episode) for episode in planned[:_SAMPLE]}


def opening(stage: Stage, episode: Episode) -> str:
    """Return a digest of what an episode shows first, and of what perturbs it."""
    env = stage.env(episode.family, episode.arm)
    shown, info = env.reset(seed=episode.env_seed, options={"task": episode.task})
    env.close()
    return digest_of([shown, info["variation"]])


def freeze() -> None:
    """Write the lock anew, and say which suites it changed."""
    before = lock()["digests"]
    locked: dict[str, Any] = {"digests": before, "tasks": roster(), "samples": {}}
    _write(locked)
    locked["samples"] = {name: sample(name) for name in frozen().suites}
    _write(locked)
    locked["digests"] = {name: suite.digest for name, suite in frozen().suites.items()}
    _write(locked)
    for name, digest in locked["digests"].items():
        was = before.get(name)
        typer.echo(f"{frozen().version} {name}: {digest}{'' if was == digest else f' (was {was})'}")


def _write(locked: Mapping[str, Any]) -> None:
    _PLACE.write_text(json.dumps(locked, indent=1) + "\n", encoding="utf-8")
    lock.cache_clear()
    frozen.cache_clear()


if __name__ == "__main__":
    freeze()
