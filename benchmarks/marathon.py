"""Random episodes, many: `python -m wildgym.benchmarks.marathon --episodes 10000`.

The expert plays episodes of all families, under the mix `all`, in all scaffolds with their dials
turned at random, and has to solve every one. What is printed at the end includes a digest over all
of them, which is the same for any number of processes and any PYTHONHASHSEED.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import typer
from rich.progress import track
from typer import Option

from wildgym.benchmarks.run import processes
from wildgym.envs import WildEnv
from wildgym.perturbations.factory import make
from wildgym.tools import uniform

SHARES: Mapping[str, float] = {
    "api": 0.73,
    "files": 0.14,
    "web": 0.08,
    "desk": 0.03,
    "codebase": 0.02,
}
"""Families, and their shares: an episode of codebases takes as long as a hundred of services."""

ANY = "any"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one episode went.

    Attributes:
        family: Its family.
        solved: Whether the expert got reward 1.
        invalid: Why it must not be scored, if so.
        digest: Over all that was said in it, and what was drawn.
        variation: The JSON that replays it.
    """

    family: str
    solved: bool
    invalid: str
    digest: str
    variation: Mapping[str, Any]


def outcome(seed: int, mix: str, scaffold: str) -> Outcome:
    """Let the expert play one random episode."""
    family = _family(seed)
    env = _env(family, mix, scaffold)
    observation, info = env.reset(seed=seed)
    said: list[Any] = [observation, info["variation"], info["task_id"]]
    try:
        end = _played(env, observation, said)
    except Exception as error:
        end = {"invalid": f"the expert failed: {type(error).__name__}: {error}"}
    text = json.dumps([said, end.get("checks")], default=str, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    solved = end.get("score") == 1.0
    return Outcome(family, solved, end.get("invalid", ""), digest, info["variation"])


def _played(env: WildEnv, observation: Any, said: list[Any]) -> Mapping[str, Any]:
    """Play to the end, and keep all that is said."""
    policy, end = env.expert(), dict[str, Any]()
    while not end:
        action = policy(observation)
        observation, reward, _, _, end = env.step(action)
        said += [action, observation, reward]
    return end


def _family(seed: int) -> str:
    place, families = uniform(seed, "marathon"), list(SHARES)
    for family in families:
        place -= SHARES[family]
        if place < 0:
            return family
    return families[0]


@cache
def _env(family: str, mix: str, scaffold: str) -> WildEnv:
    any_scaffold = {"syntax": "all", "dials": "random"}
    chosen = any_scaffold if scaffold == ANY else scaffold
    return make(family, perturbations=mix, scaffold=chosen, max_turns=4_000)


def marathon(
    episodes: Annotated[int, Option(min=1)] = 10_000,
    first: Annotated[int, Option(help="The seed of the first episode.")] = 0,
    workers: Annotated[int, Option(min=1)] = 2,
    mix: Annotated[str, Option()] = "all",
    scaffold: Annotated[str, Option(help="A choice; by default all, with random dials.")] = ANY,
) -> None:
    """Play, and exit with 1 if an episode was not solved."""
    seeds = range(first, first + episodes)
    arguments = seeds, [mix] * episodes, [scaffold] * episodes
    with processes(workers) as pool:
        run = (
            map(outcome, *arguments) if pool is None else pool.map(outcome, *arguments, chunksize=8)
        )
        outcomes = list(track(run, "episodes", total=episodes))
    _tell(seeds, outcomes)
    raise typer.Exit(code=0 if all(o.solved for o in outcomes) else 1)


def _tell(seeds: Sequence[int], outcomes: Sequence[Outcome]) -> None:
    for family in SHARES:
        of = [outcome for outcome in outcomes if outcome.family == family]
        typer.echo(f"{family}: {sum(o.solved for o in of)} of {len(of)} solved")
    for seed, outcome in zip(seeds, outcomes, strict=True):
        if not outcome.solved:
            why = outcome.invalid or "not solved"
            typer.echo(f"seed {seed} ({outcome.family}): {why}: {json.dumps(outcome.variation)}")
    operators = Counter(p["name"] for o in outcomes for p in o.variation["perturbations"])
    scaffolds = {json.dumps(o.variation["scaffold"], sort_keys=True) for o in outcomes}
    whole = hashlib.sha256("".join(o.digest for o in outcomes).encode()).hexdigest()
    typer.echo(f"{len(operators)} operators, {len(scaffolds)} scaffolds; digest {whole}")


if __name__ == "__main__":
    typer.run(marathon)
