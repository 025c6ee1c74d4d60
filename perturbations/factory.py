"""The factory behind `gym.make`: names and JSON in, an env out."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import Any, Literal

from gymnasium.vector import AutoresetMode

from wildgym.envs import Perturb, Scenario, Task, WildEnv, WildVectorEnv
from wildgym.envs.scaffolds import READ, SCAFFOLDS, Native, Scaffold
from wildgym.envs.scaffolds.dialed import effective
from wildgym.envs.scaffolds.dials import RANDOM, Dials, dialling
from wildgym.envs.user import OwnUser, speaker_of
from wildgym.perturbations.core import REGISTRY, Perturbation, from_json, operator, perturbed
from wildgym.perturbations.mix import Mix, named_mixes
from wildgym.perturbations.splits import SIDES, splits
from wildgym.tools import Json
from wildgym.tools.sandboxes import BACKENDS

FAMILIES = ("api", "codebase", "desk", "files", "web")
"""Folders of `envs`, each with `TASKS` by name, and `as_task`."""

Scaffolding = str | Mapping[str, Json]
Perturbations = str | Sequence[str] | Mapping[str, Json]


def make(
    family: str,
    *,
    tasks: str | Sequence[str] = "*",
    split: Literal["train", "test"] = "train",
    perturbations: Perturbations = "none",
    scaffold: Scaffolding | None = None,
    interface: Literal["text", "chat"] = "text",
    history: Literal["last", "full"] = "last",
    max_turns: int = 400,
    reward: Literal["sparse", "dense"] = "sparse",
    render_mode: str | None = None,
    sandbox: str = "auto",
    codebase: str = "",
    user: OwnUser | None = None,
    trace: bool = False,
) -> WildEnv:
    """Make an env. Every argument is JSON-able but a callable, so that `EnvSpec` round-trips.

    Args:
        family: One of `FAMILIES`.
        tasks: One or more globs over task names.
        split: Which of two disjoint sets of scenarios to draw from.
        perturbations: The name of a mix, or a mix as JSON; a list of operator names (all of which
            apply, at strength 1); or the variation of an earlier episode, which then is replayed.
        scaffold: The name of a scaffold, or a choice of them, such as "random", "train" or
            "heldout"; or a mapping of such a `syntax` and dials, each to a setting or "random".
            `dials` may be "random", for all that are not named. None is the choice of the mix if
            it makes one, else "hermes".
        interface: "text" or "chat".
        history: What an observation is: what the "last" action brought, or the "full" conversation,
            as the scaffold shows it again.
        max_turns: How many actions an episode may take, at least 1.
        reward: "sparse" or "dense".
        render_mode: None or "ansi".
        sandbox: For families that run commands: the name of a backend, or "auto" for the
            strongest there is.
        codebase: For the codebase family, one of your own instead of the bank: the path of a
            checkout, or `name==version`. Tasks are made of it when it is first asked for.
        user: What answers in place of our simulated user, where an episode has one: a callable
            from `wildgym.envs.user.Asked` to text, or for a model behind an endpoint the fields
            of `wildgym.envs.user.model.UserModel`, such as its `model` and `base_url`.
        trace: Whether the turns of a trajectory say which perturbations acted, and what was true.

    Raises:
        ValueError: An argument names nothing that there is; the message lists what there is.
    """
    refuse_unknown(
        split=(split, ("train", "test")),
        interface=(interface, ("text", "chat")),
        history=(history, ("last", "full")),
        reward=(reward, ("sparse", "dense")),
        sandbox=(sandbox, ("auto", *BACKENDS)),
    )
    if max_turns < 1:
        raise ValueError(f"max_turns must be at least 1, not {max_turns}")
    chosen, dials = scaffolding(scaffold, perturbations, interface)
    return WildEnv(
        _chosen(family, tasks, split, codebase, sandbox),
        chosen,
        dials=dials,
        perturb=perturber(perturbations, family),
        interface=interface,
        split=split,
        history=history,
        max_turns=max_turns,
        reward=reward,
        render_mode=render_mode,
        sandbox=sandbox,
        user=speaker_of(user),
        trace=trace,
    )


def refuse_unknown(**arguments: tuple[str, Sequence[str]]) -> None:
    """Raise ValueError if an argument is none of those that it may be."""
    for what, (given, known) in arguments.items():
        if given not in known:
            raise ValueError(f"{what} must be one of {', '.join(known)}, not {given!r}")


def _named_scaffold(scaffold: Scaffolding | None, perturbations: Perturbations) -> Scaffolding:
    """Return the choice of scaffolds: that of an episode to be replayed goes before the user's."""
    if isinstance(perturbations, Mapping):
        replayed: Scaffolding | None = perturbations.get("scaffold")
        if replayed not in (None, "native") and "operators" not in perturbations:
            return replayed
    mix = mix_of(perturbations) if scaffold is None else None
    return scaffold or (mix.scaffold if mix is not None else None) or "hermes"


def chosen_scaffolds(choice: str) -> Sequence[Scaffold]:
    """Return the scaffolds that a choice stands for.

    Args:
        choice: A name; "random", or "train" or "heldout" for a side of the split; each of these
            three without scaffolds that run what an agent writes, which cost milliseconds and need
            a sandbox; or "all" with them.

    Raises:
        ValueError: There is no such scaffold.
    """
    if choice in ("all", "random", *SIDES):
        side = choice if choice in SIDES else None
        names = splits().scaffolds(side)
        return [SCAFFOLDS[name] for name in names if choice == "all" or name in READ]
    if choice not in SCAFFOLDS:
        known = ", ".join(["all", "random", *SIDES, *SCAFFOLDS])
        raise ValueError(f"there is no scaffold {choice!r}; scaffolds: {known}")
    return [SCAFFOLDS[choice]]


def scaffolding(
    scaffold: Scaffolding | None, perturbations: Perturbations, interface: str
) -> tuple[Sequence[Scaffold], Callable[[int], Dials] | None]:
    """Return the scaffolds that `make` is asked for, and what turns their dials."""
    choice = _named_scaffold(scaffold, perturbations)
    if isinstance(choice, str):
        return chosen_scaffolds(choice), None
    turned = dict(choice)
    syntax = turned.pop("syntax", "random")
    chosen = [Native()] if interface == "chat" else chosen_scaffolds(syntax)
    dials = dialling(turned)
    fixed = {name: value for name, value in turned.items() if value != RANDOM and name != "dials"}
    for name in fixed:
        one = Dials.model_validate({name: fixed[name]})
        if one.to_json() and not any(effective(s, one).to_json() for s in chosen):
            raise ValueError(f"scaffold: no dial {name!r} can be turned with {syntax!r}")
    return chosen, dials


def make_vec(
    family: str,
    num_envs: int = 1,
    *,
    autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    max_episode_steps: int | None = None,
    **arguments: Any,
) -> WildVectorEnv:
    """Make a vector env of equal envs.

    Args:
        family: As for `make`.
        num_envs: How many.
        autoreset_mode: As for `WildVectorEnv`.
        max_episode_steps: What Gymnasium calls `max_turns`; it goes before that.
        arguments: As for `make`.
    """
    if max_episode_steps is not None:
        arguments["max_turns"] = max_episode_steps
    return WildVectorEnv(partial(make, family, **arguments), num_envs, autoreset_mode)


@cache
def family_tasks(family: str) -> tuple[Task, ...]:
    """Return all tasks of a family; raise ValueError if there is no such family."""
    if family not in FAMILIES:
        raise ValueError(f"there is no family {family!r}; families: {', '.join(FAMILIES)}")
    # Imported here: a family's tools and tasks are no cost until one of its envs is made.
    module = importlib.import_module(f"wildgym.envs.{family}")
    # By name: where a task is written must not change which one a seed draws.
    return tuple(module.as_task(module.TASKS[name]) for name in sorted(module.TASKS))


def family_of(task: str) -> str:
    """Return the family of a task; raise ValueError if there is no such task."""
    for family in FAMILIES:
        if any(found.name == task for found in family_tasks(family)):
            return family
    raise ValueError(f"there is no task {task!r}; `wildgym list tasks` shows all")


def matching(
    family: str, globs: str | Sequence[str], split: Literal["train", "test"]
) -> tuple[Task, ...]:
    """Return a family's tasks of a split whose names match a glob.

    Raises:
        ValueError: A glob matches none.
    """
    return _matching(family_tasks(family), _as_globs(globs), split)


def _as_globs(globs: str | Sequence[str]) -> tuple[str, ...]:
    """Return one glob or several as several."""
    return (globs,) if isinstance(globs, str) else tuple(globs)


def _chosen(
    family: str,
    globs: str | Sequence[str],
    split: Literal["train", "test"],
    codebase: str,
    sandbox: str,
) -> tuple[Task, ...]:
    if not codebase:
        return matching(family, globs, split)
    if family != "codebase":
        raise ValueError(f"the family {family!r} takes no codebase")
    own = importlib.import_module("wildgym.envs.codebase.own")
    return _matching(own.own_tasks(codebase, sandbox), _as_globs(globs), split)


@cache
def _matching(everything: tuple[Task, ...], globs: tuple[str, ...], split: str) -> tuple[Task, ...]:
    tasks = [task for task in everything if split in task.splits]
    names = [task.name for task in tasks]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            near = get_close_matches(glob, names, n=5, cutoff=0.3) or names[:5]
            raise ValueError(
                f"no task of the split {split!r} matches {glob!r};"
                f" there are {len(names)}, such as {', '.join(near)}"
            )
    return tuple(t for t in tasks if any(fnmatchcase(t.name, glob) for glob in globs))


def perturber(perturbations: Perturbations, family: str = "api") -> Perturb:
    """Return what perturbs each scenario of an env.

    Args:
        perturbations: As for `make`.
        family: As for `make`: mixes draw what changes something there.
    """
    draw, fixed_seed = _drawing(perturbations, family)

    def perturb(
        scenario: Scenario, seed: int, strengths: Mapping[str, float]
    ) -> tuple[Scenario, Mapping[str, Json]]:
        used = seed if fixed_seed is None else fixed_seed
        chosen = [p.weakened(strengths.get(p.axis, 1.0)) for p in draw(used)]
        variation = {"seed": used, "perturbations": [p.to_json() for p in chosen]}
        return perturbed(scenario, chosen, used), variation

    return perturb


def mix_of(perturbations: Perturbations) -> Mix | None:
    """Return the mix that an argument names or spells out, or None where it is none."""
    if isinstance(perturbations, str):
        return named_mixes().get(perturbations)
    if isinstance(perturbations, Mapping) and "operators" in perturbations:
        return Mix.from_json(perturbations)
    return None


def _drawing(
    perturbations: Perturbations, family: str
) -> tuple[Callable[[int], list[Perturbation]], int | None]:
    mix = mix_of(perturbations)
    if mix is not None:
        return mix.of_family(family).draw, None
    if isinstance(perturbations, str):
        mixes = named_mixes()
        if perturbations not in REGISTRY:
            names = ", ".join([*mixes, *sorted(REGISTRY)])
            raise ValueError(f"there is no mix or operator {perturbations!r}; there are {names}")
        perturbations = [perturbations]
    if isinstance(perturbations, Mapping):
        listed = [from_json(value) for value in perturbations.get("perturbations", ())]
        return (lambda seed: listed), perturbations.get("seed")
    chosen = [operator(name)() for name in perturbations]
    if len({p.name for p in chosen}) < len(chosen):
        raise ValueError(f"an operator is listed twice: {', '.join(p.name for p in chosen)}")
    return (lambda seed: chosen), None
