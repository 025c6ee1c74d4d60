"""`wildgym play`: one episode before one's eyes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import gymnasium as gym
import typer
from typer import Option

from wildgym.benchmarks.errors import Misuse, plainly
from wildgym.benchmarks.replay import Replayed, replay
from wildgym.benchmarks.suites import Episode
from wildgym.envs import WildEnv
from wildgym.envs.codebase.checkout import UnfitError
from wildgym.envs.codebase.fetch import FetchError
from wildgym.perturbations.factory import family_of
from wildgym.tools.sandboxes import Unavailable


@plainly()
def play(
    task: Annotated[str | None, Option(help="See `wildgym list tasks`.")] = None,
    codebase: Annotated[
        str, Option(help="A checkout of yours, or name==version: --task is a glob over its tasks.")
    ] = "",
    seed: Annotated[int, Option(min=0, help="As in `wildgym bench`.")] = 0,
    perturbations: Annotated[
        str, Option(help="A mix, operators with commas between them, or a variation's JSON.")
    ] = "none",
    scaffold: Annotated[str, Option(help="See `wildgym list scaffolds`.")] = "hermes",
    policy: Annotated[Literal["expert", "human"], Option(help="Who plays.")] = "expert",
    split: Annotated[Literal["train", "test"], Option(help="Which scenarios.")] = "test",
    max_turns: Annotated[int, Option(min=1, help="Actions in the episode.")] = 200,
    sandbox: Annotated[str, Option(help="See `wildgym doctor`.")] = "auto",
    record: Annotated[
        Path | None, Option(help="Instead of a task: an episodes.jsonl, to replay one of it.")
    ] = None,
    episode: Annotated[str | None, Option(help="Which one, as TASK@SEED/ARM.")] = None,
    turn: Annotated[
        int | None, Option(min=0, help="Replay this many turns; then --policy goes on.")
    ] = None,
) -> None:
    """Watch the expert play an episode, or play it by typing; or replay a recorded one."""
    if codebase and task is None:
        task = "*"
    if (task is None) == (record is None) or (record is None) != (episode is None):
        raise Misuse("give either --task or --codebase, or --record and --episode")
    try:
        if record is not None and episode is not None:
            _again(replay(record, episode, turn, sandbox), policy, goes_on=turn is not None)
            return
        assert task is not None
        chosen = Episode("codebase" if codebase else family_of(task), task, seed, "")
        made = gym.make(
            f"wildgym/{chosen.family.capitalize()}-v0",
            tasks=[task],
            split=split,
            perturbations=named(perturbations),
            scaffold=scaffold,
            max_turns=max_turns,
            render_mode="ansi",
            sandbox=sandbox,
            codebase=codebase,
        )
        env = cast(WildEnv, made.unwrapped)
        observation, _ = env.reset(seed=chosen.env_seed)
    except (ValueError, Unavailable, UnfitError, FetchError) as error:
        raise Misuse(str(error)) from None
    info = _played(env, observation, _typed if policy == "human" else env.expert())
    if policy == "expert":
        typer.echo(env.render())
    typer.echo(f"\n{json.dumps(info)}")


def _again(played: Replayed, policy: str, *, goes_on: bool) -> None:
    """Show what was replayed, and let somebody go on from there."""
    env, end = played.env, played.end
    if played.differs is not None:
        where = f"turn {played.differs}" if played.differs else "the opening"
        typer.echo(f"wildgym: {where} came out otherwise than in the record", err=True)
    over = bool(end) or not goes_on
    if not over:
        act = _successor(played, policy)
        if policy == "human":
            typer.echo(env.render())
        end = _played(env, played.observation, act)
    if over or policy == "expert":
        typer.echo(env.render())
    typer.echo(f"\n{json.dumps(end) if end else 'The record ends here: the agent gave up.'}")


def _successor(played: Replayed, policy: str) -> Callable[[Any], Any]:
    if policy == "human":
        if not isinstance(played.observation, str):
            raise Misuse("by typing, episodes of the text interface alone can be played")
        return _typed
    if played.left is not None:
        raise Misuse(
            "the expert can only go on from where the agent did as it does, which ended in turn"
            f" {played.left}: give --turn {played.left - 1} or less, or --policy human"
        )
    return played.expert


def _played(env: WildEnv, observation: Any, act: Callable[[Any], Any]) -> dict[str, Any]:
    while True:
        observation, _, terminated, truncated, info = env.step(act(observation))
        if terminated or truncated:
            return info


def _typed(observation: str) -> str:
    """Show an observation and read an action: all lines up to an empty one."""
    typer.echo(f"\n{observation}\n")
    try:
        return "\n".join(iter(input, ""))
    except EOFError:
        raise typer.Exit from None


def named(perturbations: str) -> Any:
    """Return what `gym.make` takes for what was typed."""
    if perturbations.startswith("{"):
        try:
            return json.loads(perturbations)
        except ValueError as error:
            raise Misuse(f"--perturbations is not valid JSON: {error}") from None
    return perturbations.split(",") if "," in perturbations else perturbations
