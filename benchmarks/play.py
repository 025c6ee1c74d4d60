"""`wildgym play`: one episode before one's eyes."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, cast

import gymnasium as gym
import typer
from typer import Option

from wildgym.benchmarks.errors import Misuse, plainly
from wildgym.benchmarks.suites import Episode
from wildgym.envs import WildEnv
from wildgym.perturbations.factory import family_of
from wildgym.tools.sandboxes import Unavailable


@plainly()
def play(
    task: Annotated[str, Option(help="See `wildgym list tasks`.")],
    seed: Annotated[int, Option(min=0, help="As in `wildgym bench`.")] = 0,
    perturbations: Annotated[
        str, Option(help="A mix, operators with commas between them, or a variation's JSON.")
    ] = "none",
    scaffold: Annotated[str, Option(help="See `wildgym list scaffolds`.")] = "hermes",
    policy: Annotated[Literal["expert", "human"], Option(help="Who plays.")] = "expert",
    split: Annotated[Literal["train", "test"], Option(help="Which scenarios.")] = "test",
    max_turns: Annotated[int, Option(min=1, help="Actions in the episode.")] = 200,
    sandbox: Annotated[str, Option(help="See `wildgym doctor`.")] = "auto",
) -> None:
    """Watch the expert play an episode, or play it by typing."""
    try:
        episode = Episode(family_of(task), task, seed, "")
        made = gym.make(
            f"wildgym/{episode.family.capitalize()}-v0",
            tasks=[task],
            split=split,
            perturbations=_named(perturbations),
            scaffold=scaffold,
            max_turns=max_turns,
            render_mode="ansi",
            sandbox=sandbox,
        )
        env = cast(WildEnv, made.unwrapped)
        observation, _ = env.reset(seed=episode.env_seed)
    except (ValueError, Unavailable) as error:
        raise Misuse(str(error)) from None
    info = _played(env, observation, _typed if policy == "human" else env.expert())
    if policy == "expert":
        typer.echo(env.render())
    typer.echo(f"\n{json.dumps(info)}")


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


def _named(perturbations: str) -> Any:
    """Return what `gym.make` takes for what was typed."""
    if perturbations.startswith("{"):
        try:
            return json.loads(perturbations)
        except ValueError as error:
            raise Misuse(f"--perturbations is not valid JSON: {error}") from None
    return perturbations.split(",") if "," in perturbations else perturbations
